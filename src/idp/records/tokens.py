"""Grants and the tokens made from them. Secrets are kept as SHA-256 digests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

KeyStatus = Literal["active", "next", "retired"]


@dataclass(frozen=True, slots=True)
class Grant:
    """What one authorization gave a client. Every token of the family points here, and dies with it.

    `acr`, `amr` and `auth_time` were computed once, when the code was issued, and never change (RFC 9470 section 6).
    `user_id` is None for client_credentials.
    """

    id: int
    client_id: str
    scopes: tuple[str, ...]
    created_at: float
    user_id: int | None = None
    session_id: int | None = None
    sid: str | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()
    auth_time: int | None = None
    nonce: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)
    resources: tuple[str, ...] = ()
    credential_epoch: int = 0
    revoked_at: float | None = None


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """An authorization code (RFC 6749 section 4.1.2). The wire form is `<id>.<secret>`."""

    id: int
    digest: bytes
    grant_id: int
    client_id: str
    redirect_uri: str
    code_challenge: str | None
    expires_at: float
    consumed_at: float | None = None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token; each use replaces it, and a second use revokes the family (RFC 9700 section 4.14)."""

    id: int
    digest: bytes
    grant_id: int
    client_id: str
    scopes: tuple[str, ...]
    issued_at: float
    expires_at: float
    consumed_at: float | None = None


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An opaque access token. JWT access tokens (RFC 9068) have no row."""

    id: int
    digest: bytes
    grant_id: int
    client_id: str
    scopes: tuple[str, ...]
    audience: tuple[str, ...]
    issued_at: float
    expires_at: float
    revoked_at: float | None = None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A signing key; `private` is a sealed PKCS #8 PEM."""

    kid: str
    alg: str
    private: bytes
    public_jwk: Mapping[str, Any]
    status: KeyStatus
    created_at: float
    retired_at: float | None = None
