"""What is hashed, and how: canonical bytes, digests under a key that is not in the database, and packed lists.

An entry's digest and a seal's MAC are HMAC-SHA-256 (RFC 2104) under keys derived from the master key, so that nobody
who has the database alone can make a chain that passes, or guess from a digest what an erased entry said. A seal's
hash needs no key: whoever was told it can tell another chain from this one.
"""

import base64
import binascii
import hashlib
import hmac
import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from idp.records.chain import AuditErasure, AuditSeal
from idp.storage.protocols.chain import EntryRow

DIGEST_BYTES: Final = 32
#: What the first seal names as the one before.
BEGINNING: Final = bytes(DIGEST_BYTES)

_ENTRY: Final = struct.Struct(">q32s")
_GAP: Final = struct.Struct(">qqd")
_KEY_ID_BYTES: Final = 8
_MAX_HEAD: Final = 80


@dataclass(frozen=True, slots=True)
class Gap:
    """Positions from `first` to `last` that had no entry when they were passed, at `since`. One may still come."""

    first: int
    last: int
    since: float


@dataclass(frozen=True, slots=True)
class Head:
    """A seal, by its number and hash: enough to tell later whether the chain still goes through it."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        """Write it as `17:<43 characters>`."""
        return f"{self.number}:{base64.urlsafe_b64encode(self.hash).rstrip(b'=').decode()}"


def parse_head(text: str) -> Head | None:
    """Read what a head was written as. None for anything else."""
    number, colon, tail = text.strip().partition(":")
    if len(text) > _MAX_HEAD or not colon or not (number.isascii() and number.isdigit()) or int(number) >= 2**63:
        return None
    try:
        found = base64.b64decode(f"{tail}=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return Head(int(number), found) if len(found) == DIGEST_BYTES and int(number) > 0 else None


class ChainKeys:
    """The keys of the chain, by their ids."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take keys of 32 bytes, newest first. The newest seals; the others only check."""
        self._keys = {_sign(key, "key id", b"")[:_KEY_ID_BYTES]: key for key in keys}
        self.current = next(iter(self._keys))

    def knows(self, key_id: bytes) -> bool:
        """Say whether the key is here."""
        return key_id in self._keys

    def digest_entry(self, key_id: bytes, row: EntryRow) -> bytes:
        """Return an entry's digest. Every column as the database has it goes in. The key must be known."""
        return _sign(self._keys[key_id], "entry", _canonical(row))

    def sign_seal(self, unsigned: AuditSeal) -> AuditSeal:
        """Return the seal with its hash and MAC, under the newest key."""
        named = replace(unsigned, key_id=self.current)
        hashed = hash_seal(named)
        return replace(named, hash=hashed, mac=_sign(self._keys[self.current], "seal", hashed))

    def is_ours(self, seal: AuditSeal) -> bool:
        """Say whether the seal is as it was made, with a key that is here."""
        key = self._keys.get(seal.key_id)
        hashed = hash_seal(seal)
        return (
            key is not None
            and hmac.compare_digest(seal.hash, hashed)
            and hmac.compare_digest(seal.mac, _sign(key, "seal", hashed))
            and len(seal.entries) == seal.count * _ENTRY.size
        )

    def sign_erasure(self, unsigned: AuditErasure) -> AuditErasure:
        """Return the order with its MAC, under the newest key."""
        named = replace(unsigned, key_id=self.current)
        return replace(named, mac=_sign(self._keys[self.current], "erasure", _canonical(_describe(named))))

    def ordered(self, erasure: AuditErasure) -> bool:
        """Say whether the order is as it was given, with a key that is here."""
        key = self._keys.get(erasure.key_id)
        return key is not None and hmac.compare_digest(
            erasure.mac, _sign(key, "erasure", _canonical(_describe(erasure)))
        )


def hash_seal(seal: AuditSeal) -> bytes:
    """Return the hash (SHA-256) of what a seal says, with the hash of the one before in it."""
    told = (
        seal.number,
        seal.sealed_at,
        seal.first_id,
        seal.last_id,
        seal.count,
        seal.latest_at,
        hashlib.sha256(seal.entries).hexdigest(),
        seal.gaps.hex(),
        seal.previous.hex(),
        seal.key_id.hex(),
    )
    return hashlib.sha256(b"idp audit seal\n" + _canonical(told)).digest()


def name_head(seal: AuditSeal) -> Head:
    """Return the head that a seal is, by what it says and not by what its row claims."""
    return Head(seal.number, hash_seal(seal))


def pack_entries(digests: Iterable[tuple[int, bytes]]) -> bytes:
    """Pack positions and digests."""
    return b"".join(_ENTRY.pack(position, digest) for position, digest in digests)


def unpack_entries(packed: bytes) -> list[tuple[int, bytes]]:
    """Return positions and digests of a seal that is ours."""
    return list(_ENTRY.iter_unpack(packed))


def pack_gaps(gaps: Iterable[Gap]) -> bytes:
    """Pack gaps."""
    return b"".join(_GAP.pack(gap.first, gap.last, gap.since) for gap in gaps)


def unpack_gaps(packed: bytes) -> list[Gap]:
    """Return the gaps of a seal that is ours."""
    return [Gap(*found) for found in _GAP.iter_unpack(packed)]


def find_gaps(first: int, last: int, positions: Iterable[int], since: float) -> Iterator[Gap]:
    """Find what is missing among rising positions between `first` and `last`."""
    expected = first
    for position in positions:
        if position > expected:
            yield Gap(expected, position - 1, since)
        expected = position + 1
    if expected <= last:
        yield Gap(expected, last, since)


def _describe(erasure: AuditErasure) -> tuple[Any, ...]:
    return (
        erasure.number,
        erasure.at,
        erasure.first_id,
        erasure.last_id,
        erasure.actor,
        erasure.reason,
        erasure.key_id.hex(),
    )


def _canonical(values: Sequence[Any]) -> bytes:
    # `repr` is for what only somebody else can have put there: SQLite keeps a blob in a column of text.
    return json.dumps(values, ensure_ascii=True, separators=(",", ":"), default=repr).encode()


def _sign(key: bytes, purpose: str, message: bytes) -> bytes:
    return hmac.new(key, f"idp audit {purpose}\n".encode() + message, hashlib.sha256).digest()
