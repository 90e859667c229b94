"""Connections: configured connectors."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete

from idp.records.journeys import Connection
from idp.storage.sql.configured import Configured
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.clients import CONNECTIONS
from idp.storage.sql.transaction import Transaction

_ROWS = Rows(CONNECTIONS, Connection)
_THIS = CONNECTIONS.c.name == bindparam("name")
_GET = _ROWS.select(_THIS)
_ALL = _ROWS.select()
_REMOVE = Statement(delete(CONNECTIONS).where(_THIS))


class SqlConnections:
    """`ConnectionStore`."""

    def __init__(self, transaction: Transaction, configured: Configured) -> None:
        """Bind to a transaction, and to what is known of the configuration in it."""
        self._transaction = transaction
        self._configured = configured

    def get(self, name: str) -> Connection | None:
        """Find by name."""
        return self._configured.one(_ROWS, _GET, {"name": name})

    def put(self, connection: Connection) -> None:
        """Insert or replace."""
        self._configured.changed()
        _ROWS.put(self._transaction, connection)

    def all(self) -> Sequence[Connection]:
        """List in name order."""
        return sorted(self._configured.many(_ROWS, _ALL), key=lambda connection: connection.name)

    def remove(self, name: str) -> bool:
        """Delete; False if there was none."""
        self._configured.changed()
        return self._transaction.change(_REMOVE, {"name": name}) == 1
