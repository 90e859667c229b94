"""Checking the chain, in parts of bounded size: what is wrong, exactly, and what is not sealed yet.

A part goes on where the one before it ended, and needs nothing of it but the number of its last seal.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from idp.application.chain.comparing import compare_entries
from idp.application.chain.digests import BEGINNING, Head, hash_seal, name_head, unpack_gaps
from idp.application.chain.findings import Finding
from idp.application.chain.sealing import NEWEST
from idp.application.dependencies import Dependencies
from idp.records.chain import AuditSeal
from idp.storage.protocols.chain import ChainStore

#: What one part looks at, at most, or by a seal more: about a tenth of a second. A seal has `sealing.BATCH` entries.
MAX_SEALS: Final = 1000
MAX_ENTRIES: Final = 10_000
#: How many entries that are not sealed yet are counted, at most.
COUNTED: Final = 10_000
MAX_FINDINGS: Final = 100


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the chain stands: its newest seal, and how many entries wait for the next (`COUNTED` is that or more)."""

    newest: AuditSeal | None
    head: Head | None
    unsealed: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the chain that was checked: how much, up to which seal, and what is wrong.

    `next` is the seal to go on after, None at the end. At most `MAX_FINDINGS` are told; `cut` says that there is more.
    """

    seals: int
    entries: int
    erased: int
    findings: tuple[Finding, ...]
    cut: bool
    through: int
    stand: Stand
    next: int | None


@dataclass(slots=True)
class _Walk:
    seals: int = 0
    entries: int = 0
    erased: int = 0
    findings: list[Finding] = field(default_factory=list)


def look_at_stand(deps: Dependencies) -> Stand:
    """Say where the chain stands. Checks nothing."""
    with deps.storage.read() as uow:
        return _find_stand(deps, uow.chain)


def check_part(deps: Dependencies, after: int = 0, kept: Head | None = None) -> Part:
    """Check what comes after a seal, up to the limits of one part.

    `kept` is a head that was kept elsewhere: that the chain still goes through it is asked as well.
    """
    walk = _Walk()
    with deps.storage.read() as uow:
        chain = uow.chain
        if kept is not None:
            walk.findings.extend(check_head(chain, kept))
        before = chain.get(after) if after else None
        if after and before is None:
            walk.findings.append(_miss(after, after))
        through, ended = after, False
        while walk.seals < MAX_SEALS and walk.entries < MAX_ENTRIES:
            found = chain.after(through, 1)
            if not found:
                ended = True
                break
            _check_seal(deps, chain, walk, before, through, found[0])
            before, through = found[0], found[0].number
        stand = _find_stand(deps, chain)
    findings = tuple(dict.fromkeys(walk.findings))
    return Part(
        walk.seals,
        walk.entries,
        walk.erased,
        findings[:MAX_FINDINGS],
        len(findings) > MAX_FINDINGS,
        through,
        stand,
        None if ended else through,
    )


def check_head(chain: ChainStore, kept: Head) -> Iterator[Finding]:
    """Find out whether the chain still goes through a head that was kept elsewhere."""
    seal = chain.get(kept.number)
    newest = chain.newest()
    if newest is None or newest.number < kept.number:
        ends = f"ends at seal {newest.number}" if newest is not None else "is empty"
        yield Finding("cut_off", kept.number, text=f"The chain {ends}, and went up to seal {kept.number} before.")
    elif seal is None:
        yield _miss(kept.number, kept.number)
    elif hash_seal(seal) != kept.hash:
        text = f"Seal {kept.number} is not the one that was kept. Another history stands in its place."
        yield Finding("other_chain", kept.number, text=text)


def _check_seal(
    deps: Dependencies, chain: ChainStore, walk: _Walk, before: AuditSeal | None, through: int, seal: AuditSeal
) -> None:
    walk.seals += 1
    keys = deps.chain_keys
    if seal.number != through + 1:
        walk.findings.append(_miss(through + 1, seal.number - 1))
    if not keys.is_ours(seal):
        why = "was changed" if keys.knows(seal.key_id) else "was changed, or made with a master key that is not here"
        text = f"Seal {seal.number} {why}. Its entries ({seal.first_id} to {seal.last_id}) cannot be checked."
        walk.findings.append(Finding("seal_changed", seal.number, text=text))
        return
    # One that was changed, or is missing, was reported as such.
    known = through == 0 if before is None else keys.is_ours(before)
    previous = BEGINNING if before is None else hash_seal(before)
    if seal.number == through + 1 and known and seal.previous != previous:
        text = f"Seal {seal.number} does not follow on seal {seal.number - 1}: one of them is of another history."
        walk.findings.append(Finding("seal_order", seal.number, text=text))
    compared = compare_entries(keys, chain, seal, before)
    walk.entries += seal.count
    walk.erased += compared.erased
    walk.findings.extend(compared.findings)


def _miss(first: int, last: int) -> Finding:
    named = f"Seal {first} is" if first == last else f"Seals {first} to {last} are"
    return Finding("seal_missing", first, text=f"{named} missing, and what they sealed cannot be checked.")


def _find_stand(deps: Dependencies, chain: ChainStore) -> Stand:
    newest = chain.newest()
    passed = newest.last_id if newest is not None else 0
    waiting = chain.count_entries(passed + 1, NEWEST, COUNTED) if passed < NEWEST else 0
    if newest is not None and deps.chain_keys.is_ours(newest):
        waiting += sum(chain.count_entries(gap.first, gap.last, COUNTED) for gap in unpack_gaps(newest.gaps))
    return Stand(newest, name_head(newest) if newest is not None else None, min(waiting, COUNTED))
