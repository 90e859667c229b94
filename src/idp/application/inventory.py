"""The inventory: what flows may refer to, as the connections in the database are now."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from idp.application.level_rules import level_rules
from idp.application.versions import Standard
from idp.flows.step_types import Catalog, ConnectionInfo
from idp.oidc.levels import Levels
from idp.records.journeys import Connection
from idp.storage.protocols.unit import UnitOfWork

#: How many states of the connections are kept: what is there, and what plans that are undone would make of it.
MOST_STATES: Final = 8

Describe = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, ConnectionInfo]]


class Inventory:
    """Makes the catalogue of flows from the connections that a unit of work sees.

    For the same connections it is the same object, so that what was found out about a flow with it can be kept.
    """

    def __init__(self, built_in: Catalog, describe: Describe, levels: Levels) -> None:
        """Take the catalogue without connections, what tells a flow about connections, and the levels."""
        self.screens = built_in.screens
        self._built_in = built_in
        self._describe = describe
        self._levels = level_rules(levels)
        self._known: list[tuple[tuple[Connection, ...], Standard]] = []
        self._lock = threading.Lock()

    def catalog(self, uow: UnitOfWork) -> Catalog:
        """Return everything that a flow may refer to now."""
        return self.standard(uow).catalog

    def standard(self, uow: UnitOfWork) -> Standard:
        """Return what flows are checked against now."""
        records = tuple(uow.connections.all())
        for known, standard in self._known:
            if known == records:
                return standard
        return self._make(records)

    def _make(self, records: tuple[Connection, ...]) -> Standard:
        described = self._describe([{"name": one.name, "type": one.type, "config": one.config} for one in records])
        catalog = Catalog(self._built_in.screens, self._built_in.actions, described)
        with self._lock:
            for known, standard in self._known:
                if known == records:
                    return standard
            made = Standard(catalog, self._levels)
            self._known = [(records, made), *self._known[: MOST_STATES - 1]]
        return made
