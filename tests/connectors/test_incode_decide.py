"""The decision table, whole: every known word of the score with every word of the session, and strangers."""

import itertools

import pytest

from idp.connectors.incode.decide import Decision, decide, find_stage

OVERALL = ("OK", "WARN", "FAIL", "UNKNOWN", "MANUAL", "MANUAL_PENDING", "MANUAL_OK", "MANUAL_FAIL")
STRANGE = ("ok", "Ok", "OK ", "PASS", "APPROVED", "SPLENDID", "OK_MANUAL", "0")
ABSENT = (None, "")
STATUSES = {
    "UNKNOWN": "not_started",
    "ID_VALIDATION_FINISHED": "in_progress",
    "ID_VALIDATION_FINISHED_SECOND_ID": "in_progress",
    "POST_PROCESSING_FINISHED": "in_progress",
    "FACE_VALIDATION_FINISHED": "in_progress",
    "GOVERNMENT_VALIDATION_FINISHED": "in_progress",
    "ONBOARDING_FINISHED": "finished",
    "MANUAL_REVIEW_APPROVED": "approved",
    "MANUAL_REVIEW_REJECTED": "rejected",
    "EXPIRED": "expired",
    None: "not_ready",
    "onboarding_finished": "in_progress",
    "RETINA_VALIDATION_FINISHED": "in_progress",
    "APPROVED": "in_progress",
    "": "in_progress",
}
STRICT = frozenset({"OK"})
LENIENT = frozenset({"OK", "MANUAL_OK"})


@pytest.mark.parametrize(("status", "stage"), STATUSES.items())
def test_every_session_word_has_its_stage_and_a_strange_one_is_never_an_end(status, stage):
    assert find_stage(status) == stage


@pytest.mark.parametrize("stage", ["not_started", "in_progress", "not_ready", "expired"])
@pytest.mark.parametrize("overall", [*OVERALL, None])
def test_a_session_that_is_not_finished_is_never_judged_by_its_score(stage, overall):
    with pytest.raises(ValueError, match="has no result"):
        decide(stage, overall, LENIENT, accept_approved=True)


FINISHED = {
    "OK": Decision("completed", "OK", passing=True),
    "WARN": Decision("completed", "WARN"),
    "FAIL": Decision("completed", "FAIL"),
    "UNKNOWN": Decision("completed", "UNKNOWN"),
    "MANUAL": Decision("pending", "MANUAL"),
    "MANUAL_PENDING": Decision("pending", "MANUAL_PENDING"),
    "MANUAL_OK": Decision("completed", "MANUAL_OK", decided_by_person=True),
    "MANUAL_FAIL": Decision("completed", "MANUAL_FAIL", decided_by_person=True),
    None: Decision("error", "", error="score_missing"),
    "": Decision("error", "", error="score_missing"),
}
APPROVED = {
    "OK": Decision("completed", "OK", passing=True, decided_by_person=True),
    "WARN": Decision("completed", "WARN", decided_by_person=True),
    "FAIL": Decision("completed", "FAIL", decided_by_person=True),
    "UNKNOWN": Decision("completed", "UNKNOWN", decided_by_person=True),
    "MANUAL": Decision("completed", "MANUAL", decided_by_person=True),
    "MANUAL_PENDING": Decision("completed", "MANUAL_PENDING", decided_by_person=True),
    "MANUAL_OK": Decision("completed", "MANUAL_OK", decided_by_person=True),
    "MANUAL_FAIL": Decision("completed", "MANUAL_FAIL", decided_by_person=True),
    None: Decision("error", "", error="score_missing"),
    "": Decision("error", "", error="score_missing"),
}


@pytest.mark.parametrize(("overall", "decision"), FINISHED.items())
def test_a_finished_session(overall, decision):
    assert decide("finished", overall, STRICT) == decision


@pytest.mark.parametrize(("overall", "decision"), APPROVED.items())
def test_an_approved_session_under_the_default_policy(overall, decision):
    assert decide("approved", overall, STRICT) == decision


@pytest.mark.parametrize("overall", [*OVERALL, *STRANGE, *ABSENT])
def test_a_rejected_session_is_the_vendors_no_whatever_its_score_says(overall):
    decision = decide("rejected", overall, LENIENT, accept_approved=True)
    assert decision == Decision("completed", "MANUAL_FAIL", passing=False, decided_by_person=True)


@pytest.mark.parametrize("overall", STRANGE)
@pytest.mark.parametrize("stage", ["finished", "approved"])
def test_a_word_nobody_knows_is_a_result_that_never_passes(stage, overall):
    decision = decide(stage, overall, LENIENT | {overall}, accept_approved=True)
    assert (decision.outcome, decision.overall, decision.passing) == ("completed", overall, False)


def test_exactly_these_pass_and_nothing_else():
    passing = {
        (stage, overall, lenient, accept)
        for stage, overall, lenient, accept in itertools.product(
            ("finished", "approved", "rejected"), (*OVERALL, *STRANGE, *ABSENT), (False, True), (False, True)
        )
        if decide(stage, overall, LENIENT if lenient else STRICT, accept_approved=accept).passing
    }
    both = (False, True)
    assert passing == {
        *((stage, "OK", lenient, accept) for stage in ("finished", "approved") for lenient in both for accept in both),
        *((stage, "MANUAL_OK", True, accept) for stage in ("finished", "approved") for accept in both),
        *(("approved", word, lenient, True) for word in ("WARN", "MANUAL", "MANUAL_PENDING") for lenient in both),
    }


def test_a_passing_set_without_ok_means_what_it_says():
    assert not decide("finished", "OK", frozenset({"MANUAL_OK"})).passing
    assert not decide("finished", "FAIL", frozenset({"FAIL"})).passing
