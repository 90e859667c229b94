"""The levels as operators keep them: versions of one document, in force everywhere from the moment they are saved.

What was computed from evidence before stays as it was: acr and amr of codes, grants and tokens are written at issue.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.application.change import Change, check_change
from idp.application.dependencies import Dependencies
from idp.application.documents import append_version, check_seen, find_document
from idp.application.inventory import read_levels
from idp.application.lockout import keep_doors_open
from idp.application.promises import list_broken_promises, list_warnings
from idp.errors import NotFound
from idp.oidc.levels import Levels
from idp.oidc.levels_document import LevelsFault
from idp.records.documents import LEVELS, StoredDocument
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class SavedLevels:
    """What a save did: the version in force, whether it is a new one, and what may not be meant."""

    document: StoredDocument
    levels: Levels
    created: bool
    warnings: tuple[str, ...] = ()


class _Undo(Exception):
    """Rolls a check back."""


def show_levels(deps: Dependencies) -> tuple[StoredDocument, Levels]:
    """Return the version in force and what it says. Raises NotFound while nothing is configured."""
    with deps.storage.read() as uow:
        document = find_document(uow, LEVELS, LEVELS)
        if document is None:
            raise NotFound("There are no levels yet.")
        return document, deps.flows.inventory.levels(uow)


def show_levels_version(deps: Dependencies, version: int) -> StoredDocument:
    """Return one version. Raises NotFound."""
    with deps.storage.read() as uow:
        document = uow.documents.get(LEVELS, LEVELS, version)
    if document is None:
        raise NotFound(f"There is no version {version} of the levels.")
    return document


def list_levels_versions(deps: Dependencies, before: int | None = None, limit: int = 100) -> Sequence[StoredDocument]:
    """List versions, newest first, those older than `before`."""
    with deps.storage.read() as uow:
        return uow.documents.history(LEVELS, LEVELS, before, limit)


def check_levels(deps: Dependencies, text: str, change: Change) -> SavedLevels:
    """Say what saving the text would do, and change nothing. Raises like `save_levels`."""
    done: list[SavedLevels] = []
    try:
        with deps.storage.write() as uow:
            done.append(save_levels_in(deps, uow, text, change))
            raise _Undo
    except _Undo:
        return done[0]


def save_levels(deps: Dependencies, text: str, change: Change, *, seen: int | None = None) -> SavedLevels:
    """Put other levels in force. What did not change makes no version.

    `seen` is the version that the author saw, 0 for none. Raises InvalidInput or LevelsFault with everything that is
    wrong with the text, or that it would break; DocumentConflict if another version is in force by now; WouldLockOut.
    """
    check_change(change)
    with deps.storage.write() as uow:
        check_seen(find_document(uow, LEVELS, LEVELS), seen, text)
        return save_levels_in(deps, uow, text, change)


def save_levels_in(deps: Dependencies, uow: UnitOfWork, text: str, change: Change) -> SavedLevels:
    """Save in the caller's unit of work. Raises like `save_levels`."""
    inventory = deps.flows.inventory
    former, before = inventory.standard(uow), inventory.levels(uow)
    with keep_doors_open(deps, uow, None, change):
        saved = put_levels(deps, uow, text, change)
        broken = list_broken_promises(deps, uow, former) if saved.created else ()
        if broken:
            raise LevelsFault(broken)
    return SavedLevels(saved.document, saved.levels, saved.created, list_warnings(uow, before, saved.levels))


def put_levels(deps: Dependencies, uow: UnitOfWork, text: str, change: Change) -> SavedLevels:
    """Write the next version. The caller asks what it breaks, and whether doors stay open. Raises LevelsFault."""
    levels = read_levels(text)
    if not levels.levels:
        raise LevelsFault(("levels: must be a list with at least one level",))
    document, created = append_version(deps, uow, LEVELS, LEVELS, text, change)
    return SavedLevels(document, levels, created)
