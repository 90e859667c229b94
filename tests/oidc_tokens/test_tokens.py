"""What stands in ID tokens and access tokens, and where it comes from."""

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from idp.oidc.claims import PROTOCOL_CLAIMS
from idp.oidc.tokens import access_token_claims, half_hash, id_token_claims
from idp.records.tokens import Grant
from tests.oidc_tokens.signing import ISSUER, NOW

GRANT = Grant(
    id=7,
    client_id="shop",
    scopes=("openid", "email"),
    created_at=NOW,
    user_id=3,
    session_id=5,
    sid="sid-1",
    acr="urn:idp:acr:idv",
    amr=("pwd", "face"),
    auth_time=1_799_999_000,
    nonce="n-1",
)


def id_token(grant: Grant = GRANT, **changes: Any) -> dict[str, Any]:
    options = {
        "issuer": ISSUER,
        "grant": grant,
        "sub": "u1",
        "alg": "RS256",
        "access_token": "at",
        "now": NOW,
        **changes,
    }
    return id_token_claims(**options)


def access_token(grant: Grant = GRANT, **changes: Any) -> dict[str, Any]:
    options: dict[str, Any] = {"issuer": ISSUER, "grant": grant, "sub": "u1", "audience": (ISSUER,), "now": NOW}
    return access_token_claims(**{**options, "scopes": ("openid",), "jti": "j1", "lifetime": 600, **changes})


def test_an_id_token_has_what_the_specification_asks_in_whole_absolute_seconds() -> None:
    assert id_token() == {
        "iss": ISSUER,
        "sub": "u1",
        "aud": "shop",
        "iat": 1_800_000_000,
        "exp": 1_800_003_600,
        "auth_time": 1_799_999_000,
        "acr": "urn:idp:acr:idv",
        "amr": ["pwd", "face"],
        "nonce": "n-1",
        "sid": "sid-1",
        "at_hash": half_hash("at", "RS256"),
    }


def test_an_access_token_has_the_claims_of_the_jwt_profile_and_names_its_grant() -> None:
    assert access_token() == {
        "iss": ISSUER,
        "sub": "u1",
        "aud": ISSUER,
        "client_id": "shop",
        "iat": 1_800_000_000,
        "exp": 1_800_000_600,
        "jti": "j1",
        "scope": "openid",
        "gid": 7,
        "auth_time": 1_799_999_000,
        "acr": "urn:idp:acr:idv",
        "amr": ["pwd", "face"],
        "sid": "sid-1",
    }


def test_several_audiences_are_a_list() -> None:
    assert access_token(audience=("https://api.example", ISSUER))["aud"] == ["https://api.example", ISSUER]


def test_acr_amr_and_auth_time_are_the_same_in_both_and_later() -> None:
    names = ("acr", "amr", "auth_time")
    tokens = (id_token(), access_token(), id_token(now=NOW + 5000, with_nonce=False), access_token(now=NOW + 5000))
    assert len({repr([token[name] for name in names]) for token in tokens}) == 1


def test_a_reissued_id_token_has_no_nonce() -> None:
    assert "nonce" not in id_token(with_nonce=False)


@pytest.mark.parametrize("name", sorted(PROTOCOL_CLAIMS))
def test_no_user_claim_can_write_a_protocol_claim(name: str) -> None:
    bare = replace(GRANT, acr=None, amr=(), auth_time=None, nonce=None, sid=None)
    for grant in (GRANT, bare):
        assert id_token(grant, user_claims={name: "forged"}) == id_token(grant)


def test_user_claims_stand_beside_the_protocols_own() -> None:
    assert id_token(user_claims={"email": "a@b.example"}) == {**id_token(), "email": "a@b.example"}


def test_what_is_unknown_is_absent_not_null() -> None:
    bare = replace(GRANT, acr=None, amr=(), auth_time=None, nonce=None, sid=None)
    assert set(id_token(bare, access_token=None)) == {"iss", "sub", "aud", "iat", "exp"}
    assert set(access_token(bare, scopes=())) == {"iss", "sub", "aud", "client_id", "iat", "exp", "jti", "gid"}


def test_a_clients_own_token_says_nothing_about_a_sign_in() -> None:
    token = access_token(replace(GRANT, user_id=None, sid=None), sub="shop")
    assert not {"acr", "amr", "auth_time", "sid"} & set(token)
    assert token["sub"] == token["client_id"] == "shop"


@pytest.mark.parametrize(("alg", "name"), [("ES256", "sha256"), ("RS256", "sha256"), ("ES384", "sha384")])
def test_the_half_hash_uses_the_hash_of_the_algorithm(alg: str, name: str) -> None:
    digest = hashlib.new(name, b"token").digest()
    assert half_hash("token", alg) == base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")


def test_nothing_but_padding_is_cut_off_a_half_hash() -> None:
    """A SHA-384 half fills whole base64 characters, so its last one can be any."""
    values = (f"token-{number}" for number in range(2000))
    ends = [value for value in values if half_hash(value, "ES384").endswith("X")]
    assert ends
    assert all(len(half_hash(value, "ES384")) == 32 for value in ends)


def test_scopes_stand_with_one_space_between() -> None:
    assert access_token(scopes=("openid", "email"))["scope"] == "openid email"
