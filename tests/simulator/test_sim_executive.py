"""What an administrator may do: log in, read any session, approve, delete (reference sections 1.3, 6.3 and 8)."""

import pytest

from tests.simulator.driver import Driver


def test_log_in_needs_key_and_password(sim: Driver) -> None:
    right = {"email": "admin@example.com", "password": "demo-admin-password"}
    assert sim.call("POST", "/executive/log-in", json=right).status_code == 200
    assert sim.call("POST", "/executive/log-in", json=right, key=None).status_code == 403
    for wrong in ({**right, "password": "x"}, {**right, "email": "x"}, {}, []):
        assert sim.call("POST", "/executive/log-in", json=wrong).status_code == 401


def test_admin_token_opens_any_session_by_id_for_a_day(sim: Driver) -> None:
    session, admin = sim.start(), sim.log_in()
    path = f"/omni/get/onboarding/status?id={session['interviewId']}"
    assert sim.call("GET", path, admin).json() == {"onboardingStatus": "UNKNOWN"}
    assert sim.call("GET", f"/0{path}", admin, key=None).status_code == 200
    assert sim.call("GET", "/omni/get/score", admin).status_code == 400
    assert sim.call("GET", "/omni/get/score?id=nothing", admin).status_code == 404
    sim.clock.advance(86401)
    assert sim.call("GET", path, admin).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/omni/process/approve"), ("DELETE", "/omni/interview"), ("DELETE", "/omni/interviews")],
)
def test_session_token_is_no_admin_token(sim: Driver, method: str, path: str) -> None:
    session = sim.start()
    assert sim.call(method, f"{path}?interviewId={session['interviewId']}", session["token"]).status_code == 401
    assert sim.call(method, f"{path}?interviewId={session['interviewId']}").status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/omni/onboarding-url"), ("GET", "/omni/finish-status"), ("POST", "/omni/session/status/set")],
)
def test_admin_token_is_no_session_token(sim: Driver, method: str, path: str) -> None:
    session = sim.start()
    assert sim.call(method, f"{path}?id={session['interviewId']}&action=Closed", sim.log_in()).status_code == 401


def test_customer_token_opens_nothing(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session)
    path = f"/omni/process/approve?interviewId={session['interviewId']}"
    customer = sim.call("POST", path, sim.log_in(), json={}).json()["token"]
    assert sim.call("GET", f"/omni/get/score?id={session['interviewId']}", customer).status_code == 401
    assert sim.call("POST", path, customer, json={}).status_code == 401


def test_approve_creates_the_identity_and_finds_a_known_face(sim: Driver) -> None:
    admin = sim.log_in()
    first, second = sim.start(), sim.start()
    for session in (first, second):
        sim.finish(session)
    answers = [
        sim.call("POST", f"/omni/process/approve?interviewId={session['interviewId']}", admin, key=None, json={}).json()
        for session in (first, second)
    ]
    assert [answer["existingCustomer"] for answer in answers] == [False, True]
    assert answers[0]["uuid"] == answers[1]["uuid"] == sim.score(first)["faceRecognition"]["customerId"]
    assert set(answers[0]) == {"success", "uuid", "token", "totalScore", "existingCustomer"}
    assert answers[0]["totalScore"] == "OK"
    wrong = sim.call("POST", f"/omni/process/approve?interviewId={first['interviewId']}", admin, key="wrong", json={})
    assert wrong.status_code == 403


@pytest.mark.parametrize("outcome", ["WARN", "FAIL", "UNKNOWN", "MANUAL", "MANUAL_FAIL", "ABANDON"])
def test_approve_creates_nothing_for_a_session_that_did_not_pass(sim: Driver, outcome: str) -> None:
    session = sim.start()
    sim.finish(session, outcome)
    path = f"/omni/process/approve?interviewId={session['interviewId']}"
    answer = sim.call("POST", path, sim.log_in(), json={}).json()
    assert (answer["success"], answer["uuid"], answer["token"]) == (False, None, None)


def test_deleted_session_is_gone_but_the_face_stays_known(sim: Driver) -> None:
    admin, session = sim.log_in(), sim.start(externalCustomerId="user-1")
    sim.finish(session)
    assert sim.call("DELETE", f"/omni/interview?interviewId={session['interviewId']}", admin).status_code == 200
    for path in ("get/score", "get/ocr-data", "get/onboarding/status", "onboarding-url"):
        assert sim.call("GET", f"/0/omni/{path}", session["token"]).status_code == 404
    link = f"/hosted/demo/flow/demo-flow?interviewId={session['interviewId']}"
    assert sim.http.get(link).status_code == 404
    again = sim.start()
    sim.finish(again)
    assert sim.score(again)["faceRecognition"]["existingUser"] is True


def test_delete_can_forget_the_face(sim: Driver) -> None:
    admin, session = sim.log_in(), sim.start()
    sim.finish(session)
    sim.call("DELETE", f"/omni/interview?interviewId={session['interviewId']}&keepCustomer=false", admin)
    again = sim.start()
    sim.finish(again)
    assert sim.score(again)["faceRecognition"]["existingUser"] is False


def test_many_sessions_can_lose_only_their_personal_data(sim: Driver) -> None:
    admin, session, gone = sim.log_in(), sim.start(customFields={"a": 1}), sim.start()
    sim.finish(session)
    config = {"filter": {"ids": [session["interviewId"], "unknown"]}, "config": {"deletePiiDataOnly": True}}
    assert sim.call("DELETE", "/omni/interviews", admin, json=config).status_code == 200
    assert sim.ocr(session) == {}
    assert sim.get("get/custom-fields", session) == {}
    assert sim.score(session)["overall"]["status"] == "OK"
    sim.call("DELETE", "/omni/interviews", admin, json={"filter": {"ids": [gone["interviewId"]]}})
    assert sim.call("GET", "/0/omni/get/score", gone["token"]).status_code == 404
    assert sim.call("DELETE", "/omni/interviews", admin, json={"filter": {}}).status_code == 400
