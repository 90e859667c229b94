"""Browser sessions."""

from collections.abc import Sequence

from sqlalchemy import bindparam, update

from idp.records.journeys import Session
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.journeys import SESSIONS
from idp.storage.sql.transaction import Transaction

_T = SESSIONS.c
_ROWS = Rows(SESSIONS, Session)
_GET = _ROWS.select(_T.id == bindparam("id"))
_LIVE_OF_USER = (_T.user_id == bindparam("user_id"), _T.ended_at.is_(None))
_OF_USER = _ROWS.select(*_LIVE_OF_USER, order=[_T.id.desc()])
_LIVE = _ROWS.select(
    _T.ended_at.is_(None),
    _T.expires_at > bindparam("now"),
    _T.id < bindparam("before_id"),
    order=[_T.id.desc()],
    limit=True,
)
_THIS_LIVE = (_T.id == bindparam("id"), _T.ended_at.is_(None))
_AT = bindparam("at", type_=_T.last_seen_at.type)
_ROTATE = Statement(
    update(SESSIONS)
    .where(*_THIS_LIVE)
    .values(
        sid=bindparam("sid", type_=_T.sid.type),
        secret_digest=bindparam("secret_digest", type_=_T.secret_digest.type),
        expires_at=bindparam("expires_at", type_=_T.expires_at.type),
        last_seen_at=_AT,
    )
)
_TOUCH = Statement(update(SESSIONS).where(*_THIS_LIVE).values(last_seen_at=_AT))
_END = Statement(update(SESSIONS).where(*_THIS_LIVE).values(ended_at=_AT))
_END_OF_USER = Statement(
    update(SESSIONS).where(*_LIVE_OF_USER, _T.id != bindparam("except_id")).values(ended_at=_AT).returning(_T.id)
)
_FORGET = Statement(update(SESSIONS).where(_T.user_id == bindparam("of_user")).values(user_agent="", address=""))
_NOBODY = 0
_NEWEST = 2**62


class SqlSessions:
    """`SessionStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, session: Session) -> Session:
        """Insert."""
        return _ROWS.add(self._transaction, session)

    def get(self, session_id: int) -> Session | None:
        """Find, also when ended."""
        return _ROWS.one(self._transaction, _GET, {"id": session_id})

    def rotate(self, session_id: int, sid: str, secret_digest: bytes, expires_at: float, at: float) -> bool:
        """Replace sid and secret of a session that has not ended. False if it has."""
        row = {"id": session_id, "sid": sid, "secret_digest": secret_digest, "expires_at": expires_at, "at": at}
        return self._transaction.change(_ROTATE, row) == 1

    def touch(self, session_id: int, at: float) -> None:
        """Note activity of a session that has not ended."""
        self._transaction.change(_TOUCH, {"id": session_id, "at": at})

    def end(self, session_id: int, at: float) -> bool:
        """End, once. False if it had ended."""
        return self._transaction.change(_END, {"id": session_id, "at": at}) == 1

    def end_of_user(self, user_id: int, at: float, except_id: int | None = None) -> Sequence[int]:
        """End all live sessions of a user and return their ids, in order."""
        row = {"user_id": user_id, "at": at, "except_id": _NOBODY if except_id is None else except_id}
        return sorted(ended for (ended,) in self._transaction.rows(_END_OF_USER, row))

    def of_user(self, user_id: int) -> Sequence[Session]:
        """List a user's sessions that were not ended, newest first. Some may have expired: compare `expires_at`."""
        return _ROWS.many(self._transaction, _OF_USER, {"user_id": user_id})

    def live(self, now: float, before_id: int | None = None, limit: int = 50) -> Sequence[Session]:
        """List sessions that have not ended and not expired, newest first, those with ids below `before_id`."""
        wanted = {"now": now, "before_id": _NEWEST if before_id is None else before_id, "limit": limit}
        return _ROWS.many(self._transaction, _LIVE, wanted)

    def forget_user(self, user_id: int) -> int:
        """Erase where a user's sessions came from, and return how many there were."""
        return self._transaction.change(_FORGET, {"of_user": user_id})
