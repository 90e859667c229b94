"""What the connector does when a session ends without a result, or a call fails, against the simulator."""

import pytest

from idp.connectors.api import (
    Concluded,
    ConnectorError,
    CredentialsRefused,
    Waiting,
)
from idp.http import CallFailed
from tests.connectors.incode_world import World, world

__all__ = ["world"]

pytestmark = pytest.mark.anyio
CANARY = "canary-key-70337"


# The end without a result


async def test_a_session_that_expired_at_the_vendor(world):
    started = await world.start()
    await world.control(f"sessions/{started.vendor_ref}/finish", outcome="EXPIRE")
    assert await world.look(started) == Concluded("expired", error="expired_at_vendor")


async def test_after_our_deadline_nobody_is_asked(world):
    started = await world.start()
    await world.finish(started, "OK")
    assert await world.look(started, deadline=world.clock.now()) == Concluded("expired", error="deadline")
    assert world.calls == []


@pytest.mark.parametrize("call", ["status", "session-status"])
async def test_a_session_that_was_deleted_is_expired(world, call):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("session_deleted", call)
    assert await world.look(started) == Concluded("expired", error="deleted_at_vendor")


async def test_document_data_that_is_gone_leaves_the_person_unknown(world):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("session_deleted", "ocr-data")
    seen = await world.look(started)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert seen.result.person == {}


# Failures of a call conclude nothing


FAULTS = {
    "reset": "connect",
    "truncated": "not_json",
    "html": "not_json",
    "empty": "not_json",
}


@pytest.mark.parametrize("call", ["status", "score", "session-status", "ocr-data"])
@pytest.mark.parametrize(("kind", "failure"), FAULTS.items())
async def test_an_answer_that_cannot_be_trusted_keeps_the_attempt_open(world, call, kind, failure):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault(kind, call)
    with pytest.raises(ConnectorError) as caught:
        await world.look(started)
    assert caught.value.code == f"call_{failure}"
    await world._controls.request("DELETE", "/__control/faults")
    seen = await world.look(started)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert seen.result.passing


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_server_error_keeps_the_attempt_open_after_the_repeats(world, status):
    started = await world.start()
    await world.fault("http", "status", status=status)
    with pytest.raises(CallFailed) as caught:
        await world.look(started)
    assert (caught.value.kind, caught.value.status) == ("status", status)
    assert len(world.calls) == (1 if status == 500 else 3)


async def test_a_retry_after_is_told_to_the_caller(world):
    started = await world.start()
    await world.fault("http", "status", status=429, retryAfter="120")
    with pytest.raises(CallFailed) as caught:
        await world.look(started)
    assert caught.value.retry_after == 120.0


async def test_an_error_body_behind_http_200_is_an_error(world):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("http", "score", status=200, bodyStatus=6000, withoutMessage=True)
    with pytest.raises(CallFailed) as caught:
        await world.look(started)
    assert caught.value.status == 6000


async def test_a_body_code_that_differs_from_the_http_status_does_not_soften_it(world):
    started = await world.start()
    await world.fault("http", "status", status=403, bodyStatus=4019)
    with pytest.raises(CredentialsRefused):
        await world.look(started)


@pytest.mark.parametrize(("status", "word"), [(401, "token"), (403, "API key")])
async def test_refused_credentials_alert_the_operator_and_conclude_nothing(world, status, word):
    started = await world.start()
    await world.fault("http", "status", status=status)
    with pytest.raises(CredentialsRefused) as caught:
        await world.look(started)
    assert (caught.value.code, caught.value.status) == ("credentials_refused", status)
    assert word in caught.value.detail
    assert len(world.calls) == 1


async def test_a_wrong_key_is_refused_and_named_in_no_error(caplog):
    caplog.set_level("DEBUG")
    with pytest.raises(CredentialsRefused) as caught:
        await World(secrets={"api_key": CANARY}).start()
    assert CANARY not in f"{caught.value!r}{caught.value.detail}{caught.value.__dict__}{caplog.text}"


async def test_a_vendor_that_keeps_failing_is_left_alone(world):
    started = await world.start()
    await world.fault("http", "status", status=500)
    for _ in range(5):
        with pytest.raises(CallFailed):
            await world.look(started)
    assert world.incode.breaker.position == "open"
    made = len(world.calls)
    with pytest.raises(ConnectorError) as caught:
        await world.look(started)
    assert (caught.value.code, len(world.calls)) == ("call_circuit_open", made)
    await world._controls.request("DELETE", "/__control/faults")
    world.clock.advance(30)
    assert isinstance(await world.look(started), Waiting)
    assert world.incode.breaker.position == "closed"


async def test_closing_a_deleted_session_says_expired(world):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("set_members", "session-status", members={"sessionStatus": "Deleted"})
    assert await world.look(started) == Concluded("expired", error="deleted_at_vendor")


async def test_an_approval_without_a_score_is_an_error():
    world = World({"accept_manual_review_approved": True})
    started = await world.start()
    await world.finish(started, "MANUAL")
    await world.control(f"sessions/{started.vendor_ref}/review", decision="approved", changeOverall=False)
    await world.fault("missing_sections", "score", paths=["overall"])
    assert await world.look(started) == Concluded("error", error="score_missing")


async def test_document_data_that_cannot_be_had_now_keeps_the_attempt_open(world):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("http", "ocr-data", status=500)
    with pytest.raises(CallFailed):
        await world.look(started)
