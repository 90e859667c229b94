"""Consents."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete

from idp.records.accounts import Consent
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.accounts import CONSENTS
from idp.storage.sql.transaction import Transaction

_ROWS = Rows(CONSENTS, Consent)
_THIS = (CONSENTS.c.user_id == bindparam("user_id"), CONSENTS.c.client_id == bindparam("client_id"))
_GET = _ROWS.select(*_THIS)
_OF_USER = _ROWS.select(CONSENTS.c.user_id == bindparam("user_id"), order=[CONSENTS.c.client_id])
_REMOVE = Statement(delete(CONSENTS).where(*_THIS))


class SqlConsents:
    """`ConsentStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def get(self, user_id: int, client_id: str) -> Consent | None:
        """Find."""
        return _ROWS.one(self._transaction, _GET, {"user_id": user_id, "client_id": client_id})

    def of_user(self, user_id: int) -> Sequence[Consent]:
        """List a user's consents, in client_id order."""
        return _ROWS.many(self._transaction, _OF_USER, {"user_id": user_id})

    def put(self, consent: Consent) -> None:
        """Insert or replace. Raises Conflict if the user or the client is gone."""
        _ROWS.put(self._transaction, consent)

    def remove(self, user_id: int, client_id: str) -> bool:
        """Delete; False if there was none."""
        return self._transaction.change(_REMOVE, {"user_id": user_id, "client_id": client_id}) == 1
