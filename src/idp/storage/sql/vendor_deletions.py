"""What vendors are to delete."""

from collections.abc import Sequence

from sqlalchemy import bindparam, or_, select, update

from idp.records.operations import VendorDeletion
from idp.storage.sql.rows import LIMIT, Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.operations import VENDOR_DELETIONS
from idp.storage.sql.transaction import Transaction

_T = VENDOR_DELETIONS.c
_ROWS = Rows(VENDOR_DELETIONS, VendorDeletion)
_OPEN = (_T.done_at.is_(None), _T.failed_at.is_(None))
_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), order=[_T.id])
# FOR UPDATE (which SQLite's dialect leaves out) makes a second worker pass over what the first one takes.
_DUE = (
    select(_T.id)
    .where(
        *_OPEN,
        _T.next_attempt_at <= bindparam("now"),
        or_(_T.claimed_until.is_(None), _T.claimed_until <= bindparam("now")),
    )
    .order_by(_T.next_attempt_at, _T.id)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = Statement(
    update(VENDOR_DELETIONS)
    .where(_T.id.in_(select(_DUE.c.id)))
    .values(claimed_until=bindparam("until", type_=_T.claimed_until.type))
    .returning(*_ROWS.columns)
)
_THIS = (_T.id == bindparam("id"), *_OPEN)
_AT = bindparam("at", type_=_T.done_at.type)
_ERROR = bindparam("error", type_=_T.last_error.type)
_DONE = Statement(update(VENDOR_DELETIONS).where(*_THIS).values(done_at=_AT, claimed_until=None, last_error=None))
_RETRY = Statement(
    update(VENDOR_DELETIONS)
    .where(*_THIS)
    .values(
        attempts=_T.attempts + 1,
        next_attempt_at=bindparam("later", type_=_T.next_attempt_at.type),
        claimed_until=None,
        last_error=_ERROR,
    )
)
_FAIL = Statement(
    update(VENDOR_DELETIONS)
    .where(*_THIS)
    .values(failed_at=_AT, attempts=_T.attempts + 1, claimed_until=None, last_error=_ERROR)
)


class SqlVendorDeletions:
    """`VendorDeletionStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, deletion: VendorDeletion) -> VendorDeletion:
        """Insert. Raises Conflict if this vendor session is there already."""
        return _ROWS.add(self._transaction, deletion)

    def of_user(self, user_id: int) -> Sequence[VendorDeletion]:
        """List a user's, oldest first."""
        return _ROWS.many(self._transaction, _OF_USER, {"user_id": user_id})

    def claim(self, now: float, claimed_until: float, limit: int = 10) -> Sequence[VendorDeletion]:
        """Take what is due, open and unclaimed, so that no other worker gets it before `claimed_until`."""
        row = {"now": now, "until": claimed_until, "limit": limit}
        taken = [_ROWS.decode(found) for found in self._transaction.rows(_CLAIM, row)]
        return sorted(taken, key=lambda deletion: deletion.id)

    def done(self, deletion_id: int, at: float) -> None:
        """Mark done."""
        self._transaction.change(_DONE, {"id": deletion_id, "at": at})

    def retry(self, deletion_id: int, next_attempt_at: float, error: str) -> None:
        """Release the claim and count the attempt."""
        self._transaction.change(_RETRY, {"id": deletion_id, "later": next_attempt_at, "error": error})

    def fail(self, deletion_id: int, at: float, error: str) -> None:
        """Give up."""
        self._transaction.change(_FAIL, {"id": deletion_id, "at": at, "error": error})
