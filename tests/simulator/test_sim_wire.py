"""Who is let in: headers, API key, tokens, the `/0` rule, error bodies (reference sections 1 and 10)."""

import pytest

from tests.simulator.driver import KEY, Driver

KEYED = [
    ("GET", "/omni/onboarding-url"),
    ("GET", "/omni/get/onboarding/status"),
    ("GET", "/omni/get/score"),
    ("GET", "/omni/get/ocr-data"),
    ("GET", "/omni/get/ocr-data/v2"),
    ("GET", "/omni/finish-status"),
    ("POST", "/omni/finish-status"),
    ("POST", "/omni/session/status/set?action=Closed"),
    ("GET", "/omni/get/postprocess/isfinished"),
    ("POST", "/omni/get/images"),
    ("GET", "/omni/get/custom-fields"),
]


@pytest.mark.parametrize(("method", "path"), KEYED)
def test_omni_needs_key_and_token(sim: Driver, method: str, path: str) -> None:
    token = sim.start()["token"]
    assert sim.call(method, path, token).status_code == 200
    assert sim.call(method, path, token, key=None).status_code == 403
    assert sim.call(method, path, token, key="wrong").status_code == 403
    assert sim.call(method, path, None).status_code == 401
    assert sim.call(method, path, "not.a.token").status_code == 401


@pytest.mark.parametrize(("method", "path"), KEYED)
def test_zero_form_needs_only_the_token_and_ignores_a_key(sim: Driver, method: str, path: str) -> None:
    token = sim.start()["token"]
    assert sim.call(method, f"/0{path}", token, key=None).status_code == 200
    assert sim.call(method, f"/0{path}", token, key="wrong").status_code == 200
    assert sim.call(method, f"/0{path}", None, key=KEY).status_code == 401


@pytest.mark.parametrize("path", ["/0/omni/start", "/0/executive/log-in", "/0/omni/interview", "/0/omni/flows"])
def test_there_is_no_zero_form_of_keyed_calls(sim: Driver, path: str) -> None:
    assert sim.call("POST", path, json={"configurationId": "demo-flow"}).status_code == 404


def test_api_version_is_mandatory(sim: Driver) -> None:
    for version in ({}, {"api-version": "2.0"}):
        answer = sim.http.post(
            "/omni/start", headers={"x-api-key": KEY, **version}, json={"configurationId": "demo-flow"}
        )
        assert answer.status_code == 400


def test_headers_are_case_insensitive(sim: Driver) -> None:
    token = sim.start()["token"]
    headers = {"API-VERSION": "1.0", "x-incode-hardware-id": token}
    assert sim.http.get("/0/omni/get/score", headers=headers).status_code == 200


def test_error_body_has_the_documented_members(sim: Driver) -> None:
    answer = sim.call("GET", "/omni/get/score", None)
    now = int(sim.clock.now() * 1000)
    assert answer.json() == {
        "timestamp": now,
        "status": 401,
        "error": "Unauthorized",
        "message": "the access token is missing, invalid or expired",
        "path": "/omni/get/score",
    }


def test_unknown_path_and_wrong_method_are_refused_in_json(sim: Driver) -> None:
    assert sim.call("GET", "/omni/nothing").json()["status"] == 404
    wrong = sim.call("GET", "/omni/start")
    assert (wrong.status_code, wrong.json()["status"]) == (405, 405)


def test_answer_that_cannot_be_json_is_not_acceptable(sim: Driver) -> None:
    headers = {"api-version": "1.0", "x-api-key": KEY, "accept": "text/html"}
    assert sim.http.get("/omni/flows", headers=headers).status_code == 406


def test_body_must_be_declared_and_be_json(sim: Driver) -> None:
    headers = {"api-version": "1.0", "x-api-key": KEY, "content-type": "text/plain"}
    assert sim.http.post("/omni/start", headers=headers, content=b'{"configurationId":"demo-flow"}').status_code == 400
    headers["content-type"] = "application/json; charset=utf-8"
    assert sim.http.post("/omni/start", headers=headers, content=b'{"configurationId"').status_code == 400
    assert sim.http.post("/omni/start", headers=headers, content=b"[]").status_code == 400
    assert sim.http.post("/omni/start", headers=headers, content=b'{"configurationId":"demo-flow"}').status_code == 200


def test_answers_tell_the_processing_time(sim: Driver) -> None:
    sim.fault("slow", call="flows", seconds=1.5)
    assert sim.call("GET", "/omni/flows").headers["processing-time"] == "1500"


def test_token_opens_only_its_own_session(sim: Driver) -> None:
    mine, other = sim.start(), sim.start()
    assert sim.call("GET", f"/omni/get/score?id={mine['interviewId']}", mine["token"]).status_code == 200
    assert sim.call("GET", f"/omni/get/score?id={other['interviewId']}", mine["token"]).status_code == 401


def test_session_token_lives_ninety_days(sim: Driver) -> None:
    session = sim.start()
    sim.clock.advance(90 * 86400 - 2)
    assert sim.status(session) == "UNKNOWN"
    sim.clock.advance(3)
    assert sim.call("GET", "/0/omni/get/score", session["token"]).status_code == 401


def test_altered_token_is_refused(sim: Driver) -> None:
    mine, other = sim.start(), sim.start()
    head, _, signature = mine["token"].split(".")
    forged = ".".join([head, other["token"].split(".")[1], signature])
    assert sim.call("GET", "/0/omni/get/score", forged).status_code == 401


def test_too_large_a_body_is_refused(sim: Driver) -> None:
    body = {"configurationId": "demo-flow", "customFields": {"x": "y" * (10 * 1024 * 1024)}}
    assert sim.call("POST", "/omni/start", json=body).status_code == 413


def test_flows_are_listed_for_the_key(sim: Driver) -> None:
    assert [flow["flowId"] for flow in sim.call("GET", "/omni/flows").json()] == ["demo-flow", "demo-face-flow"]
    assert sim.call("GET", "/omni/flow/demo-flow").json()["flowId"] == "demo-flow"
    assert sim.call("GET", "/omni/flow/nothing").status_code == 404
    assert sim.call("GET", "/omni/flows", key="wrong").status_code == 403
