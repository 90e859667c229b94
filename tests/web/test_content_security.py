"""Content security policies: where a form may lead, and nothing that could widen one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.web.content_security import carrying_policy, page_policy, source_for


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://rp.example/callback?x=1#f", "https://rp.example"),
        ("https://RP.example:443/cb", "https://rp.example"),
        ("https://rp.example:8443/cb", "https://rp.example:8443"),
        ("http://127.0.0.1:51234/cb", "http://127.0.0.1:51234"),
        ("http://localhost/cb", "http://localhost"),
        ("http://[::1]:7777/cb", "http:"),
        ("com.example.app:/callback", "com.example.app:"),
        ("myapp://callback", "myapp:"),
    ],
)
def test_a_redirect_uri_becomes_an_origin_or_a_scheme(url, source):
    assert source_for(url) == source


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "blob:https://x",
        "file:///etc/passwd",
        "ws://x",
        "",
        "/relative",
        "//rp.example",
        "https://",
        "https://*/",
        "https://*.example/",
        "https://rp.example;script-src */",
        "https://rp.example, x/",
        "https://rp example/",
        "https://'self'/",
        "https://bücher.example/",
        "https://[::zz]/",
        "https://rp.example:port/",
    ],
)
def test_what_could_run_or_widen_a_policy_is_refused(url):
    with pytest.raises(ValueError, match=r".+"):
        source_for(url)


@given(st.text(max_size=60), st.sampled_from(["", "https://", "http://a", "x:"]))
def test_no_url_ever_adds_a_directive_or_a_second_source(text, prefix):
    try:
        source = source_for(prefix + text)
    except ValueError:
        return
    assert source.isascii()
    assert not set(source) & set(" ;,'\"*\r\n\t")


def test_a_page_loads_nothing_from_elsewhere_and_is_never_framed():
    policy = dict(part.strip().split(" ", 1) for part in page_policy().split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"


def test_a_page_that_carries_an_answer_may_be_redirected_on_but_never_into_the_clear():
    assert "form-action https:;" in carrying_policy("https://rp.example/cb")
    assert "form-action https: http:;" in carrying_policy("http://127.0.0.1:3000/cb")
    for url in ("javascript:alert(1)", "myapp:/cb", "https://a;b/"):
        with pytest.raises(ValueError, match=r".+"):
            carrying_policy(url)


def test_form_targets_are_added_once_each():
    policy = page_policy(["https://rp.example/a", "https://rp.example/b", "myapp:/x"])
    assert "form-action 'self' https://rp.example myapp:;" in policy
