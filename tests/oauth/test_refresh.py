"""Refreshing: rotation, reuse, narrowing, and what ends a family."""

from dataclasses import replace
from typing import Any

import pytest

from idp.handles import decode
from tests.oauth.world import API, World, client, error_of, payload

OFFLINE = {"scope": "openid email offline_access"}


def refreshed(world: World, token: str, client_id: str = "shop", **changes: Any) -> dict[str, Any]:
    response = world.refresh(token, client_id, **changes)
    assert response.status == 200, response
    assert response.body is not None
    return response.body


def test_a_refresh_replaces_the_refresh_token(world: World) -> None:
    first = world.tokens(**OFFLINE)["refresh_token"]
    second = refreshed(world, first)["refresh_token"]
    assert second != first
    third = refreshed(world, second)["refresh_token"]
    assert world.is_alive(third)


def test_acr_amr_and_auth_time_do_not_change_and_the_new_id_token_is_no_new_login(world: World) -> None:
    body = world.tokens(**OFFLINE)
    world.clock.advance(5000)
    again = refreshed(world, body["refresh_token"])
    names = ("acr", "amr", "auth_time", "sid", "sub")
    tokens = [body["id_token"], body["access_token"], again["id_token"], again["access_token"]]
    assert len({repr([payload(token)[name] for name in names]) for token in tokens}) == 1
    answers = [world.introspect(again["access_token"]), world.introspect(again["refresh_token"])]
    assert {(a["acr"], tuple(a["amr"]), a["auth_time"]) for a in answers} == {
        (payload(body["id_token"])["acr"], ("face", "pwd"), 1_799_999_990)
    }
    identity = world.verified(again["id_token"])
    assert identity["iat"] == int(world.clock.now())
    assert "nonce" not in identity


def test_using_a_refresh_token_twice_kills_the_whole_family_for_good(world: World) -> None:
    first = world.tokens(**OFFLINE)["refresh_token"]
    body = refreshed(world, first)
    assert error_of(world.refresh(first)) == (400, "invalid_grant")
    assert ("grant", "revoked", "refresh token used twice") in world.audited()
    assert error_of(world.refresh(body["refresh_token"])) == (400, "invalid_grant")
    assert not world.is_alive(body["access_token"])
    assert world.userinfo(body["access_token"]).status == 401


def test_one_family_dies_and_the_others_live(world: World) -> None:
    kept, lost = world.tokens(**OFFLINE), world.tokens(**OFFLINE)
    refreshed(world, lost["refresh_token"])
    world.refresh(lost["refresh_token"])
    assert world.is_alive(kept["refresh_token"])


def test_another_client_cannot_use_burn_or_kill_a_refresh_token(world: World) -> None:
    first = world.tokens(**OFFLINE)["refresh_token"]
    for thief in ("post", "app"):
        assert error_of(world.refresh(first, thief)) == (400, "invalid_grant")
    second = refreshed(world, first)["refresh_token"]
    assert error_of(world.refresh(first, "post")) == (400, "invalid_grant")
    assert world.is_alive(second)


@pytest.mark.parametrize("token", ["nonsense", "999999.abc", "1." + "0" * 64, "\ud800.x", "1" * 200])
def test_what_is_no_refresh_token_is_refused(world: World, token: str) -> None:
    world.tokens(**OFFLINE)
    assert error_of(world.refresh(token)) == (400, "invalid_grant")


def test_the_token_must_be_there(world: World) -> None:
    assert error_of(world.refresh("")) == (400, "invalid_request")


def test_an_access_token_is_no_refresh_token(world: World) -> None:
    body = world.tokens("opaque", **OFFLINE)
    assert error_of(world.refresh(body["access_token"], "opaque")) == (400, "invalid_grant")


def test_the_scope_can_be_narrowed_for_the_access_token_only(world: World) -> None:
    first = world.tokens(**OFFLINE)["refresh_token"]
    body = refreshed(world, first, scope="email")
    assert body["scope"] == "email"
    assert payload(body["access_token"])["scope"] == "email"
    assert "id_token" not in body
    assert refreshed(world, body["refresh_token"])["scope"] == "openid email offline_access"


@pytest.mark.parametrize("scope", ["profile", "openid profile", "admin", " ", "openid\u2603"])
def test_a_scope_outside_the_token_is_refused_and_costs_nothing(world: World, scope: str) -> None:
    first = world.tokens(**OFFLINE)["refresh_token"]
    assert error_of(world.refresh(first, scope=scope)) == (400, "invalid_scope")
    assert refreshed(world, first)


def test_a_resource_outside_the_grant_is_refused_and_costs_nothing(world: World) -> None:
    world.put_client(client("shop", allowed_resources=[API, "https://b.example/"]))
    first = world.tokens(**OFFLINE, resource=API)["refresh_token"]
    assert error_of(world.refresh(first, resource="https://b.example/")) == (400, "invalid_target")
    assert API in payload(refreshed(world, first, resource=API)["access_token"])["aud"]


@pytest.mark.parametrize("changes", [{"status": "blocked"}, {"credential_epoch": 1}], ids=["blocked", "reset"])
def test_a_blocked_user_or_a_reset_credential_ends_refreshing_and_access(world: World, changes: dict[str, Any]) -> None:
    body = world.tokens(**OFFLINE)
    world.change_user(**changes)
    assert error_of(world.refresh(body["refresh_token"])) == (400, "invalid_grant")
    assert not world.is_alive(body["refresh_token"])
    assert not world.is_alive(body["access_token"])
    assert world.userinfo(body["access_token"]).status == 401


def test_a_family_ends_at_a_fixed_time_however_often_it_is_refreshed(world: World) -> None:
    token = world.tokens(**OFFLINE)["refresh_token"]
    for _ in range(2):
        world.clock.advance(15 * 86400 - 1)
        token = refreshed(world, token)["refresh_token"]
    world.clock.advance(2)
    assert error_of(world.refresh(token)) == (400, "invalid_grant")
    assert not world.is_alive(token)
    assert not world.audit("grant"), "an expired token is no sign of theft"


def test_without_offline_access_a_first_partys_refresh_token_ends_with_the_session(world: World) -> None:
    ended, running = world.tokens("first"), world.tokens("first", scope="openid offline_access")
    token = refreshed(world, ended["refresh_token"], "first")["refresh_token"]
    with world.storage.write() as unit:
        unit.sessions.end(world.session.id, world.clock.now())
    assert error_of(world.refresh(token, "first")) == (400, "invalid_grant")
    assert not world.is_alive(token, "first")
    assert refreshed(world, running["refresh_token"], "first")


def test_an_expired_session_ends_it_too(world: World) -> None:
    token = world.tokens("first")["refresh_token"]
    world.clock.advance(36_000)
    assert error_of(world.refresh(token, "first")) == (400, "invalid_grant")


def test_a_client_that_lost_the_grant_type_cannot_refresh(world: World) -> None:
    token = world.tokens(**OFFLINE)["refresh_token"]
    world.put_client(client("shop", grant_types=["authorization_code"]))
    assert error_of(world.refresh(token)) == (400, "unauthorized_client")


def test_a_changed_profile_shows_and_a_changed_level_does_not(world: World) -> None:
    body = world.tokens(**OFFLINE, claims='{"id_token":{"email":null}}')
    world.user = replace(world.user)
    world.change_user(email="new@x.example", claims={"acr": "urn:forged"})
    identity = world.verified(refreshed(world, body["refresh_token"])["id_token"])
    assert (identity["email"], identity["acr"]) == ("new@x.example", "urn:idp:acr:idv")


def test_only_a_digest_of_the_token_is_stored(world: World) -> None:
    token = world.tokens(**OFFLINE)["refresh_token"]
    handle = decode(token)
    assert handle is not None
    with world.storage.read() as unit:
        row = unit.refresh_tokens.get(handle[0])
    assert row is not None
    assert handle[1] not in repr(row)
