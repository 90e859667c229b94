"""The hosted page: who, what result, and how the browser comes back or does not."""

import re

import pytest

from tests.simulator.driver import RETURN, Driver

WORDS = ["OK", "WARN", "FAIL", "UNKNOWN", "MANUAL", "MANUAL_PENDING", "MANUAL_OK", "MANUAL_FAIL"]


def test_page_is_plainly_labelled_and_needs_no_script(sim: Driver) -> None:
    page = sim.http.get(sim.link(sim.start()))
    assert page.status_code == 200
    assert "Incode simulator" in page.text
    assert "nothing here is real" in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "form-action" not in page.headers["content-security-policy"]
    assert sim.http.get("/hosted/simulator.css").headers["content-type"].startswith("text/css")


def test_page_offers_the_demo_people_and_every_outcome(sim: Driver) -> None:
    text = sim.http.get(sim.link(sim.start())).text
    assert "Alice Example (matches the demo account alice@example.com)" in text
    assert re.findall(r'<option value="(\w+)"', text)[:4] == ["alice", "bob", "carol", "other"]
    acts = re.findall(r'name="act" value="(\w+)"', text)
    assert acts == [*WORDS, "OTHER_DEVICE", "EARLY", "DOCUMENT", "ABANDON", "EXPIRE", "WORD"]


def test_enter_in_a_field_presses_no_outcome(sim: Driver) -> None:
    text = sim.http.get(sim.link(sim.start())).text
    first = re.search(r"<button[^>]*>", text[text.index("<form") :])
    assert first is not None
    assert first.group() == '<button type="submit" disabled hidden>'


@pytest.mark.parametrize("word", WORDS)
def test_outcome_sends_the_browser_to_the_redirection_url_unchanged(sim: Driver, word: str) -> None:
    session = sim.start()
    answer = sim.press(session, word)
    assert (answer.status_code, answer.headers["location"]) == (303, RETURN)
    assert sim.status(session) == "ONBOARDING_FINISHED"
    assert sim.score(session)["overall"]["status"] == word


def test_unknown_word_is_sent_as_it_is_and_an_empty_one_refused(sim: Driver) -> None:
    session = sim.start()
    refused = sim.press(session, "WORD", word="  ")
    assert refused.status_code == 422
    assert sim.status(session) == "UNKNOWN"
    assert sim.press(session, "WORD", word="SPLENDID").headers["location"] == RETURN
    assert sim.score(session)["overall"]["status"] == "SPLENDID"


def test_person_and_overrides_come_from_the_form(sim: Driver) -> None:
    session = sim.start()
    form = {"person": "other", "firstName": "Eve", "lastName": "Odd", "birthDate": "1961-02-03"}
    form |= {"customerId": "c" * 24, "existingUser": "yes", "existingExternalId": "foreign"}
    sim.press(session, "OK", **form)
    face = sim.score(session)["faceRecognition"]
    assert sim.ocr(session)["name"]["fullName"] == "EVE ODD"
    assert sim.ocr(session)["birthDate"] < 0
    assert (face["customerId"], face["existingUser"], face["existingExternalId"]) == ("c" * 24, True, "foreign")


def test_identity_can_be_left_out(sim: Driver) -> None:
    session = sim.start()
    sim.press(session, "OK", withoutIdentity="1")
    assert "customerId" not in sim.score(session)["faceRecognition"]


@pytest.mark.parametrize("wrong", [{"birthDate": "12.4.1990"}, {"person": "nobody"}])
def test_wrong_input_keeps_the_form_and_finishes_nothing(sim: Driver, wrong: dict[str, str]) -> None:
    session = sim.start()
    answer = sim.press(session, "OK", firstName="<Eve>", **wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="&lt;Eve&gt;"' in answer.text
    assert sim.status(session) == "UNKNOWN"


def test_abandoning_sends_nobody_back_and_the_link_still_works(sim: Driver) -> None:
    session = sim.start()
    answer = sim.press(session, "ABANDON")
    assert answer.headers["location"].startswith("/hosted/")
    assert "You left the check" in sim.http.get(answer.headers["location"]).text
    assert sim.status(session) == "UNKNOWN"
    assert sim.receiver.calls == sim.control("POST", "webhooks/deliver") == []
    assert "What is the result?" in sim.http.get(sim.link(session)).text


def test_finishing_on_another_device_leaves_this_browser_where_it_is(sim: Driver) -> None:
    session = sim.start()
    answer = sim.press(session, "OTHER_DEVICE")
    page = sim.http.get(answer.headers["location"])
    assert "Go back to your computer" in page.text
    assert RETURN not in page.text
    assert sim.score(session)["overall"]["status"] == "OK"
    assert "What is the result?" in sim.http.get(sim.link(session) + "&again=1").text


def test_expired_link_leads_nowhere(sim: Driver) -> None:
    session = sim.start()
    answer = sim.press(session, "EXPIRE")
    assert "has expired" in sim.http.get(answer.headers["location"]).text
    assert sim.status(session) == "EXPIRED"
    assert sim.press(session, "OK").status_code == 409
    assert sim.press(session, "RETURN").headers["location"].startswith("/hosted/")


def test_document_alone_is_not_the_end(sim: Driver) -> None:
    session = sim.start()
    answer = sim.press(session, "DOCUMENT")
    assert sim.status(session) == "ID_VALIDATION_FINISHED"
    assert "What is the result?" in sim.http.get(answer.headers["location"]).text
    assert sim.ocr(session)["name"]["firstName"] == "ALICE"
    assert "overall" not in sim.score(session)


def test_returning_too_early_finds_a_result_only_later(sim: Driver) -> None:
    session = sim.start()
    assert sim.press(session, "EARLY").headers["location"] == RETURN
    assert sim.status(session) == "UNKNOWN"
    sim.clock.advance(11)
    assert sim.score(session)["overall"]["status"] == "OK"


def test_without_a_redirection_url_the_person_stays_on_the_last_page(sim: Driver) -> None:
    session = sim.start(redirectionUrl=None)
    answer = sim.press(session, "OK")
    page = sim.http.get(answer.headers["location"])
    assert "Thank you" in page.text
    assert "Send this browser back" not in page.text


def test_browser_can_be_sent_back_twice(sim: Driver) -> None:
    session = sim.start()
    sim.press(session, "OK")
    assert "Send this browser back again" in sim.http.get(sim.link(session)).text
    assert sim.press(session, "RETURN").headers["location"] == RETURN
    assert sim.score(session)["overall"]["status"] == "OK"


@pytest.mark.parametrize(
    "path",
    ["/hosted/other/flow/demo-flow", "/hosted/demo/flow/demo-face-flow", "/hosted/demo/flow/nothing"],
)
def test_link_of_another_client_or_flow_is_not_valid(sim: Driver, path: str) -> None:
    session = sim.start()
    address = f"{path}?interviewId={session['interviewId']}"
    assert sim.http.get(address).status_code == 404
    assert sim.http.post(address, data={"act": "OK"}).status_code == 404
    assert sim.status(session) == "UNKNOWN"


def test_closed_session_shows_no_form(sim: Driver) -> None:
    untouched, finished = sim.start(), sim.start()
    sim.press(finished, "OK")
    for session in (untouched, finished):
        sim.close(session)
        assert "What is the result?" not in sim.http.get(sim.link(session)).text
        assert "What is the result?" not in sim.http.get(sim.link(session) + "&again=1").text


def test_home_lists_the_sessions(sim: Driver) -> None:
    assert "No session yet" in sim.http.get("/").text
    session = sim.start()
    assert session["interviewCode"] in sim.http.get("/").text
    assert sim.http.get("/nothing").status_code == 404
