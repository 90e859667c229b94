"""What a vendor can be said to answer, word for word: dry runs and flow tests are only as honest as these."""

from typing import Any

import pytest

from idp.flows.ready_made import ReadyMade, Simulated, verification_answers

GOOD = {"deviceRisk": "UNKNOWN", "idValidation": "OK", "liveness": "OK", "faceRecognition": "OK"}
FINISHED = "ONBOARDING_FINISHED"
APPROVED, REJECTED = "MANUAL_REVIEW_APPROVED", "MANUAL_REVIEW_REJECTED"
#: By name: outcome, verdict, the interview's status, whether people decided, which section is to blame, the owner.
ANSWERS: dict[str, tuple[str, str, str, bool, dict[str, str], str | None]] = {
    "OK": ("completed", "OK", FINISHED, False, {}, None),
    "WARN": ("completed", "WARN", FINISHED, False, {"idValidation": "WARN"}, None),
    "FAIL": ("completed", "FAIL", FINISHED, False, {"liveness": "FAIL"}, None),
    "UNKNOWN": ("completed", "UNKNOWN", FINISHED, False, {}, None),
    "MANUAL": ("pending", "MANUAL", FINISHED, False, {}, None),
    "MANUAL_PENDING": ("pending", "MANUAL_PENDING", FINISHED, False, {}, None),
    "MANUAL_OK": ("completed", "MANUAL_OK", FINISHED, True, {}, None),
    "MANUAL_FAIL": ("completed", "MANUAL_FAIL", FINISHED, True, {"faceRecognition": "FAIL"}, None),
    "approved": ("completed", "MANUAL", APPROVED, True, {}, None),
    "MANUAL_REVIEW_APPROVED": ("completed", "MANUAL", APPROVED, True, {}, None),
    "mismatch": ("completed", "OK", FINISHED, False, {}, "mismatch"),
    "unknown": ("completed", "OK", FINISHED, False, {}, "unknown"),
    "enrolling": ("completed", "OK", FINISHED, False, {}, "enrolling"),
    "completed": ("completed", "OK", FINISHED, False, {}, None),
    "pending": ("pending", "MANUAL_PENDING", FINISHED, False, {}, None),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_what_the_vendor_would_say(name: str) -> None:
    outcome, overall, status, manual, blame, owner = ANSWERS[name]
    score: dict[str, Any] = {key: {"overall": {"status": word}} for key, word in (GOOD | blame).items()}
    output = {"status": outcome, "data": {"status": status, "score": score | {"overall": {"status": overall}}}}
    answer = verification_answers()[name]
    assert answer == ReadyMade(outcome, {**output, "manual": manual}, owner)
    assert answer.overall == overall


@pytest.mark.parametrize("name", ["rejected", "MANUAL_REVIEW_REJECTED"])
def test_after_a_rejection_there_is_no_score_but_the_verdict(name: str) -> None:
    data = {"status": REJECTED, "score": {"overall": {"status": "MANUAL_FAIL"}}}
    answer = verification_answers()[name]
    assert answer == ReadyMade("completed", {"status": "completed", "data": data, "manual": True})
    assert answer.overall == "MANUAL_FAIL"


def test_there_are_no_other_answers() -> None:
    assert set(verification_answers()) == {*ANSWERS, "rejected", "MANUAL_REVIEW_REJECTED"}


@pytest.mark.parametrize(
    "output",
    [{}, {"data": {}}, {"data": "x"}, {"data": {"score": {"overall": "OK"}}}, {"data": {"score": {"overall": {}}}}],
)
def test_where_no_verdict_is_said_there_is_none(output: dict[str, Any]) -> None:
    assert ReadyMade("completed", output).overall is None
    assert ReadyMade("completed", {"data": {"score": {"overall": {"status": 1}}}}).overall is None


def test_an_action_turns_out_by_the_first_facts_that_all_hold_and_over_what_is_wired() -> None:
    hint = Simulated("none", {"totp known": "both", "totp": "one", "": "any"})
    assert hint.answer({"totp", "known", "more"}) == "both"
    assert hint.answer({"totp"}) == "one"
    assert hint.answer(set()) == "any"
    assert hint.answer({"totp", "known"}, {"both", "one"}) == "any"
    assert hint.answer({"totp", "known"}, {"both", "one", "any"}) == "none"
