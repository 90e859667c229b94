"""Sealing: entries that are not in the chain yet get into it, a batch at a time, in the order of their positions.

Nobody who writes the trail waits for this. Several workers may seal at once: a seal's number is given once, and who
comes second has sealed nothing. Transactions can become visible in another order than that of their positions, so
positions without an entry are kept open for a while; an entry that comes late is in the next seal.
"""

from typing import Final

from idp.application.chain.digests import (
    BEGINNING,
    Gap,
    find_gaps,
    name_head,
    pack_entries,
    pack_gaps,
    unpack_gaps,
)
from idp.application.dependencies import Dependencies
from idp.errors import Conflict
from idp.records.chain import AuditSeal
from idp.storage.protocols.chain import ChainStore, EntryRow

BATCH: Final = 500
#: At most so many seals in one go; what is left comes in the next.
MAX_SEALS: Final = 20
#: How long a position without an entry stays open. Units of work last for milliseconds, and the database ends one that
#: hangs after a minute.
LATE_SECONDS: Final = 300.0
NEWEST: Final = 2**63 - 1


def seal_entries(deps: Dependencies) -> int:
    """Seal what is in the trail and not in the chain. Returns how many entries that were."""
    total = 0
    for _ in range(MAX_SEALS):
        seal = _seal_batch(deps)
        if seal is None:
            break
        total += seal.count
        if seal.count < BATCH:
            break
    return total


def _seal_batch(deps: Dependencies) -> AuditSeal | None:
    with deps.storage.read() as uow:
        seal = _make_seal(deps, uow.chain)
    if seal is None:
        return None
    try:
        with deps.storage.write() as uow:
            uow.chain.append(seal)
    except Conflict:
        # Another worker was faster.
        return None
    return seal


def _make_seal(deps: Dependencies, chain: ChainStore) -> AuditSeal | None:
    now = deps.clock.now()
    head = chain.newest()
    passed = head.last_id if head is not None else 0
    keys = deps.chain_keys
    # A head that somebody has spoilt is gone on from, for a check finds it; but nothing is read out of it.
    opened = unpack_gaps(head.gaps) if head is not None and keys.is_ours(head) else []
    late, gaps = _take_late(chain, opened, now)
    fresh = chain.entries(passed + 1, NEWEST, BATCH - len(late)) if len(late) < BATCH and passed < NEWEST else []
    rows = [*late, *fresh]
    if not rows:
        return None
    last = fresh[-1][0] if fresh else passed
    gaps.extend(find_gaps(passed + 1, last, (row[0] for row in fresh), now))
    digests = sorted((row[0], keys.digest_entry(keys.current, row)) for row in rows)
    # A time ahead of ours would make everything after it look late.
    times = [row[1] for row in rows if isinstance(row[1], float) and row[1] <= now]
    return keys.sign_seal(
        AuditSeal(
            number=head.number + 1 if head is not None else 1,
            sealed_at=now,
            first_id=passed + 1,
            last_id=last,
            count=len(digests),
            latest_at=max([*times, head.latest_at if head is not None else 0.0]),
            entries=pack_entries(digests),
            gaps=pack_gaps(gaps),
            previous=name_head(head).hash if head is not None else BEGINNING,
            key_id=b"",
            hash=b"",
            mac=b"",
        )
    )


def _take_late(chain: ChainStore, gaps: list[Gap], now: float) -> tuple[list[EntryRow], list[Gap]]:
    """Return entries that have come into open gaps, at most a batch, and the gaps that stay open."""
    late: list[EntryRow] = []
    left: list[Gap] = []
    for gap in gaps:
        room = BATCH - len(late)
        found = chain.entries(gap.first, gap.last, room) if room > 0 else []
        late.extend(found)
        # One that was looked at in full after its time is over is closed for good.
        if len(found) == room or now - gap.since < LATE_SECONDS:
            left.extend(find_gaps(gap.first, gap.last, (row[0] for row in found), gap.since))
    return late, left
