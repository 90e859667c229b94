"""Comparing the entries that are there with those that a seal names."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from idp.application.chain.digests import ChainKeys, unpack_entries, unpack_gaps
from idp.application.chain.findings import Finding, Kind
from idp.application.chain.sealing import BATCH
from idp.records.chain import AuditSeal
from idp.storage.protocols.chain import ChainStore, EntryRow

LOWEST: Final = -(2**63)
#: Entries that were not sealed, told one by one; of those after them it is said that they are there.
MAX_STRANGERS: Final = 100
#: How far clocks of several nodes may be apart.
SKEW_SECONDS: Final = 3600.0
_SAID: Final[dict[Kind, str]] = {
    "entry_changed": "changed after it was sealed",
    "entry_missing": "missing, though it was sealed",
    "entry_inserted": "there, though it was never sealed: somebody put it among older ones",
    "entry_misdated": "of a time that its place in the trail does not allow",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """How many entries were erased by order, and what is wrong with the others."""

    erased: int
    findings: list[Finding]


def compare_entries(keys: ChainKeys, chain: ChainStore, seal: AuditSeal, before: AuditSeal | None) -> Compared:
    """Compare the entries of a seal, which must be ours, and look for others between its positions."""
    wanted = dict(unpack_entries(seal.entries))
    there = _read(chain, seal, wanted)
    changed: list[int] = []
    missing: list[int] = []
    misdated: list[int] = []
    earliest = before.latest_at - SKEW_SECONDS if before is not None and keys.is_ours(before) else 0.0
    for position, digest in wanted.items():
        row = there.get(position)
        if row is None:
            missing.append(position)
        elif not hmac.compare_digest(keys.digest_entry(seal.key_id, row), digest):
            changed.append(position)
        elif not (isinstance(row[1], float) and earliest <= row[1] <= seal.sealed_at + SKEW_SECONDS):
            misdated.append(position)
    lost = _without_erased(keys, chain, missing)
    strangers = [position for position in there if position not in wanted]
    inserted = [position for position in strangers if not _comes_late(keys, chain, seal, position)]
    found: tuple[tuple[Kind, list[int]], ...] = (
        ("entry_changed", changed),
        ("entry_missing", lost),
        ("entry_inserted", inserted),
        ("entry_misdated", misdated),
    )
    findings = [finding for kind, positions in found for finding in _group(kind, seal.number, positions)]
    return Compared(len(missing) - len(lost), findings)


def _without_erased(keys: ChainKeys, chain: ChainStore, missing: list[int]) -> list[int]:
    if not missing:
        return []
    orders = [order for order in chain.erasures_within(min(missing), max(missing)) if keys.ordered(order)]
    return [one for one in missing if not any(order.first_id <= one <= order.last_id for order in orders)]


def _read(chain: ChainStore, seal: AuditSeal, wanted: Iterable[int]) -> dict[int, EntryRow]:
    """Read what stands between the seal's positions, bounded even if somebody has filled them, and its late entries."""
    first = seal.first_id if seal.number > 1 else LOWEST
    limit = BATCH + MAX_STRANGERS
    there = {row[0]: row for row in chain.entries(first, seal.last_id, limit)}
    for position in wanted:
        if position not in there and (position < first or len(there) >= limit):
            there.update((row[0], row) for row in chain.entries(position, position, 1))
    return there


def _comes_late(keys: ChainKeys, chain: ChainStore, seal: AuditSeal, position: int) -> bool:
    """Say whether an entry came while its position was open, and is in a later seal or will be in the next."""
    current: AuditSeal | None = seal
    while current is not None and keys.is_ours(current):
        if not any(gap.first <= position <= gap.last for gap in unpack_gaps(current.gaps)):
            # It was open until here: either this seal has taken it, or the time was over.
            return current is not seal and position in dict(unpack_entries(current.entries))
        later = chain.after(current.number, 1)
        if not later:
            return True
        current = later[0]
    return False


def _group(kind: Kind, seal: int, positions: list[int]) -> Iterator[Finding]:
    """Tell positions that follow on one another as one finding."""
    start = 0
    ordered = sorted(positions)
    for at in range(1, len(ordered) + 1):
        if at == len(ordered) or ordered[at] != ordered[at - 1] + 1:
            first, last = ordered[start], ordered[at - 1]
            named = f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
            yield Finding(kind, seal, first, last, at - start, f"{named} {_SAID[kind]}.")
            start = at
