"""Reviews in a dry run: ours, those of the vendor's people, and which of them comes first."""

import pytest

from idp.flows.door import DoorRules
from idp.flows.setting import ConnectionRules, Script, Setting
from idp.flows.simulate import simulate
from idp.flows.stage import Asked
from idp.flows.stage_reviews import list_late_answers
from tests.flows.dry_runs import STEP_UP, run
from tests.flows.samples import CATALOG, make_flow


def test_an_approval_is_evidence_only_while_there_is_a_result() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: r, error: r}}
        r: {review: q, on: {approved: z, rejected: y}}
        y: {end: denied}
        z: {end: complete}
        """
    )
    assert run(flow, r="approved").methods == ("review",)
    refused = run(flow, a="error", r="approved")
    assert (refused.end, refused.steps[1].note, refused.evidence) == ("denied", "nothing_to_review", ())
    assert (refused.steps[1].by, refused.steps[1].answer) == ("rule", "rejected")


def test_evidence_of_a_review_says_what_was_reviewed_for_whom_and_when() -> None:
    (item,) = run(verify="WARN", review=Script("approved", takes=60)).evidence
    assert (item.method, item.source_step, item.amr) == ("review", "review", ())
    assert (item.at, item.user_id, item.verification_id) == (Setting().start + 60, 1, 1)


def test_a_case_is_decided_once() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: r}}
        r: {review: q, on: {approved: z, rejected: b, expired: b}}
        b: {screen: try_later, on: {retry: r, stop: a}}
        z: {end: complete}
        """
    )
    done = run(flow, r=["rejected", "approved"], b=["retry", "retry", "stop"])
    assert [step.outcome for step in done.steps if step.step == "r"] == ["rejected", "rejected", "rejected", "approved"]
    assert [step.note for step in done.steps if step.step == "r"] == ["", "decided_before", "decided_before", ""]
    assert [step.by for step in done.steps if step.step == "r"] == ["script", "rule", "rule", "script"]


def test_what_the_vendor_has_rejected_our_reviewer_cannot_approve_on_a_second_visit() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: r, pending: r}}
        r: {review: q, on: {approved: z, rejected: b, expired: b}}
        b: {screen: try_later, on: {retry: r, stop: r}}
        z: {end: complete}
        """
    )
    done = run(flow, a="pending", r=["MANUAL_FAIL", "approved"], b="retry")
    assert done.methods == ()
    visits = [(step.outcome, step.note) for step in done.steps if step.step == "r"]
    assert visits[:2] == [("rejected", "MANUAL_FAIL"), ("rejected", "decided_before")]


def test_a_reviewer_is_never_assumed_and_cannot_approve_somebody_else() -> None:
    assert run(verify="WARN").waiting == "review"
    done = run(verify=Script("pending", owner="mismatch"), review="approved")
    review = next(step for step in done.steps if step.step == "review")
    assert (review.by, review.note, review.outcome) == ("rule", "owner_mismatch", "rejected")


def test_the_vendors_people_may_decide_before_ours_and_the_condition_judges() -> None:
    done = run(verify="MANUAL", review=Script("OK", takes=3600))
    assert done.path == ("intro", "verify", "review", "verify", "check", "done")
    assert [(step.outcome, step.answer) for step in done.steps[2:4]] == [("arrived", "OK"), ("completed", None)]
    assert done.steps[2].by == "script"
    (item,) = done.evidence
    assert (item.method, item.at) == ("identity", Setting().start + 3600)
    assert done.steps[4].evidence == (item,)


@pytest.mark.parametrize(
    ("words", "note", "methods"),
    [
        (["MANUAL_FAIL"], "MANUAL_FAIL", ()),
        (["FAIL"], "FAIL", ()),
        (["MANUAL_REVIEW_REJECTED"], "MANUAL_FAIL", ()),
        (["mismatch"], "owner_mismatch", ()),
        (["MANUAL_OK", "rejected"], "", ()),
        (["MANUAL_OK", "approved"], "", ("review",)),
        (["MANUAL_REVIEW_APPROVED", "approved"], "", ("review",)),
    ],
)
def test_a_late_no_rejects_and_what_is_no_proof_is_left_to_our_reviewer(
    words: list[str], note: str, methods: tuple[str, ...]
) -> None:
    done = run(verify="pending", review=words)
    review = next(step for step in done.steps if step.step == "review")
    assert (review.note, done.methods) == (note, methods)
    assert review.by == ("rule" if note else "script")
    assert done.path == ("intro", "verify", "review", "done" if methods else "rejected")


def test_after_a_late_yes_that_is_no_proof_the_run_still_waits_for_our_reviewer() -> None:
    once = run(verify="pending", review="MANUAL_OK")
    assert (once.waiting, once.refused) == ("review", None)
    twice = run(verify="pending", review=["MANUAL_OK", "OK"])
    assert (twice.waiting, twice.evidence) == ("review", ())
    assert "no outcome 'OK'" in (twice.refused or "")


def test_an_interactive_dry_run_can_say_that_the_vendor_was_faster() -> None:
    words = iter(["MANUAL_OK", "rejected"])
    asked: list[Asked] = []

    def ask(question: Asked) -> Script:
        asked.append(question)
        return Script(next(words) if question.step == "review" else question.assumed)

    done = simulate(STEP_UP, {"verify": [Script("pending")]}, Setting(), CATALOG, ask)
    assert done.path[-2:] == ("review", "rejected")
    # The vendor's people decide once; after that only ours can.
    first, second = (question.ready_made for question in asked if question.step == "review")
    assert first == tuple(list_late_answers(CATALOG.connections["incode_verify"]))
    assert second == ()
    assert {"OK", "MANUAL_FAIL"} <= set(first)
    assert not {"pending", "completed", "approved"} & set(first)
    faster = simulate(
        STEP_UP,
        {"verify": [Script("pending")]},
        Setting(),
        CATALOG,
        lambda question: Script("OK" if question.step == "review" else question.assumed),
    )
    assert [step.by for step in faster.steps if step.step == "review"] == ["asked"]


def test_a_result_that_is_there_cannot_be_decided_by_the_vendor_once_more() -> None:
    done = run(verify="WARN", review="OK")
    assert (done.waiting, done.refused is not None) == ("review", True)


def test_the_vendors_people_have_their_own_time() -> None:
    rules = ConnectionRules(DoorRules(frozenset({"OK"})), review=600)
    setting = Setting(connections={"incode_verify": rules})
    assert run(setting=setting, verify="pending", review=Script("OK", takes=600)).methods == ("identity",)
    late = run(setting=setting, verify="pending", review=Script("OK", takes=601))
    assert (late.waiting, late.evidence) == ("review", ())


def test_a_review_prolongs_the_run_and_the_flow_does_not_go_on_after_that() -> None:
    done = run(verify="WARN", review=Script("approved", takes=47 * 3600))
    assert done.end == "complete"
    late = run(verify="WARN", review=Script("approved", takes=48 * 3600))
    assert (late.end, late.reason, late.evidence) == ("denied", "deadline", ())
