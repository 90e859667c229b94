"""A session from start to close: start, link, status, score, document data, finish (reference sections 2 to 6)."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.simulator.driver import RETURN, Driver

STATUSES = ["OK", "WARN", "FAIL", "UNKNOWN", "MANUAL", "MANUAL_PENDING", "MANUAL_OK", "MANUAL_FAIL", "SPLENDID"]


def test_start_returns_every_documented_field(sim: Driver) -> None:
    answer = sim.start()
    assert re.fullmatch(r"[0-9a-f]{24}", answer["interviewId"])
    assert len(answer["interviewCode"]) == 6
    assert answer["token"].count(".") == 2
    assert set(answer) == {
        *("token", "interviewId", "interviewCode", "flowType", "idCaptureTimeout", "selfieCaptureTimeout"),
        *("idCaptureRetries", "selfieCaptureRetries", "curpValidationRetries", "clientId", "env", "existingSession"),
        *("endScreenTitle", "endScreenText", "optinEnabled", "optinCompanyName"),
    }
    assert (answer["clientId"], answer["env"], answer["existingSession"]) == ("demo", "demo", False)


@pytest.mark.parametrize(
    "body",
    [
        {"configurationId": "nothing"},
        {"configurationId": None},
        {"configurationId": 7},
        {"customFields": "text"},
        {"redirectionUrl": 7},
        {"redirectionUrl": "https://rp.example/\r\nX-Evil: 1"},
        {"redirectionUrl": "/relative"},
        {"redirectionUrl": "http://[broken"},
    ],
)
def test_malformed_start_is_refused(sim: Driver, body: dict[str, object]) -> None:
    assert sim.call("POST", "/omni/start", json={"configurationId": "demo-flow", **body}).status_code == 400


def test_start_with_an_interview_id_resumes_that_session(sim: Driver) -> None:
    first = sim.start(externalCustomerId="user-1")
    again = sim.start(interviewId=first["interviewId"])
    assert again["existingSession"] is True
    assert again["interviewId"] == first["interviewId"]
    assert again["token"] != first["token"]
    assert sim.status(again) == sim.status(first) == "UNKNOWN"
    body = {"configurationId": "demo-flow", "interviewId": "0" * 24}
    assert sim.call("POST", "/omni/start", json=body).status_code == 404


def test_start_with_a_known_uuid_resumes_and_every_other_start_is_new(sim: Driver) -> None:
    first = sim.start(uuid="u1")
    assert sim.start(uuid="u1")["interviewId"] == first["interviewId"]
    assert len({sim.start()["interviewId"], sim.start()["interviewId"], first["interviewId"]}) == 3


def test_link_belongs_to_the_session_and_client_id_is_optional(sim: Driver) -> None:
    session = sim.start()
    url = sim.get("onboarding-url", session)["url"]
    assert url == f"http://localhost:8003/hosted/demo/flow/demo-flow?interviewId={session['interviewId']}"
    assert sim.link(session) == url
    assert sim.call("GET", "/0/omni/onboarding-url?clientId=other", session["token"]).status_code == 400


def test_redirection_url_may_be_given_with_the_link(sim: Driver) -> None:
    session = sim.start(redirectionUrl=None)
    sim.get("onboarding-url?redirectionUrl=https%3A%2F%2Frp.example%2Flate%3Fa%3D1", session)
    assert sim.press(session, "OK").headers["location"] == "https://rp.example/late?a=1"


def test_before_anything_happened_status_is_unknown_and_sections_are_missing(sim: Driver) -> None:
    session = sim.start()
    assert sim.status(session) == "UNKNOWN"
    score = sim.score(session)
    assert not {"overall", "idValidation", "liveness", "faceRecognition"} & set(score)
    assert sim.ocr(session) == {}


def test_status_and_sections_move_through_the_steps(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session, delaySeconds=40)
    seen = []
    for _ in range(5):
        score = sim.score(session)
        seen.append((sim.status(session), [name for name in ("idValidation", "liveness", "overall") if name in score]))
        sim.clock.advance(10)
    assert seen == [
        ("UNKNOWN", []),
        ("ID_VALIDATION_FINISHED", ["idValidation"]),
        ("POST_PROCESSING_FINISHED", ["idValidation"]),
        ("FACE_VALIDATION_FINISHED", ["idValidation", "liveness"]),
        ("ONBOARDING_FINISHED", ["idValidation", "liveness", "overall"]),
    ]


@pytest.mark.parametrize("outcome", STATUSES)
def test_finished_says_nothing_about_passing(sim: Driver, outcome: str) -> None:
    session = sim.start()
    sim.finish(session, outcome)
    assert sim.status(session) == "ONBOARDING_FINISHED"
    assert sim.score(session)["overall"]["status"] == outcome


def test_every_value_of_the_score_is_a_string(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session, "OK")

    def values(node: object) -> list[object]:
        if isinstance(node, dict):
            return [found for name, child in node.items() for found in ([child] if name == "value" else values(child))]
        return [found for child in node for found in values(child)] if isinstance(node, list) else []

    found = values(sim.score(session))
    assert len(found) > 10
    assert all(isinstance(value, str) for value in found)


def test_names_sent_at_start_are_compared_by_plain_equality(sim: Driver) -> None:
    session = sim.start(customFields={"firstName": "ALICE", "lastName": "Example", "order": 7})
    sim.finish(session)
    tests = {leaf["key"]: leaf["status"] for leaf in sim.score(session)["idValidation"]["customFields"]}
    assert tests == {"firstNameMatch": "OK", "lastNameMatch": "FAIL"}
    assert sim.get("get/custom-fields", session) == {"firstName": "ALICE", "lastName": "Example", "order": 7}


def test_face_flow_has_an_authentication_section(sim: Driver) -> None:
    session = sim.start(configurationId="demo-face-flow")
    sim.finish(session, person="bob")
    score = sim.score(session)
    assert score["authentication"]["identityId"] == score["faceRecognition"]["customerId"]
    assert score["authentication"]["overall"]["status"] == "OK"
    plain = sim.start()
    sim.finish(plain)
    assert "authentication" not in sim.score(plain)


def date_of(milliseconds: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).date().isoformat()


@pytest.mark.parametrize(
    ("person", "born", "first"),
    [("alice", "1990-04-12", "ALICE"), ("bob", "1985-11-30", "BOB"), ("carol", "1962-07-04", "CAROL")],
)
def test_document_data_has_the_odd_formats(sim: Driver, person: str, born: str, first: str) -> None:
    session = sim.start()
    sim.finish(session, person=person)
    ocr = sim.ocr(session)
    assert isinstance(ocr["birthDate"], int)
    assert date_of(ocr["birthDate"]) == born
    assert ocr["birthDate"] % 86_400_000 != 0
    assert (ocr["birthDate"] < 0) == (person == "carol")
    assert (ocr["name"]["firstName"], ocr["name"]["paternalLastName"]) == (first, "EXAMPLE")
    assert "maternalLastName" not in ocr["name"]
    assert date_of(int(ocr["issuedAt"]))[:4] == str(ocr["issueDate"])
    assert isinstance(ocr["expireAt"], str)
    assert isinstance(ocr["expirationDate"], int)
    assert sim.get("get/ocr-data", session) == ocr


def test_accents_disappear_only_in_the_machine_readable_names(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session, person="other", firstName="José", lastName="Núñez", birthDate="2001-02-03")
    name = sim.ocr(session)["name"]
    assert (name["fullName"], name["machineReadableFullName"]) == ("JOSÉ NÚÑEZ", "JOSE NUNEZ")


def test_images_exist_only_after_capture(sim: Driver) -> None:
    session = sim.start()
    ask = {"images": ["selfie", "croppedFrontID"]}
    assert sim.call("POST", "/0/omni/get/images", session["token"], json=ask).json() == {}
    sim.finish(session)
    found = sim.call("POST", "/0/omni/get/images", session["token"], json=ask).json()
    assert set(found) == {"selfie", "croppedFrontID"}
    assert all(image.startswith("iVBORw0KGgo") for image in found.values())
    assert sim.call("POST", "/0/omni/get/images", session["token"], json={"images": "selfie"}).status_code == 400


@pytest.mark.parametrize(("method", "path"), [("GET", "/omni/finish-status"), ("POST", "/0/omni/finish-status")])
def test_finishing_an_empty_session_gives_unknown(sim: Driver, method: str, path: str) -> None:
    session = sim.start()
    answer = sim.call(method, path, session["token"]).json()
    assert set(answer) == {"redirectionUrl", "action"}
    assert answer["redirectionUrl"] == RETURN
    assert sim.status(session) == "ONBOARDING_FINISHED"
    score = sim.score(session)
    assert score["overall"]["status"] == "UNKNOWN"
    assert "faceRecognition" not in score


def test_finishing_twice_changes_nothing_and_announces_once(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session, "FAIL")
    sim.control("POST", "webhooks/deliver")
    sent = len(sim.receiver.notifications)
    sim.call("GET", "/omni/finish-status", session["token"])
    sim.control("POST", "webhooks/deliver")
    assert sim.score(session)["overall"]["status"] == "FAIL"
    assert len(sim.receiver.notifications) == sent


def test_closing_freezes_the_outcome(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session, "FAIL")
    answer = sim.close(session).json()
    assert set(answer) == {"_id", "_createdAt", "_updatedAt", "closedAt", "sessionStatus"}
    assert answer["sessionStatus"] == "Closed"
    assert sim.press(session, "OK").status_code == 409
    sim.control("POST", f"sessions/{session['interviewId']}/finish", expect=409, outcome="OK")
    sim.control("POST", f"sessions/{session['interviewId']}/progress", expect=409, onboardingStatus="ANY")
    assert sim.score(session)["overall"]["status"] == "FAIL"


def test_closing_before_the_end_leaves_nothing_to_finish(sim: Driver) -> None:
    session = sim.start()
    sim.close(session)
    assert sim.call("GET", "/omni/finish-status", session["token"]).status_code == 400
    assert sim.status(session) == "UNKNOWN"


def test_closing_twice_keeps_the_first_time(sim: Driver) -> None:
    session = sim.start()
    first = sim.close(session).json()["closedAt"]
    sim.clock.advance(60)
    assert sim.close(session).json()["closedAt"] == first
    wrong = sim.call("POST", "/0/omni/session/status/set?action=Alive", session["token"])
    assert wrong.status_code == 400


def test_until_closed_the_outcome_can_change(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session, "OK")
    assert sim.score(session)["overall"]["status"] == "OK"
    assert sim.press(session, "FAIL").status_code == 303
    assert sim.score(session)["overall"]["status"] == "FAIL"


def test_score_can_change_between_two_reads(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session, "OK", then=["WARN", "FAIL"])
    assert [sim.score(session)["overall"]["status"] for _ in range(4)] == ["OK", "WARN", "FAIL", "FAIL"]


def test_closing_first_stops_the_score_from_changing(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session, "OK", then=["FAIL"])
    sim.close(session)
    assert [sim.score(session)["overall"]["status"] for _ in range(3)] == ["OK", "OK", "OK"]


def test_expired_session_has_no_result_and_cannot_be_finished(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session, "EXPIRE")
    assert sim.status(session) == "EXPIRED"
    assert "overall" not in sim.score(session)
    sim.control("POST", f"sessions/{session['interviewId']}/finish", expect=409, outcome="OK")


def test_post_processing_is_told(sim: Driver) -> None:
    session = sim.start()
    assert sim.get("get/postprocess/isfinished", session) == {"finished": False}
    sim.finish(session)
    assert sim.get(f"get/postprocess/isfinished?id={session['interviewId']}", session) == {"finished": True}
