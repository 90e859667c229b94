"""The way out over HTTP: limits, retries, and what it refuses."""

import asyncio
import gzip
import logging
from collections.abc import Callable, Sequence

import httpx
import pytest
import respx

from idp.clock import SettableClock
from idp.egress import EgressPolicy
from idp.http import CallFailed, CallReport, HttpClient, Retries, Timeouts, resolve_host
from tests.loopback import answer_with, make_certificate, serve

pytestmark = pytest.mark.anyio
CANARY = "canary-key-93041"
OK = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}'
URL = "https://api.example.com/thing"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Pauses:
    """Records the pauses instead of making them."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def to(*addresses: str) -> Callable[[str, int], object]:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


def make_client(handler: Callable[[httpx.Request], httpx.Response] | None = None, **options) -> HttpClient:
    options.setdefault("sleep", Pauses())
    options.setdefault("random", lambda: 0.5)
    options.setdefault("clock", SettableClock())
    if handler is not None:
        options["transport"] = httpx.MockTransport(handler)
    return HttpClient(**options)


def loopback_client(port: int, **options) -> HttpClient:
    """Return a client for which api.test is allowed to be on loopback."""
    options.setdefault("resolve", to("127.0.0.1"))
    return make_client(policy=EgressPolicy(frozenset({f"api.test:{port}"})), **options)


async def fail(client: HttpClient, url: str, method: str = "POST", **options) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        await client.request(method, url, **options)
    await client.aclose()
    return caught.value


# What is sent and what comes back


async def test_an_answer_is_returned_whatever_its_status():
    client = make_client(lambda _request: httpx.Response(418, json={"a": 1}, headers={"X-One": "1"}))
    answer = await client.request("GET", URL)
    assert (answer.status, answer.json(), answer.headers["x-one"]) == (418, {"a": 1}, "1")


async def test_a_json_body_or_a_form_is_sent_with_its_content_type_and_no_compression_is_asked_for():
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    client = make_client(handler)
    await client.request("POST", URL, body={"a": 1}, headers={"x-api-key": "k"}, params={"q": "a b"})
    await client.request("POST", URL, form={"a": "1"})
    assert [request.headers["content-type"] for request in seen] == [
        "application/json",
        "application/x-www-form-urlencoded",
    ]
    assert seen[0].headers["x-api-key"] == "k"
    assert seen[0].url.query == b"q=a+b"
    assert {request.headers["accept-encoding"] for request in seen} == {"identity"}


async def test_respx_sees_outbound_calls():
    with respx.mock:
        respx.get(URL).respond(json={"mocked": True})
        assert (await make_client().request("GET", URL)).json() == {"mocked": True}


async def test_a_redirect_is_an_answer_and_is_not_followed():
    calls = []

    def handler(request: httpx.Request) -> httpx.Response:
        calls.append(str(request.url))
        return httpx.Response(302, headers={"location": "http://169.254.169.254/"})

    assert (await make_client(handler).request("GET", URL)).status == 302
    assert calls == [URL]


async def test_cookies_of_one_call_never_reach_another():
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("cookie"))
        return httpx.Response(200, headers={"set-cookie": "session=alice; Path=/"})

    client = make_client(handler)
    await client.request("GET", URL)
    await client.request("GET", URL)
    assert seen == [None, None]


async def test_proxy_variables_of_the_environment_do_not_lead_around_the_guard(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    client = make_client(resolve=to("127.0.0.1"))
    assert (await fail(client, URL)).kind == "refused_by_policy"


# Answers that cannot be used


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Gateway</html>",
        b'{"a": ',
        b'{"a": 1} trailing',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"overall": "FAIL", "overall": "OK"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
    ],
    ids=["empty", "html", "cut", "trailing", "nan", "infinity", "duplicate", "bytes", "nested", "objects", "digits"],
)
async def test_a_body_that_is_not_plain_json_is_not_json(body):
    answer = await make_client(lambda _request: httpx.Response(200, content=body)).request("GET", URL)
    with pytest.raises(CallFailed) as caught:
        answer.json()
    assert caught.value.kind == "not_json"
    assert "html" not in caught.value.detail


async def test_a_byte_order_mark_is_tolerated():
    answer = await make_client(lambda _request: httpx.Response(200, content=b"\xef\xbb\xbf{}")).request("GET", URL)
    assert answer.json() == {}


async def test_an_endless_body_is_cut_off():
    sent = 0

    async def pour():
        nonlocal sent
        while True:
            sent += 1000
            yield b"x" * 1000

    client = make_client(lambda _request: httpx.Response(200, content=pour()), max_bytes=10_000)
    assert (await fail(client, URL, "GET")).kind == "too_large"
    assert sent <= 12_000


async def test_a_body_of_exactly_the_limit_is_fine():
    client = make_client(lambda _request: httpx.Response(200, content=b"x" * 10), max_bytes=10)
    assert len((await client.request("GET", URL)).body) == 10


async def test_a_compressed_answer_that_nobody_asked_for_is_refused_unread():
    bomb = gzip.compress(b"0" * 5_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    async with answer_with(head + bomb) as server:
        failed = await fail(loopback_client(server.port), f"http://api.test:{server.port}/", "GET")
    assert failed.kind == "not_json"


# Connections that break


async def test_a_server_that_never_answers_times_out():
    async def talk(reader, _writer):
        await reader.read()

    async with serve(talk) as server:
        client = loopback_client(server.port, timeouts=Timeouts(read=0.05))
        assert (await fail(client, f"http://api.test:{server.port}/")).kind == "timeout"


async def test_a_server_that_drips_is_ended_by_the_total_time():
    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serve(talk) as server:
        client = loopback_client(server.port, timeouts=Timeouts(read=5.0, total=0.1))
        assert (await fail(client, f"http://api.test:{server.port}/", "GET")).kind == "timeout"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", b"not http at all\r\n\r\n"])
async def test_a_connection_that_breaks_is_a_connection_failure(answer):
    async with answer_with(answer) as server:
        assert (await fail(loopback_client(server.port), f"http://api.test:{server.port}/")).kind == "connect"


async def test_a_closed_port_is_a_connection_failure():
    async with answer_with(OK) as server:
        port = server.port
    assert (await fail(loopback_client(port), f"http://api.test:{port}/")).kind == "connect"


async def test_a_name_without_addresses_is_a_dns_failure():
    async def nowhere(_host, _port):
        raise OSError("Name or service not known")

    assert (await fail(make_client(resolve=nowhere), URL)).kind == "dns"
    assert (await fail(make_client(resolve=to()), URL)).kind == "dns"


# TLS and the guard


async def test_tls_verifies_the_name_although_the_connection_goes_to_an_address():
    for_server, for_client = make_certificate("api.test")
    async with answer_with(OK, context=for_server) as server:
        client = loopback_client(server.port, context=for_client)
        assert (await client.request("GET", f"https://api.test:{server.port}/x")).json() == {"a": 1}
        await client.aclose()
    assert f"Host: api.test:{server.port}\r\n".encode() in server.heads[0].replace(b"host:", b"Host:")


async def test_a_certificate_for_another_name_is_a_tls_failure():
    for_server, for_client = make_certificate("other.test")
    async with answer_with(OK, context=for_server) as server:
        client = loopback_client(server.port, context=for_client)
        assert (await fail(client, f"https://api.test:{server.port}/")).kind == "tls"
    assert server.heads == []


async def test_an_untrusted_certificate_is_a_tls_failure():
    for_server, _trusted = make_certificate("api.test")
    async with answer_with(OK, context=for_server) as server:
        assert (await fail(loopback_client(server.port), f"https://api.test:{server.port}/")).kind == "tls"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:10.0.0.8"])
async def test_a_public_name_that_resolves_to_an_inside_address_is_refused(address):
    assert (await fail(make_client(resolve=to(address)), URL)).kind == "refused_by_policy"


async def test_one_inside_address_among_public_ones_is_enough_to_refuse():
    client = make_client(resolve=to("93.184.216.34", "127.0.0.1"))
    assert (await fail(client, URL)).kind == "refused_by_policy"


async def test_rebinding_a_name_between_check_and_connection_leads_nowhere():
    """The name is resolved once a call, and the connection goes to the address that was checked."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked = []

    async def rebind(host, _port):
        asked.append(host)
        return answers.pop(0)

    async with answer_with(OK) as server:
        client = loopback_client(server.port, resolve=rebind)
        assert (await client.request("GET", f"http://api.test:{server.port}/")).status == 200
        await client.aclose()
    assert asked == ["api.test"]


async def test_the_next_address_is_tried_when_the_first_accepts_no_connection():
    async with answer_with(OK) as server:
        client = loopback_client(server.port, resolve=to("127.0.0.2", "127.0.0.1"))
        assert (await client.request("POST", f"http://api.test:{server.port}/", body={})).status == 200
        await client.aclose()


async def test_two_names_at_one_address_never_share_a_connection():
    """Else a connection verified for one name would carry the other's credentials."""
    connections = 0

    async def talk(reader, writer):
        nonlocal connections
        connections += 1
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK)
            await writer.drain()

    async with serve(talk) as server:
        policy = EgressPolicy(frozenset({"a.test", "b.test"}))
        client = make_client(policy=policy, resolve=to("127.0.0.1"))
        for name in ("a.test", "a.test", "b.test", "b.test"):
            await client.request("GET", f"http://{name}:{server.port}/")
        await client.aclose()
    assert connections == 2


async def test_a_url_that_may_not_be_called_reaches_no_transport():
    calls = []
    client = make_client(lambda request: calls.append(request) or httpx.Response(200))
    assert (await fail(client, "http://api.example.com/")).kind == "refused_by_policy"
    assert calls == []


# Retries


class Script:
    """Answers with one step after the other; an exception is raised."""

    def __init__(self, *steps: httpx.Response | Exception) -> None:
        self.steps = list(steps)
        self.calls = 0

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.calls += 1
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


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


async def test_a_report_says_what_a_call_was_like_and_names_no_path():
    reports: list[CallReport] = []
    client = make_client(Script(httpx.Response(503), httpx.Response(200)), observe=reports.append)
    await client.request("GET", URL + "?secret=1")
    await fail(make_client(Script(httpx.ReadTimeout("x")), observe=reports.append), URL)
    assert reports == [
        CallReport("api.example.com", "GET", "200", 2, 0.0),
        CallReport("api.example.com", "POST", "timeout", 1, 0.0),
    ]


# Secrets


@pytest.mark.parametrize("value", [CANARY + "\r\nX-Evil: 1", CANARY + "é", " " + CANARY, CANARY + "\x00", ""])
async def test_a_header_that_would_break_the_request_is_refused_without_naming_its_value(value):
    failed = await fail(make_client(lambda _request: httpx.Response(200)), URL, headers={"x-api-key": value})
    assert failed.kind == "refused_by_policy"
    assert CANARY not in f"{failed!r}{failed.detail}{failed.message}"


@pytest.mark.parametrize(
    "step",
    [httpx.Response(500, text=CANARY), httpx.ConnectError(CANARY), httpx.ReadError(CANARY), httpx.ReadTimeout(CANARY)],
)
async def test_keys_tokens_bodies_and_queries_are_in_no_error_and_no_log(step, caplog):
    caplog.set_level(logging.DEBUG)
    client, text = make_client(Script(step)), ""
    try:
        answer = await client.request(
            "POST", f"{URL}?token={CANARY}", headers={"x-api-key": CANARY}, body={"password": CANARY}
        )
        answer.json()
    except CallFailed as failed:
        text = f"{failed!r}{failed.detail}{failed.message}{failed.__cause__!r}"
    assert text
    assert CANARY not in text + caplog.text


async def test_a_real_exchange_logs_no_url_and_no_header(caplog):
    caplog.set_level(logging.DEBUG)
    async with answer_with(OK) as server:
        client = loopback_client(server.port)
        await client.request("GET", f"http://api.test:{server.port}/{CANARY}", headers={"x-api-key": CANARY})
        await client.aclose()
    assert CANARY not in caplog.text


async def test_the_systems_resolver_gives_each_address_once():
    addresses = await resolve_host("localhost", 80)
    assert set(addresses) & {"127.0.0.1", "::1"}
    assert len(addresses) == len(set(addresses))
