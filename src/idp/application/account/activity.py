"""What happened in the account, for its person: their own part of the audit trail, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from idp.application.browser import SignedIn
from idp.application.dependencies import Dependencies
from idp.records.operations import AuditEntry

PAGE: Final = 25
NEWEST: Final = 2**62


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry, with the name of the application it is about, if any."""

    entry: AuditEntry
    application: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of entries. `older` is where the next one begins, None at the end."""

    happenings: tuple[Happening, ...]
    older: int | None


def list_activity(deps: Dependencies, person: SignedIn, actions: Sequence[str], before: int | None) -> Page:
    """Return entries of these actions, at most `PAGE`, that are older than the entry `before`."""
    with deps.storage.read() as uow:
        found = uow.audit.newest_of_user(person.user.id, actions, before or NEWEST, PAGE + 1)
        names: dict[str, str] = {}
        for entry in found:
            client_id = entry.client_id or str(entry.data.get("client", ""))
            if client_id and client_id not in names:
                client = uow.clients.get(client_id)
                names[client_id] = client.name if client else client_id
        shown = found[:PAGE]
        happenings = tuple(
            Happening(entry, names.get(entry.client_id or str(entry.data.get("client", "")), "")) for entry in shown
        )
    return Page(happenings, shown[-1].id if len(found) > PAGE else None)
