"""Client authentication: one registered way, one way at a time, and the same answer whatever was wrong."""

import base64
from typing import Any

import pytest

from idp.oauth.messages import EndpointRequest, EndpointResponse
from idp.records.clients import Client
from tests.oauth.world import ASSERTION_TYPE, CLIENT_KEY, ISSUER, SECRET, World, basic, client, error_of, form
from tests.oidc_tokens.signing import signing_key, unsigned

REFUSED = (401, "invalid_client")


def attempt(world: World, values: dict[str, Any], headers: dict[str, str] | None = None) -> Client | EndpointResponse:
    request = EndpointRequest("POST", headers or {}, form(values))
    with world.storage.write() as unit:
        return world.server.authenticate_client(unit, request)


def accepted(world: World, values: dict[str, Any], headers: dict[str, str] | None = None) -> str:
    found = attempt(world, values, headers)
    assert isinstance(found, Client), found
    return found.client_id


def refused(world: World, values: dict[str, Any], headers: dict[str, str] | None = None) -> tuple[int, str]:
    found = attempt(world, values, headers)
    assert isinstance(found, EndpointResponse), found
    if found.status == 401:
        assert found.headers["WWW-Authenticate"] == f'Basic realm="{ISSUER}"'
        assert found.body == {"error": "invalid_client", "error_description": "Client authentication failed."}
    return error_of(found)


def asserted(assertion: str, **more: Any) -> dict[str, Any]:
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion, **more}


def test_each_registered_way_works(world: World) -> None:
    assert accepted(world, {}, basic("shop")) == "shop"
    assert accepted(world, {"client_id": "shop"}, basic("shop")) == "shop"
    assert accepted(world, {"client_id": "post", "client_secret": SECRET}) == "post"
    assert accepted(world, {"client_id": "app"}) == "app"
    assert accepted(world, asserted(world.assertion())) == "jwt"
    assert accepted(world, asserted(world.assertion(jti="j-2"), client_id="jwt")) == "jwt"


def test_basic_credentials_are_form_urlencoded_so_odd_characters_survive(world: World) -> None:
    world.put_client(client("cl:ie nt%41", secrets=("a:b c+d%2B",)))
    assert accepted(world, {}, basic("cl:ie nt%41", "a:b c+d%2B")) == "cl:ie nt%41"


def test_header_and_scheme_names_compare_without_case(world: World) -> None:
    value = basic("shop")["Authorization"].removeprefix("Basic ")
    assert accepted(world, {}, {"aUTHORIZATION": f"bASIC {value}"}) == "shop"


def test_either_of_two_secrets_works_while_a_client_rotates_them(world: World) -> None:
    world.put_client(client("shop", secrets=("old", "new")))
    assert accepted(world, {}, basic("shop", "old")) == "shop"
    assert accepted(world, {}, basic("shop", "new")) == "shop"
    assert refused(world, {}, basic("shop", "oldnew")) == REFUSED


@pytest.mark.parametrize(
    "secret", ["", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper(), "x" * 10_000], ids=lambda s: s[:8]
)
def test_a_wrong_secret_is_refused(world: World, secret: str) -> None:
    assert refused(world, {}, basic("shop", secret)) == REFUSED
    if secret:
        assert refused(world, {"client_id": "post", "client_secret": secret}) == REFUSED


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic \u00e9\u00e9",
        "Basic " + base64.b64encode(b"no-colon").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        "Basic " + base64.b64encode(b"shop:%ff%fe").decode(),
        "Bearer abc",
        "",
        "Digest username=shop",
    ],
)
def test_a_malformed_or_foreign_authorization_header_is_refused(world: World, header: str) -> None:
    assert refused(world, {}, {"Authorization": header}) == REFUSED


@pytest.mark.parametrize("client_id", ["nobody", "", "shop\x00", "sh\u00f6p", "a" * 300, "\ud800"])
def test_an_unknown_client_is_refused_like_a_wrong_secret(world: World, client_id: str) -> None:
    assert refused(world, {"client_id": client_id}) == REFUSED
    assert refused(world, {"client_id": client_id, "client_secret": "x"}) == REFUSED


def test_nobody_at_all_is_refused(world: World) -> None:
    assert refused(world, {}) == REFUSED
    assert refused(world, {"client_secret": SECRET}) == REFUSED


@pytest.mark.parametrize(
    ("values", "headers"),
    [
        ({"client_id": "shop", "client_secret": SECRET}, basic("shop")),
        (asserted("a.b.c"), basic("shop")),
        (asserted("a.b.c", client_id="post", client_secret=SECRET), {}),
        (asserted("a.b.c", client_id="post", client_secret=SECRET), basic("post")),
        ({"client_assertion": "a.b.c"}, basic("shop")),
        ({"client_id": "post"}, basic("shop")),
    ],
)
def test_several_ways_at_once_are_an_invalid_request(
    world: World, values: dict[str, Any], headers: dict[str, str]
) -> None:
    assert refused(world, values, headers) == (400, "invalid_request")


def test_only_the_registered_way_is_accepted(world: World) -> None:
    assert refused(world, {"client_id": "shop", "client_secret": SECRET}) == REFUSED
    assert refused(world, {}, basic("post")) == REFUSED
    assert refused(world, {"client_id": "shop"}) == REFUSED
    assert refused(world, {"client_id": "jwt"}) == REFUSED
    assert refused(world, {}, basic("app", "")) == REFUSED
    assert refused(world, {"client_id": "app", "client_secret": "x"}) == REFUSED
    assert refused(world, asserted(world.assertion(iss="shop", sub="shop"))) == REFUSED


def test_a_confidential_client_without_any_secret_lets_nobody_in(world: World) -> None:
    world.put_client(client("shop", secrets=()))
    assert refused(world, {}, basic("shop", "")) == REFUSED
    assert refused(world, {}, basic("shop")) == REFUSED


def test_a_refused_client_is_audited_with_the_reason_and_without_the_secret(world: World) -> None:
    attempt(world, {}, basic("shop", "hunter2"))
    (entry,) = world.audit("client_authentication")
    assert (entry.outcome, entry.reason, entry.client_id) == ("refused", "wrong secret", "shop")
    assert "hunter2" not in repr(entry)


def test_an_assertion_counts_once(world: World) -> None:
    assertion = world.assertion()
    assert accepted(world, asserted(assertion)) == "jwt"
    assert refused(world, asserted(assertion)) == REFUSED
    assert world.audit("client_authentication")[0].reason == "assertion: used before"


def test_the_same_jti_from_another_client_is_not_a_replay(world: World) -> None:
    other = client("jwt2", token_endpoint_auth_method="private_key_jwt", jwks={"keys": [dict(CLIENT_KEY.public_jwk)]})
    world.put_client(other)
    assert accepted(world, asserted(world.assertion())) == "jwt"
    assert accepted(world, asserted(world.assertion(iss="jwt2", sub="jwt2"))) == "jwt2"


@pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/token", [ISSUER], [f"{ISSUER}/token"]])
def test_the_assertion_may_name_the_issuer_or_the_token_endpoint(world: World, audience: object) -> None:
    assert accepted(world, asserted(world.assertion(aud=audience))) == "jwt"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": None},
        {"aud": "https://evil.example"},
        {"aud": [ISSUER, "https://evil.example"]},
        {"aud": []},
        {"iss": None},
        {"iss": "shop"},
        {"iss": ISSUER},
        {"sub": None},
        {"sub": "nobody"},
        {"sub": "\ud800"},
        {"sub": 5},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 257},
        {"exp": None},
        {"exp": 1_800_000_000 - 61},
        {"exp": 1_800_000_000 + 361},
        {"exp": 10**400},
        {"nbf": 1_800_000_000 + 61},
        {"iat": 1_800_000_000 + 61},
        {"key": signing_key("ES256", 8)},
        {"key": signing_key("RS256")},
    ],
    ids=lambda changes: "-".join(f"{name}={str(value)[:12]}" for name, value in changes.items() if name != "key"),
)
def test_a_wrong_assertion_is_refused(world: World, changes: dict[str, Any]) -> None:
    assert refused(world, asserted(world.assertion(**changes))) == REFUSED


@pytest.mark.parametrize(
    "values",
    [
        {"client_assertion": "a.b.c"},
        {"client_assertion_type": ASSERTION_TYPE},
        {"client_assertion_type": "urn:other", "client_assertion": "a.b.c"},
        asserted("nonsense"),
        asserted(unsigned({"alg": "none"}, {"iss": "jwt", "sub": "jwt"})),
        asserted("e30.e30.e30"),
    ],
)
def test_what_is_no_assertion_is_refused(world: World, values: dict[str, Any]) -> None:
    assert refused(world, values) == REFUSED


def test_a_client_id_beside_the_assertion_must_be_its_subject(world: World) -> None:
    assert refused(world, asserted(world.assertion(), client_id="shop")) == REFUSED


def test_the_registered_signing_algorithm_is_the_only_one(world: World) -> None:
    both = {"keys": [dict(CLIENT_KEY.public_jwk), dict(signing_key("RS256").public_jwk)]}
    method = {"token_endpoint_auth_method": "private_key_jwt", "jwks": both}
    world.put_client(client("jwt", **method, token_endpoint_auth_signing_alg="RS256"))
    assert refused(world, asserted(world.assertion())) == REFUSED
    assert accepted(world, asserted(world.assertion(key=signing_key("RS256")))) == "jwt"
    world.put_client(client("jwt", **method, token_endpoint_auth_signing_alg="HS256"))
    assert refused(world, asserted(world.assertion(jti="j-3"))) == REFUSED


@pytest.mark.parametrize("jwks", [None, {}, {"keys": []}, "x", {"keys": [{"kty": "oct", "k": "AA"}]}])
def test_a_client_without_usable_keys_cannot_assert(world: World, jwks: object) -> None:
    world.put_client(client("jwt", token_endpoint_auth_method="private_key_jwt", jwks=jwks))
    assert refused(world, asserted(world.assertion())) == REFUSED


def test_a_client_that_replaced_its_keys_is_known_by_the_new_ones_only(world: World) -> None:
    assert accepted(world, asserted(world.assertion())) == "jwt"
    new = signing_key("ES256", 8)
    world.put_client(client("jwt", token_endpoint_auth_method="private_key_jwt", jwks={"keys": [dict(new.public_jwk)]}))
    assert refused(world, asserted(world.assertion(jti="j-4"))) == REFUSED
    assert accepted(world, asserted(world.assertion(jti="j-5", key=new))) == "jwt"
