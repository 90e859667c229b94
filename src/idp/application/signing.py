"""Signing keys: made on first start, kept sealed, opened once, rotated by hand (DESIGN section 8)."""

import threading
from typing import Final

from idp.clock import Clock
from idp.oidc.jose import SigningAlg, generate_key
from idp.oidc.keys import Keyring, open_keyring, seal_key
from idp.records.tokens import SigningKey
from idp.sealing import Sealer
from idp.storage.protocols.unit import Storage

ALGORITHMS: Final[tuple[SigningAlg, ...]] = ("ES256", "RS256")
REFRESH_SECONDS: Final = 60.0


class SigningKeys:
    """The provider's keyring. Other nodes' rotations are seen within a minute."""

    def __init__(self, storage: Storage, sealer: Sealer, clock: Clock) -> None:
        """Take where keys are kept. Call `ensure` before `keyring`."""
        self._storage, self._sealer, self._clock = storage, sealer, clock
        self._lock = threading.Lock()
        self._keyring: Keyring | None = None
        self._read_at = float("-inf")

    def ensure(self) -> None:
        """Make an active key for every algorithm that has none. Nodes that start together agree on one."""
        with self._storage.read() as uow:
            missing = set(ALGORITHMS) - {key.alg for key in uow.keys.all() if key.status == "active"}
        for alg in sorted(missing):
            record = seal_key(generate_key(_alg(alg)), self._sealer, "active", self._clock.now())
            with self._storage.write() as uow:
                uow.keys.add(record)
        self._read_at = float("-inf")

    def keyring(self) -> Keyring:
        """Return the current keys, unsealed once and then kept."""
        now = self._clock.now()
        with self._lock:
            if self._keyring is None or now - self._read_at >= REFRESH_SECONDS:
                with self._storage.read() as uow:
                    records = uow.keys.all()
                self._keyring = open_keyring(records, self._sealer, now)
                self._read_at = now
            return self._keyring

    def stage(self, alg: str) -> SigningKey:
        """Publish the next key of an algorithm, so that relying parties fetch it before it signs."""
        record = seal_key(generate_key(_alg(alg)), self._sealer, "next", self._clock.now())
        with self._storage.write() as uow:
            uow.keys.add(record)
        return record

    def activate(self, kid: str) -> None:
        """Let a staged key sign and retire the one that did. Raises KeyError for a kid that is not staged."""
        now = self._clock.now()
        with self._storage.write() as uow:
            keys = {key.kid: key for key in uow.keys.all()}
            staged = keys[kid]
            if staged.status != "next":
                raise KeyError(kid)
            for key in keys.values():
                if key.alg == staged.alg and key.status == "active":
                    uow.keys.set_status(key.kid, "retired", now)
            uow.keys.set_status(kid, "active", now)
        with self._lock:
            self._read_at = float("-inf")


def _alg(alg: str) -> SigningAlg:
    return "ES256" if alg == "ES256" else "RS256"
