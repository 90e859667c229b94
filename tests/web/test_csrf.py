"""Forged forms: from another site, another browser, another session, another form."""

import base64

import pytest

from idp.web.csrf import ForgedRequest, FormGuard, origin_of

KEY = b"k" * 32
ISSUER = "https://id.example"
OWN = [(b"sec-fetch-site", b"same-origin"), (b"origin", b"https://id.example")]


def counting():
    number = 0

    def random_bytes(size):
        nonlocal number
        number += 1
        return number.to_bytes(size, "big")

    return random_bytes


GUARD = FormGuard(KEY, ISSUER, counting())
TOKEN = GUARD.make_token("browser", "1.session", "run")


def test_a_form_of_our_own_page_passes():
    GUARD.check(OWN, TOKEN, "browser", "1.session", "run")


def test_a_form_before_sign_in_passes():
    GUARD.check(OWN, GUARD.make_token("browser", None, "run"), "browser", None, "run")


def test_another_process_with_the_same_key_accepts_the_form():
    FormGuard(KEY, ISSUER).check(OWN, TOKEN, "browser", "1.session", "run")


def test_tokens_differ_each_time_so_that_compression_tells_nothing():
    assert GUARD.make_token("b", None, "run") != GUARD.make_token("b", None, "run")


@pytest.mark.parametrize(
    ("browser", "session", "purpose"),
    [
        ("other", "1.session", "run"),
        ("browser", "1.rotated", "run"),
        ("browser", None, "run"),
        ("browser", "", "run"),
        ("browser", "1.session", "logout"),
        ("browser1.session", "", "run"),
    ],
)
def test_a_token_of_another_browser_session_or_form_is_refused(browser, session, purpose):
    with pytest.raises(ForgedRequest):
        GUARD.check(OWN, TOKEN, browser, session, purpose)


def test_a_token_made_before_sign_in_is_refused_after_it():
    with pytest.raises(ForgedRequest):
        GUARD.check(OWN, GUARD.make_token("browser", None, "run"), "browser", "1.session", "run")


def test_a_token_of_another_key_is_refused():
    with pytest.raises(ForgedRequest):
        FormGuard(b"x" * 32, ISSUER).check(OWN, TOKEN, "browser", "1.session", "run")


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "x",
        "ä" * 64,
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN + "====",
        base64.b64encode(bytes(48)).decode(),
        " " + TOKEN,
    ],
)
def test_malformed_tokens_are_refused(token):
    with pytest.raises(ForgedRequest) as caught:
        GUARD.check(OWN, token, "browser", "1.session", "run")
    assert caught.value.code == "form_rejected"


def test_every_changed_character_is_noticed():
    for index in range(len(TOKEN)):
        changed = TOKEN[:index] + ("A" if TOKEN[index] != "A" else "B") + TOKEN[index + 1 :]
        with pytest.raises(ForgedRequest):
            GUARD.check(OWN, changed, "browser", "1.session", "run")


@pytest.mark.parametrize("browser", [None, ""])
def test_without_the_browser_cookie_the_person_is_told_about_cookies(browser):
    with pytest.raises(ForgedRequest) as caught:
        GUARD.check(OWN, TOKEN, browser, None, "run")
    assert caught.value.code == "cookies_missing"
    with pytest.raises(ValueError, match="browser cookie"):
        GUARD.make_token("", None, "run")


@pytest.mark.parametrize(
    "headers",
    [
        [(b"sec-fetch-site", b"same-origin")],
        [(b"sec-fetch-site", b"none")],
        [(b"origin", b"https://id.example")],
        [(b"Origin", b"https://id.example"), (b"Sec-Fetch-Site", b"same-origin")],
    ],
)
def test_what_browsers_send_with_our_own_forms(headers):
    GUARD.check_source(headers)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"sec-fetch-site", b"cross-site")],
        [(b"sec-fetch-site", b"same-site")],
        [(b"sec-fetch-site", b"")],
        [(b"origin", b"null")],
        [(b"origin", b"https://evil.example")],
        [(b"origin", b"http://id.example")],
        [(b"origin", b"https://id.example:8443")],
        [(b"origin", b"https://id.example.evil.example")],
        [(b"sec-fetch-site", b"same-origin"), (b"origin", b"https://evil.example")],
        [(b"sec-fetch-site", b"same-origin"), (b"origin", b"null")],
        [(b"sec-fetch-site", b"cross-site"), (b"origin", b"https://id.example")],
        [(b"sec-fetch-site", b"same-origin"), (b"sec-fetch-site", b"cross-site")],
        [(b"origin", b"https://id.example"), (b"origin", b"https://evil.example")],
        [(b"referer", b"https://id.example/")],
    ],
)
def test_a_right_token_does_not_help_a_request_from_elsewhere(headers):
    with pytest.raises(ForgedRequest):
        GUARD.check(headers, TOKEN, "browser", "1.session", "run")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://id.example/x?y", "https://id.example"),
        ("https://ID.example:443/", "https://id.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_origins_are_written_as_browsers_write_them(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["ftp://x", "https://", "id.example", "javascript:alert(1)"])
def test_what_has_no_origin_is_refused(url):
    with pytest.raises(ValueError, match="origin"):
        origin_of(url)


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        FormGuard(b"short", ISSUER)
