"""The worker's watch over the chain: one walk along all of it a day, and an eye on the head in between."""

from dataclasses import replace
from typing import Final

import structlog

from idp.application.audit import note
from idp.application.chain.checking import Part, check_head, check_part
from idp.application.chain.digests import Head, name_head
from idp.application.dependencies import Dependencies
from idp.errors import Conflict
from idp.records.chain import AuditCheck
from idp.storage.protocols.unit import UnitOfWork

_log = structlog.get_logger("idp.chain")

ACTION: Final = "audit.check"
TRACE: Final = "worker"
#: How long after a walk was begun the next one begins.
WALK_SECONDS: Final = 86400.0
#: How many parts of a walk are done in one go.
PARTS: Final = 20


class ChainWatch:
    """What one process does to notice that somebody has been at the trail.

    It remembers the head that it saw last, outside the database: a chain that ends before that, or stands otherwise,
    was cut off or replaced.
    """

    def __init__(self, deps: Dependencies) -> None:
        """Remember nothing yet."""
        self._deps = deps
        self._kept: Head | None = None

    def look(self) -> int:
        """Look whether the head is still there, and go on with the walk. Returns how many seals were checked."""
        self._look_at_head()
        checked = 0
        for _ in range(PARTS):
            part = _walk_on(self._deps)
            checked += part.seals if part is not None else 0
            if part is None or part.next is None:
                break
        return checked

    def _look_at_head(self) -> None:
        with self._deps.storage.read() as uow:
            newest = uow.chain.newest()
            found = list(check_head(uow.chain, self._kept)) if self._kept is not None else []
        # It is told once; from here on the chain that there is counts.
        head = self._kept = name_head(newest) if newest is not None else None
        if found:
            _log.error("audit_chain_broken", finding=found[0].text)
            with self._deps.storage.write() as uow:
                data = {"finding": found[0].text}
                note(self._deps, uow, ACTION, "broken", reason=found[0].kind, trace=TRACE, data=data)
        elif head is not None:
            _log.info("audit_chain_head", head=str(head))


def _walk_on(deps: Dependencies) -> Part | None:
    """Check the next part of the walk. None if there is nothing to do, or another worker does it."""
    now = deps.clock.now()
    with deps.storage.read() as uow:
        check = uow.chain.newest_check()
        begun = uow.chain.newest() is not None
    if not begun:
        # A walk along nothing would say that all is well, and be the last for a day.
        return None
    if check is None or check.finished_at is not None:
        if check is not None and now - check.began_at < WALK_SECONDS:
            return None
        check = AuditCheck(0, 1, now)
    part = check_part(deps, check.seal)
    gone_on = replace(
        check,
        seal=part.through,
        seals=check.seals + part.seals,
        entries=check.entries + part.entries,
        erased=check.erased + part.erased,
        findings=check.findings + len(part.findings),
        first_finding=check.first_finding or (part.findings[0].text if part.findings else None),
        finished_at=now if part.next is None else None,
    )
    try:
        with deps.storage.write() as uow:
            if check.id:
                uow.chain.save_check(gone_on)
            else:
                uow.chain.add_check(gone_on)
            _note(deps, uow, check, gone_on, part)
    except Conflict:
        return None
    return part


def _note(deps: Dependencies, uow: UnitOfWork, before: AuditCheck, after: AuditCheck, part: Part) -> None:
    """Say in the trail what a walk has found: at its first finding, and at its end if there was none."""
    if after.findings and not before.findings:
        found = part.findings[0]
        _log.error("audit_chain_broken", finding=found.text)
        note(deps, uow, ACTION, "broken", reason=found.kind, trace=TRACE, data={"finding": found.text})
    elif after.finished_at is not None and not after.findings:
        data = {"seals": after.seals, "entries": after.entries, "head": str(part.stand.head or "")}
        note(deps, uow, ACTION, "intact", trace=TRACE, data=data)
