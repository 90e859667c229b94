"""Notifications: a hint to look, and no more."""

import json
from typing import Any

import pytest

from idp.connectors.api import WebhookHint, WebhookRefused
from idp.connectors.incode import INCODE
from idp.connectors.incode.webhook import read_notification

CONFIG = INCODE.parse({"api_url": "https://incode.test", "flow_id": "flow-1", "client_id": "acme"})
PAYLOAD = {
    "interviewId": "0123456789abcdef01234567",
    "onboardingStatus": "ONBOARDING_FINISHED",
    "clientId": "acme",
    "flowId": "flow-1",
    "externalId": "subject-1",
}


def read(**changes: Any) -> WebhookHint:
    return read_notification(json.dumps({**PAYLOAD, **changes}).encode(), CONFIG)


def test_it_names_a_session_and_a_word():
    assert read() == WebhookHint(PAYLOAD["interviewId"], "ONBOARDING_FINISHED", "acme", "flow-1")


def test_a_hint_has_no_score_and_no_result_to_believe():
    hint = read(score={"overall": {"status": "OK"}}, overall={"status": "OK"}, passing=True)
    assert hint == read()


def test_a_session_notification_has_an_event_type_instead():
    hint = read(onboardingStatus=None, eventType="SESSION_SUCCEEDED", flowId=None)
    assert (hint.status, hint.flow_id) == ("SESSION_SUCCEEDED", None)


def test_an_unknown_word_is_still_a_hint():
    assert read(onboardingStatus={"a": 1}).status == ""


@pytest.mark.parametrize(
    "changes", [{"clientId": "other"}, {"flowId": "flow-2"}, {"clientId": 7}, {"flowId": ["flow-1"]}]
)
def test_another_client_or_flow_is_refused(changes):
    with pytest.raises(WebhookRefused):
        read(**changes)


@pytest.mark.parametrize("reference", [None, "", 7, "../admin", "x" * 200, ["a"]])
def test_without_a_session_it_is_refused(reference):
    with pytest.raises(WebhookRefused):
        read(interviewId=reference)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 5000, b'{"interviewId": "a"}' + b" " * 20_000]
)
def test_malformed_oversize_and_endlessly_nested_bodies_are_refused(body):
    with pytest.raises(WebhookRefused):
        read_notification(body, CONFIG)


def test_a_connection_without_a_client_id_cannot_check_it():
    config = INCODE.parse({"api_url": "https://incode.test", "flow_id": "flow-1"})
    assert read_notification(json.dumps({**PAYLOAD, "clientId": "any"}).encode(), config).client_id == "any"
