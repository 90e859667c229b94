"""The signing keys as one value: which key signs now, and which are published.

Rotation has three states (DESIGN section 8): `next` is published before it signs, so that relying parties have it in
their caches; `active` signs; `retired` is still published until every token it signed has died. A keyring is immutable;
rotation makes a new one.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from idp.errors import IdpError
from idp.oidc.jose import SigningAlg, SigningKeyMaterial, VerificationKey, import_private_key
from idp.records.tokens import KeyStatus, SigningKey
from idp.sealing import Sealer

RETIRED_SECONDS = 7 * 86400.0


class NoSigningKey(IdpError):
    """There is no active key for an algorithm."""


@dataclass(frozen=True, slots=True)
class KeyringEntry:
    """A key and its place in the rotation."""

    key: SigningKeyMaterial
    status: KeyStatus


class Keyring:
    """Every signing key that is published, and the one of each algorithm that signs."""

    def __init__(self, entries: Iterable[KeyringEntry]) -> None:
        """Take the keys, oldest first.

        Raises ValueError if an algorithm has two active keys or two keys share a kid.
        """
        self._entries = tuple(entries)
        self._active: dict[str, SigningKeyMaterial] = {}
        for entry in self._entries:
            if entry.status == "active":
                if entry.key.alg in self._active:
                    raise ValueError(f"two active keys for {entry.key.alg}")
                self._active[entry.key.alg] = entry.key
        if len({entry.key.kid for entry in self._entries}) != len(self._entries):
            raise ValueError("two keys with one kid")
        self.verification_keys: tuple[VerificationKey, ...] = tuple(
            entry.key.verification_key() for entry in self._entries
        )
        self.jwks_bytes = json.dumps(self.jwks(), separators=(",", ":")).encode()

    @property
    def algs(self) -> tuple[str, ...]:
        """Algorithms that have an active key, in the order of the keys."""
        return tuple(self._active)

    def choose(self, alg: str) -> SigningKeyMaterial:
        """Return the key that signs with `alg`. Raises NoSigningKey."""
        key = self._active.get(alg)
        if key is None:
            raise NoSigningKey(detail=f"no active signing key for {alg}")
        return key

    def choose_first(self, *algs: str) -> SigningKeyMaterial:
        """Return the key of the first algorithm in `algs` that has one. Raises NoSigningKey."""
        for alg in algs:
            if alg in self._active:
                return self._active[alg]
        raise NoSigningKey(detail=f"no active signing key for any of {', '.join(algs)}")

    def jwks(self) -> dict[str, Any]:
        """Return the JWK Set to publish: active keys first, then next, then retired (RFC 7517 section 5)."""
        order = {"active": 0, "next": 1, "retired": 2}
        entries = sorted(self._entries, key=lambda entry: order[entry.status])
        return {"keys": [dict(entry.key.public_jwk) for entry in entries]}


def _purpose(kid: str) -> str:
    return f"signing_key:{kid}"


def seal_key(key: SigningKeyMaterial, sealer: Sealer, status: KeyStatus, at: float) -> SigningKey:
    """Return the record to store: the private key sealed, bound to its kid (DESIGN invariant 7)."""
    return SigningKey(
        kid=key.kid,
        alg=key.alg,
        private=sealer.seal(_purpose(key.kid), key.pem),
        public_jwk=dict(key.public_jwk),
        status=status,
        created_at=at,
    )


def open_keyring(
    records: Iterable[SigningKey], sealer: Sealer, now: float, retired_seconds: float = RETIRED_SECONDS
) -> Keyring:
    """Unseal stored keys into a keyring, leaving out those retired longer than `retired_seconds` ago.

    Raises BoxBroken for a key this sealer cannot open and InvalidInput for one that is not a signing key.
    """
    entries = []
    for record in records:
        if record.status == "retired" and (record.retired_at is None or record.retired_at + retired_seconds <= now):
            continue
        alg: SigningAlg = "ES256" if record.alg == "ES256" else "RS256"
        key = import_private_key(sealer.open(_purpose(record.kid), record.private), alg)
        entries.append(KeyringEntry(key, record.status))
    return Keyring(entries)
