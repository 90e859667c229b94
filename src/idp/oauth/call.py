"""One call of an endpoint: the provider's fixed parts, one unit of work, and one reading of the clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from idp.handles import RandomBytes, Secret, mint
from idp.oauth.store import TokenStore
from idp.oidc.jose import VerificationKey, import_client_jwks
from idp.oidc.keys import Keyring
from idp.records.clients import Client
from idp.records.operations import AuditEntry

MAX_CACHED_KEY_SETS = 1000


class ClientKeys:
    """Clients' public keys, imported once for each version of the JWK Set they registered."""

    def __init__(self) -> None:
        """Start empty."""
        self._imported: dict[str, tuple[Any, tuple[VerificationKey, ...]]] = {}

    def of(self, client_id: str, jwks: object) -> Sequence[VerificationKey]:
        """Return the keys of a registered JWK Set. Raises InvalidInput if it is not a usable set."""
        known = self._imported.get(client_id)
        if known is not None and known[0] == jwks:
            return known[1]
        keys = import_client_jwks(jwks)
        if len(self._imported) >= MAX_CACHED_KEY_SETS:
            self._imported.clear()
        self._imported[client_id] = (jwks, keys)
        return keys


@dataclass(frozen=True, slots=True)
class Provider:
    """What stays the same between calls. `keyring` is asked each time, so that a rotation is seen at once.

    `built_in` are clients of our own, which have no row.
    """

    issuer: str
    token_endpoint: str
    keyring: Callable[[], Keyring]
    random_bytes: RandomBytes
    built_in: Mapping[str, Client] = field(default_factory=dict)
    client_keys: ClientKeys = field(default_factory=ClientKeys)


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `now` is epoch seconds, read once, so that nothing in a call disagrees about the time."""

    provider: Provider
    store: TokenStore
    now: float
    request_id: str = ""

    def mint_secret(self) -> Secret:
        """Return a fresh secret for a code or token."""
        return mint(self.provider.random_bytes)

    def audit(
        self,
        action: str,
        outcome: str,
        *,
        reason: str = "",
        client_id: str | None = None,
        user_id: int | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Write an audit entry. Never pass it a secret."""
        self.store.audit.append(
            AuditEntry(
                id=0,
                at=self.now,
                request_id=self.request_id,
                action=action,
                outcome=outcome,
                reason=reason,
                actor=f"client:{client_id}" if client_id else "system",
                user_id=user_id,
                client_id=client_id,
                data=dict(data or {}),
            )
        )
