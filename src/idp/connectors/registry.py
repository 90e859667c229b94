"""Which connector types there are: ours, handed in by the wiring, and those of installed packages.

A package offers `ConnectorType` objects in the entry point group `idp.connectors`. One that cannot be loaded is
reported and left out; it never keeps the product from starting, and never takes the place of another type.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, Final

from idp.connectors.api import ConnectorType
from idp.errors import InvalidInput, NotFound
from idp.flows.step_types import ConnectionInfo

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


def describe_connections(
    types: Mapping[str, ConnectorType], documents: Iterable[Mapping[str, Any]]
) -> tuple[Mapping[str, ConnectionInfo], tuple[str, ...]]:
    """Return what flows must know of the connections of a configuration folder, by name, and what is wrong with others.

    References in the documents need not be filled in: what a connection means to a flow does not depend on them.
    """
    known: dict[str, ConnectionInfo] = {}
    faults = []
    for document in documents:
        name, kind = str(document.get("name")), types.get(str(document.get("type")))
        config = document.get("config")
        if kind is None:
            faults.append(f"{name}: there is no connector type {document.get('type')!r}")
            continue
        try:
            known[name] = kind.inform(config if isinstance(config, Mapping) else {})
        except InvalidInput as error:
            faults.append(f"{name}: {error.message}")
    return MappingProxyType(known), tuple(faults)


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
