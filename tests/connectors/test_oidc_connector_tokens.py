"""Sign-in at another provider: tokens that are not believed, and the keys that they are read with."""

import base64
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from idp.connectors.api import ConnectorError
from idp.oidc.jose import generate_key, sign
from tests.connectors.oidc_refusals import far, refused
from tests.connectors.oidc_world import CLIENT, ISSUER, Far

__all__ = ["far"]

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of-another-run"},
        {"nonce": None},
        {"nonce": 1},
        {"iss": "https://evil.example"},
        {"iss": f"{ISSUER}/"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"aud": ["another-client"]},
        {"aud": []},
        {"azp": "another-client"},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "far\n1"},
        {"auth_time": 4_000_000_000},
        {"auth_time": True},
        {"auth_time": "yesterday"},
    ],
    ids=str,
)
async def test_a_token_that_is_not_for_this_very_sign_in_is_refused(far: Far, claims: dict[str, Any]) -> None:
    far.claims = claims
    assert await refused(far) == "id_token_refused"


def unsigned(claims: dict[str, Any]) -> str:
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), ""])


async def test_alg_none_is_refused(far: Far) -> None:
    far.forge = unsigned
    assert await refused(far) == "id_token_refused"


async def test_hs256_with_the_public_key_as_the_secret_is_refused(far: Far) -> None:
    public = json.dumps(dict(far.keys[0].public_jwk)).encode()
    far.forge = lambda claims: jwt.encode(
        {"alg": "HS256", "kid": far.keys[0].kid}, claims, OctKey.import_key(public), algorithms=["HS256"]
    )
    assert await refused(far) == "id_token_refused"


async def test_an_algorithm_that_the_settings_do_not_list_is_refused(far: Far) -> None:
    assert await refused(far, id_token_algs=["RS256"]) == "id_token_refused"


async def test_a_key_of_somebody_else_is_refused(far: Far) -> None:
    stranger = replace(generate_key("ES256"), kid=far.keys[0].kid, headers={})
    far.forge = lambda claims: sign(claims, stranger)
    assert await refused(far) == "id_token_refused"


@pytest.mark.parametrize("tokens", [{}, {"id_token": 1}, {"id_token": "a.b.c"}, {"id_token": ""}])
async def test_an_answer_without_a_token_is_refused(far: Far, tokens: dict[str, Any]) -> None:
    far.answers["/token"] = httpx.Response(200, content=json.dumps({"access_token": "at"} | tokens).encode())
    assert await refused(far) == "id_token_refused"


async def test_userinfo_cannot_be_asked_without_an_access_token(far: Far) -> None:
    connector = far.open(userinfo=True)
    away, _ = await far.leave(connector)
    far.answers["/token"] = httpx.Response(200, content=json.dumps({"id_token": far.id_token()}).encode())
    with pytest.raises(ConnectorError) as caught:
        await far.come_back(connector, away)
    assert caught.value.code == "id_token_refused"


async def test_keys_and_metadata_are_kept_for_an_hour(far: Far) -> None:
    connector = far.open()
    for _ in range(3):
        await far.journey(connector)
    assert (far.count("/jwks"), far.count("/.well-known/openid-configuration")) == (1, 1)
    far.clock.advance(3600)
    await far.journey(connector)
    assert (far.count("/jwks"), far.count("/.well-known/openid-configuration")) == (2, 2)


async def test_an_unknown_key_is_fetched_at_once_but_not_more_than_once_a_minute(far: Far) -> None:
    connector = far.open()
    await far.journey(connector)
    far.clock.advance(61)
    far.keys.append(generate_key("ES256"))
    await far.journey(connector)
    assert far.count("/jwks") == 2
    # Tokens of invented keys make nobody fetch keys over and over.
    stranger = generate_key("ES256")
    far.forge = lambda claims: sign(claims, stranger)
    for _ in range(5):
        with pytest.raises(ConnectorError):
            await far.journey(connector)
    assert far.count("/jwks") == 2


async def test_a_key_set_with_private_keys_is_refused(far: Far) -> None:
    far.jwks = {"keys": [{**far.keys[0].public_jwk, "d": "AAAA"}]}
    assert await refused(far) == "unreadable"
