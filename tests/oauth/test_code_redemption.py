"""Redeeming an authorization code: what it yields, and every way it must fail."""

from dataclasses import replace
from typing import Any

import pytest

from idp.handles import decode
from idp.oauth.messages import EndpointRequest
from idp.oidc.keys import Keyring, NoSigningKey
from idp.oidc.tokens import half_hash
from tests.oauth.world import API, ISSUER, KEYRING, REDIRECT, VERIFIER, World, basic, client, error_of, payload
from tests.oidc_tokens.signing import header_of


def test_a_code_yields_tokens_that_a_relying_party_can_check(world: World) -> None:
    body = world.tokens()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 600
    assert body["scope"] == "openid email"
    now = int(world.clock.now())
    identity = world.verified(body["id_token"])
    assert identity == {
        "iss": ISSUER,
        "aud": "shop",
        "sub": "sub-ann",
        "iat": now,
        "exp": now + 3600,
        "acr": "urn:idp:acr:idv",
        "amr": ["face", "pwd"],
        "auth_time": 1_799_999_990,
        "nonce": "n-1",
        "sid": "sid-1",
        "at_hash": half_hash(body["access_token"], "RS256"),
    }
    access = world.verified(body["access_token"], ISSUER, "ES256", typ="at+jwt")
    assert {name: access[name] for name in ("sub", "client_id", "scope", "acr", "amr", "auth_time", "sid")} == {
        "sub": "sub-ann",
        "client_id": "shop",
        "scope": "openid email",
        "acr": "urn:idp:acr:idv",
        "amr": ["face", "pwd"],
        "auth_time": 1_799_999_990,
        "sid": "sid-1",
    }
    assert access["exp"] == now + 600


def test_every_response_forbids_caching(world: World) -> None:
    code = world.approve()["code"]
    for response in (world.redeem(code), world.redeem(code), world.redeem("nonsense"), world.token({})):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Pragma"] == "no-cache"


def test_the_id_token_is_signed_as_the_client_registered(world: World) -> None:
    assert header_of(world.tokens("es256")["id_token"])["alg"] == "ES256"
    assert header_of(world.tokens("shop")["id_token"])["alg"] == "RS256"


def test_without_openid_there_is_no_id_token(world: World) -> None:
    body = world.tokens(scope="email")
    assert "id_token" not in body
    assert payload(body["access_token"])["scope"] == "email"


def test_claims_asked_for_by_name_reach_the_id_token_and_others_do_not(world: World) -> None:
    asked = world.tokens(claims='{"id_token":{"email":null,"acr":null}}')
    assert world.verified(asked["id_token"])["email"] == "ann@x.example"
    assert "email" not in world.verified(world.tokens()["id_token"])


def test_a_public_client_redeems_with_pkce_alone(world: World) -> None:
    assert "id_token" in world.tokens("app")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": None}, (400, "invalid_request")),
        ({"code": ""}, (400, "invalid_request")),
        ({"code": "nonsense"}, (400, "invalid_grant")),
        ({"code": "999999.abc"}, (400, "invalid_grant")),
        ({"code": "9" * 30 + ".abc"}, (400, "invalid_grant")),
        ({"redirect_uri": None}, (400, "invalid_grant")),
        ({"redirect_uri": REDIRECT + "/"}, (400, "invalid_grant")),
        ({"redirect_uri": "https://evil.example/cb"}, (400, "invalid_grant")),
        ({"code_verifier": None}, (400, "invalid_request")),
        ({"code_verifier": "w" * 50}, (400, "invalid_grant")),
        ({"code_verifier": "short"}, (400, "invalid_request")),
        ({"code_verifier": "é" * 50}, (400, "invalid_request")),
        ({"code_verifier": VERIFIER + "\n"}, (400, "invalid_grant")),
        ({"grant_type": None}, (400, "invalid_request")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"grant_type": "implicit"}, (400, "unsupported_grant_type")),
        ({"grant_type": 'a"\\\u2603'}, (400, "unsupported_grant_type")),
        ({"resource": "https://not-allowed.example/"}, (400, "invalid_target")),
    ],
    ids=str,
)
def test_a_wrong_token_request_is_refused_with_the_standard_error(
    world: World, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error_of(world.redeem(world.approve()["code"], **changes)) == expected


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "scope", "x"])
def test_a_repeated_parameter_is_refused(world: World, name: str) -> None:
    code = world.approve()["code"]
    assert error_of(world.redeem(code, **{name: ["a", "a"]})) == (400, "invalid_request")
    assert world.redeem(code).status == 200


def test_only_post_is_answered(world: World) -> None:
    request = EndpointRequest("GET", basic("shop"), {"grant_type": ["authorization_code"]})
    with world.storage.write() as unit:
        response = world.server.token(unit, request)
    assert error_of(response) == (405, "invalid_request")
    assert response.headers["Allow"] == "POST"


def test_parameters_in_the_address_are_not_read(world: World) -> None:
    code = world.approve()["code"]
    query = {"grant_type": ["authorization_code"], "code": [code], "client_id": ["app"], "code_verifier": [VERIFIER]}
    with world.storage.write() as unit:
        response = world.server.token(unit, EndpointRequest("POST", basic("shop"), {}, query))
    assert error_of(response) == (400, "invalid_request")


def test_a_used_code_is_refused_and_kills_every_token_of_its_family(world: World) -> None:
    code = world.approve(scope="openid offline_access")["code"]
    body = world.redeem(code).body
    assert body is not None
    assert world.is_alive(body["access_token"])
    assert world.is_alive(body["refresh_token"])
    assert error_of(world.redeem(code)) == (400, "invalid_grant")
    assert not world.is_alive(body["access_token"])
    assert not world.is_alive(body["refresh_token"])
    assert error_of(world.refresh(body["refresh_token"])) == (400, "invalid_grant")
    assert world.userinfo(body["access_token"]).status == 401
    assert ("grant", "revoked", "authorization code used twice") in world.audited()


def test_a_replay_long_after_the_code_expired_still_kills_the_family(world: World) -> None:
    code = world.approve(scope="openid offline_access")["code"]
    body = world.redeem(code).body
    assert body is not None
    world.clock.advance(500)
    world.redeem(code)
    assert not world.is_alive(body["refresh_token"])


def test_a_code_lives_sixty_seconds(world: World) -> None:
    code = world.approve()["code"]
    world.clock.advance(59)
    assert world.redeem(code).status == 200
    code = world.approve()["code"]
    world.clock.advance(60)
    assert error_of(world.redeem(code)) == (400, "invalid_grant")
    assert not [entry for entry in world.audit("grant") if entry.outcome == "revoked"]


def test_a_wrong_verifier_burns_the_code_and_a_second_try_kills_the_family(world: World) -> None:
    code = world.approve()["code"]
    assert error_of(world.redeem(code, code_verifier="w" * 50)) == (400, "invalid_grant")
    assert error_of(world.redeem(code)) == (400, "invalid_grant")
    assert world.grant_revoked(grant_of(world))


def grant_of(world: World) -> int:
    return int(world.audit("code")[0].data["grant_id"])


def test_another_client_cannot_redeem_or_burn_a_code(world: World) -> None:
    code = world.approve()["code"]
    for thief in ("post", "app", "opaque"):
        assert error_of(world.redeem(code, thief)) == (400, "invalid_grant")
    assert ("code", "refused", "another client's code") in world.audited()
    assert world.redeem(code).status == 200


def test_a_code_with_the_right_number_and_a_wrong_secret_is_refused_and_harms_nobody(world: World) -> None:
    code = world.approve()["code"]
    handle = decode(code)
    assert handle is not None
    assert error_of(world.redeem(f"{handle[0]}.{'0' * 64}")) == (400, "invalid_grant")
    assert world.redeem(code).status == 200


def test_a_code_is_no_refresh_token_and_no_access_token(world: World) -> None:
    code = world.approve()["code"]
    assert error_of(world.refresh(code)) == (400, "invalid_grant")
    assert not world.is_alive(code)
    assert world.userinfo(code).status == 401


@pytest.mark.parametrize("changes", [{"status": "blocked"}, {"credential_epoch": 1}], ids=["blocked", "reset"])
def test_a_user_blocked_or_reset_between_approval_and_redemption_gets_nothing(
    world: World, changes: dict[str, Any]
) -> None:
    code = world.approve()["code"]
    world.change_user(**changes)
    assert error_of(world.redeem(code)) == (400, "invalid_grant")
    assert ("token", "refused", "invalid_grant") in world.audited()


def test_a_code_of_a_revoked_grant_is_refused(world: World) -> None:
    code = world.approve()["code"]
    with world.storage.write() as unit:
        unit.grants.revoke_of_session(world.session.id, world.clock.now())
    assert error_of(world.redeem(code)) == (400, "invalid_grant")


def test_a_client_that_lost_the_grant_type_cannot_redeem(world: World) -> None:
    code = world.approve()["code"]
    world.put_client(client("shop", grant_types=["refresh_token"]))
    assert error_of(world.redeem(code)) == (400, "unauthorized_client")


def test_pkce_cannot_be_dropped_or_added_at_the_token_endpoint(world: World) -> None:
    with_pkce = world.approve("nopkce")["code"]
    assert error_of(world.redeem(with_pkce, "nopkce", code_verifier=None)) == (400, "invalid_request")
    without = world.approve("nopkce", code_challenge=None, code_challenge_method=None)["code"]
    assert error_of(world.redeem(without, "nopkce")) == (400, "invalid_request")
    without = world.approve("nopkce", code_challenge=None, code_challenge_method=None)["code"]
    assert world.redeem(without, "nopkce", code_verifier=None).status == 200


@pytest.mark.parametrize(
    ("client_id", "scope", "expected"),
    [
        ("shop", "openid", False),
        ("shop", "openid offline_access", True),
        ("app", "openid offline_access", True),
        ("first", "openid", True),
        ("plain-code", "openid", False),
        ("plain-code", "openid offline_access", False),
    ],
)
def test_a_refresh_token_needs_the_grant_type_and_offline_access_or_a_first_party(
    world: World, client_id: str, scope: str, *, expected: bool
) -> None:
    assert ("refresh_token" in world.tokens(client_id, scope=scope)) is expected


def test_an_opaque_access_token_has_no_readable_part_and_is_stored_as_a_digest(world: World) -> None:
    token = world.tokens("opaque")["access_token"]
    handle = decode(token)
    assert handle is not None
    with world.storage.read() as unit:
        row = unit.access_tokens.get(handle[0])
    assert row is not None
    assert handle[1].encode() not in row.digest
    assert row.expires_at == world.clock.now() + 600
    assert row.audience == (ISSUER,)


def test_the_audience_is_what_was_asked_for_and_the_issuer_only_for_userinfo(world: World) -> None:
    def audience(**changes: Any) -> Any:
        return payload(world.tokens("api-user", **changes)["access_token"])["aud"]

    other = "https://other.example/"
    assert audience(scope="email") == API
    assert audience() == [API, ISSUER]
    assert audience(scope="email", resource=other) == other
    assert audience(scope="email", resource=[other, API]) == [other, API]
    assert payload(world.tokens("shop", scope="email")["access_token"])["aud"] == ISSUER


def test_a_token_request_can_narrow_the_resources_and_never_widen_them(world: World) -> None:
    other = "https://other.example/"
    code = world.approve("api-user", scope="email", resource=[other, API])["code"]
    body = world.redeem(code, "api-user", resource=other).body
    assert body is not None
    assert payload(body["access_token"])["aud"] == other
    code = world.approve("api-user", resource=other)["code"]
    assert error_of(world.redeem(code, "api-user", resource=API)) == (400, "invalid_target")


def test_a_missing_signing_key_is_our_fault_and_leaves_the_code_unused(world: World) -> None:
    code = world.approve()["code"]
    world.keyring = Keyring([])
    with pytest.raises(NoSigningKey):
        world.redeem(code)
    world.keyring = KEYRING
    assert world.redeem(code).status == 200


def test_the_audit_trail_says_what_was_issued_and_holds_no_secret(world: World) -> None:
    code = world.approve()["code"]
    body = world.redeem(code).body
    assert body is not None
    entries = world.audit()
    assert [(e.action, e.outcome) for e in entries] == [("code", "issued"), ("token", "issued")]
    assert {e.client_id for e in entries} == {"shop"}
    assert {e.user_id for e in entries} == {world.user.id}
    assert entries[1].data["acr"] == "urn:idp:acr:idv"
    assert entries[1].request_id == "req-1"
    text = repr(entries)
    for secret in (code.split(".")[1], body["access_token"], body["id_token"]):
        assert secret not in text


def test_the_grant_and_not_the_user_decides_what_the_token_says(world: World) -> None:
    code = world.approve()["code"]
    world.user = replace(world.user)
    world.change_user(claims={"acr": "urn:forged", "amr": ["hwk"], "auth_time": 1, "sub": "other"})
    body = world.redeem(code).body
    assert body is not None
    identity = world.verified(body["id_token"])
    assert (identity["acr"], identity["sub"], identity["auth_time"]) == ("urn:idp:acr:idv", "sub-ann", 1_799_999_990)
