"""A client acting for itself: its own scopes, its own subject, and nothing about any user."""

from typing import Any

import pytest

from tests.oauth.world import API, ISSUER, World, basic, client, error_of, payload


def ask(world: World, client_id: str = "worker", **changes: Any) -> Any:
    return world.token({"grant_type": "client_credentials", **changes}, basic(client_id))


def test_a_client_gets_a_token_about_itself_and_no_user(world: World) -> None:
    body = ask(world).body
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
    assert body["scope"] == "reports:read reports:write"
    claims = world.verified(body["access_token"], ISSUER, "ES256", typ="at+jwt")
    assert claims["sub"] == claims["client_id"] == "worker"
    assert not {"acr", "amr", "auth_time", "sid", "nonce"} & set(claims)


def test_introspection_tells_no_acr_either(world: World) -> None:
    answer = world.introspect(ask(world).body["access_token"], "worker")
    assert answer["active"] is True
    assert answer["sub"] == "worker"
    assert not {"acr", "amr", "auth_time"} & set(answer)


def test_it_opens_no_userinfo(world: World) -> None:
    assert error_of(world.userinfo(ask(world).body["access_token"])) == (403, "insufficient_scope")


def test_a_registered_scope_can_be_chosen(world: World) -> None:
    assert ask(world, scope="reports:read reports:read").body["scope"] == "reports:read"


@pytest.mark.parametrize("scope", ["admin", "openid", "email", "reports:read openid", "offline_access", " ", "\u2603"])
def test_unregistered_scopes_and_those_about_a_user_are_refused(world: World, scope: str) -> None:
    assert error_of(ask(world, scope=scope)) == (400, "invalid_scope")


def test_a_client_with_no_scopes_of_its_own_gets_a_token_without(world: World) -> None:
    body = ask(world, "api").body
    assert "scope" not in body
    assert "scope" not in payload(body["access_token"])


def test_a_client_not_registered_for_it_is_refused(world: World) -> None:
    assert error_of(ask(world, "shop")) == (400, "unauthorized_client")


def test_a_public_client_cannot_act_for_itself(world: World) -> None:
    world.put_client(client("app", token_endpoint_auth_method="none", secrets=(), grant_types=["client_credentials"]))
    response = world.token({"grant_type": "client_credentials", "client_id": "app"})
    assert error_of(response) == (401, "invalid_client")


def test_the_audience_is_a_resource_the_client_may_use(world: World) -> None:
    world.put_client(client("worker", grant_types=["client_credentials"], policy={"audience": API}))
    assert payload(ask(world).body["access_token"])["aud"] == API
    assert payload(ask(world, resource=API).body["access_token"])["aud"] == API
    assert error_of(ask(world, resource="https://other.example/")) == (400, "invalid_target")
    assert error_of(ask(world, resource=[API, "https://other.example/"])) == (400, "invalid_target")


def test_a_refused_request_leaves_no_grant(world: World) -> None:
    ask(world, resource="https://other.example/")
    with world.storage.read() as unit:
        assert unit.grants.get(1) is None


def test_a_client_can_revoke_its_own_token(world: World) -> None:
    token = ask(world).body["access_token"]
    assert world.revoke(token, "worker").status == 200
    assert not world.is_alive(token, "worker")


def test_an_opaque_token_can_be_asked_for_by_policy(world: World) -> None:
    world.put_client(client("worker", grant_types=["client_credentials"], policy={"access_token_format": "opaque"}))
    token = ask(world).body["access_token"]
    assert token.count(".") == 1
    assert world.introspect(token, "worker")["sub"] == "worker"
