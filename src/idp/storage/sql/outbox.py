"""Outgoing mail."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, literal, or_, select, update

from idp.records.operations import OutgoingMail
from idp.storage.sql.rows import LIMIT, Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.operations import OUTBOX
from idp.storage.sql.transaction import Transaction

_T = OUTBOX.c
_ROWS = Rows(OUTBOX, OutgoingMail)
_WAITING = (_T.sent_at.is_(None), _T.failed_at.is_(None))
# FOR UPDATE (which SQLite's dialect leaves out) makes a second worker pass over what the first one takes.
_DUE = (
    select(_T.id)
    .where(
        *_WAITING,
        _T.next_attempt_at <= bindparam("now"),
        or_(_T.claimed_until.is_(None), _T.claimed_until <= bindparam("now")),
    )
    .order_by(_T.next_attempt_at, _T.id)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = Statement(
    update(OUTBOX)
    .where(_T.id.in_(select(_DUE.c.id)))
    .values(claimed_until=bindparam("until", type_=_T.claimed_until.type))
    .returning(*_ROWS.columns)
)
_THIS = (_T.id == bindparam("id"), *_WAITING)
_AT = bindparam("at", type_=_T.sent_at.type)
_ERROR = bindparam("error", type_=_T.last_error.type)
_SENT = Statement(
    update(OUTBOX).where(*_THIS).values({"sent_at": _AT, "values": b"", "claimed_until": None, "last_error": None})
)
_RETRY = Statement(
    update(OUTBOX)
    .where(*_THIS)
    .values(
        attempts=_T.attempts + 1,
        next_attempt_at=bindparam("later", type_=_T.next_attempt_at.type),
        claimed_until=None,
        last_error=_ERROR,
    )
)
_FAIL = Statement(
    update(OUTBOX)
    .where(*_THIS)
    .values({"failed_at": _AT, "attempts": _T.attempts + 1, "values": b"", "claimed_until": None, "last_error": _ERROR})
)
_DEPTH = Statement(select(func.count()).select_from(OUTBOX).where(*_WAITING))

_IS_WAITING = Statement(select(literal(1)).where(OUTBOX.c.to == bindparam("address"), *_WAITING).limit(literal(1)))
_FORGET = Statement(
    update(OUTBOX)
    .where(OUTBOX.c.to == bindparam("address"), or_(_T.sent_at.is_not(None), _T.failed_at.is_not(None)))
    .values({"to": ""})
)


class SqlOutbox:
    """`OutboxStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, mail: OutgoingMail) -> OutgoingMail:
        """Insert."""
        return _ROWS.add(self._transaction, mail)

    def claim(self, now: float, claimed_until: float, limit: int = 10) -> Sequence[OutgoingMail]:
        """Take due, unsent, unclaimed mails so that no other worker gets them before `claimed_until`."""
        row = {"now": now, "until": claimed_until, "limit": limit}
        taken = [_ROWS.decode(found) for found in self._transaction.rows(_CLAIM, row)]
        return sorted(taken, key=lambda mail: mail.id)

    def sent(self, mail_id: int, at: float) -> None:
        """Mark sent, and erase its values."""
        self._transaction.change(_SENT, {"id": mail_id, "at": at})

    def retry(self, mail_id: int, next_attempt_at: float, error: str) -> None:
        """Release the claim and count the attempt."""
        self._transaction.change(_RETRY, {"id": mail_id, "later": next_attempt_at, "error": error})

    def fail(self, mail_id: int, at: float, error: str) -> None:
        """Give up, and erase its values."""
        self._transaction.change(_FAIL, {"id": mail_id, "at": at, "error": error})

    def depth(self) -> int:
        """Count the mails that wait to be sent."""
        count: int = self._transaction.rows(_DEPTH, {})[0][0]
        return count

    def is_waiting(self, to: str) -> bool:
        """Say whether a mail to this address is still to be sent."""
        return bool(self._transaction.rows(_IS_WAITING, {"address": to}))

    def forget(self, to: str) -> int:
        """Erase this address from mails that were sent or given up, and return how many."""
        return self._transaction.change(_FORGET, {"address": to})
