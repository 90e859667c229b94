"""Introspection: what a live token says, who may ask, and that everything else is just inactive."""

from typing import Any

import pytest

from tests.oauth.world import API, ISSUER, SECRET, World, basic, client, error_of

INACTIVE = {"active": False}


@pytest.mark.parametrize("client_id", ["shop", "opaque"])
def test_a_live_access_token_says_what_it_is(world: World, client_id: str) -> None:
    token = world.tokens(client_id)["access_token"]
    answer = world.introspect(token, client_id)
    now = int(world.clock.now())
    jti = answer.pop("jti", None)
    assert (jti is not None) is (client_id == "shop")
    assert answer == {
        "active": True,
        "client_id": client_id,
        "sub": "sub-ann",
        "iss": ISSUER,
        "aud": ISSUER,
        "scope": "openid email",
        "token_type": "Bearer",
        "iat": now,
        "exp": now + 600,
        "acr": "urn:idp:acr:idv",
        "amr": ["face", "pwd"],
        "auth_time": 1_799_999_990,
    }


def test_a_refresh_token_says_what_it_is_to_its_client_only(world: World) -> None:
    token = world.tokens(scope="openid offline_access")["refresh_token"]
    answer = world.introspect(token)
    assert answer["active"] is True
    assert answer["scope"] == "openid offline_access"
    assert answer["exp"] == int(world.clock.now()) + 30 * 86400
    assert "token_type" not in answer
    world.put_client(client("api", resource=[ISSUER], grant_types=["client_credentials"]))
    assert world.introspect(token, "api") == INACTIVE


def test_an_api_may_look_at_tokens_meant_for_it_and_others_may_not(world: World) -> None:
    token = world.tokens("api-user")["access_token"]
    assert world.introspect(token, "api")["aud"] == [API, ISSUER]
    assert world.introspect(token, "api-user")["active"] is True
    assert world.introspect(token, "shop") == INACTIVE
    assert world.introspect(world.tokens("shop")["access_token"], "api") == INACTIVE


def test_a_client_named_in_the_audience_may_look(world: World) -> None:
    world.put_client(client("api-user", policy={"audience": "api"}))
    assert world.introspect(world.tokens("api-user")["access_token"], "api")["active"] is True


@pytest.mark.parametrize("client_id", ["shop", "opaque"])
def test_expired_revoked_and_orphaned_tokens_are_inactive(world: World, client_id: str) -> None:
    token = world.tokens(client_id)["access_token"]
    world.clock.advance(599)
    assert world.is_alive(token, client_id)
    world.clock.advance(1)
    assert world.introspect(token, client_id) == INACTIVE
    revoked = world.tokens(client_id)["access_token"]
    world.revoke(revoked, client_id)
    assert world.introspect(revoked, client_id) == INACTIVE


def test_tokens_of_a_removed_client_are_inactive(world: World) -> None:
    token = world.tokens("api-user")["access_token"]
    with world.storage.write() as unit:
        unit.clients.remove("api-user")
    assert world.introspect(token, "api") == INACTIVE


@pytest.mark.parametrize("token", ["x", "a.b.c", "1.x", "e30.e30.e30", "\ud800", "9" * 19_000])
def test_what_is_no_token_is_inactive(world: World, token: str) -> None:
    assert world.introspect(token) == INACTIVE


def test_an_id_token_is_no_access_token(world: World) -> None:
    body = world.tokens("es256")
    assert world.introspect(body["id_token"], "es256") == INACTIVE
    assert world.userinfo(body["id_token"]).status == 401


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "saml", "\u2603"])
def test_a_hint_changes_nothing(world: World, hint: str) -> None:
    token = world.tokens()["access_token"]
    response = world.post("introspect", {"token": token, "token_type_hint": hint}, basic("shop"))
    assert response.body is not None
    assert response.body["active"] is True


@pytest.mark.parametrize(
    ("values", "headers", "expected"),
    [
        ({}, basic("shop"), (400, "invalid_request")),
        ({"token": ""}, basic("shop"), (400, "invalid_request")),
        ({"token": ["a", "b"]}, basic("shop"), (400, "invalid_request")),
        ({"token": "x"}, {}, (401, "invalid_client")),
        ({"token": "x"}, basic("shop", "wrong"), (401, "invalid_client")),
        ({"token": "x", "client_id": "app"}, {}, (401, "invalid_client")),
        ({"token": "x", "client_id": "shop", "client_secret": SECRET}, {}, (401, "invalid_client")),
    ],
)
def test_who_does_not_authenticate_or_asks_wrongly_is_refused(
    world: World, values: dict[str, Any], headers: dict[str, str], expected: tuple[int, str]
) -> None:
    response = world.post("introspect", values, headers)
    assert error_of(response) == expected
    assert response.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in response.headers) is (expected[0] == 401)
