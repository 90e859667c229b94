"""The way out over HTTP: what is sent, what comes back, how much of it is read, and what is told to nobody."""

import gzip
import logging

import httpx
import pytest
import respx

from idp.http import CallFailed, CallReport
from tests.loopback import answer_with
from tests.outbound import OK, URL, Script, fail, loopback_client, make_client, to

pytestmark = pytest.mark.anyio
CANARY = "canary-key-93041"


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


# What is told of a call


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
