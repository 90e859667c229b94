"""The inventory: what flows may refer to, and what evidence is worth, as the database says it now."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from idp.application.document_text import load_text
from idp.application.level_rules import level_rules
from idp.application.versions import Standard
from idp.flows.step_types import Catalog, ConnectionInfo
from idp.oidc.levels import Levels
from idp.oidc.levels_document import parse_levels
from idp.records.documents import LEVELS
from idp.records.journeys import Connection
from idp.storage.protocols.unit import UnitOfWork

#: How many states are kept: what is there, and what plans that are undone would make of it.
MOST_STATES: Final = 8
#: Before anything is configured, no evidence is worth anything.
NO_LEVELS: Final = Levels((), {}, 0.0)

Describe = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, ConnectionInfo]]
S = TypeVar("S")
M = TypeVar("M")


class _Made(Generic[S, M]):
    """What was made of the last few states. For an equal state it is the same object."""

    def __init__(self, make: Callable[[S], M]) -> None:
        self._make = make
        self._known: list[tuple[S, M]] = []
        self._lock = threading.Lock()

    def of(self, state: S) -> M:
        found = self._find(state)
        if found is not None:
            return found
        made = self._make(state)
        with self._lock:
            # Somebody may have been faster, and theirs is in use already.
            found = self._find(state)
            if found is not None:
                return found
            self._known = [(state, made), *self._known[: MOST_STATES - 1]]
        return made

    def _find(self, state: S) -> M | None:
        for known, made in self._known:
            if known == state:
                return made
        return None


class Inventory:
    """Makes the catalogue of flows from the connections that a unit of work sees, and the levels from their document.

    For the same rows it is the same object, so that what was found out with it can be kept (see `by_identity`).
    """

    def __init__(self, built_in: Catalog, describe: Describe) -> None:
        """Take the catalogue without connections, and what tells a flow about connections."""
        self.screens = built_in.screens
        self._built_in = built_in
        self._describe = describe
        self._catalogs: _Made[tuple[Connection, ...], Catalog] = _Made(self._make_catalog)
        self._levels: _Made[str, Levels] = _Made(read_levels)
        self._standards: _Made[tuple[tuple[Connection, ...], str], Standard] = _Made(self._make_standard)

    def catalog(self, uow: UnitOfWork) -> Catalog:
        """Return everything that a flow may refer to now."""
        return self._catalogs.of(tuple(uow.connections.all()))

    def levels(self, uow: UnitOfWork) -> Levels:
        """Return the levels that there are now; none while nothing is configured."""
        return self._levels.of(_levels_text(uow))

    def standard(self, uow: UnitOfWork) -> Standard:
        """Return what flows are checked against now."""
        return self._standards.of((tuple(uow.connections.all()), _levels_text(uow)))

    def _make_catalog(self, records: tuple[Connection, ...]) -> Catalog:
        described = self._describe([{"name": one.name, "type": one.type, "config": one.config} for one in records])
        return Catalog(self._built_in.screens, self._built_in.actions, described)

    def _make_standard(self, state: tuple[tuple[Connection, ...], str]) -> Standard:
        records, text = state
        return Standard(self._catalogs.of(records), level_rules(self._levels.of(text)))


@lru_cache(maxsize=16)
def read_levels(text: str) -> Levels:
    """Read the document of the levels, once for each text.

    Raises LevelsFault with every fault, or InvalidInput for what is not YAML.
    """
    return parse_levels(load_text(text)) if text else NO_LEVELS


def _levels_text(uow: UnitOfWork) -> str:
    document = uow.documents.latest(LEVELS, LEVELS)
    return document.text if document is not None else ""
