"""The chain over the audit trail: seals, what was erased by order, and checks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditSeal:
    """A seal over a batch of the audit trail's entries. Append-only; each seal names the one before by its hash.

    `first_id` to `last_id` are the positions that the chain goes on over; the batch may also hold late entries of
    before `first_id`. `entries` and `gaps` are packed as `application.chain.digests` says: each entry's position and
    digest, and the positions that are still waited for. `latest_at` is the newest time that entries have named so far.
    `mac` is the hash under a key that is not in the database, and `key_id` says which.
    """

    number: int
    sealed_at: float
    first_id: int
    last_id: int
    count: int
    latest_at: float
    entries: bytes
    gaps: bytes
    previous: bytes
    key_id: bytes
    hash: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class AuditErasure:
    """An order to erase the entries `first_id` to `last_id`; what the chain holds of them stays. Append-only."""

    number: int
    at: float
    first_id: int
    last_id: int
    actor: str
    reason: str
    key_id: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """One walk of the worker along the whole chain, as far as it has come.

    `seal` is the last seal that it looked at, `findings` how much is wrong, `first_finding` the first of that in words.
    """

    id: int
    version: int
    began_at: float
    seal: int = 0
    seals: int = 0
    entries: int = 0
    erased: int = 0
    findings: int = 0
    first_finding: str | None = None
    finished_at: float | None = None
