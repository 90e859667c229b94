"""What is wrong with a flow as a whole is one line each: errors first, then in the order of the text."""

from dataclasses import replace

import pytest

from idp.flows.check import check_flow
from idp.flows.language import Flow
from idp.flows.parse import FlowFault, parse_flow
from tests.flows.samples import make_flow
from tests.flows.sentences import CONNECTIONS, REST, tell

SOUND = make_flow(REST, start="v")


@pytest.mark.parametrize(
    ("purpose", "hint"),
    [
        ("step-up", "did you mean 'step_up'?"),
        ("", "known: recovery, sign_in, sign_up, step_up"),
    ],
)
def test_a_purpose_that_is_none_is_a_line(purpose: str, hint: str) -> None:
    line = f"3:1: error unknown-purpose at /purpose: {purpose!r} is not a purpose; {hint}"
    assert line in tell(replace(SOUND, purpose=purpose))


@pytest.mark.parametrize("deadline", [0.0, -1.0, float("nan")])
def test_no_deadline_is_a_line(deadline: float) -> None:
    assert tell(replace(SOUND, deadline=deadline)) == ["4:1: error deadline at /deadline: a flow needs a deadline"]


def write(deadline: str) -> str:
    steps = "".join(f"  {line}\n" for line in REST.splitlines())
    return f"id: f\ntitle: F\npurpose: step_up\ndeadline: {deadline}\nstart: v\nsteps:\n{steps}"


@pytest.mark.parametrize("deadline", ["1s", "2592000s", "30d"])
def test_the_shortest_and_the_longest_deadline_are_fine(deadline: str) -> None:
    assert tell(parse_flow(write(deadline))) == []


@pytest.mark.parametrize("deadline", ["0s", "2592001s", "31d", "1", "1.5m"])
def test_a_deadline_beyond_them_is_not(deadline: str) -> None:
    with pytest.raises(FlowFault) as caught:
        parse_flow(write(deadline))
    assert str(caught.value) == (
        "4:1: error duration at /deadline: expected a duration such as 30s, 15m, 48h or 7d, at most 30d"
    )


@pytest.mark.parametrize(
    ("extra", "line"),
    [
        (
            "layout: {v: [0, 0], zz: [1, 1]}",
            "6:21: warning layout at /layout/zz: the layout places 'zz', which is not a step",
        ),
        (
            "groups: {x/y: {steps: [v, zz]}}",
            "6:10: warning layout at /groups/x~1y: the group 'x/y' has 'zz', which is not a step",
        ),
        ("layout: {v: [0, 0]}", ""),
        ("groups: {x/y: {steps: [v, j]}}", ""),
    ],
)
def test_a_drawing_of_what_is_no_step_is_a_warning(extra: str, line: str) -> None:
    assert "\n".join(tell(make_flow(REST, start="v", extra=extra))) == line


@pytest.mark.parametrize(("start", "hint"), [("Yes", "did you mean 'yes'?"), ("zzz", "known: j, no, v, yes")])
def test_a_start_that_is_no_step_is_the_only_line(start: str, hint: str) -> None:
    assert tell(make_flow(REST, start=start)) == [
        f"5:1: error unknown-start at /start: the start {start!r} is not a step; {hint}"
    ]


def test_a_flow_that_cannot_complete_is_a_line() -> None:
    line = "7:1: error no-complete at /steps: the flow has no completing end"
    assert tell(make_flow("a: {end: denied}")) == [line]
    assert tell(make_flow("a: {screen: message, options: {message: m}, max_visits: 2, on: {continue: a}}")) == [
        line,
        "8:3: error no-end at /steps/a: no end can be reached from this step; path: start -> a",
    ]


#: Steps from line 8 on, before a sound rest: cycles, and steps that are out of the way.
ROUNDS = {
    """
        a: {action: has_totp, on: {yes: c, no: v}}
        c: {condition: [{when: 'user.x == 1', to: a}], otherwise: v}
    """: (
        "8:3: error cycle-unattended at /steps/a: the flow can go round without anybody doing anything: a "
        "(yes) -> c (case 1) -> a\n"
        "8:3: warning cycle-unlimited at /steps/a: nothing limits how often a person can go round: a (yes) -> "
        "c (case 1) -> a; give a step max_visits"
    ),
    """
        a: {screen: verification_intro, on: {continue: c, stop: v}}
        c: {screen: message, options: {message: m}, on: {continue: a}}
    """: (
        "8:3: warning cycle-unlimited at /steps/a: nothing limits how often a person can go round: a "
        "(continue) -> c (continue) -> a; give a step max_visits"
    ),
    "a: {screen: verification_intro, on: {continue: a, stop: v}}": (
        "8:3: warning cycle-unlimited at /steps/a: nothing limits how often a person can go round: a "
        "(continue) -> a; give a step max_visits"
    ),
    "a: {connector: crm, max_visits: 3, on: {completed: v, error: a}}": (
        "8:3: error cycle-unattended at /steps/a: the flow can go round without anybody doing anything: a (error) -> a"
    ),
    "a: {connector: zzz, max_visits: 3, on: {completed: v, error: a}}": (
        "8:7: error unknown-connection at /steps/a/connector: there is no connection 'zzz'; known: crm, "
        "gateway, incode_verify, mailer, partner, risk"
    ),
    "a: {review: q, on: {approved: v, rejected: no, expired: a}}": (
        "8:3: warning cycle-unlimited at /steps/a: nothing limits how often a person can go round: a (expired) "
        "-> a; give a step max_visits"
    ),
    """
        a: {screen: message, options: {message: m}, on: {continue: v}}
        b: {screen: message, options: {message: m}, on: {continue: c}}
        c: {end: error}
    """: (
        "9:3: error unreachable at /steps/b: nothing leads to this step\n"
        "10:3: error unreachable at /steps/c: nothing leads to this step"
    ),
    """
        a: {screen: verification_intro, on: {continue: v, stop: b}}
        b: {screen: message, options: {message: m}, on: {continue: b}}
    """: (
        "9:3: error no-end at /steps/b: no end can be reached from this step; path: start -> a (stop) -> b\n"
        "9:3: warning cycle-unlimited at /steps/b: nothing limits how often a person can go round: b "
        "(continue) -> b; give a step max_visits"
    ),
}


@pytest.mark.parametrize("steps", ROUNDS)
def test_a_cycle_or_a_step_out_of_the_way_is_a_line(steps: str) -> None:
    assert "\n".join(tell(make_flow(f"{steps.strip()}\n{REST}"))) == ROUNDS[steps]


def test_a_cycle_that_a_person_goes_round_and_that_has_a_limit_is_nothing_to_tell() -> None:
    for step in ("connector: partner, max_visits: 1", "connector: partner, max_visits: 1000"):
        assert tell(make_flow(f"a: {{{step}, on: {{completed: v, error: a}}}}\n{REST}")) == []


# --- the order --------------------------------------------------------------------------------------------------------

MIXED = make_flow(
    f"""
    a: {{screen: verification_intro, on: {{continue: gone, stop: b}}}}
    b: {{action: nix, on: {{x: a}}}}
    {REST}
    """,
    extra="layout: {zz: [0, 0]}",
)
NO_END = "error no-end at /steps/{}: no end can be reached from this step; path: start -> {}"
GONE = (
    "error unknown-target at /steps/a/on/continue: "
    "'continue' leads to 'gone', which is not a step; known: a, b, j, no, v, yes"
)
LAYOUT = "warning layout at /layout/zz: the layout places 'zz', which is not a step"
ROUND = (
    "warning cycle-unlimited at /steps/a: nothing limits how often a person can go round: "
    "a (stop) -> b (x) -> a; give a step max_visits"
)


def list_heads(flow: Flow) -> list[str]:
    return [line.partition(": known")[0].partition("; known")[0] for line in tell(flow)]


def test_errors_come_first_and_then_the_order_of_the_text() -> None:
    assert list_heads(MIXED) == [
        f"8:3: {NO_END.format('a', 'a')}",
        f"8:40: {GONE.partition(';')[0]}",
        f"9:3: {NO_END.format('b', 'a (stop) -> b')}",
        "9:7: error unknown-action at /steps/b/action: there is no action 'nix'",
        *(
            f"{line}:3: error unreachable at /steps/{step}: nothing leads to this step"
            for line, step in enumerate(("v", "j", "yes", "no"), 10)
        ),
        f"6:10: {LAYOUT}",
        f"8:3: {ROUND}",
    ]


def test_without_a_text_the_order_is_that_of_the_places() -> None:
    assert list_heads(replace(MIXED, marks={})) == [
        NO_END.format("a", "a"),
        GONE.partition(";")[0],
        NO_END.format("b", "a (stop) -> b"),
        "error unknown-action at /steps/b/action: there is no action 'nix'",
        *(f"error unreachable at /steps/{step}: nothing leads to this step" for step in ("j", "no", "v", "yes")),
        LAYOUT,
        ROUND,
    ]


def test_two_faults_at_one_place_are_in_the_order_of_their_codes() -> None:
    flow = make_flow("a: {action: has_totp, on: {yes: a, no: a}}\nyes: {end: complete}")
    assert tell(flow) == [
        "8:3: error cycle-unattended at /steps/a: the flow can go round without anybody doing anything: a (yes) -> a",
        "8:3: error no-end at /steps/a: no end can be reached from this step; path: start -> a",
        "9:3: error unreachable at /steps/yes: nothing leads to this step",
        (
            "8:3: warning cycle-unlimited at /steps/a: "
            "nothing limits how often a person can go round: a (yes) -> a; give a step max_visits"
        ),
    ]


# --- embedded flows ---------------------------------------------------------------------------------------------------


def embeddable(name: str, steps: str, start: str = "i") -> Flow:
    return replace(make_flow(steps, start=start), id=name)


LONG = "s" * 35
SHOW = "{screen: message, options: {message: m}, on: {continue: NEXT}}"
INNER = {
    flow.id: flow
    for flow in (
        embeddable(
            "inner",
            """
            i: {screen: verification_intro, on: {continue: j, stop: w}}
            j: {end: complete}
            w: {end: denied, reason: later}
            """,
        ),
        embeddable("empty", "i: {end: complete}"),
        embeddable("odd", "i: {screen: nix, on: {x: j}}\nj: {end: complete}"),
        embeddable("open", f"i: {SHOW.replace('NEXT', 'gone')}\nj: {{end: complete}}"),
        embeddable("long", f"{LONG}: {SHOW.replace('NEXT', 'j')}\nj: {{end: complete}}", LONG),
        embeddable("round", "i: {subflow: round, on: {complete: j}}\nj: {end: complete}"),
        embeddable("more", "k: {subflow: inner, on: {complete: j}}\nj: {end: complete}", "k"),
    )
}
#: A step that embeds one of `INNER` at line 8.
EMBEDDED = {
    "a: {subflow: iner, on: {complete: v, denied: no}}": (
        "8:3: error unknown-subflow at /steps/a: there is no flow 'iner'; did you mean 'inner'?"
    ),
    "a: {subflow: zzz, on: {complete: v, denied: no}}": (
        "8:3: error unknown-subflow at /steps/a: there is no flow 'zzz'; known: empty, f, inner, long, more, "
        "odd, open, round"
    ),
    "a: {subflow: inner, on: {complete: v}}": (
        "8:3: error outcome-unwired at /steps/a: the flow 'inner' can end as 'denied', which is not wired"
    ),
    "a: {subflow: inner, on: {complete: v, denied: no, late: no}}": (
        "8:3: error outcome-unknown at /steps/a: the flow 'inner' never ends as 'late'"
    ),
    "a: {subflow: inner, on: {complete: v, late: no}}": (
        "8:3: error outcome-unknown at /steps/a: the flow 'inner' never ends as 'late'\n"
        "8:3: error outcome-unwired at /steps/a: the flow 'inner' can end as 'denied', which is not wired"
    ),
    "a: {subflow: more, on: {complete: v}}": (
        "8:3: error outcome-unwired at /steps/a: the flow 'inner' can end as 'denied', which is not wired"
    ),
    "a: {subflow: empty, on: {complete: v}}": (
        "8:3: error subflow-empty at /steps/a: the flow 'empty' ends where it starts"
    ),
    "a: {subflow: round, on: {complete: v}}": (
        "8:3: error subflow-recursion at /steps/a: the flow embeds itself: f -> round -> round"
    ),
    "a: {subflow: f, on: {complete: v}}": "8:3: error subflow-recursion at /steps/a: the flow embeds itself: f -> f",
    "a: {subflow: odd, on: {complete: v}}": (
        "8:3: error unknown-screen at /steps/a: there is no screen 'nix'; known: add_passkey, choose_factor, "
        "confirm_link, email_code, email_link_sent, form, identifier, message, new_password, offer_passkey, "
        "passkey, password"
    ),
    "a: {subflow: open, on: {complete: v}}": (
        "8:3: error no-end at /steps/a: no end can be reached from this step; path: start -> a.i\n"
        "8:3: error unknown-target at /steps/a: 'continue' leads to 'a.gone', which is not a step; known: a.i, "
        "j, no, v, yes\n"
        "9:3: error unreachable at /steps/v: nothing leads to this step\n"
        "10:3: error unreachable at /steps/j: nothing leads to this step\n"
        "11:3: error unreachable at /steps/yes: nothing leads to this step\n"
        "12:3: error unreachable at /steps/no: nothing leads to this step"
    ),
    "a: {subflow: inner, on: {complete: yes, denied: no}}": (
        "9:3: error unreachable at /steps/v: nothing leads to this step\n"
        "10:3: error unreachable at /steps/j: nothing leads to this step\n"
        "11:3: error missing-evidence at /steps/yes: the flow can complete without proof of identity (a "
        "proving case or an approved review); path: start -> a.i (continue) -> yes"
    ),
    "a: {subflow: inner, on: {complete: v, denied: a}}": (
        "8:3: warning cycle-unlimited at /steps/a: nothing limits how often a person can go round: a.i (stop) "
        "-> a.i; give a step max_visits"
    ),
}


def embed(step: str) -> tuple[Flow, dict[str, Flow]]:
    flow = make_flow(f"{step}\n{REST}", start=step.partition(":")[0])
    return flow, {**INNER, "f": flow}


@pytest.mark.parametrize("step", EMBEDDED)
def test_a_fault_of_an_embedded_flow_is_a_line_at_the_step_that_embeds_it(step: str) -> None:
    flow, flows = embed(step)
    assert "\n".join(tell(flow, subflows=flows)) == EMBEDDED[step]


def test_an_end_of_an_embedded_flow_may_be_wired_by_its_reason() -> None:
    flow, flows = embed("a: {subflow: inner, on: {complete: v, later: no}}")
    assert tell(flow, subflows=flows) == []


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("a: {subflow: zzz, on: {complete: v}}", "a"),
        ("a: {subflow: odd, on: {complete: v}}", "a.i"),
        ("a: {subflow: more, on: {complete: v}}", "a.k"),
        ("a: {subflow: round, on: {complete: v}}", "a.i"),
    ],
)
def test_the_whole_name_of_the_inner_step_is_told_beside_the_line(step: str, name: str) -> None:
    flow, flows = embed(step)
    (problem,) = check_flow(flow, CONNECTIONS, subflows=flows)
    assert (problem.step, problem.path, problem.line, problem.column) == (name, "/steps/a", 8, 3)


def test_a_name_of_64_letters_is_the_longest_when_flows_are_embedded() -> None:
    line = f"8:3: error too-long at /steps/NAME: the expanded step 'NAME.{LONG}' is longer than 64 characters"
    for name, told in ((LONG[:28], []), (LONG[:29], [line.replace("NAME", LONG[:29])])):
        flow, flows = embed(f"{name}: {{subflow: long, on: {{complete: v}}}}")
        assert tell(flow, subflows=flows) == told


def test_what_the_head_says_is_told_beside_an_embedded_flow_that_is_not_there() -> None:
    flow, _ = embed("a: {subflow: zzz, on: {complete: v}}")
    assert tell(replace(flow, deadline=0.0, purpose="stepup", layout={"zz": (0.0, 0.0)})) == [
        "3:1: error unknown-purpose at /purpose: 'stepup' is not a purpose; did you mean 'step_up'?",
        "4:1: error deadline at /deadline: a flow needs a deadline",
        "8:3: error unknown-subflow at /steps/a: there is no flow 'zzz'",
        "1:1: warning layout at /layout/zz: the layout places 'zz', which is not a step",
    ]
