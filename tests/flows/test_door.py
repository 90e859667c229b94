"""The one door, as decisions: every way in that must stay shut is tried, and each is told apart."""

import math
from dataclasses import replace
from typing import Any

import pytest

from idp.flows.door import CLOCK_SLACK, DoorRules, find_fault, find_review_fault, lacks_evidence, weigh_late_result
from idp.records.journeys import Case, Run, Verification

NOW = 1_800_000_000.5
RULES = DoorRules(frozenset({"OK"}))


def run(**changes: Any) -> Run:
    made = Run(1, "f", 1, "step_up", b"", {}, NOW - 60, NOW + 840, expected_user_id=7)
    return replace(made, **changes)


def result(**changes: Any) -> Verification:
    made = Verification(
        id=3,
        run_id=1,
        step="verify",
        connection="incode_verify",
        subject_ref="s",
        created_at=NOW - 30,
        deadline_at=NOW + 570,
        status="completed",
        user_id=7,
        vendor_ref="interview",
        overall="OK",
        owner="match",
        fetched_at=NOW - 1,
    )
    return replace(made, **changes)


def case(**changes: Any) -> Case:
    return replace(Case(5, 1, 3, "identity", NOW, NOW + 9, "approved", 7, decided_by="rita"), **changes)


def test_a_fresh_passing_result_of_this_run_about_this_person_is_proof() -> None:
    assert find_fault(run(), result(), RULES, NOW) == ""


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"status": "pending"}, "not_fetched"),
        ({"status": "started"}, "not_fetched"),
        ({"vendor_ref": None}, "not_fetched"),
        ({"vendor_ref": ""}, "not_fetched"),
        ({"fetched_at": None}, "not_fetched"),
        ({"run_id": 2}, "foreign_run"),
        ({"user_id": 8}, "foreign_user"),
        ({"user_id": None}, "foreign_user"),
        ({"overall": "WARN"}, "not_passing"),
        ({"overall": "MANUAL_OK"}, "not_passing"),
        ({"overall": "ok"}, "not_passing"),
        ({"overall": ""}, "not_passing"),
        ({"overall": None}, "not_passing"),
        ({"fetched_at": NOW - 601}, "stale"),
        ({"fetched_at": NOW + CLOCK_SLACK + 1}, "stale"),
        ({"deadline_at": NOW - 2}, "late"),
        ({"owner": "mismatch"}, "owner_mismatch"),
        ({"owner": "unknown"}, "owner_unknown"),
        ({"owner": None}, "owner_unknown"),
    ],
)
def test_a_result_that_is_no_proof_is_refused_with_its_reason(changes: dict[str, Any], fault: str) -> None:
    assert find_fault(run(), result(**changes), RULES, NOW) == fault


def test_the_edges_of_freshness_and_of_the_attempt_are_inside() -> None:
    for fetched in (NOW - 600, NOW + CLOCK_SLACK):
        assert find_fault(run(), result(fetched_at=fetched, deadline_at=fetched), RULES, NOW) == ""


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"fetched_at": math.nextafter(NOW - 600, 0)}, "stale"),
        ({"fetched_at": math.nextafter(NOW + CLOCK_SLACK, math.inf)}, "stale"),
        ({"fetched_at": NOW - 1, "deadline_at": math.nextafter(NOW - 1, 0)}, "late"),
    ],
)
def test_the_least_time_beyond_them_is_outside(changes: dict[str, Any], fault: str) -> None:
    assert find_fault(run(), result(**changes), RULES, NOW) == fault


def test_of_many_faults_the_first_one_of_the_invariant_is_told() -> None:
    faulty: dict[str, tuple[dict[str, Any], str]] = {
        "owner": ({"owner": "mismatch"}, "owner_mismatch"),
        "late": ({"deadline_at": NOW - 9000}, "late"),
        "stale": ({"fetched_at": NOW - 700}, "stale"),
        "overall": ({"overall": "FAIL"}, "not_passing"),
        "user": ({"user_id": 8}, "foreign_user"),
        "run": ({"run_id": 2}, "foreign_run"),
        "status": ({"status": "pending"}, "not_fetched"),
    }
    changes: dict[str, Any] = {}
    for more, fault in faulty.values():
        changes |= more
        assert find_fault(run(), result(**changes), RULES, NOW) == fault


def test_an_operator_who_says_nothing_has_the_strict_rules() -> None:
    assert DoorRules(frozenset({"OK"})) == DoorRules(
        frozenset({"OK"}), accept_approved=False, freshness=600.0, enrol_on_step_up=True
    )
    assert CLOCK_SLACK == 5.0


def test_a_doubtful_word_that_an_operator_lets_pass_needs_nobodys_approval() -> None:
    assert find_fault(run(), result(overall="WARN"), DoorRules(frozenset({"OK", "WARN"})), NOW) == ""
    assert find_fault(run(), result(overall="OK"), DoorRules(frozenset({"WARN"})), NOW) == "not_passing"


def test_a_proved_user_counts_before_the_expected_one() -> None:
    assert find_fault(run(user_id=9), result(), RULES, NOW) == "foreign_user"
    assert find_fault(run(user_id=9), result(user_id=9), RULES, NOW) == ""


@pytest.mark.parametrize(
    ("purpose", "enrol", "accepted"),
    [("step_up", True, True), ("step_up", False, False), ("recovery", True, False), ("sign_up", False, True)],
)
def test_somebody_new_counts_only_where_an_enrolment_may_happen(purpose: str, enrol: bool, accepted: bool) -> None:
    fault = find_fault(run(purpose=purpose), result(owner="enrolling"), replace(RULES, enrol_on_step_up=enrol), NOW)
    assert fault == ("" if accepted else "owner_enrolling")


@pytest.mark.parametrize("overall", ["WARN", "MANUAL", "MANUAL_PENDING"])
def test_what_the_vendors_reviewer_approved_passes_only_where_the_connection_says_so(overall: str) -> None:
    approved = result(overall=overall, output={"data": {"status": "MANUAL_REVIEW_APPROVED"}})
    lenient = replace(RULES, accept_approved=True)
    assert find_fault(run(), approved, lenient, NOW) == ""
    assert find_fault(run(), approved, RULES, NOW) == "not_passing"
    for output in ({}, {"data": None}, {"data": {}}, {"data": {"status": "ONBOARDING_FINISHED"}}):
        assert find_fault(run(), replace(approved, output=output), lenient, NOW) == "not_passing"


@pytest.mark.parametrize("overall", ["FAIL", "MANUAL_FAIL", "UNKNOWN", None])
def test_no_approval_at_the_vendor_makes_a_failure_pass(overall: str | None) -> None:
    approved = result(overall=overall, output={"data": {"status": "MANUAL_REVIEW_APPROVED"}})
    assert find_fault(run(), approved, replace(RULES, accept_approved=True), NOW) == "not_passing"


@pytest.mark.parametrize(
    ("verification", "decided", "fault"),
    [
        (result(owner="unknown", overall="WARN"), case(), ""),
        (None, case(), "foreign_case"),
        (result(run_id=2), case(), "foreign_case"),
        (result(), case(run_id=2), "foreign_case"),
        (result(), case(status="open"), "not_approved"),
        (result(), case(status="rejected"), "not_approved"),
        (result(), case(decided_by=None), "not_approved"),
        (result(), case(decided_by=""), "not_approved"),
        (result(owner="mismatch"), case(), "owner_mismatch"),
    ],
)
def test_an_approval_is_proof_only_for_this_run_and_never_of_somebody_else(
    verification: Verification | None, decided: Case, fault: str
) -> None:
    assert find_review_fault(run(), verification, decided) == fault


@pytest.mark.parametrize(
    ("overall", "fault", "weight"),
    [
        ("OK", "", ("approved", "OK")),
        ("MANUAL_OK", "", ("approved", "MANUAL_OK")),
        ("MANUAL_OK", "not_passing", ("left", "not_passing")),
        ("OK", "owner_unknown", ("left", "owner_unknown")),
        ("OK", "owner_mismatch", ("rejected", "owner_mismatch")),
        ("FAIL", "not_passing", ("rejected", "FAIL")),
        ("MANUAL_FAIL", "", ("rejected", "MANUAL_FAIL")),
        ("", "not_passing", ("left", "not_passing")),
    ],
)
def test_what_a_late_result_means_for_a_case_of_ours(overall: str, fault: str, weight: tuple[str, str]) -> None:
    assert weigh_late_result(overall, fault) == weight


@pytest.mark.parametrize(
    ("purpose", "methods", "lacks"),
    [
        ("sign_in", {"pwd"}, False),
        ("sign_in", {"passkey", "otp"}, False),
        ("sign_in", {"identity"}, True),
        ("sign_in", set(), True),
        ("step_up", {"identity"}, False),
        ("step_up", {"review"}, False),
        ("step_up", {"pwd", "otp"}, True),
        ("recovery", {"recovery_link", "identity"}, False),
        ("recovery", {"identity"}, True),
        ("recovery", {"recovery_link"}, True),
        ("sign_up", {"email", "review"}, False),
        ("sign_up", {"email"}, True),
        ("sign_up", {"identity"}, True),
        ("unheard of", {"pwd", "identity", "email", "recovery_link"}, True),
    ],
)
def test_what_a_completed_run_must_have_proved(purpose: str, methods: set[str], lacks: bool) -> None:
    assert lacks_evidence(purpose, methods, user_known=True) is lacks
    assert lacks_evidence(purpose, methods, user_known=False)
    assert lacks_evidence(purpose, methods, user_known=True, reached=True) is (lacks and purpose != "step_up")
    assert lacks_evidence(purpose, methods, user_known=False, reached=True)
