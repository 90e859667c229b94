"""Connections: configured connectors."""

from collections.abc import Sequence

from sqlalchemy import bindparam

from idp.records.journeys import Connection
from idp.storage.sql.rows import Rows
from idp.storage.sql.tables.clients import CONNECTIONS
from idp.storage.sql.transaction import Transaction

_ROWS = Rows(CONNECTIONS, Connection)
_GET = _ROWS.select(CONNECTIONS.c.name == bindparam("name"))
_ALL = _ROWS.select()


class SqlConnections:
    """`ConnectionStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def get(self, name: str) -> Connection | None:
        """Find by name."""
        return _ROWS.one(self._transaction, _GET, {"name": name})

    def put(self, connection: Connection) -> None:
        """Insert or replace."""
        _ROWS.put(self._transaction, connection)

    def all(self) -> Sequence[Connection]:
        """List in name order."""
        return sorted(_ROWS.many(self._transaction, _ALL, {}), key=lambda connection: connection.name)
