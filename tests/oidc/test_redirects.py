"""Redirect URIs: registering and matching."""

import pytest

from idp.oidc.redirects import MAX_URI_LENGTH, is_registered, uri_fault, way_back, web_uri_fault
from idp.records.clients import Client
from tests.oidc.samples import client

NATIVE = {"application_type": "native"}


@pytest.mark.parametrize(
    ("registered", "asked", "native", "matches"),
    [
        ("https://a.example/cb", "https://a.example/cb", False, True),
        ("https://a.example/cb", "https://a.example/cb/", False, False),
        ("https://a.example/cb", "https://a.example/CB", False, False),
        ("https://a.example/cb", "https://a.example:443/cb", False, False),
        ("https://a.example/cb", "https://a.example/cb#x", False, False),
        ("https://a.example/cb", "https://user@a.example/cb", False, False),
        ("https://a.example:8443/cb", "https://a.example:9443/cb", True, False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb", True, True),
        ("http://127.0.0.1:80/cb", "http://127.0.0.1:65535/cb", True, True),
        ("http://127.0.0.1:80/cb?x=1", "http://127.0.0.1:81/cb?x=1", True, True),
        ("http://127.0.0.1", "http://127.0.0.1:81", True, True),
        ("http://[::1]/cb", "http://[::1]:5000/cb", True, True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb", False, False),
        ("http://127.0.0.1/cb", "http://[::1]:5000/cb", True, False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb?x=1", True, False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:0/cb", True, False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:65536/cb", True, False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:5000@evil.example/cb", True, False),
        ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example:5000/cb", True, False),
        ("http://127.0.0.1/cb", "https://127.0.0.1:5000/cb", True, False),
        ("http://127.0.0.1/cb", "http://localhost:5000/cb", True, False),
        ("http://localhost/cb", "http://localhost:5000/cb", True, False),
        ("com.example.app:/cb", "com.example.app:/cb", True, True),
    ],
)
def test_a_requested_uri_must_be_a_registered_one(registered, asked, native, matches) -> None:
    rp = client(redirect_uris=["https://other.example/", registered], **(NATIVE if native else {}))
    assert is_registered(asked, rp) is matches


def test_a_client_without_redirect_uris_matches_nothing() -> None:
    assert not is_registered("", client(redirect_uris=[], **NATIVE))


@pytest.mark.parametrize(
    "uri",
    [
        "https://a.example/cb",
        "https://a.example/cb?tenant=1",
        "https://a.example:8443/",
        "http://127.0.0.1:8000/cb",
        "http://[::1]:8000/cb",
        "http://localhost:8000/cb",
    ],
)
def test_uris_that_may_be_registered(uri) -> None:
    assert uri_fault(uri) is None
    assert uri_fault(uri, native=True) is None


def test_private_schemes_are_for_native_clients() -> None:
    assert uri_fault("com.example.app:/cb", native=True) is None
    assert uri_fault("com.example.app:/cb") == "must be https or http to the loopback address"


@pytest.mark.parametrize(
    "uri",
    [
        None,
        7,
        "",
        "/relative",
        "https://",
        "https:///cb",
        "http://a.example/cb",
        "http://127.0.0.1.evil.example/",
        "https://a.example/cb#",
        "https://a.example/cb#frag",
        "https://user@a.example/",
        "https://user:pw@a.example/",
        "https://a.example:0/",
        "https://a.example:99999/",
        "https://[::1",
        "https://a.example/a b",
        "https://a.example/\\evil",
        "https://a.example/\n",
        "https://ä.example/",
        "https://*.example/{x}",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/cb",
        "https://a.example/" + "x" * 2048,
        "https://a.example/cb?code=1",
        "https://a.example/cb?iss=https://other.example",
        "https://a.example/cb?x=1&state",
    ],
)
def test_uris_that_may_not_be_registered(uri) -> None:
    assert uri_fault(uri) is not None
    assert uri_fault(uri, native=True) is not None


def test_pages_to_show_are_https_only() -> None:
    assert web_uri_fault("https://a.example/?code=1", loopback=False) is None
    assert web_uri_fault("http://127.0.0.1/", loopback=False) == "must be https"


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"initiate_login_uri": "https://a.example/start"}, "https://a.example/start?iss=https%3A%2F%2Fid.example"),
        ({"initiate_login_uri": "https://a.example/s?x=1"}, "https://a.example/s?x=1&iss=https%3A%2F%2Fid.example"),
        ({"client_uri": "https://a.example/home"}, "https://a.example/home"),
        ({"redirect_uris": ["https://a.example:444/cb?x=1"]}, "https://a.example:444/"),
        ({"redirect_uris": ["com.example.app:/cb"]}, None),
        ({}, None),
    ],
)
def test_the_way_back_to_a_client_is_one_that_it_registered(metadata: dict[str, object], expected: str | None) -> None:
    assert way_back(Client("a", metadata), "https://id.example") == expected


@pytest.mark.parametrize(
    ("uri", "fault"),
    [
        ("https://a.example/?code=1", "has a query parameter that belongs to the response"),
        ("https://a.example/ü", "has characters that no URI has"),
        ("https://[a.example/", "is not a URI"),
        ("https://a.example:70000/", "is not a URI"),
        ("https://a.example/#x", "must not have a fragment"),
        ("https://me@a.example/", "must not have user information or port 0"),
        ("https://a.example:0/", "must not have user information or port 0"),
        ("ftp://a.example/", "must be https or http to the loopback address"),
        ("", "must be a string of at most 2048 characters"),
        (None, "must be a string of at most 2048 characters"),
        ("https://a.example/" + "x" * MAX_URI_LENGTH, "must be a string of at most 2048 characters"),
    ],
)
def test_what_is_wrong_is_said(uri, fault) -> None:
    assert uri_fault(uri) == fault


def test_an_uri_to_show_is_not_of_a_private_scheme_unless_told() -> None:
    assert web_uri_fault("com.example.app:/cb") is not None
    assert web_uri_fault("com.example.app:/cb", native=True) is None


def test_the_longest_uri() -> None:
    assert uri_fault("https://a.example/" + "x" * (MAX_URI_LENGTH - len("https://a.example/"))) is None


def test_every_port_from_1_on_is_a_port() -> None:
    rp = client(redirect_uris=["http://127.0.0.1/cb"], **NATIVE)
    assert is_registered("http://127.0.0.1:1/cb", rp)
