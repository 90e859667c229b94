"""Signing keys."""

from collections.abc import Sequence

from sqlalchemy import bindparam, case, update

from idp.errors import Conflict
from idp.records.tokens import KeyStatus, SigningKey
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.clients import KEYS
from idp.storage.sql.transaction import Transaction

_T = KEYS.c
_ROWS = Rows(KEYS, SigningKey)
_ALL = _ROWS.select()
_STATUS = bindparam("status", type_=_T.status.type)
_SET_STATUS = Statement(
    update(KEYS)
    .where(_T.kid == bindparam("kid"))
    .values(
        status=_STATUS,
        retired_at=case((_STATUS == "retired", bindparam("at", type_=_T.retired_at.type)), else_=None),
    )
)


class SqlKeys:
    """`KeyStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, key: SigningKey) -> bool:
        """Insert; False if that kid exists, or (status active) if an active key of that alg exists."""
        try:
            _ROWS.add(self._transaction, key)
        except Conflict:
            if self._transaction.failure is not None:
                raise
            return False
        return True

    def all(self) -> Sequence[SigningKey]:
        """List every key, oldest first."""
        return sorted(_ROWS.many(self._transaction, _ALL, {}), key=lambda key: (key.created_at, key.kid))

    def set_status(self, kid: str, status: KeyStatus, at: float) -> None:
        """Change a key's status. Raises Conflict if its alg would have two active keys: retire the old one first."""
        self._transaction.change(_SET_STATUS, {"kid": kid, "status": status, "at": at})
