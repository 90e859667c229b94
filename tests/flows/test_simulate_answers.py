"""Answers of a dry run: scripts, questions, what does not fit, what is left over, and how it ends."""

from typing import Any

import pytest

from idp.flows.language import CONNECTOR_OUTCOMES, REVIEW_OUTCOMES
from idp.flows.setting import WAIT, Script, Setting
from idp.flows.simulate import MAX_ANSWERS, simulate
from idp.flows.stage import Asked
from tests.flows.dry_runs import STEP_UP, run
from tests.flows.samples import CATALOG, load_shipped, make_flow

# --- answers ----------------------------------------------------------------------------------------------------------


def test_a_list_answers_one_visit_after_the_other_and_its_last_word_stays() -> None:
    done = run(verify=["expired", "error", "OK"], explain=["retry"])
    assert [step.answer for step in done.steps if step.step == "verify"] == ["expired", "error", "OK"]
    assert run(verify=["expired"], explain=["retry", "retry", "stop"]).path.count("verify") == 3


def test_what_is_left_over_of_the_scripts_is_told() -> None:
    assert run(review="approved").unused == ("review",)
    assert run(verify=["OK", "expired"]).unused == ("verify",)
    assert run(verify="OK").unused == ()


def test_a_step_that_is_left_unanswered_waits() -> None:
    done = run(verify=WAIT)
    assert (done.end, done.waiting, done.refused) == (None, "verify", None)
    assert done.steps[-1].step == "verify"
    assert done.steps[-1].outcome is None
    for step in ("factor", "identifier", "check_password"):
        assert run(load_shipped("sign-in"), **{step: WAIT}).waiting == step


@pytest.mark.parametrize(
    ("answers", "waiting"),
    [
        ({"intro": "limit"}, "intro"),
        ({"intro": "stopp"}, "intro"),
        ({"verify": "SPLENDID"}, "verify"),
        ({"verify": Script("completed", output={"x": "y" * 9000})}, "verify"),
        ({"verify": Script("completed", output={"x": object()})}, "verify"),
        ({"verify": "WARN", "review": "done"}, "review"),
    ],
)
def test_an_answer_that_does_not_fit_is_reported_and_nothing_is_proved_by_it(
    answers: dict[str, Any], waiting: str
) -> None:
    done = run(**answers)
    assert (done.end, done.waiting) == (None, waiting)
    assert done.refused
    assert done.steps[-1].note == done.refused
    assert done.evidence == ()


def test_evidence_of_an_answer_that_the_engine_refuses_is_taken_back() -> None:
    flow = load_shipped("sign-in")
    done = run(flow, check_password=Script("ok", values={"x": "y" * 600}))
    assert (done.waiting, done.evidence) == ("check_password", ())
    assert "bytes" in (done.refused or "")


def test_values_of_an_action_reach_conditions() -> None:
    flow = make_flow(
        """
        a: {screen: password, on: {submitted: b, back: z}}
        b: {action: check_password, on: {ok: c, wrong: z, throttled: z}}
        c: {condition: [{when: 'run.values.b.risk > 5', to: y}], otherwise: z}
        y: {end: denied, reason: risky}
        z: {end: denied}
        """,
        purpose="sign_in",
    )
    assert run(flow, b=Script("ok", values={"risk": 9})).reason == "risky"
    assert run(flow, b=Script("ok", values={"risk": 1})).reason is None


def test_a_flow_without_an_end_to_its_scripts_is_stopped() -> None:
    flow = make_flow("a: {screen: try_later, on: {retry: a, stop: z}}\nz: {end: denied}")
    done = run(flow)
    assert (len(done.edges), done.waiting, done.end) == (MAX_ANSWERS, "a", None)


def test_a_flow_whose_last_possible_answer_ends_it_has_ended() -> None:
    flow = make_flow("a: {screen: try_later, on: {retry: a, stop: z}}\nz: {end: denied, reason: late}")
    done = run(flow, a=["retry"] * (MAX_ANSWERS - 1) + ["stop"])
    assert (len(done.edges), done.end, done.reason) == (MAX_ANSWERS, "denied", "late")


def test_a_flow_that_ends_where_it_starts() -> None:
    done = run(make_flow("a: {end: denied, reason: closed}"))
    assert (done.path, done.end, done.reason) == (("a",), "denied", "closed")


def test_a_step_that_leads_nowhere_ends_as_the_engine_ends_it() -> None:
    done = run(make_flow("a: {screen: try_later, on: {retry: gone, stop: gone}}"))
    assert (done.end, done.reason, done.path) == ("error", "unknown_step", ("a",))


def test_interactive_dry_runs_ask_where_there_is_no_script() -> None:
    asked: list[Asked] = []

    def ask(question: Asked) -> Script:
        asked.append(question)
        return Script({"verify": "WARN", "review": "approved"}.get(question.step, question.assumed))

    done = simulate(STEP_UP, {"intro": [Script("continue")]}, Setting(), CATALOG, ask)
    assert done.end == "complete"
    assert [(question.step, question.kind, question.subject, question.assumed) for question in asked] == [
        ("verify", "connector", "incode_verify", "OK"),
        ("review", "review", "identity", WAIT),
    ]
    assert asked[0].options == CONNECTOR_OUTCOMES
    assert {"OK", "mismatch", "approved"} <= set(asked[0].ready_made)
    assert asked[1].options == REVIEW_OUTCOMES
    assert [step.by for step in done.steps] == ["script", "asked", "engine", "asked", "engine"]


# --- time -------------------------------------------------------------------------------------------------------------


def test_time_passes_as_scripted_and_the_runs_deadline_ends_it() -> None:
    done = run(intro=Script("continue", takes=100), verify=Script("OK", takes=200))
    assert [step.at for step in done.steps] == [100, 300, 300, 300]
    late = run(intro=Script("continue", takes=900))
    assert (late.end, late.reason, late.path, late.steps[0].note) == ("denied", "deadline", ("intro",), "deadline")


# --- the end ----------------------------------------------------------------------------------------------------------


def test_a_flow_that_completes_without_its_evidence_does_not_complete() -> None:
    """What a real run would be told at its end: the checker would not have let this flow be published."""
    done = run(make_flow("a: {screen: try_later, on: {retry: z, stop: z}}\nz: {end: complete}"))
    assert (done.end, done.reason, done.path) == ("error", "evidence_missing", ("a", "z"))
