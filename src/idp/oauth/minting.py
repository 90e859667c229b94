"""Making tokens from a grant. Called only after what was redeemed has been consumed (DESIGN invariant 5)."""

from collections.abc import Collection, Sequence
from typing import Any

from idp.errors import OAuthError
from idp.handles import encode
from idp.oauth.call import Call
from idp.oauth.clients import allowed_resources, grant_types
from idp.oauth.families import OFFLINE_ACCESS
from idp.oidc.claims import ClaimsRequest, claims_for_id_token, user_claims
from idp.oidc.jose import sign
from idp.oidc.tokens import ACCESS_TOKEN_TYP, ID_TOKEN_TYP, access_token_claims, authentication_claims, id_token_claims
from idp.records.accounts import User
from idp.records.clients import Client
from idp.records.tokens import AccessToken, Grant, RefreshToken

JTI_BYTES = 16


def check_resources(requested: Sequence[str], allowed: Collection[str]) -> None:
    """Raise OAuthError `invalid_target` if a resource that is asked for is not allowed (RFC 8707 section 2)."""
    if not set(requested) <= set(allowed):
        raise OAuthError("invalid_target", "The resource is not one that may be asked for here.")


def audience_of(
    call: Call, client: Client, grant: Grant, scopes: Sequence[str], requested: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return who an access token is for (RFC 8707 section 2.2, RFC 9068 section 3).

    The resources asked for now, else those the grant was made for, else the client's configured audience. This provider
    is in the audience too when the token opens userinfo, or when there is no other audience. Raises OAuthError
    `invalid_target` for a resource outside the grant, or one the client may not use.
    """
    check_resources(requested, grant.resources or allowed_resources(client))
    configured = (client.policy.audience,) if client.policy.audience else ()
    api = tuple(requested) or grant.resources or configured
    own = (call.provider.issuer,) if "openid" in scopes or not api else ()
    return tuple(dict.fromkeys((*api, *own)))


def claims_request(grant: Grant) -> ClaimsRequest:
    """Return the `claims` parameter that the grant was made for."""
    return ClaimsRequest.from_json(grant.claims) if grant.claims else ClaimsRequest()


def may_refresh(client: Client, scopes: Sequence[str]) -> bool:
    """Say whether a code of this client yields a refresh token.

    The client must have registered the refresh_token grant, and the person must have granted `offline_access` (OIDC
    Core section 11) unless the client is first-party, that is, registered with implicit consent. A first-party client's
    refresh token without offline_access ends with the session.
    """
    if "refresh_token" not in grant_types(client):
        return False
    return OFFLINE_ACCESS in scopes or client.policy.consent == "implicit"


def mint_access_token(
    call: Call, client: Client, grant: Grant, user: User | None, scopes: Sequence[str], audience: Sequence[str]
) -> str:
    """Make an access token: a JWT (RFC 9068), or opaque with a row, as the client's policy says."""
    lifetime = client.policy.access_token_seconds
    if client.policy.access_token_format == "opaque":
        secret = call.mint_secret()
        row = call.store.access_tokens.add(
            AccessToken(
                id=0,
                digest=secret.digest,
                grant_id=grant.id,
                client_id=client.client_id,
                scopes=tuple(scopes),
                audience=tuple(audience),
                issued_at=call.now,
                expires_at=call.now + lifetime,
            )
        )
        return encode(row.id, secret.text)
    claims = access_token_claims(
        issuer=call.provider.issuer,
        grant=grant,
        sub=user.sub if user else client.client_id,
        audience=audience,
        scopes=scopes,
        jti=call.provider.random_bytes(JTI_BYTES).hex(),
        now=call.now,
        lifetime=lifetime,
    )
    return sign(claims, call.provider.keyring().choose_first("ES256", "RS256"), ACCESS_TOKEN_TYP)


def mint_refresh_token(call: Call, client: Client, grant: Grant, scopes: Sequence[str], expires_at: float) -> str:
    """Make a refresh token of the family that dies at `expires_at`, epoch seconds."""
    secret = call.mint_secret()
    row = call.store.refresh_tokens.add(
        RefreshToken(
            id=0,
            digest=secret.digest,
            grant_id=grant.id,
            client_id=client.client_id,
            scopes=tuple(scopes),
            issued_at=call.now,
            expires_at=expires_at,
        )
    )
    return encode(row.id, secret.text)


def mint_id_token(call: Call, client: Client, grant: Grant, user: User, access_token: str, *, first: bool) -> str:
    """Make an ID token, signed as the client registered (OIDC Registration: RS256 unless it says otherwise).

    `first` is False on refresh: then there is no nonce.
    """
    alg = str(client.metadata.get("id_token_signed_response_alg") or "RS256")
    claims = id_token_claims(
        issuer=call.provider.issuer,
        grant=grant,
        sub=user.sub,
        alg=alg,
        access_token=access_token,
        now=call.now,
        user_claims=user_claims(user, claims_for_id_token(claims_request(grant))),
        with_nonce=first,
    )
    return sign(claims, call.provider.keyring().choose(alg), ID_TOKEN_TYP)


def mint_tokens(
    call: Call,
    client: Client,
    grant: Grant,
    user: User | None,
    scopes: Sequence[str],
    audience: Sequence[str],
    *,
    first: bool = True,
) -> dict[str, Any]:
    """Make an access token, and an ID token when a user granted `openid`; return the response without refresh token."""
    access_token = mint_access_token(call, client, grant, user, scopes, audience)
    response: dict[str, Any] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": client.policy.access_token_seconds,
    }
    if scopes:
        response["scope"] = " ".join(scopes)
    if user is not None and "openid" in scopes:
        response["id_token"] = mint_id_token(call, client, grant, user, access_token, first=first)
    call.audit(
        "token",
        "issued",
        client_id=client.client_id,
        user_id=grant.user_id,
        data={"grant_id": grant.id, "first": first, "scopes": list(scopes), **authentication_claims(grant)},
    )
    return response
