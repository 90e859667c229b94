"""What must hold for every flow and every run: tried on random graphs, random damage and random events."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.flows.check import check_flow
from idp.flows.engine import (
    ActionDone,
    AwaitReview,
    CallConnector,
    ConnectorDone,
    Effect,
    Event,
    Finish,
    JudgeProof,
    ProofJudged,
    RefusedEvent,
    ResultArrived,
    ReviewDone,
    RunAction,
    ShowScreen,
    StaleEvent,
    State,
    Submitted,
    advance,
    begin,
    resume,
)
from idp.flows.graph import Graph
from idp.flows.language import ActionStep, ConditionStep, ConnectorStep, EndStep, Flow, ReviewStep, list_exits
from idp.flows.parse import FlowFault, parse_flow
from idp.flows.render import render_flow
from idp.flows.state import from_json, to_json
from tests.flows.drawn_flows import FLOWS, draw_damaged, draw_graphs
from tests.flows.drawn_runs import Ledger, answer, run_at_random
from tests.flows.samples import CATALOG, SHIPPED, score

# --- what a run proves, told by its effects and answers alone ---------------------------------------------------------


def passes(flow: Flow) -> bool:
    return not any(problem.severity == "error" for problem in check_flow(flow, CATALOG))


def test_no_run_of_a_flow_that_passes_completes_without_what_its_purpose_demands() -> None:
    counts = {"refused": 0, "unfinished": 0, "denied": 0, "complete": 0, "error": 0}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(draw_damaged(), st.data())
    def run(flow: Flow, data: st.DataObject) -> None:
        if not passes(flow):
            counts["refused"] += 1
            return
        effect, ledger = run_at_random(flow, data.draw)
        counts[effect.end if isinstance(effect, Finish) else "unfinished"] += 1
        if isinstance(effect, Finish) and effect.end == "complete":
            assert ledger.suffices(flow.purpose)

    run()
    # Without these the test would say nothing: enough flows pass, and enough runs get to the end.
    assert counts["refused"] > 50
    assert counts["complete"] > 5, counts


def test_no_run_of_any_graph_leaves_the_engines_bounds_and_none_that_passes_completes_unproved() -> None:
    counts = {"passed": 0, "complete": 0}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(draw_graphs(), st.data())
    def run(flow: Flow, data: st.DataObject) -> None:
        passed = passes(flow)
        counts["passed"] += passed
        # Few flows pass, and most runs are led out: those that pass are walked several times.
        for _ in range(25 if passed else 1):
            effect, ledger = run_at_random(flow, data.draw)
            if passed and isinstance(effect, Finish) and effect.end == "complete":
                counts["complete"] += 1
                assert ledger.suffices(flow.purpose)

    run()
    assert counts["passed"] > 20, counts
    assert counts["complete"] > 3, counts


def test_random_runs_do_complete_so_that_the_above_says_something() -> None:
    seen: set[tuple[str, str]] = set()

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(st.sampled_from(SHIPPED), st.data())
    def collect(name: str, data: st.DataObject) -> None:
        effect, _ = run_at_random(FLOWS[name], data.draw)
        if isinstance(effect, Finish):
            seen.add((name, effect.end))

    collect()
    assert seen >= {(name, "denied") for name in SHIPPED}
    assert ("sign-in", "complete") in seen
    assert ("step-up", "complete") in seen


# --- the checker against a walk of every path -------------------------------------------------------------------------


def can_complete_unproved(flow: Flow) -> bool:
    """Walk every path, keeping what was proved on it: the slow and obvious way to know."""
    entry = Ledger(flow.purpose)
    first = (flow.start, frozenset(entry.methods), entry.user, entry.account, False)
    seen, waiting = {first}, [first]
    while waiting:
        name, methods, user, account, result = waiting.pop()
        step = flow.steps[name]
        ledger = Ledger(flow.purpose)
        if isinstance(step, EndStep):
            ledger.methods, ledger.user, ledger.account = set(methods), user, account
            if step.end == "complete" and not ledger.suffices(flow.purpose):
                return True
            continue
        for outcome, target in list_exits(step):
            ledger.methods, ledger.user, ledger.account, ledger.result = set(methods), user, account, result
            match step:
                case ActionStep():
                    ledger.note(RunAction(name, 0, step.action, {}, {}), outcome)
                case ConnectorStep():
                    ledger.note(CallConnector(name, 0, step.connector, {}), outcome)
                case ReviewStep():
                    ledger.note(AwaitReview(name, 0, "q", 1.0), outcome)
                case ConditionStep() if outcome == "case 2" and step.cases[1].proves:
                    ledger.note(JudgeProof(name, 0, 1, "incode_verify", target), True)
            to = (target, frozenset(ledger.methods), ledger.user, ledger.account, ledger.result)
            if to not in seen:
                seen.add(to)
                waiting.append(to)
    return False


@settings(max_examples=300, deadline=None, derandomize=True)
@given(draw_graphs())
def test_the_checker_refuses_every_flow_in_which_some_path_completes_unproved(flow: Flow) -> None:
    refused = any(problem.code == "missing-evidence" for problem in check_flow(flow, CATALOG))
    if can_complete_unproved(flow):
        assert refused


def test_the_checker_refuses_hardly_any_flow_in_which_no_path_does() -> None:
    """It may be too careful in one case only: a review that has a result on some paths and proof on the others."""
    counts = {"sound": 0, "careful": 0}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(draw_graphs())
    def compare(flow: Flow) -> None:
        if can_complete_unproved(flow) or "done" not in Graph(flow).reach():
            return
        problems = [problem for problem in check_flow(flow, CATALOG) if problem.code == "missing-evidence"]
        counts["careful" if problems else "sound"] += 1

    compare()
    assert counts["sound"] > 50
    assert counts["careful"] * 20 <= counts["sound"], counts


# --- events of other steps --------------------------------------------------------------------------------------------


def list_foreign(flow: Flow, at: str, seq: int) -> list[Event]:
    """List every event of every other step, with every outcome there is, at every moment a client could name."""
    events: list[Event] = []
    for name, step in flow.steps.items():
        if name == at:
            continue
        for outcome in {*dict(list_exits(step)), "ok", "submitted", "approved", "completed", "limit"}:
            events += [
                *(Submitted(name, number, outcome, {"email": "x@y.z"}, {"code": "1"}) for number in (0, seq, seq + 1)),
                ActionDone(name, outcome),
                ActionDone(name, outcome, {}, seq),
                ConnectorDone(name, outcome, score("OK")),
                ReviewDone(name, outcome),
                ResultArrived(name, outcome, score("OK")),
            ]
        events += [ProofJudged(name, seq, accepted=True), ProofJudged(name, 0, accepted=True)]
    return events


def reach_email_code() -> tuple[State, Effect]:
    flow = FLOWS["sign-up"]
    state, _ = begin(flow, 1)
    state, _ = advance(flow, state, Submitted("sign_up", 0, "submitted", {"email": "a@b.c"}, {"password": "pw"}))
    state, _ = advance(flow, state, ActionDone("register", "registered"))
    return advance(flow, state, ActionDone("send_code", "sent"))


def test_at_the_email_step_every_event_of_every_other_step_is_refused() -> None:
    """An account was once taken over by choosing another method at the e-mail step, which then counted as done."""
    flow = FLOWS["sign-up"]
    state, effect = reach_email_code()
    assert isinstance(effect, ShowScreen)
    assert effect.step == "email_code"
    saved = to_json(state)
    foreign = list_foreign(flow, "email_code", state.seq)
    assert len(foreign) > 300
    for event in foreign:
        with pytest.raises(StaleEvent):
            advance(flow, state, event)
        assert to_json(state) == saved


def test_at_the_email_step_no_other_kind_of_answer_leads_past_it() -> None:
    flow = FLOWS["sign-up"]
    state, _ = reach_email_code()
    for outcome in ("ok", "sent", "limit", "continue", "completed", "approved", "submitted ", "SUBMITTED", ""):
        for event in (
            ActionDone("email_code", outcome),
            ConnectorDone("email_code", outcome),
            ReviewDone("email_code", outcome),
            ProofJudged("email_code", state.seq, accepted=True),
            Submitted("email_code", state.seq, outcome),
        ):
            with pytest.raises(RefusedEvent):
                advance(flow, state, event)
    after = {
        advance(flow, state, Submitted("email_code", state.seq, outcome))[0].step for outcome in ("back", "resend")
    }
    assert after == {"sign_up", "send_code"}
    assert advance(flow, state, Submitted("email_code", state.seq, "submitted"))[0].step == "check_code"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(SHIPPED), st.data())
def test_wherever_a_run_stands_every_event_of_every_other_step_is_refused(name: str, data: st.DataObject) -> None:
    flow = FLOWS[name]
    state, effect = begin(flow, 1)
    for _ in range(data.draw(st.integers(0, 12))):
        if isinstance(effect, Finish):
            break
        state, effect = advance(flow, state, answer(flow, effect, data.draw)[0])
    saved = to_json(state)
    for event in list_foreign(flow, state.step, state.seq):
        with pytest.raises(StaleEvent):
            advance(flow, state, event)
    assert to_json(state) == saved
    shown = resume(flow, from_json(saved))
    assert shown == (replace(effect, secrets={}) if isinstance(effect, RunAction) else effect)


# --- documents --------------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, derandomize=True)
@given(draw_graphs() | draw_damaged())
def test_a_flow_that_can_be_drawn_can_be_written_read_and_checked(flow: Flow) -> None:
    again = parse_flow(render_flow(flow))
    assert again == flow
    found = {(problem.code, problem.path, problem.message) for problem in check_flow(flow, CATALOG)}
    assert {(problem.code, problem.path, problem.message) for problem in check_flow(again, CATALOG)} == found


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(SHIPPED), st.data())
def test_a_flow_with_any_words_in_it_is_read_and_checked_or_refused(name: str, data: st.DataObject) -> None:
    """Swap words of a shipped flow for each other: the checker must cope with every flow the parser lets through."""
    text = render_flow(FLOWS[name])
    words = sorted(
        {word for word in json.dumps(text).replace("\\n", " ").replace('"', " ").split() if word.isidentifier()}
    )
    for _ in range(data.draw(st.integers(1, 3))):
        text = text.replace(data.draw(st.sampled_from(words)), data.draw(st.sampled_from(words)))
    try:
        flow = parse_flow(text)
    except FlowFault:
        return
    assert isinstance(check_flow(flow, CATALOG), tuple)
