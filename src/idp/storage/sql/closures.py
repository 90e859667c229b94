"""Accounts that their people have closed."""

from collections.abc import Sequence

from sqlalchemy import bindparam, update

from idp.records.accounts import Closure
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.accounts import CLOSURES
from idp.storage.sql.transaction import Transaction

_T = CLOSURES.c
_ROWS = Rows(CLOSURES, Closure)
_OPEN = (_T.undone_at.is_(None), _T.erased_at.is_(None))
_AT = bindparam("at", type_=_T.due_at.type)
_GET = _ROWS.select(_T.id == bindparam("id"))
_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), order=[_T.id.desc()])
_DUE = _ROWS.select(*_OPEN, _T.due_at <= bindparam("now"), order=[_T.due_at, _T.id], limit=True)
_UNDO = Statement(update(CLOSURES).where(_T.id == bindparam("id"), *_OPEN, _T.due_at > _AT).values(undone_at=_AT))
_BAR = Statement(update(CLOSURES).where(_T.user_id == bindparam("of_user"), *_OPEN).values(digest=b""))
_ERASED = Statement(update(CLOSURES).where(_T.id == bindparam("id"), *_OPEN, _T.due_at <= _AT).values(erased_at=_AT))


class SqlClosures:
    """`ClosureStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, closure: Closure) -> Closure:
        """Insert."""
        return _ROWS.add(self._transaction, closure)

    def get(self, closure_id: int) -> Closure | None:
        """Find, whatever has become of it."""
        return _ROWS.one(self._transaction, _GET, {"id": closure_id})

    def newest_of_user(self, user_id: int) -> Closure | None:
        """Find a user's last one, whatever has become of it."""
        return _ROWS.one(self._transaction, _OF_USER, {"user_id": user_id})

    def undo(self, closure_id: int, at: float) -> bool:
        """Take it back, once, while it is not due. False otherwise."""
        return self._transaction.change(_UNDO, {"id": closure_id, "at": at}) == 1

    def bar(self, user_id: int) -> int:
        """Make the links of a user's open closures worthless: no secret has an empty digest."""
        return self._transaction.change(_BAR, {"of_user": user_id})

    def due(self, now: float, limit: int = 20) -> Sequence[Closure]:
        """List what is to be erased, the longest due first."""
        return _ROWS.many(self._transaction, _DUE, {"now": now, "limit": limit})

    def erased(self, closure_id: int, at: float) -> bool:
        """Note that all is erased, once, if it is due and not taken back. False otherwise."""
        return self._transaction.change(_ERASED, {"id": closure_id, "at": at}) == 1
