"""The fault switches of the reference's section 13, per call and per session."""

import json

import pytest

from tests.simulator.driver import RETURN, Driver


def read(sim: Driver, session: dict[str, str], path: str = "get/score"):
    return sim.call("GET", f"/0/omni/{path}", session["token"], key=None)


@pytest.fixture
def done(sim: Driver) -> dict[str, str]:
    session = sim.start()
    sim.finish(session)
    return session


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502, 503, 504])
def test_http_status(sim: Driver, done: dict[str, str], status: int) -> None:
    sim.fault("http", call="score", status=status)
    answer = read(sim, done)
    assert (answer.status_code, answer.json()["status"], answer.json()["path"]) == (status, status, "/0/omni/get/score")
    assert "retry-after" not in answer.headers
    assert read(sim, done, "get/onboarding/status").status_code == 200


def test_too_many_requests_with_retry_after(sim: Driver, done: dict[str, str]) -> None:
    sim.fault("http", status=429, retryAfter="7")
    assert read(sim, done).headers["retry-after"] == "7"


def test_body_status_differs_and_message_is_missing(sim: Driver, done: dict[str, str]) -> None:
    sim.fault("http", status=200, bodyStatus=4019, withoutMessage=True)
    answer = read(sim, done)
    assert answer.status_code == 200
    assert answer.json()["status"] == 4019
    assert "message" not in answer.json()


def test_slow_answer_comes_in_the_end(sim: Driver, done: dict[str, str]) -> None:
    sim.fault("slow")
    before = sim.clock.now()
    assert read(sim, done).status_code == 200
    assert sim.clock.now() - before == 31


def test_connection_reset(sim: Driver, done: dict[str, str]) -> None:
    sim.fault("reset", times=1)
    with pytest.raises(ConnectionResetError):
        read(sim, done)
    assert read(sim, done).status_code == 200


def test_answers_that_are_no_json(sim: Driver, done: dict[str, str]) -> None:
    for kind in ("truncated", "html", "empty"):
        sim.fault(kind, times=1)
    truncated, html, empty = (read(sim, done) for _ in range(3))
    whole = read(sim, done)
    assert 0 < len(truncated.content) < len(whole.content)
    with pytest.raises(json.JSONDecodeError):
        truncated.json()
    assert html.headers["content-type"].startswith("text/html")
    assert (empty.status_code, empty.content) == (200, b"")


def test_answer_lost_after_the_call_took_effect(sim: Driver) -> None:
    body = {"configurationId": "demo-flow"}
    sim.fault("http", call="start", status=503, times=1)
    assert sim.call("POST", "/omni/start", json=body).status_code == 503
    assert sim.control("GET", "sessions") == []
    sim.fault("http", call="start", status=503, times=1, after=True)
    assert sim.call("POST", "/omni/start", json=body).status_code == 503
    assert len(sim.control("GET", "sessions")) == 1


def test_faults_are_limited_to_a_call_a_session_and_a_number_of_times(sim: Driver, done: dict[str, str]) -> None:
    other = sim.start()
    sim.fault("http", call="score", interviewId=done["interviewId"], skip=1, times=2)
    assert [read(sim, done).status_code for _ in range(4)] == [200, 500, 500, 200]
    assert read(sim, other).status_code == 200
    assert [fault["bitten"] for fault in sim.control("GET", "faults")] == [2]


def test_faults_in_a_row_bite_one_call_each(sim: Driver, done: dict[str, str]) -> None:
    for status in (500, 429):
        sim.fault("http", status=status, times=1)
    assert [read(sim, done).status_code for _ in range(3)] == [500, 429, 200]


def test_faults_can_be_cleared(sim: Driver, done: dict[str, str]) -> None:
    number = sim.fault("http", status=500)["number"]
    sim.fault("http", status=503)
    sim.control("DELETE", f"faults/{number}")
    assert read(sim, done).status_code == 503
    sim.control("DELETE", "faults")
    assert read(sim, done).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"), [("token_expired", 401), ("session_deleted", 404), ("session_closed", 400)]
)
def test_dead_tokens_and_sessions(sim: Driver, done: dict[str, str], kind: str, status: int) -> None:
    sim.fault(kind, interviewId=done["interviewId"])
    assert read(sim, done).status_code == status
    assert read(sim, done, "get/onboarding/status").status_code == status


def test_unknown_extra_fields_leave_the_known_ones_alone(sim: Driver, done: dict[str, str]) -> None:
    plain = read(sim, done).json()
    sim.fault("unknown_fields")
    spoiled = read(sim, done).json()
    assert spoiled["futureModule"]["overall"]["status"] == "SPLENDID"
    assert spoiled["overall"].items() >= plain["overall"].items()
    assert "futureMember" in spoiled["overall"]
    assert "futureModule" in read(sim, done, "get/onboarding/status").json()


def test_missing_sections(sim: Driver, done: dict[str, str]) -> None:
    sim.fault("missing_sections", times=1)
    assert not {"overall", "faceRecognition", "idValidation"} & set(read(sim, done).json())
    sim.fault("missing_sections", paths=["overall.status", "no.such.path"])
    assert read(sim, done).json()["overall"] == {"value": "94.6"}


def test_null_members(sim: Driver, done: dict[str, str]) -> None:
    sim.fault("null_members", times=1)
    assert read(sim, done).json()["overall"] is None
    sim.fault("null_members", paths=["faceRecognition.customerId"])
    answer = read(sim, done).json()
    assert answer["faceRecognition"]["customerId"] is None
    assert answer["overall"]["status"] == "OK"
    sim.fault("null_members", call="status")
    assert read(sim, done, "get/onboarding/status").json() == {"onboardingStatus": None}


def test_any_member_can_be_set(sim: Driver, done: dict[str, str]) -> None:
    sim.fault("set_members", call="ocr-data", members={"ocrData.birthDate": "text", "ocrData.name": None})
    ocr = read(sim, done, "get/ocr-data/v2").json()["ocrData"]
    assert (ocr["birthDate"], ocr["name"]) == ("text", None)


def test_unknown_status_words(sim: Driver, done: dict[str, str]) -> None:
    sim.fault("unknown_overall_status")
    sim.fault("unknown_onboarding_status", value="ONBOARDING_FINISHED_2")
    assert read(sim, done).json()["overall"]["status"] == "SPLENDID"
    assert read(sim, done, "get/onboarding/status").json() == {"onboardingStatus": "ONBOARDING_FINISHED_2"}


def test_identity_of_another_person_absent_or_claimed(sim: Driver) -> None:
    session = sim.start(configurationId="demo-face-flow")
    sim.finish(session)
    own = read(sim, session).json()["faceRecognition"]["customerId"]
    sim.fault("identity_foreign", times=1)
    foreign = read(sim, session).json()
    assert foreign["faceRecognition"]["customerId"] != own
    assert foreign["authentication"]["identityId"] == foreign["faceRecognition"]["customerId"]
    sim.fault("identity_absent", times=1)
    absent = read(sim, session).json()
    assert "customerId" not in absent["faceRecognition"]
    assert "identityId" not in absent["authentication"]
    sim.fault("existing_foreign", value="mallory", times=1)
    face = read(sim, session).json()["faceRecognition"]
    assert (face["existingUser"], face["existingExternalId"], face["customerId"]) == (True, "mallory", own)


def test_link_used_twice(sim: Driver) -> None:
    session = sim.start()
    sim.fault("link_single_use", interviewId=session["interviewId"])
    assert sim.http.get(sim.link(session)).status_code == 200
    assert sim.http.get(sim.link(session)).status_code == 410


def test_redirect_missing(sim: Driver) -> None:
    session = sim.start()
    sim.fault("redirect_missing", times=1)
    assert sim.press(session, "OK").headers["location"].startswith("/hosted/")
    assert sim.score(session)["overall"]["status"] == "OK"


def test_redirect_twice(sim: Driver) -> None:
    session = sim.start(redirectionUrl="https://rp.example/return?a=1")
    sim.fault("redirect_twice", times=1)
    page = sim.press(session, "OK")
    assert page.status_code == 200
    assert '<img src="https://rp.example/return?a=1"' in page.text
    assert 'content="1; url=https://rp.example/return?a=1"' in page.text


def test_redirect_before_the_score_is_ready(sim: Driver) -> None:
    session = sim.start()
    sim.fault("redirect_early", seconds=60)
    assert sim.press(session, "WARN").headers["location"] == RETURN
    assert "overall" not in sim.score(session)
    sim.clock.advance(61)
    assert sim.score(session)["overall"]["status"] == "WARN"


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "nonsense"},
        {"kind": "http", "cal": "score"},
        {"kind": "http", "call": "nothing"},
        {"kind": "http", "times": 0},
    ],
)
def test_a_misspelt_switch_is_refused(sim: Driver, body: dict[str, object]) -> None:
    sim.control("POST", "faults", expect=400, **body)
    assert sim.control("GET", "faults") == []
