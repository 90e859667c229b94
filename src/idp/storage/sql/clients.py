"""Clients."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete

from idp.records.clients import Client
from idp.storage.sql.configured import Configured
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.clients import CLIENTS
from idp.storage.sql.transaction import Transaction

_ROWS = Rows(CLIENTS, Client)
_THIS = CLIENTS.c.client_id == bindparam("client_id")
_GET = _ROWS.select(_THIS)
_ALL = _ROWS.select()
_REMOVE = Statement(delete(CLIENTS).where(_THIS))


class SqlClients:
    """`ClientStore`."""

    def __init__(self, transaction: Transaction, configured: Configured) -> None:
        """Bind to a transaction, and to what is known of the configuration in it."""
        self._transaction = transaction
        self._configured = configured

    def get(self, client_id: str) -> Client | None:
        """Find by client_id."""
        return self._configured.one(_ROWS, _GET, {"client_id": client_id})

    def put(self, client: Client) -> None:
        """Insert or replace."""
        self._configured.changed()
        _ROWS.put(self._transaction, client)

    def all(self) -> Sequence[Client]:
        """List in client_id order."""
        # Sorted here: the engines' collations differ.
        return sorted(_ROWS.many(self._transaction, _ALL, {}), key=lambda client: client.client_id)

    def remove(self, client_id: str) -> bool:
        """Delete, with what people consented to; False if there was none."""
        self._configured.changed()
        return self._transaction.change(_REMOVE, {"client_id": client_id}) == 1
