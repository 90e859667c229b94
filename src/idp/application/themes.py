"""Themes as operators keep them: versions of one document each, worn by pages from the moment they are saved."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from idp.application.change import Change, check_change
from idp.application.dependencies import Dependencies
from idp.application.document_text import load_text
from idp.application.documents import append_version, check_seen, find_document
from idp.errors import IdpError, InvalidInput, NotFound
from idp.records.documents import THEME, StoredDocument
from idp.storage.protocols.unit import UnitOfWork
from idp.themes.document import Theme, ThemeFault
from idp.themes.reader import find_logo_fault

_log = structlog.get_logger("idp.themes")


class ThemeInUse(IdpError):
    """A theme that clients wear cannot be removed; `clients` are their ids."""

    code = "theme_in_use"

    def __init__(self, theme_id: str, clients: Sequence[str]) -> None:
        """Say who wears it."""
        super().__init__(f"The theme {theme_id} is worn by the pages of {', '.join(clients)}; give them another first.")
        self.clients = tuple(clients)


@dataclass(frozen=True, slots=True)
class SavedTheme:
    """What a save did: the version in force, what it says, and whether it is a new one."""

    document: StoredDocument
    theme: Theme
    created: bool


def list_themes(deps: Dependencies) -> Sequence[StoredDocument]:
    """List the themes that there are, in the order of their ids."""
    with deps.storage.read() as uow:
        return uow.documents.all_latest(THEME)


def show_theme(deps: Dependencies, theme_id: str) -> tuple[StoredDocument, tuple[str, ...]]:
    """Return the version in force and the ids of the clients that wear the theme. Raises NotFound."""
    with deps.storage.read() as uow:
        return _find(uow, theme_id), list_wearers(uow, theme_id)


def show_theme_version(deps: Dependencies, theme_id: str, version: int) -> StoredDocument:
    """Return one version, also of a theme that was removed. Raises NotFound."""
    with deps.storage.read() as uow:
        document = uow.documents.get(THEME, theme_id, version)
    if document is None:
        raise NotFound(f"There is no version {version} of the theme {theme_id}.")
    return document


def list_theme_versions(
    deps: Dependencies, theme_id: str, before: int | None = None, limit: int = 100
) -> Sequence[StoredDocument]:
    """List versions, newest first, those older than `before`."""
    with deps.storage.read() as uow:
        return uow.documents.history(THEME, theme_id, before, limit)


def check_theme(deps: Dependencies, text: str) -> Theme:
    """Return what the text says. Raises InvalidInput, or ThemeFault with everything, such as poor contrast."""
    return deps.themes.read(load_text(text))


def save_theme(
    deps: Dependencies, theme_id: str, text: str, change: Change, *, logo: bytes | None = None, seen: int | None = None
) -> SavedTheme:
    """Put a theme, or another version of it, in force. What did not change makes no version.

    `logo` is the image that the text names; None keeps the one there is. `seen` is the version that the author saw, 0
    for a new theme. Raises InvalidInput or ThemeFault with everything that is wrong, or DocumentConflict.
    """
    check_change(change)
    with deps.storage.write() as uow:
        current = find_document(uow, THEME, theme_id)
        check_seen(current, seen, text)
        theme = check_theme(deps, text)
        if theme.id != theme_id:
            raise ThemeFault([f"id: must be {theme_id}"])
        kept = current.logo if current is not None else None
        image = None if theme.logo is None else kept if logo is None else logo
        return put_theme(deps, uow, theme, text, image, change)


def roll_back_theme(deps: Dependencies, theme_id: str, version: int, change: Change, *, seen: int) -> SavedTheme:
    """Put a former version in force again, with the image it had. Raises NotFound, and what `save_theme` raises."""
    check_change(change)
    with deps.storage.write() as uow:
        check_seen(_find(uow, theme_id), seen, "")
        former = uow.documents.get(THEME, theme_id, version)
        if former is None or former.removed:
            raise NotFound(f"There is no version {version} of the theme {theme_id} to go back to.")
        return put_theme(deps, uow, check_theme(deps, former.text), former.text, former.logo, change)


def put_theme(
    deps: Dependencies, uow: UnitOfWork, theme: Theme, text: str, logo: bytes | None, change: Change
) -> SavedTheme:
    """Write the next version of a theme whose text was read, in the caller's unit of work. Raises ThemeFault."""
    if theme.logo is not None:
        fault = "the image is missing" if logo is None else find_logo_fault(theme.logo, logo)
        if fault is not None:
            raise ThemeFault([f"logo: {fault}"])
    document, created = append_version(deps, uow, THEME, theme.id, text, change, logo=logo)
    return SavedTheme(document, theme, created)


def remove_theme(deps: Dependencies, theme_id: str, change: Change, *, seen: int | None = None) -> StoredDocument:
    """Remove a theme and return what it was; its versions stay readable.

    Raises NotFound, ThemeInUse, or DocumentConflict if another version is in force than the one `seen`.
    """
    check_change(change)
    with deps.storage.write() as uow:
        document = _find(uow, theme_id)
        check_seen(document, seen, "")
        remove_theme_in(deps, uow, theme_id, change)
        return document


def remove_theme_in(deps: Dependencies, uow: UnitOfWork, theme_id: str, change: Change) -> None:
    """Remove in the caller's unit of work. Raises ThemeInUse."""
    append_version(deps, uow, THEME, theme_id, "", change, removed=True)
    wearers = list_wearers(uow, theme_id)
    if wearers:
        raise ThemeInUse(theme_id, wearers)


def list_wearers(uow: UnitOfWork, theme_id: str) -> tuple[str, ...]:
    """Return the ids of the clients whose pages wear a theme because their policy says so."""
    return tuple(client.client_id for client in uow.clients.all() if client.policy.theme == theme_id)


def read_worn(deps: Dependencies, document: StoredDocument) -> Theme:
    """Return what pages show of a stored theme.

    An earlier release may have saved it, whose pages said other sentences and whose rules were others: what this one
    cannot read is left out, and no page fails for it.
    """
    try:
        value = load_text(document.text)
        try:
            return deps.themes.read(value)
        except ThemeFault as fault:
            _log.warning("theme_partly_read", theme=document.name, version=document.version, faults=fault.faults)
            return deps.themes.read({**value, "texts": None})
    except (InvalidInput, TypeError):
        _log.warning("theme_unreadable", theme=document.name, version=document.version)
        return Theme(document.name)


def _find(uow: UnitOfWork, theme_id: str) -> StoredDocument:
    document = find_document(uow, THEME, theme_id)
    if document is None:
        raise NotFound(f"There is no theme {theme_id}.")
    return document
