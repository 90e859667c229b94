"""Webhooks: payload, bearer token, retries, and everything that can go wrong with them (reference section 9.1)."""

import base64
import json
from typing import Any

import pytest

from tests.simulator.driver import Driver

STEPS = ["ID_VALIDATION_FINISHED", "POST_PROCESSING_FINISHED", "FACE_VALIDATION_FINISHED", "ONBOARDING_FINISHED"]


def deliver(sim: Driver) -> list[dict[str, Any]]:
    return sim.control("POST", "webhooks/deliver")


def payloads(sim: Driver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in sim.receiver.notifications]


def statuses(sim: Driver) -> list[str]:
    return [payload["onboardingStatus"] for payload in payloads(sim)]


def test_every_step_is_announced_with_the_documented_payload(sim: Driver) -> None:
    session = sim.start(externalCustomerId="user-1")
    sim.finish(session)
    deliver(sim)
    assert statuses(sim) == STEPS
    assert payloads(sim)[-1] == {
        "interviewId": session["interviewId"],
        "onboardingStatus": "ONBOARDING_FINISHED",
        "clientId": "demo",
        "flowId": "demo-flow",
        "externalId": "user-1",
    }


def test_external_id_is_left_out_when_there_is_none(sim: Driver) -> None:
    sim.finish(sim.start())
    deliver(sim)
    assert all("externalId" not in payload for payload in payloads(sim))


def test_token_is_fetched_with_client_credentials_and_kept_while_it_lives(sim: Driver) -> None:
    sim.finish(sim.start())
    deliver(sim)
    url, headers, body = sim.receiver.calls[0]
    assert url == "http://localhost:8000/connectors/incode/token"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"incode:demo-webhook-secret"
    assert (headers["Content-Type"], body) == ("application/x-www-form-urlencoded", b"grant_type=client_credentials")
    assert [headers["Authorization"] for headers, _ in sim.receiver.notifications] == ["Bearer T1"] * 4
    assert len(sim.receiver.calls) == 5
    sim.clock.advance(600)
    sim.finish(sim.start())
    deliver(sim)
    assert len(sim.receiver.calls) == 10


def test_refused_token_is_not_used_again(sim: Driver) -> None:
    sim.receiver.answers = [401]
    session = sim.start()
    sim.control("POST", "webhooks/fire", interviewId=session["interviewId"], times=2)
    assert [url.rpartition("/")[2] for url, _, _ in sim.receiver.calls] == ["token", "webhook", "token", "webhook"]


def test_without_a_token_endpoint_there_is_no_bearer() -> None:
    sim = Driver(webhook_token_url="")
    sim.finish(sim.start())
    deliver(sim)
    assert all("Authorization" not in headers for headers, _ in sim.receiver.notifications)


def test_without_a_webhook_url_nothing_is_sent() -> None:
    sim = Driver(webhook_url="")
    sim.finish(sim.start())
    assert deliver(sim) == []


@pytest.mark.parametrize("answer", [b"no json", b"[]", b"{}", b'{"access_token":"T","expires_in":"soon"}'])
def test_malformed_token_answer_is_a_failed_try(sim: Driver, answer: bytes) -> None:
    sim.receiver.token_body = answer
    sim.finish(sim.start())
    assert all(row["attempts"][0]["status"] is None for row in deliver(sim))
    assert sim.receiver.notifications == []


@pytest.mark.parametrize("answer", [500, 201, 302, 401, None])
def test_anything_but_200_and_204_is_retried_on_the_documented_schedule(sim: Driver, answer: int | None) -> None:
    session = sim.start()
    sim.finish(session, "EXPIRE")
    start = sim.clock.now()
    tried = []
    sim.receiver.answers = [answer] * 6
    for seconds in (0, 30, 75, 187.5, 468.75, 1171.875, 10000):
        if seconds:
            sim.control("POST", "clock/advance", seconds=seconds - 0.001)
            assert len(sim.receiver.notifications) == len(tried)
        sent = sim.control("POST", "clock/advance", seconds=0.001)["delivered"]
        tried += [round(row["attempts"][-1]["at"] - start) for row in sent]
        tried = tried[: len(sim.receiver.notifications)]
    assert tried == [0, 30, 105, 293, 761, 1933]
    assert sim.control("GET", "webhooks")[0]["state"] == "given_up"


@pytest.mark.parametrize("answer", [200, 204])
def test_accepted_notification_is_not_repeated(sim: Driver, answer: int) -> None:
    sim.receiver.answers = [answer]
    sim.finish(sim.start(), "EXPIRE")
    deliver(sim)
    sim.control("POST", "clock/advance", seconds=100_000)
    assert len(sim.receiver.notifications) == 1
    assert sim.control("GET", "webhooks")[0]["state"] == "delivered"


def test_schedule_can_be_compressed() -> None:
    sim = Driver(webhook_time_scale=0.01)
    sim.receiver.answers = [500]
    sim.finish(sim.start(), "EXPIRE")
    deliver(sim)
    assert sim.control("POST", "clock/advance", seconds=0.29)["delivered"] == []
    assert len(sim.control("POST", "clock/advance", seconds=0.02)["delivered"]) == 1


def test_steps_of_a_delayed_result_are_announced_when_they_happen(sim: Driver) -> None:
    sim.finish(sim.start(), delaySeconds=40)
    seen = []
    for _ in range(5):
        sim.control("POST", "clock/advance", seconds=10)
        seen.append(len(sim.receiver.notifications))
    assert seen == [1, 2, 3, 4, 4]


def test_webhook_missing(sim: Driver) -> None:
    sim.fault("webhook_missing", times=1)
    sim.finish(sim.start())
    assert deliver(sim) == []
    assert {row["state"] for row in sim.control("GET", "webhooks")} == {"suppressed"}
    sim.finish(sim.start())
    assert len(deliver(sim)) == 4


def test_webhook_duplicated(sim: Driver) -> None:
    sim.fault("webhook_duplicated")
    sim.finish(sim.start(), "EXPIRE")
    deliver(sim)
    first, second = payloads(sim)
    assert first == second


def test_webhook_out_of_order(sim: Driver) -> None:
    sim.fault("webhook_out_of_order")
    sim.finish(sim.start())
    deliver(sim)
    assert statuses(sim) == STEPS[::-1]


def test_webhook_delayed_beyond_a_deadline(sim: Driver) -> None:
    sim.fault("webhook_delayed", seconds=7200)
    sim.finish(sim.start())
    assert sim.control("POST", "clock/advance", seconds=7199)["delivered"] == []
    assert len(sim.control("POST", "clock/advance", seconds=2)["delivered"]) == 4


def test_webhook_with_a_wrong_bearer(sim: Driver) -> None:
    sim.fault("webhook_wrong_bearer")
    sim.finish(sim.start(), "EXPIRE")
    deliver(sim)
    assert [headers["Authorization"] for headers, _ in sim.receiver.notifications] == [
        "Bearer not-the-token-you-issued"
    ]


def test_webhook_of_a_foreign_client_or_flow(sim: Driver) -> None:
    sim.fault("webhook_foreign_client", times=1)
    sim.fault("webhook_foreign_flow", value="other-flow", times=1)
    sim.finish(sim.start(), "EXPIRE")
    deliver(sim)
    assert (payloads(sim)[0]["clientId"], payloads(sim)[0]["flowId"]) == ("somebody-elses-client", "other-flow")


def test_webhook_before_the_browser_returns(sim: Driver) -> None:
    first, second = sim.start(), sim.start()
    sim.fault("webhook_before_return", interviewId=second["interviewId"])
    sim.press(first, "OK")
    assert sim.receiver.notifications == []
    sim.press(second, "OK")
    assert len(sim.receiver.notifications) == 8


def test_webhook_faults_can_be_for_one_session(sim: Driver) -> None:
    first, second = sim.start(), sim.start()
    sim.fault("webhook_missing", interviewId=first["interviewId"])
    for session in (first, second):
        sim.finish(session, "EXPIRE")
    deliver(sim)
    assert [payload["interviewId"] for payload in payloads(sim)] == [second["interviewId"]]


def test_webhook_can_be_fired_at_any_time_with_any_content(sim: Driver) -> None:
    session = sim.start()
    ask = {"interviewId": session["interviewId"], "onboardingStatus": "ONBOARDING_FINISHED", "bearer": "forged"}
    tries = sim.control("POST", "webhooks/fire", **ask, clientId="c", flowId="f", externalId="e", times=2)
    assert [row["status"] for row in tries] == [204, 204]
    assert [headers["Authorization"] for headers, _ in sim.receiver.notifications] == ["Bearer forged"] * 2
    assert payloads(sim)[0] == {**payloads(sim)[1], "clientId": "c", "flowId": "f", "externalId": "e"}
    assert sim.status(session) == "UNKNOWN"
    sim.control("POST", "webhooks/fire", interviewId=session["interviewId"], raw="{not json")
    assert sim.receiver.notifications[-1][1] == b"{not json"
    sim.control("POST", "webhooks/fire", expect=404, interviewId="nothing")
