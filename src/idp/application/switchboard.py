"""The switchboard: opened connectors by connection name, kept until their configuration changes.

A connection's secrets are sealed at rest and opened here only, on the way into the connector.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.connectors.api import ConnectorType
from idp.errors import InvalidInput, NotFound
from idp.records.journeys import Connection
from idp.sealing import Sealer
from idp.storage.protocols.unit import UnitOfWork

SEAL = "connection.secrets"

Opener = Callable[[ConnectorType, Mapping[str, Any], Mapping[str, str], str], Any]


@dataclass(frozen=True, slots=True)
class Line:
    """An open connection: its record, its validated settings, and the connector, with the protocols of its type."""

    record: Connection
    settings: Any
    connector: Any


class Switchboard:
    """Opens connections."""

    def __init__(self, types: Mapping[str, ConnectorType], sealer: Sealer, opener: Opener) -> None:
        """Take the connector types by name, and the opener that gives a connector its network."""
        self.types = types
        self._sealer = sealer
        self._opener = opener
        self._open: dict[str, Line] = {}
        self._lock = threading.Lock()

    def line(self, uow: UnitOfWork, name: str) -> Line:
        """Return the open connection of that name. Raises NotFound, or InvalidInput if its settings are broken."""
        record = uow.connections.get(name)
        if record is None:
            raise NotFound(f"There is no connection named {name}.")
        with self._lock:
            known = self._open.get(name)
        if known is not None and known.record == record:
            return known
        kind = self.types.get(record.type)
        if kind is None:
            raise InvalidInput(f"Connection {name} has the unknown type {record.type}.")
        secrets = self._sealer.open_json(f"{SEAL}:{name}", record.secrets)
        line = Line(record, kind.parse(record.config), self._opener(kind, record.config, secrets, name))
        with self._lock:
            self._open[name] = line
        return line

    def find_open(self, record: Connection) -> Any:
        """Return the connector of a connection if this process has opened it as it is now, else None."""
        with self._lock:
            known = self._open.get(record.name)
        return known.connector if known is not None and known.record == record else None

    def seal(self, name: str, secrets: Mapping[str, str]) -> bytes:
        """Seal a connection's secrets for its row."""
        return self._sealer.seal_json(f"{SEAL}:{name}", dict(secrets))

    def unseal(self, record: Connection) -> Mapping[str, str]:
        """Open a connection's secrets. Only for keeping the ones that a change leaves out."""
        secrets: Mapping[str, str] = self._sealer.open_json(f"{SEAL}:{record.name}", record.secrets)
        return secrets
