"""Recognising our own tokens: genuine, unexpired, not revoked, of a family that lives. Anything else is None."""

from dataclasses import dataclass
from typing import Any, Literal

from idp.handles import decode, digest, matches
from idp.oauth.call import Call
from idp.oauth.clients import ClientView, find_client
from idp.oauth.families import find_live, session_allows_refresh
from idp.oauth.refresh_grant import find_refresh_token
from idp.oidc.jose import SIGNING_ALGS, TokenInvalid, verify
from idp.oidc.tokens import ACCESS_TOKEN_TYP
from idp.records.accounts import User
from idp.records.tokens import Grant

REVOKED_JTI = "revoked_jti"


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A token that may be used now, with its family. `jti` is a JWT's id, `row_id` an opaque access token's row."""

    kind: Literal["access_token", "refresh_token"]
    client_id: str
    grant: Grant
    user: User | None
    scopes: tuple[str, ...]
    audience: tuple[str, ...]
    issued_at: int
    expires_at: int
    jti: str | None = None
    row_id: int | None = None

    @property
    def sub(self) -> str:
        """The subject: the user, or the client when it acts for itself."""
        return self.user.sub if self.user else self.client_id

    def is_expired(self) -> bool:
        """Return False: an expired token is not found."""
        return False

    def is_revoked(self) -> bool:
        """Return False: a revoked token is not found."""
        return False

    def check_client(self, client: ClientView) -> bool:
        """Say whether the token was issued to the client."""
        return self.client_id == client.record.client_id


def find_access_token(call: Call, text: str) -> LiveToken | None:
    """Find a live access token, a JWT or an opaque one."""
    return _find_jwt(call, text) if text.count(".") == 2 else _find_opaque(call, text)


def find_token(call: Call, text: str) -> LiveToken | None:
    """Find a live access or refresh token."""
    return find_access_token(call, text) or _find_refresh(call, text)


def read_jwt(call: Call, text: str) -> dict[str, Any] | None:
    """Return the claims of a JWT access token of ours that has not expired, revoked or not."""
    try:
        return verify(
            text,
            call.provider.keyring().verification_keys,
            algs=SIGNING_ALGS,
            issuer=call.provider.issuer,
            audience=None,
            now=call.now,
            typ=ACCESS_TOKEN_TYP,
            required=("sub", "client_id", "iat", "jti", "gid"),
        )
    except TokenInvalid:
        return None


def revoked_key(jti: str) -> bytes:
    """Return the key under which a revoked JWT is remembered."""
    return digest(jti)


def _find_jwt(call: Call, text: str) -> LiveToken | None:
    claims = read_jwt(call, text)
    if claims is None or call.store.once.seen(REVOKED_JTI, revoked_key(claims["jti"])):
        return None
    family = _family(call, claims["gid"], claims["client_id"])
    if family is None:
        return None
    audience = claims["aud"]
    return LiveToken(
        "access_token",
        claims["client_id"],
        *family,
        scopes=tuple(claims.get("scope", "").split()),
        audience=(audience,) if isinstance(audience, str) else tuple(audience),
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        jti=claims["jti"],
    )


def _find_opaque(call: Call, text: str) -> LiveToken | None:
    handle = decode(text)
    row = call.store.access_tokens.get(handle[0]) if handle else None
    if handle is None or row is None or not matches(handle[1], row.digest):
        return None
    family = _family(call, row.grant_id, row.client_id)
    if row.revoked_at is not None or row.expires_at <= call.now or family is None:
        return None
    return LiveToken(
        "access_token",
        row.client_id,
        *family,
        scopes=row.scopes,
        audience=row.audience,
        issued_at=int(row.issued_at),
        expires_at=int(row.expires_at),
        row_id=row.id,
    )


def _find_refresh(call: Call, text: str) -> LiveToken | None:
    row = find_refresh_token(call, text)
    if row is None or row.consumed_at is not None or row.expires_at <= call.now:
        return None
    family = _family(call, row.grant_id, row.client_id)
    if family is None or not session_allows_refresh(call, family[0]):
        return None
    issuer = (call.provider.issuer,)
    return LiveToken(
        "refresh_token", row.client_id, *family, row.scopes, issuer, int(row.issued_at), int(row.expires_at)
    )


def _family(call: Call, grant_id: int, client_id: str) -> tuple[Grant, User | None] | None:
    # A client that is no longer registered has no live tokens.
    return find_live(call, grant_id, client_id) if find_client(call, client_id) else None
