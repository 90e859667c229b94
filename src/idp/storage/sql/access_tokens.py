"""Opaque access tokens."""

from sqlalchemy import bindparam, update

from idp.records.tokens import AccessToken
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.tokens import ACCESS_TOKENS
from idp.storage.sql.transaction import Transaction

_T = ACCESS_TOKENS.c
_ROWS = Rows(ACCESS_TOKENS, AccessToken)
_GET = _ROWS.select(_T.id == bindparam("id"))
_REVOKE = Statement(
    update(ACCESS_TOKENS)
    .where(_T.id == bindparam("id"), _T.revoked_at.is_(None))
    .values(revoked_at=bindparam("at", type_=_T.revoked_at.type))
)


class SqlAccessTokens:
    """`AccessTokenStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, token: AccessToken) -> AccessToken:
        """Insert."""
        return _ROWS.add(self._transaction, token)

    def get(self, token_id: int) -> AccessToken | None:
        """Find."""
        return _ROWS.one(self._transaction, _GET, {"id": token_id})

    def revoke(self, token_id: int, at: float) -> bool:
        """Revoke, once."""
        return self._transaction.change(_REVOKE, {"id": token_id, "at": at}) == 1
