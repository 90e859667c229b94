"""The audit trail and the runs as operators search them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from idp.application.dependencies import Dependencies
from idp.errors import NotFound
from idp.records.journeys import Run
from idp.records.operations import AuditEntry
from idp.storage.protocols.operations import AuditSearch
from idp.storage.protocols.unit import UnitOfWork

NEWEST: Final = 2**62


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """An entry of the trail, and the subject of the person that it is about."""

    entry: AuditEntry
    sub: str | None


@dataclass(frozen=True, slots=True)
class NamedRun:
    """A run, and the subject of its person as far as that is known."""

    run: Run
    sub: str | None


def search_trail(
    deps: Dependencies, wanted: AuditSearch, sub: str | None, *, before_id: int | None, limit: int
) -> Sequence[NamedEntry]:
    """Return entries that meet every condition, newest first. Raises NotFound for a person nobody knows."""
    with deps.storage.read() as uow:
        asked = replace(wanted, user_id=_find_id(uow, sub))
        place = NEWEST if before_id is None else before_id
        return _name(uow, uow.audit.search_back(asked, before_id=place, limit=limit))


def export_trail(
    deps: Dependencies, wanted: AuditSearch, sub: str | None, *, after_id: int, limit: int
) -> Sequence[NamedEntry]:
    """Return entries that meet every condition, in the order they were written. Raises NotFound."""
    with deps.storage.read() as uow:
        asked = replace(wanted, user_id=_find_id(uow, sub))
        return _name(uow, uow.audit.search(asked, after_id=after_id, limit=limit))


def search_runs(
    deps: Dependencies,
    *,
    flow_id: str | None,
    purpose: str | None,
    status: str | None,
    reason: str | None,
    step: str | None,
    sub: str | None,
    before_id: int | None,
    limit: int,
) -> Sequence[NamedRun]:
    """Return runs that meet every condition, newest first. Raises NotFound for a person nobody knows."""
    with deps.storage.read() as uow:
        found = uow.runs.list(
            flow_id=flow_id,
            purpose=purpose,
            status=status,
            reason=reason,
            step=step,
            user_id=_find_id(uow, sub),
            before_id=before_id,
            limit=limit,
        )
        return [NamedRun(run, name_user(uow, run.user_id or run.expected_user_id)) for run in found]


def name_user(uow: UnitOfWork, user_id: int | None) -> str | None:
    """Return the subject of an account."""
    user = uow.users.get(user_id) if user_id is not None else None
    return user.sub if user is not None else None


def _find_id(uow: UnitOfWork, sub: str | None) -> int | None:
    if sub is None:
        return None
    user = uow.users.by_sub(sub)
    if user is None:
        raise NotFound(f"There is no user {sub[:40]!r}.")
    return user.id


def _name(uow: UnitOfWork, entries: Sequence[AuditEntry]) -> list[NamedEntry]:
    subs = {user_id: name_user(uow, user_id) for user_id in {one.user_id for one in entries}}
    return [NamedEntry(one, subs[one.user_id]) for one in entries]
