"""Erasing sealed entries by order, for the law or when they are old. The chain stays whole: it keeps their digests.

An entry is never changed. It can be taken out: the order says which, who and why, is signed like a seal, and stands in
the trail itself, where it is sealed as well. Whoever has the database alone can give no such order.
"""

from typing import Final

from idp.application.audit import note
from idp.application.chain.comparing import LOWEST
from idp.application.chain.digests import unpack_gaps
from idp.application.change import Change, check_change
from idp.application.dependencies import Dependencies
from idp.errors import InvalidInput
from idp.records.chain import AuditErasure
from idp.storage.protocols.unit import UnitOfWork

BATCH: Final = 500


def erase_entries(deps: Dependencies, first: int, last: int, change: Change) -> int:
    """Erase the entries from `first` to `last`, and return how many there were.

    Raises InvalidInput unless all of it is sealed, Conflict if somebody else gives an order at this moment.
    """
    check_change(change)
    with deps.storage.write() as uow:
        _check_sealed(deps, uow, first, last)
        before = uow.chain.last_erasure()
        number = before.number + 1 if before is not None else 1
        order = AuditErasure(number, deps.clock.now(), first, last, change.actor, change.message.strip(), b"", b"")
        uow.chain.order_erasure(deps.chain_keys.sign_erasure(order))
        note(
            deps,
            uow,
            "audit.erase",
            "ordered",
            actor=change.actor,
            reason=change.message.strip(),
            trace=change.trace,
            data={"first": first, "last": last},
        )
    erased = 0
    while True:
        with deps.storage.read() as uow:
            rows = uow.chain.entries(first, last, BATCH)
        if not rows:
            return erased
        with deps.storage.write() as uow:
            erased += uow.chain.erase(rows[0][0], rows[-1][0])


def erase_entries_before(deps: Dependencies, before: float, change: Change) -> int:
    """Erase what was sealed before a time (epoch seconds), and return how many. Raises like the other."""
    with deps.storage.read() as uow:
        last = uow.chain.last_sealed_before(before)
        oldest = uow.chain.entries(LOWEST, last, 1) if last is not None else []
    return erase_entries(deps, oldest[0][0], last, change) if last is not None and oldest else 0


def _check_sealed(deps: Dependencies, uow: UnitOfWork, first: int, last: int) -> None:
    head = uow.chain.newest()
    if head is None or not deps.chain_keys.is_ours(head) or last > head.last_id:
        raise InvalidInput("Only sealed entries can be erased. Seal first: idp audit seal")
    if not 0 < first <= last:
        raise InvalidInput("Name the first entry and the last, by their numbers.")
    if any(gap.first <= last and gap.last >= first for gap in unpack_gaps(head.gaps)):
        raise InvalidInput("An entry among these may still come late. Try again in five minutes.")
