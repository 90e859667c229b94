"""Relying parties."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

AcrPolicy = Literal["necessary", "voluntary"]
AccessTokenFormat = Literal["jwt", "opaque"]


@dataclass(frozen=True, slots=True)
class ClientPolicy:
    """What we decide about a client, beyond what it registered.

    `minimum_acr` is a floor that no request can lower. `acr_values` says whether a requested acr is
    necessary (RFC 9470 section 5) or voluntary (OIDC Core 3.1.2.1). `theme` is the id of the theme its pages wear.
    `administrators` says that the people who operate the provider sign in through this client, so that no flow may shut
    them out of it. `scope_descriptions` says by scope, then by language tag, what a scope of its own lets it do.
    """

    acr_values: AcrPolicy = "necessary"
    minimum_acr: str | None = None
    require_pkce: bool = True
    consent: Literal["explicit", "implicit"] = "explicit"
    access_token_format: AccessTokenFormat = "jwt"
    audience: str | None = None
    access_token_seconds: int = 600
    refresh_token_seconds: int = 30 * 86400
    flows: Mapping[str, str] = field(default_factory=dict)
    theme: str | None = None
    administrators: bool = False
    scope_descriptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client (RFC 7591). `metadata` holds its registered fields; secrets are SHA-256 digests only."""

    client_id: str
    metadata: Mapping[str, Any]
    secret_digests: tuple[bytes, ...] = ()
    policy: ClientPolicy = field(default_factory=ClientPolicy)
    created_at: float = 0.0
    updated_at: float = 0.0
    version: int = 1

    @property
    def name(self) -> str:
        """The name to show people."""
        return str(self.metadata.get("client_name") or self.client_id)

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """Registered redirect URIs, exactly as registered."""
        return tuple(self.metadata.get("redirect_uris") or ())
