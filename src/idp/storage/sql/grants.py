"""Grants."""

from collections.abc import Sequence

from sqlalchemy import bindparam, update

from idp.records.tokens import Grant
from idp.storage.sql.codec import to_json
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement, position
from idp.storage.sql.tables.tokens import GRANTS
from idp.storage.sql.transaction import Transaction

_T = GRANTS.c
_ROWS = Rows(GRANTS, Grant)
_GET = _ROWS.select(_T.id == bindparam("id"))
_LIVE = _T.revoked_at.is_(None)
_AT = bindparam("at", type_=_T.revoked_at.type)
_REVOKE = Statement(update(GRANTS).where(_T.id == bindparam("id"), _LIVE).values(revoked_at=_AT))
_REVOKE_OF_USER = Statement(update(GRANTS).where(_T.user_id == bindparam("of_user"), _LIVE).values(revoked_at=_AT))
_LIVE_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), _LIVE, order=[_T.id])
_REVOKE_OF_CLIENT = Statement(
    update(GRANTS)
    .where(_T.user_id == bindparam("of_user"), _T.client_id == bindparam("of_client"), _LIVE)
    .values(revoked_at=_AT)
)
_OF_SESSION = (_T.session_id == bindparam("of_session"), _LIVE)
_REVOKE_OF_SESSION = Statement(update(GRANTS).where(*_OF_SESSION).values(revoked_at=_AT))
# A scope in quotes is found in the JSON list only as a whole element: quotes inside an element are escaped.
_REVOKE_OF_SESSION_EXCEPT = Statement(
    update(GRANTS)
    .where(*_OF_SESSION, position(_T.scopes, bindparam("quoted", type_=_T.scopes.type)) == 0)
    .values(revoked_at=_AT)
)


class SqlGrants:
    """`GrantStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, grant: Grant) -> Grant:
        """Insert."""
        return _ROWS.add(self._transaction, grant)

    def get(self, grant_id: int) -> Grant | None:
        """Find, also when revoked."""
        return _ROWS.one(self._transaction, _GET, {"id": grant_id})

    def revoke(self, grant_id: int, at: float) -> bool:
        """Revoke, once. False if it was revoked."""
        return self._transaction.change(_REVOKE, {"id": grant_id, "at": at}) == 1

    def live_of_user(self, user_id: int) -> Sequence[Grant]:
        """List a user's grants that were not revoked, oldest first."""
        return _ROWS.many(self._transaction, _LIVE_OF_USER, {"user_id": user_id})

    def revoke_of_client(self, user_id: int, client_id: str, at: float) -> int:
        """Revoke all grants that a user gave a client, and return how many."""
        row = {"of_user": user_id, "of_client": client_id, "at": at}
        return self._transaction.change(_REVOKE_OF_CLIENT, row)

    def revoke_of_user(self, user_id: int, at: float) -> int:
        """Revoke all grants of a user and return how many."""
        return self._transaction.change(_REVOKE_OF_USER, {"of_user": user_id, "at": at})

    def revoke_of_session(self, session_id: int, at: float, keep_scope: str | None = None) -> int:
        """Revoke a session's grants, keeping those with `keep_scope`, and return how many were revoked."""
        row = {"of_session": session_id, "at": at}
        if keep_scope is None:
            return self._transaction.change(_REVOKE_OF_SESSION, row)
        return self._transaction.change(_REVOKE_OF_SESSION_EXCEPT, {**row, "quoted": to_json(keep_scope)})
