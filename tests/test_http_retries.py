"""The way out over HTTP: what is tried again, when, and what never is."""

import httpx
import pytest

from idp.clock import SettableClock
from idp.http import Retries
from tests.outbound import URL, Pauses, Script, fail, make_client

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_an_idempotent_call_is_repeated_with_growing_pauses_and_jitter(status):
    script, pauses = Script(httpx.Response(status), httpx.Response(status), httpx.Response(200)), Pauses()
    client = make_client(script, sleep=pauses, retries=Retries(first_pause=1.0, longest_pause=10.0))
    assert (await client.request("GET", URL)).status == 200
    assert pauses.seconds == [0.5, 1.0]


async def test_the_pause_is_capped():
    script, pauses = Script(*[httpx.Response(503)] * 4, httpx.Response(200)), Pauses()
    client = make_client(script, sleep=pauses, retries=Retries(attempts=5, first_pause=1.0, longest_pause=2.0))
    await client.request("GET", URL)
    assert pauses.seconds == [0.5, 1.0, 1.0, 1.0]


async def test_the_last_answer_is_returned_when_all_attempts_failed():
    script = Script(*[httpx.Response(503)] * 3)
    assert (await make_client(script).request("GET", URL)).status == 503
    assert script.calls == 3


async def test_a_connection_error_is_repeated_and_then_raised():
    script = Script(*[httpx.ConnectError("x")] * 3)
    assert (await fail(make_client(script), URL, "GET")).kind == "connect"
    assert script.calls == 3
    timeouts = Script(httpx.ConnectTimeout("x"), httpx.Response(200))
    assert (await make_client(timeouts).request("GET", URL)).status == 200


async def test_a_read_timeout_and_a_500_are_not_repeated():
    script = Script(httpx.ReadTimeout("x"))
    assert (await fail(make_client(script), URL, "GET")).kind == "timeout"
    script = Script(httpx.Response(500))
    assert (await make_client(script).request("GET", URL)).status == 500


async def test_a_call_that_is_not_idempotent_is_never_repeated():
    for step in (httpx.Response(503), httpx.Response(429)):
        script = Script(step)
        await make_client(script).request("POST", URL)
        assert script.calls == 1
    script = Script(httpx.ConnectError("x"))
    await fail(make_client(script), URL)
    assert script.calls == 1


async def test_a_post_may_be_declared_idempotent():
    script = Script(httpx.Response(503), httpx.Response(200))
    assert (await make_client(script).request("POST", URL, idempotent=True)).status == 200


@pytest.mark.parametrize("header", ["3", "Fri, 15 Jan 2027 08:00:03 GMT"])
async def test_retry_after_is_waited_for(header):
    script = Script(httpx.Response(429, headers={"retry-after": header}), httpx.Response(200))
    pauses = Pauses()
    client = make_client(script, sleep=pauses, clock=SettableClock(1_800_000_000.0))
    await client.request("GET", URL)
    assert pauses.seconds == [3.0]


async def test_a_long_retry_after_is_told_instead_of_waited_for():
    script = Script(httpx.Response(429, headers={"retry-after": "3600"}))
    answer = await make_client(script).request("GET", URL)
    assert (answer.status, answer.retry_after, script.calls) == (429, 3600.0, 1)


@pytest.mark.parametrize("header", ["soon", "-5", "1e9", "Someday, 99 Foo 2027", "9" * 40])
async def test_a_malformed_retry_after_is_ignored(header):
    script = Script(httpx.Response(503, headers={"retry-after": header}), httpx.Response(200))
    pauses = Pauses()
    await make_client(script, sleep=pauses).request("GET", URL)
    assert pauses.seconds == [0.125]
