"""What exactly a faulty authorization request is answered with, and where the bounds are."""

import pytest

from idp.oidc.authorization import MAX_ITEMS, MAX_PARAMETER, MAX_TOTAL, AuthorizationFault
from idp.records.clients import ClientPolicy
from tests.oidc.samples import client
from tests.oidc.test_authorization import CHALLENGE, PLAIN, URI, fault, parse

LONG = "x" * (MAX_PARAMETER + 1)
MANY = " ".join(f"urn:{number}" for number in range(MAX_ITEMS + 1))


@pytest.mark.parametrize(
    ("fields", "description"),
    [
        ({"junk": "x" * MAX_TOTAL}, "the request is too large"),
        ({"client_id": "other"}, "client_id names another client"),
        ({"client_id": None}, "client_id must be given once"),
        ({"client_id": LONG}, "client_id must be given once"),
        ({"client_id": "r\x00"}, "client_id must be given once"),
        ({"redirect_uri": [URI, URI]}, "redirect_uri must be given once"),
        ({"redirect_uri": URI + "/x"}, "redirect_uri is not registered for this client"),
    ],
)
def test_a_person_is_told_what_is_wrong_with_client_and_redirect_uri(fields, description) -> None:
    found = fault(**fields)
    assert (found.code, found.description, found.response_mode) == ("invalid_request", description, "query")
    assert not found.redirectable


@pytest.mark.parametrize(
    ("fields", "code", "description"),
    [
        ({"nonce": ["a", "b"]}, "invalid_request", "nonce is given more than once"),
        ({"nonce": LONG}, "invalid_request", "nonce is too long or has control characters"),
        ({"nonce": "a\x07"}, "invalid_request", "nonce is too long or has control characters"),
        ({"request": "ey"}, "request_not_supported", "request is not supported"),
        ({"request_uri": "urn:x"}, "request_uri_not_supported", "request_uri is not supported"),
        ({"registration": "{}"}, "registration_not_supported", "registration is not supported"),
        ({"response_mode": "fragment"}, "invalid_request", "response_mode must be query or form_post"),
        ({"response_type": None}, "invalid_request", "response_type is missing"),
        ({"response_type": "token"}, "unsupported_response_type", "response_type must be code"),
        ({"scope": None}, "invalid_scope", "scope is missing or malformed"),
        ({"scope": ""}, "invalid_scope", "scope is missing or malformed"),
        ({"scope": 'openid "x"'}, "invalid_scope", "scope is missing or malformed"),
        ({"scope": "unknown"}, "invalid_scope", "the client may have none of these scopes"),
        ({"code_challenge": None}, "invalid_request", "code_challenge is missing"),
        ({"code_challenge_method": "plain"}, "invalid_request", "code_challenge_method must be S256"),
        ({"code_challenge_method": None}, "invalid_request", "code_challenge_method must be S256"),
        ({"code_challenge": CHALLENGE[:-1]}, "invalid_request", "code_challenge is not an S256 challenge"),
        ({"prompt": "never"}, "invalid_request", "prompt has an unknown value"),
        ({"prompt": "none login"}, "invalid_request", "prompt=none stands alone"),
        ({"max_age": "-1"}, "invalid_request", "max_age is not a number of seconds"),
        ({"claims": "["}, "invalid_request", "claims is not a JSON object with unique members"),
        ({"claims": '{"id_token":{"acr":{"value":1}}}'}, "invalid_request", "claims asks for an acr that is not text"),
        ({"claims": '{"userinfo":{"sub":{"value":""}}}'}, "invalid_request", "claims asks for an sub that is not text"),
        ({"display": "cinema"}, "invalid_request", "display has an unknown value"),
        ({"acr_values": MANY}, "invalid_request", "acr_values has too many values"),
        ({"resource": "no-uri#"}, "invalid_target", "resource must be an absolute URI without a fragment"),
        ({"resource": MANY.split()}, "invalid_target", "resource must be an absolute URI without a fragment"),
    ],
)
def test_a_client_is_told_at_its_redirect_uri(fields, code, description) -> None:
    found = fault(**fields)
    assert (found.code, found.description, found.redirect_uri) == (code, description, URI)
    assert found.state == PLAIN["state"][0]


@pytest.mark.parametrize(
    ("metadata", "description"),
    [
        (
            {"grant_types": ["client_credentials"]},
            "the client is not registered for the authorization code grant",
        ),
        ({"response_types": ["none"]}, "the client is not registered for response_type=code"),
    ],
)
def test_a_client_is_told_what_it_is_not_registered_for(metadata, description) -> None:
    found = fault(client(**metadata))
    assert (found.code, found.description) == ("unauthorized_client", description)


def test_a_client_that_registered_neither_may_use_codes_but_no_offline_access() -> None:
    """RFC 7591 section 2: grant_types is authorization_code and response_types is code unless said otherwise."""
    plain = client(scope="openid offline_access")
    bare = {name: value for name, value in plain.metadata.items() if name not in ("grant_types", "response_types")}
    rp = type(plain)("rp", bare)
    assert parse(rp, scope="openid offline_access").scopes == ("openid",)
    assert fault(rp, scope="offline_access").code == "invalid_scope"


def test_the_largest_values_that_are_allowed() -> None:
    rp = client(ClientPolicy(require_pkce=False))
    longest = "n" * MAX_PARAMETER
    assert parse(rp, nonce=longest).nonce == longest
    words = tuple(f"urn:{number}" for number in range(MAX_ITEMS))
    assert parse(rp, acr_values=" ".join(words)).acr_values == words
    assert parse(rp, resource=list(words)).resources == words
    assert parse(rp, prompt="none").prompt == ("none",)
    size = sum(len(name) + len(value) for name, values in PLAIN.items() for value in values)
    assert parse(rp, junk="x" * (MAX_TOTAL - size - len("junk")))
    assert fault(rp, junk="x" * (MAX_TOTAL - size - len("junk") + 1)).description == "the request is too large"


def test_the_longest_client_id_and_redirect_uri() -> None:
    uri = "https://rp.example/" + "u" * (MAX_PARAMETER - len("https://rp.example/"))
    assert parse(client(redirect_uris=[uri]), redirect_uri=uri).redirect_uri == uri


def test_a_fault_that_nobody_addressed_is_answered_by_query() -> None:
    assert AuthorizationFault("invalid_request", "x").response_mode == "query"


def test_a_stored_request_is_plain_json_all_the_way() -> None:
    stored = parse(prompt="login consent", acr_values="urn:a").to_json()
    assert stored["prompt"] == ["login", "consent"]
    assert stored["acr_values"] == ["urn:a"]
    assert stored["ui_locales"] == []
    assert not any(isinstance(value, tuple) for value in stored.values())
