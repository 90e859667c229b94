"""Authorization codes."""

from sqlalchemy import bindparam, update

from idp.records.tokens import AuthorizationCode
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.tokens import CODES
from idp.storage.sql.transaction import Transaction

_T = CODES.c
_ROWS = Rows(CODES, AuthorizationCode)
_GET = _ROWS.select(_T.id == bindparam("id"))
_AT = bindparam("at", type_=_T.consumed_at.type)
_CONSUME = Statement(
    update(CODES).where(_T.id == bindparam("id"), _T.consumed_at.is_(None), _T.expires_at > _AT).values(consumed_at=_AT)
)


class SqlCodes:
    """`CodeStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, code: AuthorizationCode) -> AuthorizationCode:
        """Insert."""
        return _ROWS.add(self._transaction, code)

    def get(self, code_id: int) -> AuthorizationCode | None:
        """Find, also when consumed."""
        return _ROWS.one(self._transaction, _GET, {"id": code_id})

    def consume(self, code_id: int, at: float) -> bool:
        """Use the code, once. False if it was used or has expired."""
        return self._transaction.change(_CONSUME, {"id": code_id, "at": at}) == 1
