"""The review desk: MANUAL sessions, approved or rejected, each with and without a change of `overall.status`."""

import json

import pytest

from tests.simulator.driver import Driver


def decide(sim: Driver, interview_id: str, decision: str):
    return sim.http.post("/desk", data={"interviewId": interview_id, "decision": decision})


@pytest.mark.parametrize("outcome", ["MANUAL", "MANUAL_PENDING", "WARN"])
@pytest.mark.parametrize(
    ("decision", "status", "overall"),
    [
        ("approve-change", "MANUAL_REVIEW_APPROVED", "MANUAL_OK"),
        ("approve-keep", "MANUAL_REVIEW_APPROVED", None),
        ("reject-change", "MANUAL_REVIEW_REJECTED", "MANUAL_FAIL"),
        ("reject-keep", "MANUAL_REVIEW_REJECTED", None),
    ],
)
def test_decision_in_all_variants(sim: Driver, outcome: str, decision: str, status: str, overall: str | None) -> None:
    session = sim.start()
    sim.press(session, outcome)
    answer = decide(sim, session["interviewId"], decision)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk?done={session['interviewCode']}")
    assert sim.status(session) == status
    assert sim.score(session)["overall"]["status"] == (overall or outcome)
    sim.control("POST", "webhooks/deliver")
    assert json.loads(sim.receiver.notifications[-1][1])["onboardingStatus"] == status


def test_decision_is_possible_after_closing(sim: Driver) -> None:
    session = sim.start()
    sim.press(session, "MANUAL")
    sim.close(session)
    decide(sim, session["interviewId"], "approve-change")
    assert sim.score(session)["overall"]["status"] == "MANUAL_OK"


def test_approval_makes_the_face_known_and_rejection_does_not(sim: Driver) -> None:
    for decision, known in (("reject-change", False), ("approve-keep", True)):
        session = sim.start(externalCustomerId="user-1")
        sim.press(session, "MANUAL")
        decide(sim, session["interviewId"], decision)
        again = sim.start()
        sim.finish(again, "FAIL")
        assert sim.score(again)["faceRecognition"]["existingUser"] is known


def test_desk_lists_only_what_waits(sim: Driver) -> None:
    waiting, passed, late = sim.start(), sim.start(), sim.start()
    sim.press(waiting, "MANUAL", person="other", firstName="<Eve>")
    sim.press(passed, "OK")
    sim.finish(late, "MANUAL", delaySeconds=60)
    page = sim.http.get("/desk").text
    assert waiting["interviewId"] in page
    assert passed["interviewId"] not in page
    assert late["interviewId"] not in page
    assert "&lt;Eve&gt;" in page
    decide(sim, waiting["interviewId"], "approve-keep")
    page = sim.http.get(f"/desk?done={waiting['interviewCode']}").text
    assert "Nobody is waiting" in page
    assert f"Session {waiting['interviewCode']} is decided" in page


def test_nothing_is_decided_twice_or_for_another_kind_of_session(sim: Driver) -> None:
    passed, waiting = sim.start(), sim.start()
    sim.press(passed, "FAIL")
    sim.press(waiting, "MANUAL")
    assert decide(sim, passed["interviewId"], "approve-change").status_code == 409
    assert decide(sim, "nothing", "approve-change").status_code == 409
    assert decide(sim, waiting["interviewId"], "shrug").status_code == 422
    decide(sim, waiting["interviewId"], "reject-keep")
    assert decide(sim, waiting["interviewId"], "approve-change").status_code == 409
    assert sim.status(waiting) == "MANUAL_REVIEW_REJECTED"
    assert sim.status(passed) == "ONBOARDING_FINISHED"


def test_deleted_session_leaves_the_desk(sim: Driver) -> None:
    session = sim.start()
    sim.press(session, "MANUAL")
    sim.control("POST", f"sessions/{session['interviewId']}/delete")
    assert session["interviewId"] not in sim.http.get("/desk").text


def test_deleted_decided_session_is_still_listed_without_a_name(sim: Driver) -> None:
    session = sim.start()
    sim.press(session, "MANUAL")
    decide(sim, session["interviewId"], "approve-keep")
    sim.control("POST", f"sessions/{session['interviewId']}/delete")
    page = sim.http.get("/desk")
    assert page.status_code == 200
    assert "Alice" not in page.text
