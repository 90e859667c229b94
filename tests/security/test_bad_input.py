"""Nonsense to every route: never a 500, always an answer that says what was wrong and carries the request's name."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import anyio
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from idp.web.assets import Assets
from idp.web.console.files import ConsoleFiles
from idp.web.routes.table import list_routes
from idp.web.theme_files import ThemeFiles
from tests.journeys.world import ISSUER, World, make_world
from tests.security.moves import call

ROUTES = sorted(
    {route.path for route in list_routes(Assets(), ThemeFiles(), ConsoleFiles()) if isinstance(route, Route)}
)
PARAMETERS = [
    *("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "claims", "prompt", "max_age"),
    *("acr_values", "id_token_hint", "login_hint", "ui_locales", "code_challenge", "code_challenge_method", "request"),
    *("request_uri", "response_mode", "run", "link", "grant_type", "code", "token", "refresh_token", "client_secret"),
    *("client_assertion", "client_assertion_type", "outcome", "step", "seq", "csrf", "email", "password", "account"),
    *("post_logout_redirect_uri", "logout_hint", "code_verifier", "token_type_hint", "access_token", "resource"),
]
MAX_URL = 60_000  # the test's own client refuses to send a longer one
DEEP = '{"a":' * 2000 + "1" + "}" * 2000
LIKELY = [
    *("bank", "https://bank.example/callback", "code", "openid", "S256", "none", "login consent", "-1", "0", "1e9"),
    *("9" * 18, "9" * 40, "\u0661", "1.5", "", " ", "\x00", "\ud800", "\u202e", "%", "%zz", "a.b.c", "e30.e30.e30"),
    *(
        "eyJhbGciOiJub25lIn0.e30.",
        "[]",
        "null",
        '{"id_token":{"acr":{"essential":true}}}',
        DEEP,
        "[" * 3000,
        "x" * 5000,
    ),
    *("'; drop table runs; --", "<script>alert(1)</script>", "{{7*7}}", "../../etc/passwd", "\r\nset-cookie: a=b"),
    *("authorization_code", "refresh_token", "client_credentials", "1." + "0" * 64, "1.x", "-1.x", "1" * 30 + ".x"),
]
TYPES = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-8",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/json",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "",
    "\u00ff/;;=",
]
METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]
word = st.sampled_from(LIKELY) | st.text(max_size=20) | st.text(st.characters(), max_size=6)
pairs = st.lists(st.tuples(st.sampled_from(PARAMETERS) | st.text(max_size=5), word), max_size=6)
segment = st.sampled_from(["1", "0", "-1", "9" * 18, "9" * 30, "x", "incode_verify", "%00", "%ff", "..", "\u0661"])
header = st.dictionaries(
    st.sampled_from(
        [
            *("authorization", "cookie", "origin", "sec-fetch-site", "accept-language", "user-agent", "accept"),
            *("x-request-id", "x-forwarded-for", "content-encoding", "dpop", "if-none-match", "range"),
        ]
    ),
    st.sampled_from(
        [
            *("Basic", "Basic x", "Basic Og==", "Basic //79", "Bearer", "Bearer a.b.c", "Bearer \u00ff", "DPoP x"),
            *("idp_session=1.x; idp_browser=y", "idp_browser=" + "y" * 43, "idp_session=", "=;;=", "null", ISSUER),
            *("same-origin", "cross-site", "gzip", "*;q=x", "en;q=2,xx-\u00ff", "a" * 500, "bytes=0-"),
        ]
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[World]:
    with TemporaryDirectory() as folder:
        made = make_world(Path(folder))
        made.add_user()
        made.client()
        yield made
        anyio.run(made.close)


def encode(items: list[tuple[str, str]]) -> bytes:
    parts = [f"{quote(name, errors='replace')}={quote(value, errors='replace')}" for name, value in items]
    return "&".join(parts).encode()


def send(world: World, method: str, path: str, **options: Any) -> Any:
    async def go() -> Any:
        return await call(world, method, path, **options)

    return anyio.run(go)


def check(answer: Any, what: object) -> None:
    assert answer.status_code < 500, (answer.status_code, what)
    assert answer.headers["x-request-id"], what
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.status_code == 401 and not answer.content:
        # RFC 6750 section 3.1: who brought no token is told the scheme and nothing else.
        assert answer.headers["www-authenticate"], what
    elif answer.status_code >= 400 and answer.request.method != "HEAD":
        assert answer.content, what
        kind = answer.headers["content-type"].partition(";")[0]
        assert kind in {"text/html", "application/json", "text/plain"}, (kind, what)
        assert kind != "application/json" or answer.json()["error"], what
    assert "set-cookie: a=b" not in str(answer.headers)


@pytest.mark.parametrize("path", ROUTES)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    method=st.sampled_from(METHODS),
    part=segment,
    query=pairs,
    body=pairs | st.binary(max_size=40),
    head=header,
    kind=st.sampled_from(TYPES),
)
def test_nonsense_is_answered(
    fuzzed: World,
    path: str,
    method: str,
    part: str,
    query: list[tuple[str, str]],
    body: list[tuple[str, str]] | bytes,
    head: dict[str, str],
    kind: str,
) -> None:
    target = path.replace("{run_id}", part).replace("{connection}", part)
    content = body if isinstance(body, bytes) else encode(body)
    headers = {name: value.encode("latin-1") for name, value in head.items()}
    if kind:
        headers["content-type"] = kind.encode("latin-1")
    url = f"{quote(target, safe='/%')}?{encode(query).decode()}"
    assume(len(url) < MAX_URL)
    sent = content if method not in {"GET", "HEAD", "TRACE"} else None
    check(send(fuzzed, method, url, content=sent, headers=headers), (method, url[:300], content[:300], headers))


@pytest.mark.parametrize("path", ROUTES)
def test_the_known_bad_shapes_are_answered(fuzzed: World, path: str) -> None:
    target = path.replace("{run_id}", "1").replace("{connection}", "incode_verify")
    form = {"origin": ISSUER, "sec-fetch-site": "same-origin", "content-type": TYPES[0]}
    for query in (
        "&".join(f"a{n}=1" for n in range(200)),
        "a=" + "x" * 20_000,
        "%ff%fe=%80",
        "=&=&==",
        "a=%00",
        "&" * 900,
    ):
        check(send(fuzzed, "GET", f"{target}?{query}"), (path, query[:60]))
        check(send(fuzzed, "POST", target, content=query, headers=form), (path, query[:60]))
        check(send(fuzzed, "POST", f"{target}?{query}", content="a=b", headers=form), (path, query[:60]))
    for kind in TYPES:
        headers = {**form, "content-type": kind.encode("latin-1")}
        check(send(fuzzed, "POST", target, content=b'{"a": ' + b"[" * 3000, headers=headers), (path, kind))
    for host in ("evil.example", "", "localhost:8000@evil.example", "[::1", "localhost:99999"):
        check(send(fuzzed, "GET", target, headers={"host": host}), (path, host))


def test_an_answer_to_a_real_run_is_refused_or_taken_and_never_an_accident(fuzzed: World) -> None:
    """The same nonsense on a page that exists, from the browser it belongs to and with its own token."""

    async def go() -> None:
        browser = fuzzed.browser()
        await browser.get(fuzzed.clients["bank"].authorize())
        for value in LIKELY:
            for name in ("email", "step", "seq", "outcome"):
                answer = {**browser.form(), "outcome": "submitted", "email": "alice@example.com", name: value}
                try:
                    value.encode()
                except UnicodeEncodeError:
                    continue
                await browser.post(browser.url, answer)
                assert browser.status < 500, (name, value[:80])
                await browser.get(fuzzed.clients["bank"].authorize())

    anyio.run(go)
