"""Claims of ID tokens and JWT access tokens. Pure: what goes in comes from the grant, and times are given.

`acr`, `amr` and `auth_time` are copied from the grant and from nowhere else, so they are the same in every token of the
family and do not change on refresh (RFC 9470 section 6.1, OIDC Core 12.2).
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from idp.oidc.claims import state_claims
from idp.records.tokens import Grant

ACCESS_TOKEN_TYP = "at+jwt"
ID_TOKEN_TYP = "JWT"
ID_TOKEN_SECONDS = 3600

_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


def half_hash(value: str, alg: str) -> str:
    """Return the left half of the hash that belongs to `alg`, base64url (OIDC Core 3.1.3.6: `at_hash`)."""
    digest = _HASHES[alg[-3:]](value.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode("ascii")


def id_token_claims(
    *,
    issuer: str,
    grant: Grant,
    sub: str,
    alg: str,
    access_token: str | None,
    now: float,
    lifetime: int = ID_TOKEN_SECONDS,
    user_claims: Mapping[str, Any] | None = None,
    with_nonce: bool = True,
) -> dict[str, Any]:
    """Return the claims of an ID token (OIDC Core 2). `now` and the result's times are epoch seconds.

    `with_nonce` is False on refresh: a re-issued ID token should carry no nonce (OIDC Core 12.2). Protocol claims in
    `user_claims` are ignored.
    """
    issued = int(now)
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": sub,
        "aud": grant.client_id,
        "exp": issued + lifetime,
        "iat": issued,
    }
    claims |= authentication_claims(grant)
    if grant.sid is not None:
        claims["sid"] = grant.sid
    if with_nonce and grant.nonce is not None:
        claims["nonce"] = grant.nonce
    if access_token is not None:
        claims["at_hash"] = half_hash(access_token, alg)
    return state_claims(claims, user_claims or {})


def access_token_claims(
    *,
    issuer: str,
    grant: Grant,
    sub: str,
    audience: Sequence[str],
    scopes: Sequence[str],
    jti: str,
    now: float,
    lifetime: int,
) -> dict[str, Any]:
    """Return the claims of a JWT access token (RFC 9068 section 2.2).

    `gid` is ours: it names the grant, so that revoking the grant reaches the token at this provider's own endpoints.
    `sub` is the client itself for client_credentials.
    """
    issued = int(now)
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": sub,
        "aud": audience[0] if len(audience) == 1 else list(audience),
        "client_id": grant.client_id,
        "exp": issued + lifetime,
        "iat": issued,
        "jti": jti,
        "gid": grant.id,
    }
    if scopes:
        claims["scope"] = " ".join(scopes)
    claims |= authentication_claims(grant)
    if grant.sid is not None:
        claims["sid"] = grant.sid
    return claims


def authentication_claims(grant: Grant) -> dict[str, Any]:
    """Return what the grant says about how the user signed in.

    `acr`, `amr` and `auth_time`, each only if there is one.
    """
    claims: dict[str, Any] = {}
    if grant.user_id is None:
        return claims
    if grant.acr is not None:
        claims["acr"] = grant.acr
    if grant.amr:
        claims["amr"] = list(grant.amr)
    if grant.auth_time is not None:
        claims["auth_time"] = grant.auth_time
    return claims
