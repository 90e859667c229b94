"""An embedded flow becomes plain steps, and what cannot is refused."""

from dataclasses import replace

import pytest

from idp.flows.expand import expand
from idp.flows.language import ConditionStep, EndStep, Flow, ScreenStep, SubflowStep
from idp.flows.parse import FlowFault, parse_flow
from tests.flows.samples import load_shipped, make_flow


def name_flow(flow_id: str, flow: Flow) -> Flow:
    return Flow(flow_id, flow.title, flow.purpose, flow.deadline, flow.start, flow.steps)


VERIFY = name_flow(
    "verify",
    make_flow(
        """
        ask: {screen: verification_intro, on: {continue: use, stop: no}}
        use: {connector: incode_verify, on: {completed: judge, pending: no, not_finished: ask, expired: no, error: bad}}
        judge: {condition: [{when: 'connectors.incode_verify.a == 1', proves: incode_verify, to: yes}], otherwise: no}
        yes: {end: complete}
        no: {end: denied}
        bad: {end: error}
        """,
        start="ask",
    ),
)
OUTER = make_flow(
    """
    a: {subflow: verify, on: {complete: done, denied: again, error: again}}
    again: {screen: try_later, on: {retry: a, stop: out}}
    out: {end: denied}
    done: {end: complete}
    """
)


def refuse(flow: Flow, *flows: Flow) -> list[tuple[str, str | None]]:
    with pytest.raises(FlowFault) as caught:
        expand(flow, {one.id: one for one in flows})
    return [(problem.code, problem.step) for problem in caught.value.problems]


def refuse_in_words(flow: Flow, *flows: Flow) -> list[str]:
    with pytest.raises(FlowFault) as caught:
        expand(flow, {one.id: one for one in flows})
    return [str(problem) for problem in caught.value.problems]


def test_a_flow_that_embeds_none_is_returned_as_it_is() -> None:
    flow = load_shipped("step-up")
    assert expand(flow, {}) is flow


def test_the_embedded_steps_stand_in_for_the_subflow_step_and_its_ends_are_rewired() -> None:
    flow = expand(OUTER, {"verify": VERIFY})
    assert flow.start == "a.ask"
    assert list(flow.steps) == ["a.ask", "a.use", "a.judge", "again", "out", "done"]
    assert flow.steps["a.ask"] == ScreenStep("a.ask", "verification_intro", {"continue": "a.use", "stop": "again"})
    assert flow.steps["again"] == ScreenStep("again", "try_later", {"retry": "a.ask", "stop": "out"})
    judge = flow.steps["a.judge"]
    assert isinstance(judge, ConditionStep)
    assert (judge.cases[0].to, judge.cases[0].proves, judge.otherwise) == ("done", "incode_verify", "again")
    assert not any(isinstance(step, SubflowStep) for step in flow.steps.values())
    assert [step.id for step in flow.steps.values()] == list(flow.steps)


def test_embedding_goes_as_deep_as_it_is_allowed_to() -> None:
    flows = [VERIFY]
    for level in range(5):
        steps = f"a: {{subflow: {flows[-1].id}, on: {{complete: d, denied: n, error: n}}}}\nn: {{end: denied}}\n"
        # The innermost embeds every end; those around it have no error end left.
        if level:
            steps = steps.replace(", error: n", "")
        flows.append(name_flow(f"level-{level}", make_flow(steps + "d: {end: complete}")))
    known = {flow.id: flow for flow in flows}
    assert expand(flows[5], known).start == "a.a.a.a.a.ask"
    deeper = make_flow("a: {subflow: level-4, on: {complete: d, denied: d}}\nd: {end: complete}")
    assert refuse_in_words(deeper, *known.values()) == ["error too-deep at /steps/a: flows are embedded deeper than 5"]


def test_the_same_flow_can_be_embedded_twice() -> None:
    flow = make_flow(
        """
        a: {subflow: verify, on: {complete: b, denied: d, error: d}}
        b: {subflow: verify, on: {complete: d, denied: d, error: a}}
        d: {end: complete}
        """
    )
    steps = expand(flow, {"verify": VERIFY}).steps
    judge = steps["a.judge"]
    assert isinstance(judge, ConditionStep)
    assert judge.cases[0].to == "b.ask"
    assert set(steps) == {f"{outer}.{inner}" for outer in "ab" for inner in ("ask", "use", "judge")} | {"d"}


def test_an_unknown_flow_is_refused() -> None:
    flow = make_flow("a: {subflow: verfy, on: {complete: d}}\nd: {end: complete}")
    assert refuse(flow, VERIFY) == [("unknown-subflow", "a")]
    assert refuse_in_words(flow, VERIFY) == [
        "error unknown-subflow at /steps/a: there is no flow 'verfy'; did you mean 'verify'?"
    ]


def test_a_flow_that_embeds_itself_is_refused_however_far_round() -> None:
    one = name_flow("one", make_flow("a: {subflow: two, on: {complete: d}}\nd: {end: complete}"))
    two = name_flow("two", make_flow("a: {subflow: one, on: {complete: d}}\nd: {end: complete}"))
    assert refuse(one, one, two)[0][0] == "subflow-recursion"
    itself = name_flow("one", make_flow("a: {subflow: one, on: {complete: d}}\nd: {end: complete}"))
    assert refuse(itself, itself)[0] == ("subflow-recursion", "a")
    assert refuse_in_words(one, one, two) == [
        "error subflow-recursion at /steps/a: the flow embeds itself: one -> two -> one"
    ]


def test_a_fault_deep_inside_is_told_at_the_step_that_brings_it_in() -> None:
    inner = name_flow("inner", make_flow("b: {subflow: verify, on: {complete: d}}\nd: {end: complete}", start="b"))
    outer = make_flow("a: {subflow: inner, on: {complete: d}}\nd: {end: complete}")
    with pytest.raises(FlowFault) as caught:
        expand(outer, {"verify": VERIFY, "inner": inner})
    assert {(problem.code, problem.step, problem.path) for problem in caught.value.problems} == {
        ("outcome-unwired", "a.b", "/steps/a")
    }


def test_a_cause_is_told_once() -> None:
    flow = make_flow(
        """
        a: {subflow: nowhere, on: {complete: b}}
        b: {subflow: verify, on: {complete: d, denied: d, error: d}}
        d: {end: complete}
        """
    )
    assert refuse(flow, VERIFY) == [("unknown-subflow", "a")]


def test_every_end_of_the_embedded_flow_must_be_wired_and_no_other() -> None:
    flow = make_flow("a: {subflow: verify, on: {complete: d, done: d}}\nd: {end: complete}")
    assert refuse(flow, VERIFY) == [("outcome-unwired", "a"), ("outcome-unwired", "a"), ("outcome-unknown", "a")]
    assert refuse_in_words(flow, VERIFY) == [
        "error outcome-unwired at /steps/a: the flow 'verify' can end as 'denied', which is not wired",
        "error outcome-unwired at /steps/a: the flow 'verify' can end as 'error', which is not wired",
        "error outcome-unknown at /steps/a: the flow 'verify' never ends as 'done'",
    ]


REASONS = name_flow(
    "reasons",
    make_flow(
        """
        a: {screen: verification_intro, on: {continue: b, stop: stopped}}
        b: {screen: try_later, on: {retry: trick, stop: refused}}
        trick: {end: denied, reason: complete}
        stopped: {end: denied, reason: stopped}
        refused: {end: denied, reason: refused}
        """
    ),
)


def embed_reasons(on: str) -> Flow:
    return make_flow(f"s: {{subflow: reasons, on: {on}}}\nd: {{end: denied}}\ne: {{end: error}}\nc: {{end: complete}}")


def test_an_end_leaves_by_its_reason_where_that_is_wired_and_else_by_its_kind() -> None:
    steps = expand(embed_reasons("{denied: d, stopped: e}"), {"reasons": REASONS}).steps
    assert steps["s.a"].on == {"continue": "s.b", "stop": "e"}  # type: ignore[union-attr]
    assert steps["s.b"].on == {"retry": "d", "stop": "d"}  # type: ignore[union-attr]


def test_a_denied_end_whose_reason_says_complete_does_not_leave_as_completed() -> None:
    """What is wired for `complete` must only ever be reached by a flow that completes."""
    flow = embed_reasons("{denied: d, complete: c}")
    assert refuse(flow, REASONS) == [("outcome-unknown", "s")]


def test_ends_that_are_all_wired_by_reason_need_no_kind_and_a_reason_that_is_none_is_unknown() -> None:
    flow = make_flow("s: {subflow: one, on: {stopped: d}}\nd: {end: denied}")
    one = name_flow("one", make_flow("a: {screen: message, on: {continue: x}}\nx: {end: denied, reason: stopped}"))
    assert expand(flow, {"one": one}).steps["s.a"].on == {"continue": "d"}  # type: ignore[union-attr]
    assert refuse(embed_reasons("{denied: d, late: e}"), REASONS) == [("outcome-unknown", "s")]


def test_a_flow_that_ends_where_it_starts_cannot_be_embedded() -> None:
    empty = name_flow("empty", make_flow("a: {end: complete}"))
    flow = make_flow("a: {subflow: empty, on: {complete: d}}\nd: {end: complete}")
    assert refuse_in_words(flow, empty) == ["error subflow-empty at /steps/a: the flow 'empty' ends where it starts"]


def test_every_step_of_an_expanded_flow_knows_its_own_name() -> None:
    flow = expand(OUTER, {"verify": VERIFY})
    assert {name: step.id for name, step in flow.steps.items()} == {name: name for name in flow.steps}


def test_a_flow_that_cannot_be_expanded_is_named() -> None:
    with pytest.raises(FlowFault) as caught:
        expand(OUTER, {})
    assert caught.value.source == OUTER.id
    assert str(caught.value).startswith(f"{OUTER.id}:error unknown-subflow at /steps/a: ")


def test_flows_that_double_at_each_level_are_stopped_before_they_cost_anything() -> None:
    flows = [VERIFY]
    for level in range(4):
        ends = "complete: d, denied: d, error: d" if level == 0 else "complete: d"
        steps = ""
        for number in range(6):
            wired = ends.replace("complete: d", f"complete: a{number + 1}")
            steps += f"a{number}: {{subflow: {flows[-1].id}, on: {{{wired}}}}}\n"
        flows.append(
            name_flow(f"level-{level}", make_flow(f"{steps}a6: {{end: complete}}\nd: {{end: complete}}", start="a0"))
        )
    codes = {code for code, _ in refuse(flows[4], *flows)}
    assert codes == {"too-large"}


def test_an_expanded_flow_has_as_many_steps_as_any_other_wherever_they_come_from(monkeypatch) -> None:
    monkeypatch.setattr("idp.flows.expand.MAX_STEPS", 6)
    assert len(expand(OUTER, {"verify": VERIFY}).steps) == 6
    one_more = replace(OUTER, steps={**OUTER.steps, "more": EndStep("more", "error")})
    told = ["error too-large at /steps/more: the expanded flow has more than 6 steps"]
    assert refuse_in_words(one_more, VERIFY) == told
    first = replace(OUTER, steps={"more": EndStep("more", "error"), **OUTER.steps})
    assert refuse_in_words(first, VERIFY) == [told[0].replace("/more:", "/done:")]


def test_a_name_that_grows_too_long_is_refused() -> None:
    long = "s" * 35
    inner = name_flow(
        "inner", make_flow(f"{long}: {{screen: message, on: {{continue: d}}}}\nd: {{end: complete}}", start=long)
    )
    flow = make_flow(f"{long}: {{subflow: inner, on: {{complete: d}}}}\nd: {{end: complete}}", start=long)
    assert refuse(flow, inner) == [("too-long", f"{long}.{long}")]
    assert refuse_in_words(flow, inner) == [
        f"error too-long at /steps/{long}: the expanded step '{long}.{long}' is longer than 64 characters"
    ]
    around = make_flow("a: {subflow: middle, on: {complete: d}}\nd: {end: complete}")
    assert refuse_in_words(around, inner, name_flow("middle", flow)) == [
        f"error too-long at /steps/a: the expanded step 'a.{long}.{long}' is longer than 64 characters"
    ]


def test_a_broken_target_inside_stays_broken_for_the_checker_to_tell() -> None:
    inner = name_flow("inner", make_flow("a: {screen: message, on: {continue: zzz}}\nd: {end: complete}"))
    flow = parse_flow(
        "id: f\ntitle: F\npurpose: sign_in\ndeadline: 1m\nstart: s\n"
        "steps: {s: {subflow: inner, on: {complete: d}}, d: {end: complete}}"
    )
    step = expand(flow, {"inner": inner}).steps["s.a"]
    assert isinstance(step, ScreenStep)
    assert step.on == {"continue": "s.zzz"}
