"""Levels and themes of a configuration folder: what a file asks for, and what it changes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from idp.application.change import Change
from idp.application.config_documents import compare_fields
from idp.application.config_plan import Act, Faults, Planned, check_once, remember_text
from idp.application.dependencies import Dependencies
from idp.application.document_text import load_text
from idp.application.documents import digest_document, find_document
from idp.application.levels import put_levels
from idp.application.promises import list_warnings
from idp.application.themes import put_theme
from idp.configuration import Source, ThemeSource, write_document
from idp.errors import InvalidInput
from idp.oidc.levels_document import LevelsFault
from idp.records.documents import LEVELS, THEME, StoredDocument
from idp.storage.protocols.unit import UnitOfWork
from idp.themes.document import Theme, ThemeFault


def write_stored(source: Source) -> str:
    """Return the text that is stored: the file's own, or the document anew if it refers to something elsewhere.

    What is stored must say the same on every node, whatever environment and files that has.
    """
    try:
        own = load_text(source.text) == source.document
    except InvalidInput:
        own = False
    return source.text if own else write_document(source.document)


def wanted_theme(deps: Dependencies, source: ThemeSource) -> Theme:
    """Return the theme that a file asks for. Raises ThemeFault with everything."""
    return deps.themes.read(source.document)


def digest_text(source: Source) -> bytes:
    """Return a digest of everything that the file asks for."""
    return digest_document(write_stored(source), source.logo if isinstance(source, ThemeSource) else None)


def bring_levels(
    deps: Dependencies, uow: UnitOfWork, source: Source | None, change: Change, faults: Faults
) -> Iterator[Planned]:
    """Put the folder's levels in force. The caller asks what they break, and whether doors stay open."""
    if source is None:
        return
    before = find_document(uow, LEVELS, LEVELS)
    former = deps.flows.inventory.levels(uow)
    text = write_stored(source)
    try:
        saved = put_levels(deps, uow, text, change)
    except InvalidInput as error:
        faults.extend((source.file, what) for what in _list_faults(error))
        return
    remember_text(deps, uow, LEVELS, LEVELS, digest_text(source), source.text)
    warnings = list_warnings(uow, former, saved.levels) if before is not None else ()
    lines = compare_levels(before.text if before is not None else "", text)
    yield Planned(LEVELS, LEVELS, _act(before, created=saved.created), source.file, lines, warnings=warnings)


def bring_themes(
    deps: Dependencies, uow: UnitOfWork, sources: Sequence[ThemeSource], change: Change, faults: Faults
) -> Iterator[Planned]:
    """Put the folder's themes in force."""
    names: dict[str, str] = {}
    for source in sources:
        try:
            theme = wanted_theme(deps, source)
            check_once(names, theme.id, source.file)
            before = find_document(uow, THEME, theme.id)
            text = write_stored(source)
            saved = put_theme(deps, uow, theme, text, source.logo, change)
        except InvalidInput as error:
            faults.extend((source.file, what) for what in _list_faults(error))
            continue
        remember_text(deps, uow, THEME, theme.id, digest_text(source), source.text)
        lines = compare_themes(before, saved.document)
        yield Planned(THEME, theme.id, _act(before, created=saved.created), source.file, lines)


def compare_levels(before: str, after: str) -> tuple[str, ...]:
    """Say what one text of the levels changes in another, a line each."""
    return _or_layout(compare_fields(_flatten_levels(before), _flatten_levels(after)), before != after)


def compare_themes(before: StoredDocument | None, after: StoredDocument) -> tuple[str, ...]:
    """Say what one version of a theme changes in another, a line each."""
    text, logo = (before.text, before.logo) if before is not None else ("", None)
    lines = [*compare_fields(_flatten(load_text(text)), _flatten(load_text(after.text)))]
    if logo != after.logo:
        verb = "is added" if logo is None else "goes" if after.logo is None else "changes"
        lines.append(f"logo: the image {verb}")
    return _or_layout(lines, text != after.text)


def _act(before: StoredDocument | None, *, created: bool) -> Act:
    return "same" if not created else "change" if before is not None else "create"


def _or_layout(lines: Iterator[str] | list[str], differs: bool) -> tuple[str, ...]:  # noqa: FBT001
    found = tuple(lines)
    return found or (("only comments or the layout change",) if differs else ())


def _flatten_levels(text: str) -> dict[str, Any]:
    document = load_text(text)
    if not isinstance(document, Mapping):
        return {}
    levels = {str(level["acr"]): level for level in document["levels"]}
    own = {name: {key: item for key, item in level.items() if key != "acr"} for name, level in levels.items()}
    return _flatten({**document, "levels": own, "order": list(levels)})


def _flatten(value: Any, path: str = "") -> dict[str, Any]:
    """Return the values that are no mappings, by their paths."""
    if not isinstance(value, Mapping):
        return {path: value} if path else {}
    found: dict[str, Any] = {}
    for key, item in value.items():
        found.update(_flatten(item, f"{path}.{key}" if path else str(key)))
    return found


def _list_faults(error: InvalidInput) -> tuple[str, ...]:
    return error.faults if isinstance(error, LevelsFault | ThemeFault) else (error.message,)
