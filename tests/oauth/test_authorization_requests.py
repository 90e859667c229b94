"""The authorization endpoint's part: which requests are let in, and what a code is made of."""

from dataclasses import replace
from typing import Any

import pytest
from authlib.oauth2.rfc6749 import InvalidRequestError

from idp.handles import decode, digest
from idp.oauth.call import Call, Provider
from idp.oauth.exchange import Exchange, ProtocolRequest
from idp.oauth.messages import EndpointRequest, read_form
from idp.oidc.authorization import AuthorizationFault, AuthorizationParams
from idp.records.clients import Client
from idp.records.journeys import Session
from tests.oauth.world import CHALLENGE, EARNED, ISSUER, KEYRING, REDIRECT, World, client


def fault(world: World, client_id: str = "shop", /, **changes: Any) -> AuthorizationFault:
    with pytest.raises(AuthorizationFault) as caught:
        world.validate(world.raw(client_id, **changes))
    return caught.value


def test_a_good_request_gives_the_client_and_its_parameters(world: World) -> None:
    one, params = world.validate(world.raw())
    assert one.client_id == "shop"
    assert params.scopes == ("openid", "email")
    assert params.code_challenge == CHALLENGE
    assert params.state == "st&te"


def test_a_registered_scope_of_an_api_is_let_through_and_reaches_the_token(world: World) -> None:
    world.put_client(client("shop", scope="openid payments:write"))
    body = world.tokens(scope="openid payments:write email unknown")
    assert body["scope"] == "openid payments:write"
    assert world.introspect(body["access_token"])["scope"] == "openid payments:write"


def test_a_client_that_registered_no_scopes_may_ask_for_the_standard_ones(world: World) -> None:
    world.put_client(client("shop", scope=None))
    assert world.tokens(scope="openid email payments:write")["scope"] == "openid email"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/cb"},
        {"redirect_uri": REDIRECT + "?x=1"},
        {"redirect_uri": REDIRECT.upper()},
        {"redirect_uri": 'https://shop.example/"\\\u2603'},
        {"redirect_uri": [REDIRECT, REDIRECT]},
        {"client_id": "nobody"},
        {"client_id": None},
        {"client_id": "sh\u00f6p"},
        {"client_id": "shop\x00"},
        {"client_id": "a" * 300},
        {"client_id": ["shop", "app"]},
    ],
)
def test_nothing_is_sent_on_when_client_or_redirect_uri_is_wrong(world: World, changes: dict[str, Any]) -> None:
    raw = {**world.raw(), **{name: [] for name in changes}}
    raw |= {name: [value] if isinstance(value, str) else (value or []) for name, value in changes.items()}
    with pytest.raises(AuthorizationFault) as caught:
        world.validate(raw)
    assert not caught.value.redirectable


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": '"\\\u2603'}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "x" * 44}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"resource": "https://not-allowed.example/"}, "invalid_target"),
    ],
)
def test_other_faults_are_for_the_client_with_its_state(world: World, changes: dict[str, Any], code: str) -> None:
    found = fault(world, **changes)
    assert (found.code, found.redirect_uri, found.state) == (code, REDIRECT, "st&te")


def test_a_public_client_needs_pkce_whatever_its_policy_says(world: World) -> None:
    world.put_client(client("app", token_endpoint_auth_method="none", policy={"require_pkce": False}))
    assert fault(world, "app", code_challenge=None, code_challenge_method=None).code == "invalid_request"


def test_a_client_without_the_code_grant_or_response_type_is_refused(world: World) -> None:
    assert fault(world, "no-code").code == "unauthorized_client"
    world.put_client(client("shop", response_types=["id_token"]))
    assert fault(world).code == "unauthorized_client"


def test_the_response_has_code_state_and_issuer(world: World) -> None:
    assert world.approve().keys() == {"code", "state", "iss"}
    assert world.approve()["state"] == "st&te"
    assert world.approve()["iss"] == ISSUER
    assert "state" not in world.approve(state=None)


def test_code_and_grant_hold_exactly_what_was_approved_and_no_secret(world: World) -> None:
    code = world.approve("api-user", resource="https://other.example/", claims='{"userinfo":{"name":null}}')["code"]
    handle = decode(code)
    assert handle is not None
    with world.storage.read() as unit:
        row = unit.codes.get(handle[0])
        assert row is not None
        grant = unit.grants.get(row.grant_id)
    assert grant is not None
    assert row.digest == digest(handle[1])
    assert (row.redirect_uri, row.code_challenge, row.client_id) == (REDIRECT, CHALLENGE, "api-user")
    assert row.expires_at == world.clock.now() + 60
    assert row.consumed_at is None
    assert (grant.acr, grant.amr, grant.auth_time) == (EARNED.acr, EARNED.amr, EARNED.auth_time)
    assert (grant.user_id, grant.session_id, grant.sid) == (world.user.id, world.session.id, "sid-1")
    assert (grant.scopes, grant.nonce) == (("openid", "email"), "n-1")
    assert grant.resources == ("https://other.example/",)
    assert grant.claims["userinfo"] == {"name": {"essential": False, "values": None}}
    assert grant.credential_epoch == world.user.credential_epoch


def issue(world: World, one: Client, params: AuthorizationParams, **changes: Any) -> AuthorizationFault | str:
    options = {"user": world.user, "session": world.session, "earned": EARNED, "granted_scopes": params.scopes}
    try:
        with world.storage.write() as unit:
            return world.server.issue_code(unit, one, params, **{**options, **changes})["code"]
    except AuthorizationFault as error:
        with world.storage.read() as unit:
            assert unit.grants.get(1) is None
        return error


def code_of(found: AuthorizationFault | str) -> str:
    assert isinstance(found, AuthorizationFault)
    return found.code


def test_only_granted_scopes_that_were_asked_for_are_in_the_grant(world: World) -> None:
    one, params = world.validate(world.raw())
    code = issue(world, one, params, granted_scopes=("email", "profile"))
    assert isinstance(code, str)
    body = world.redeem(code).body
    assert body is not None
    assert body["scope"] == "email"
    assert "id_token" not in body


def test_nothing_granted_is_a_refusal(world: World) -> None:
    assert code_of(issue(world, *world.validate(world.raw()), granted_scopes=())) == "access_denied"


def test_no_code_for_a_blocked_user_a_foreign_or_an_ended_session(world: World) -> None:
    one, params = world.validate(world.raw())
    foreign: Session = replace(world.session, user_id=world.user.id + 1)
    ended = replace(world.session, ended_at=world.clock.now())
    assert code_of(issue(world, one, params, user=replace(world.user, status="blocked"))) == "access_denied"
    assert code_of(issue(world, one, params, session=foreign)) == "access_denied"
    assert code_of(issue(world, one, params, session=ended)) == "access_denied"
    assert isinstance(issue(world, one, params, session=None), str)


def test_no_code_for_another_client_than_the_request_names(world: World) -> None:
    _, params = world.validate(world.raw("shop"))
    other, _ = world.validate(world.raw("post"))
    assert code_of(issue(world, other, params)) == "access_denied"


@pytest.mark.parametrize(
    ("changes", "code", "redirectable"),
    [
        ({"redirect_uris": ["https://new.example/cb"]}, "invalid_request", False),
        ({"response_types": ["none"]}, "unauthorized_client", True),
        ({"scope": "profile"}, "invalid_scope", True),
    ],
)
def test_a_client_that_changed_during_the_journey_is_judged_as_it_is_now(
    world: World, changes: dict[str, Any], code: str, *, redirectable: bool
) -> None:
    one, params = world.validate(world.raw())
    world.put_client(client("shop", **changes))
    found = issue(world, one, params)
    assert isinstance(found, AuthorizationFault)
    assert (found.code, found.redirectable) == (code, redirectable)


def test_a_scope_the_client_lost_during_the_journey_is_not_granted(world: World) -> None:
    one, params = world.validate(world.raw(scope="openid email"))
    world.put_client(client("shop", scope="openid"))
    code = issue(world, one, params)
    assert isinstance(code, str)
    body = world.redeem(code).body
    assert body is not None
    assert body["scope"] == "openid"


def test_a_client_that_was_removed_during_the_journey_gets_no_code(world: World) -> None:
    one, params = world.validate(world.raw())
    with world.storage.write() as unit:
        unit.clients.remove("shop")
    found = issue(world, one, params)
    assert code_of(found) == "invalid_client"
    assert isinstance(found, AuthorizationFault)
    assert not found.redirectable


def test_a_stored_request_that_lost_its_challenge_gets_no_code(world: World) -> None:
    one, params = world.validate(world.raw())
    assert code_of(issue(world, one, replace(params, code_challenge=None))) == "invalid_request"


def test_a_stored_request_survives_storage(world: World) -> None:
    one, params = world.validate(world.raw())
    code = issue(world, one, AuthorizationParams.from_json(params.to_json()))
    assert isinstance(code, str)
    assert world.redeem(code).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge": "x" * 44},
        {"code_challenge": None, "code_challenge_method": None},
    ],
)
def test_the_second_check_refuses_a_weak_challenge_by_itself(world: World, changes: dict[str, Any]) -> None:
    """Were a request ever stored without passing the parser, it would still get no code."""
    form = read_form(world.raw(**changes))
    with world.storage.read() as unit:
        call = Call(Provider(ISSUER, f"{ISSUER}/token", lambda: KEYRING, bytes), unit, world.clock.now())
        with pytest.raises(InvalidRequestError):
            Exchange(call).get_consent_grant(ProtocolRequest(ISSUER, EndpointRequest("GET"), form))


def test_an_issuer_on_plain_http_is_refused_except_on_loopback(world: World) -> None:
    make = type(world.server)
    make("http://127.0.0.1:8000", world.clock, lambda: world.keyring)
    for issuer in ("http://id.example", "ftp://id.example", "id.example"):
        with pytest.raises(ValueError, match="https"):
            make(issuer, world.clock, lambda: world.keyring)
