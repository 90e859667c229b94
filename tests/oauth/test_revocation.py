"""Revocation: what dies with what, and that it tells a stranger nothing."""

from typing import Any

import pytest

from tests.oauth.world import SECRET, World, basic, error_of

OFFLINE = {"scope": "openid offline_access"}


@pytest.mark.parametrize("client_id", ["shop", "app", "post"])
def test_revoking_a_refresh_token_kills_its_family(world: World, client_id: str) -> None:
    body = world.tokens(client_id, **OFFLINE)
    response = world.revoke(body["refresh_token"], client_id)
    assert (response.status, response.body) == (200, {})
    assert response.headers["Cache-Control"] == "no-store"
    assert world.userinfo(body["access_token"]).status == 401
    assert error_of(world.refresh(body["refresh_token"], client_id)) == (400, "invalid_grant")
    assert ("grant", "revoked", "revoked by the client") in world.audited()


def test_revoking_a_refresh_token_that_was_used_already_kills_its_family_too(world: World) -> None:
    first = world.tokens(**OFFLINE)["refresh_token"]
    body = world.refresh(first).body
    assert body is not None
    world.revoke(first)
    assert not world.is_alive(body["refresh_token"])


@pytest.mark.parametrize("client_id", ["shop", "opaque"])
def test_revoking_an_access_token_kills_it_alone(world: World, client_id: str) -> None:
    body = world.tokens(client_id, **OFFLINE)
    assert world.revoke(body["access_token"], client_id).status == 200
    assert world.userinfo(body["access_token"]).status == 401
    assert not world.is_alive(body["access_token"], client_id)
    assert world.refresh(body["refresh_token"], client_id).status == 200
    assert ("token", "revoked", "revoked by the client") in world.audited()


@pytest.mark.parametrize("client_id", ["shop", "opaque"])
@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_another_clients_token_is_left_alone_and_the_answer_is_the_same(
    world: World, client_id: str, which: str
) -> None:
    body = world.tokens(client_id, **OFFLINE)
    thief = world.revoke(body[which], "post")
    assert (thief.status, thief.body) == (200, {})
    assert world.is_alive(body[which], client_id)
    assert ("token", "refused", "revoking another client's token") in world.audited()


@pytest.mark.parametrize("token", ["x", "a.b.c", "1.x", "9.9", "\u2603", "\ud800"])
def test_an_unknown_token_is_answered_like_a_revoked_one(world: World, token: str) -> None:
    response = world.revoke(token)
    assert (response.status, response.body) == (200, {})


def test_revoking_twice_is_no_error(world: World) -> None:
    token = world.tokens()["access_token"]
    assert world.revoke(token).status == world.revoke(token).status == 200


def test_an_unknown_hint_is_ignored(world: World) -> None:
    token = world.tokens()["access_token"]
    assert world.revoke(token, token_type_hint="saml").status == 200
    assert not world.is_alive(token)


def test_a_wrong_hint_does_not_save_a_token(world: World) -> None:
    token = world.tokens(**OFFLINE)["refresh_token"]
    world.revoke(token, token_type_hint="access_token")
    assert not world.is_alive(token)


@pytest.mark.parametrize(
    ("values", "headers", "expected"),
    [
        ({}, basic("shop"), (400, "invalid_request")),
        ({"token": ["a", "b"]}, basic("shop"), (400, "invalid_request")),
        ({"token": "x"}, {}, (401, "invalid_client")),
        ({"token": "x"}, basic("shop", "wrong"), (401, "invalid_client")),
        ({"token": "x", "client_id": "shop"}, {}, (401, "invalid_client")),
        ({"token": "x", "client_id": "shop", "client_secret": SECRET}, basic("shop"), (400, "invalid_request")),
    ],
)
def test_a_wrong_request_is_refused_and_revokes_nothing(
    world: World, values: dict[str, Any], headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert error_of(world.post("revoke", values, headers)) == expected
