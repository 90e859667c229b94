"""The looks of mails, from the themes as they are when the mails leave."""

from collections.abc import Iterable, Mapping

from idp.application.dependencies import Dependencies
from idp.application.documents import find_document
from idp.application.themes import read_worn
from idp.connectors.smtp.look import PLAIN, Look, make_look
from idp.records.documents import THEME
from idp.storage.protocols.unit import UnitOfWork
from idp.themes.document import DEFAULT


def find_looks(deps: Dependencies, themes: Iterable[str | None]) -> Mapping[str | None, Look]:
    """Return the look of each theme by its id. None, and a theme that is not there any more, are the default one."""
    with deps.storage.read() as uow:
        return {theme: _find(deps, uow, theme or DEFAULT) for theme in set(themes)}


def _find(deps: Dependencies, uow: UnitOfWork, theme: str) -> Look:
    document = find_document(uow, THEME, theme) or find_document(uow, THEME, DEFAULT)
    if document is None:
        return PLAIN
    worn = read_worn(deps, document)
    return make_look(worn, document.logo if worn.logo is not None else None)
