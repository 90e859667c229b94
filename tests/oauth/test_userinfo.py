"""UserInfo: the claims a token opens, and the challenge everybody else gets."""

from dataclasses import replace
from typing import Any

import pytest

from idp.oauth.messages import EndpointRequest
from idp.oidc.jose import sign
from idp.oidc.keys import Keyring, KeyringEntry
from tests.oauth.world import API, ISSUER, KEYRING, World, basic, error_of, payload
from tests.oidc_tokens.signing import signing_key, unsigned


def challenge(response: Any) -> str:
    return str(response.headers["WWW-Authenticate"])


@pytest.mark.parametrize("client_id", ["shop", "opaque"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_opens_the_claims_of_its_scopes(world: World, client_id: str, method: str) -> None:
    response = world.userinfo(world.tokens(client_id)["access_token"], method)
    assert (response.status, response.body) == (
        200,
        {"sub": "sub-ann", "email": "ann@x.example", "email_verified": True},
    )
    assert response.headers["Cache-Control"] == "no-store"


def test_claims_can_be_asked_for_by_name(world: World) -> None:
    token = world.tokens(scope="openid", claims='{"userinfo":{"name":{"essential":true},"phone_number":null}}')
    assert world.userinfo(token["access_token"]).body == {"sub": "sub-ann", "name": "Ann"}


def test_no_stored_claim_can_replace_the_subject_or_state_a_level(world: World) -> None:
    world.change_user(claims={"sub": "other", "acr": "urn:forged", "email": "forged@x.example"})
    token = world.tokens(claims='{"userinfo":{"acr":null,"sub":null}}')["access_token"]
    assert world.userinfo(token).body == {"sub": "sub-ann", "email": "ann@x.example", "email_verified": True}


def test_without_a_token_there_is_a_challenge_without_an_error(world: World) -> None:
    for headers in ({}, basic("shop"), {"Authorization": "bearerx y"}):
        with world.storage.read() as unit:
            response = world.server.userinfo(unit, EndpointRequest("GET", headers))
        assert (response.status, response.body) == (401, None)
        assert challenge(response) == f'Bearer realm="{ISSUER}"'


@pytest.mark.parametrize(
    "token", ["", " ", "x", "a.b.c", "1.x", "\u2603", unsigned({"alg": "none"}, {"sub": "sub-ann"})]
)
def test_a_bad_token_is_an_invalid_token(world: World, token: str) -> None:
    response = world.userinfo(token)
    assert error_of(response) == (401, "invalid_token")
    assert challenge(response).startswith(f'Bearer realm="{ISSUER}", error="invalid_token"')


def test_a_token_in_form_or_query_is_not_taken(world: World) -> None:
    token = world.tokens()["access_token"]
    for place in ("form", "query"):
        assert world.userinfo(None, "POST", **{place: {"access_token": [token]}}).status == 401
        both = world.userinfo(token, "POST", **{place: {"access_token": [token]}})
        assert error_of(both) == (400, "invalid_request")


@pytest.mark.parametrize("client_id", ["shop", "opaque"])
def test_an_expired_token_is_refused(world: World, client_id: str) -> None:
    token = world.tokens(client_id)["access_token"]
    world.clock.advance(600)
    assert error_of(world.userinfo(token)) == (401, "invalid_token")


@pytest.mark.parametrize("client_id", ["shop", "opaque"])
def test_a_revoked_grant_reaches_its_tokens_at_once(world: World, client_id: str) -> None:
    token = world.tokens(client_id)["access_token"]
    with world.storage.write() as unit:
        unit.grants.revoke_of_user(world.user.id, world.clock.now())
    assert error_of(world.userinfo(token)) == (401, "invalid_token")


@pytest.mark.parametrize("client_id", ["shop", "opaque"])
@pytest.mark.parametrize("changes", [{"status": "blocked"}, {"credential_epoch": 1}], ids=["blocked", "reset"])
def test_a_blocked_or_reset_user_reaches_their_tokens_at_once(
    world: World, client_id: str, changes: dict[str, Any]
) -> None:
    token = world.tokens(client_id)["access_token"]
    world.change_user(**changes)
    assert error_of(world.userinfo(token)) == (401, "invalid_token")


def test_a_token_without_openid_is_insufficient(world: World) -> None:
    response = world.userinfo(world.tokens(scope="email")["access_token"])
    assert error_of(response) == (403, "insufficient_scope")
    assert 'scope="openid"' in challenge(response)


def test_a_token_for_an_api_alone_does_not_open_userinfo(world: World) -> None:
    assert error_of(world.userinfo(world.tokens("api-user", scope="email")["access_token"])) == (401, "invalid_token")
    assert world.userinfo(world.tokens("api-user")["access_token"]).status == 200


def test_a_token_of_another_issuer_key_or_type_is_refused_though_it_says_the_same(world: World) -> None:
    claims = payload(world.tokens()["access_token"])
    ours = KEYRING.choose("ES256")
    assert world.userinfo(sign(claims, ours, "at+jwt")).status == 200
    forged = {
        "key": sign(claims, signing_key("ES256", 9), "at+jwt"),
        "typ": sign(claims, ours, "JWT"),
        "iss": sign({**claims, "iss": "https://evil.example"}, ours, "at+jwt"),
        "aud": sign({**claims, "aud": API}, ours, "at+jwt"),
        "client": sign({**claims, "client_id": "post"}, ours, "at+jwt"),
        "grant": sign({**claims, "gid": 999}, ours, "at+jwt"),
        "no grant": sign({k: v for k, v in claims.items() if k != "gid"}, ours, "at+jwt"),
        "no jti": sign({k: v for k, v in claims.items() if k != "jti"}, ours, "at+jwt"),
        "no exp": sign({k: v for k, v in claims.items() if k != "exp"}, ours, "at+jwt"),
    }
    assert {name: world.userinfo(token).status for name, token in forged.items()} == dict.fromkeys(forged, 401)


def test_a_token_signed_before_a_rotation_works_until_the_key_is_withdrawn(world: World) -> None:
    token = world.tokens()["access_token"]
    old, new = KEYRING.choose("ES256"), signing_key("ES256", 9)
    world.keyring = Keyring([KeyringEntry(old, "retired"), KeyringEntry(new, "active")])
    assert world.userinfo(token).status == 200
    world.keyring = Keyring([KeyringEntry(new, "active")])
    assert world.userinfo(token).status == 401


def test_a_refresh_token_or_client_secret_opens_nothing(world: World) -> None:
    body = world.tokens(scope="openid offline_access")
    assert error_of(world.userinfo(body["refresh_token"])) == (401, "invalid_token")


def test_a_profile_change_is_seen_at_once(world: World) -> None:
    token = world.tokens()["access_token"]
    world.user = replace(world.user)
    world.change_user(email="new@x.example", email_verified=False)
    body = world.userinfo(token).body
    assert body == {"sub": "sub-ann", "email": "new@x.example", "email_verified": False}
