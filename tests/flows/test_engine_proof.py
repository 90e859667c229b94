"""The engine asks for every judgement and never proves anything by itself."""

from dataclasses import replace
from typing import Any

import pytest

from idp.flows.engine import (
    AwaitReview,
    Effect,
    Finish,
    JudgeProof,
    ProofJudged,
    RefusedEvent,
    ResultArrived,
    StaleEvent,
    advance,
    decide,
    resume,
)
from idp.flows.language import Case, ConditionStep
from idp.flows.state import Hop
from tests.flows.runs import STEP_UP, Run, reach_verify
from tests.flows.samples import make_flow, score


def test_a_passing_score_asks_for_a_judgement_and_moves_nothing_by_itself() -> None:
    run = reach_verify()
    asked = run.connect("completed", score("OK"))
    assert asked == JudgeProof("check", 2, 1, "incode_verify", "done")
    assert (run.state.step, run.state.case, run.state.finished) == ("check", 1, None)
    assert resume(STEP_UP, run.state) == asked
    assert run.judge(True) == Finish("complete", None)
    assert run.state.trail[-1] == Hop("check", "proved")


@pytest.mark.parametrize("accepted", [False, None, 1, "true", "accepted", [True], {}])
def test_anything_but_a_plain_true_refuses_the_proof(accepted: Any) -> None:
    run = reach_verify()
    run.connect("completed", score("OK"))
    assert run.judge(accepted) == Finish("denied", "identity_refused")
    assert run.state.trail[-1] == Hop("check", "otherwise")


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (score("FAIL"), Finish("denied", "identity_refused")),
        (score("UNKNOWN"), Finish("denied", "identity_refused")),
        (score(None), Finish("denied", "identity_refused")),
        ({}, Finish("denied", "identity_refused")),
        ({"owner": "match"}, Finish("denied", "identity_refused")),
        ({"owner": "match", "data": {"score": {"overall": None}}}, Finish("denied", "identity_refused")),
        (score("OK", owner="mismatch"), Finish("denied", "identity_refused")),
        (score("WARN", owner="mismatch"), Finish("denied", "identity_refused")),
        (score("WARN"), AwaitReview("review", 2, "identity", 172800.0)),
        (score("MANUAL"), AwaitReview("review", 2, "identity", 172800.0)),
        (score("MANUAL_OK"), JudgeProof("check", 2, 1, "incode_verify", "done")),
    ],
)
def test_each_result_leads_where_the_flow_says(output: dict[str, Any], expected: Effect) -> None:
    assert reach_verify().connect("completed", output) == expected


def test_an_unknown_owner_is_an_error_after_which_no_proof_is_taken() -> None:
    """The first case reads a key that is absent; a score of OK must not pass behind it."""
    output = score("OK")
    del output["owner"]
    run = reach_verify()
    assert run.connect("completed", output) == Finish("denied", "identity_refused")
    assert run.state.trail[-1] == Hop("check", "otherwise", "case 1: NOT_FOUND")


def test_after_an_error_a_case_that_proves_nothing_may_still_be_taken() -> None:
    step = ConditionStep(
        "c", (Case("user.a == 1", "x"), Case("true", "y", "incode_verify"), Case("true", "z")), "otherwise"
    )
    decision = decide(step, {})
    assert decision.case == 2
    assert [(index, kind) for index, kind, _ in decision.faults] == [(0, "NOT_FOUND")]
    assert decide(step, {"user": {"a": 2}}).case == 1


def test_an_expression_that_does_not_compile_counts_as_an_error() -> None:
    decision = decide(ConditionStep("c", (Case("1 +", "x"), Case("true", "y", "incode_verify")), "z"), {})
    assert decision.case is None
    assert decision.faults[0][:2] == (0, "EXPRESSION")


def test_what_an_earlier_attempt_said_is_gone_when_the_connection_is_used_again() -> None:
    run = reach_verify()
    run.connect("expired", score("OK"))
    assert "incode_verify" in run.state.connectors
    run.submit("retry")
    assert run.state.connectors == {}
    assert run.connect("completed", {}) == Finish("denied", "identity_refused")


def test_a_review_decides_in_its_own_name() -> None:
    for outcome, expected in (
        ("approved", Finish("complete", None)),
        ("rejected", Finish("denied", "identity_refused")),
    ):
        run = reach_verify()
        assert isinstance(run.connect("pending"), AwaitReview)
        assert run.review(outcome) == expected


def test_a_state_made_up_to_wait_for_a_judgement_is_refused() -> None:
    run = reach_verify()
    run.connect("completed", score("OK"))
    for case in (None, 0, 2, 3, 99):
        forged = replace(run.state, case=case)
        with pytest.raises(RefusedEvent):
            advance(STEP_UP, forged, ProofJudged("check", forged.seq, accepted=True))
        with pytest.raises(RefusedEvent):
            resume(STEP_UP, forged)


def reach_pending_review(**output: Any) -> Run:
    run = reach_verify()
    run.connect("pending", {**score("MANUAL"), "status": "pending", **output})
    assert isinstance(run.effect, AwaitReview)
    return run


def arrive(run: Run, status: str, connector: str = "verify") -> Effect:
    return run.send(ResultArrived(run.state.step, connector, score(status), run.state.seq))


def test_a_result_that_arrives_is_judged_by_the_condition_and_proves_nothing_by_itself() -> None:
    run = reach_pending_review()
    asked = arrive(run, "MANUAL_OK")
    assert isinstance(asked, JudgeProof)
    assert (asked.step, asked.connection) == ("check", "incode_verify")
    assert [(hop.step, hop.outcome) for hop in run.state.trail[-3:]] == [
        ("verify", "pending"),
        ("review", "arrived"),
        ("verify", "completed"),
    ]
    assert run.judge(True) == Finish("complete", None)
    refused = reach_pending_review()
    arrive(refused, "MANUAL_OK")
    assert refused.judge(False) == Finish("denied", "identity_refused")


@pytest.mark.parametrize("status", ["FAIL", "MANUAL_FAIL", "UNKNOWN", "new", ""])
def test_a_result_that_arrives_and_does_not_pass_leads_where_it_would_have_led_at_first(status: str) -> None:
    run = reach_pending_review()
    assert arrive(run, status) == Finish("denied", "identity_refused")


def test_a_result_arrives_once_and_only_for_what_is_pending() -> None:
    run = reach_pending_review()
    for connector in ("check", "review", "nowhere", "intro"):
        with pytest.raises(RefusedEvent):
            arrive(run, "OK", connector)
    arrive(run, "WARN")
    assert isinstance(run.effect, AwaitReview)
    with pytest.raises(RefusedEvent):
        arrive(run, "OK")
    with pytest.raises(StaleEvent):
        run.send(ResultArrived("review", "verify", score("OK"), 1))
    doubtful = reach_verify()
    doubtful.connect("completed", score("WARN"))
    with pytest.raises(RefusedEvent):
        arrive(doubtful, "OK")
    at_a_screen = Run(STEP_UP)
    with pytest.raises(RefusedEvent):
        at_a_screen.send(ResultArrived("intro", "verify", score("OK")))
    never_asked = Run(
        make_flow("a: {review: q, on: {approved: z}}\nb: {connector: c, on: {completed: z}}\nz: {end: denied}")
    )
    with pytest.raises(RefusedEvent, match=r"^a ResultArrived cannot answer the step 'a'$"):
        arrive(never_asked, "OK", "b")
