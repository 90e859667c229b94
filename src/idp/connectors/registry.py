"""Which connector types there are: ours, handed in by the wiring, and those of installed packages.

A package offers `ConnectorType` objects in the entry point group `idp.connectors`. One that cannot be loaded is
reported and left out; it never keeps the product from starting, and never takes the place of another type.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Final

from idp.connectors.api import ConnectorType
from idp.errors import NotFound

GROUP: Final = "idp.connectors"

_log = logging.getLogger(__name__)


class UnknownConnector(NotFound):
    """There is no connector type of that name."""

    code = "unknown_connector"


@dataclass(frozen=True, slots=True)
class LoadProblem:
    """An entry point that could not be used, and why."""

    entry_point: str
    reason: str


@dataclass(frozen=True, slots=True)
class Registry:
    """The connector types by name, and what went wrong with others."""

    types: Mapping[str, ConnectorType]
    problems: tuple[LoadProblem, ...] = ()

    def find(self, name: str) -> ConnectorType:
        """Return the type of that name. Raises UnknownConnector, which lists those there are."""
        found = self.types.get(name)
        if found is None:
            raise UnknownConnector(f"There is no connector type {name!r}. Known: {', '.join(sorted(self.types))}.")
        return found


def build_registry(builtins: Iterable[ConnectorType], offered: Iterable[EntryPoint] | None = None) -> Registry:
    """Collect the types. `offered` are entry points, those of the installed packages when left out."""
    types = {kind.type: kind for kind in builtins}
    problems = []
    for entry in sorted(entry_points(group=GROUP) if offered is None else offered, key=lambda entry: entry.name):
        loaded = _load(entry, types)
        if isinstance(loaded, ConnectorType):
            types[loaded.type] = loaded
        else:
            problems.append(LoadProblem(entry.name, loaded))
            _log.warning("connector %s is left out: %s", entry.name, loaded)
    return Registry(MappingProxyType(types), tuple(problems))


def _load(entry: EntryPoint, taken: Mapping[str, ConnectorType]) -> ConnectorType | str:
    try:
        loaded = entry.load()
    except Exception as error:  # noqa: BLE001  # whatever a foreign package raises, it is only its own fault
        return f"it cannot be loaded ({type(error).__name__})"
    if not isinstance(loaded, ConnectorType):
        return "it is not a ConnectorType"
    if loaded.type != entry.name:
        return f"its type is called {loaded.type!r}, which is not the entry point's name"
    if loaded.type in taken:
        return "a connector type of that name exists already"
    return loaded
