"""Refresh tokens."""

from sqlalchemy import bindparam, update

from idp.records.tokens import RefreshToken
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.tokens import REFRESH_TOKENS
from idp.storage.sql.transaction import Transaction

_T = REFRESH_TOKENS.c
_ROWS = Rows(REFRESH_TOKENS, RefreshToken)
_GET = _ROWS.select(_T.id == bindparam("id"))
_AT = bindparam("at", type_=_T.consumed_at.type)
_CONSUME = Statement(
    update(REFRESH_TOKENS)
    .where(_T.id == bindparam("id"), _T.consumed_at.is_(None), _T.expires_at > _AT)
    .values(consumed_at=_AT)
)


class SqlRefreshTokens:
    """`RefreshTokenStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, token: RefreshToken) -> RefreshToken:
        """Insert."""
        return _ROWS.add(self._transaction, token)

    def get(self, token_id: int) -> RefreshToken | None:
        """Find, also when consumed."""
        return _ROWS.one(self._transaction, _GET, {"id": token_id})

    def consume(self, token_id: int, at: float) -> bool:
        """Use the token, once. False if it was used or has expired."""
        return self._transaction.change(_CONSUME, {"id": token_id, "at": at}) == 1
