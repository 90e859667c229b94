"""Sessions of the operators' console."""

from sqlalchemy import bindparam, update

from idp.records.console import ConsoleSession
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.console import CONSOLE_SESSIONS
from idp.storage.sql.transaction import Transaction

_T = CONSOLE_SESSIONS.c
_ROWS = Rows(CONSOLE_SESSIONS, ConsoleSession)
_GET = _ROWS.select(_T.id == bindparam("id"))
_AT = bindparam("at", type_=_T.ended_at.type)
_END = Statement(update(CONSOLE_SESSIONS).where(_T.id == bindparam("id"), _T.ended_at.is_(None)).values(ended_at=_AT))


class SqlConsoleSessions:
    """`ConsoleSessionStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, session: ConsoleSession) -> ConsoleSession:
        """Insert."""
        return _ROWS.add(self._transaction, session)

    def get(self, session_id: int) -> ConsoleSession | None:
        """Find, also when ended."""
        return _ROWS.one(self._transaction, _GET, {"id": session_id})

    def end(self, session_id: int, at: float) -> bool:
        """End, once. False if it had ended."""
        return self._transaction.change(_END, {"id": session_id, "at": at}) == 1
