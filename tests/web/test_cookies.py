"""Cookies: attributes that keep them in, and reading that is never in doubt."""

import pytest
from starlette.responses import Response

from idp.web.cookies import cookies_for

COOKIES = cookies_for("https://id.example")
DEVELOPMENT = cookies_for("http://127.0.0.1:8000")


def sent(*lines):
    return [(b"cookie", line.encode()) for line in lines]


def test_over_https_cookies_carry_the_host_prefix_and_are_secure():
    response = Response()
    COOKIES.session.write(response, "12.abc")
    assert response.headers["set-cookie"] == "__Host-idp_session=12.abc; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert COOKIES.browser.name == "__Host-idp_browser"


def test_in_development_over_http_names_are_plain():
    response = Response()
    DEVELOPMENT.browser.write(response, "abc", max_age=60)
    assert response.headers["set-cookie"] == "idp_browser=abc; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"


def test_two_cookies_can_be_set_in_one_answer():
    response = Response()
    COOKIES.session.write(response, "1.a")
    COOKIES.browser.clear(response)
    lines = response.headers.getlist("set-cookie")
    assert len(lines) == 2
    assert lines[1] == "__Host-idp_browser=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"


@pytest.mark.parametrize("value", ["", "a b", "a;b", "a,b", 'a"b', "a\r\nSet-Cookie: x=y", "ä", "x" * 257])
def test_a_value_that_would_need_quoting_is_never_written(value):
    response = Response()
    with pytest.raises(ValueError, match="not a value"):
        COOKIES.session.write(response, value)
    assert "set-cookie" not in response.headers


def test_a_cookie_is_read_among_others():
    assert COOKIES.session.read(sent("a=b; __Host-idp_session=12.abc; c=d")) == "12.abc"
    assert COOKIES.session.read([(b"Cookie", b"__Host-idp_session=1.x")]) == "1.x"


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("other=1",),
        ("idp_session=1.x",),
        ("x__Host-idp_session=1.x",),
        ("__Host-idp_session",),
        ("__Host-idp_session=",),
        ('__Host-idp_session="1.x"',),
        ("__Host-idp_session=1 x",),
        ("__Host-idp_session=" + "x" * 257,),
        ("__Host-idp_session=1.x; __Host-idp_session=2.y",),
        ("__Host-idp_session=1.x", "__Host-idp_session=2.y"),
    ],
)
def test_missing_malformed_or_doubtful_cookies_are_no_cookie(lines):
    assert COOKIES.session.read(sent(*lines)) is None


def test_the_same_value_twice_is_not_in_doubt():
    assert COOKIES.session.read(sent("__Host-idp_session=1.x; __Host-idp_session=1.x")) == "1.x"
