"""Uses of identity connectors."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, or_, select, update

from idp.records.journeys import Verification
from idp.storage.sql.rows import LIMIT, Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.journeys import VERIFICATIONS
from idp.storage.sql.transaction import Transaction

_T = VERIFICATIONS.c
_ROWS = Rows(VERIFICATIONS, Verification)
_GET = _ROWS.select(_T.id == bindparam("id"))
_OF_RUN = _ROWS.select(_T.run_id == bindparam("run_id"), order=[_T.id])
_OF_STEP = _ROWS.select(_T.run_id == bindparam("run_id"), _T.step == bindparam("step"), order=[_T.id])
_BY_VENDOR_REF = _ROWS.select(_T.connection == bindparam("connection"), _T.vendor_ref == bindparam("vendor_ref"))
_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), order=[_T.id.desc()], limit=True)
_COUNT = Statement(
    select(func.count()).where(
        _T.user_id == bindparam("user_id"),
        _T.connection == bindparam("connection"),
        _T.created_at >= bindparam("since"),
    )
)
# FOR UPDATE (which SQLite's dialect leaves out) makes a second worker pass over what the first one takes.
_DUE = (
    select(_T.id)
    .where(or_(_T.status == "started", _T.status == "pending"), _T.next_look_at <= bindparam("now"))
    .order_by(_T.next_look_at, _T.id)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = Statement(
    update(VERIFICATIONS)
    .where(_T.id.in_(select(_DUE.c.id)))
    .values(next_look_at=bindparam("later", type_=_T.next_look_at.type), version=_T.version + 1)
    .returning(*_ROWS.columns)
)


class SqlVerifications:
    """`VerificationStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, verification: Verification) -> Verification:
        """Insert. Raises Conflict if another one has this vendor session."""
        return _ROWS.add(self._transaction, verification)

    def get(self, verification_id: int) -> Verification | None:
        """Find."""
        return _ROWS.one(self._transaction, _GET, {"id": verification_id})

    def of_run(self, run_id: int, step: str | None = None) -> Sequence[Verification]:
        """List a run's verifications (of one step), oldest first."""
        if step is None:
            return _ROWS.many(self._transaction, _OF_RUN, {"run_id": run_id})
        return _ROWS.many(self._transaction, _OF_STEP, {"run_id": run_id, "step": step})

    def by_vendor_ref(self, connection: str, vendor_ref: str) -> Verification | None:
        """Find by the vendor's session ID."""
        return _ROWS.one(self._transaction, _BY_VENDOR_REF, {"connection": connection, "vendor_ref": vendor_ref})

    def save(self, verification: Verification) -> Verification:
        """Update under the optimistic lock. Raises Conflict."""
        return _ROWS.save(self._transaction, verification)

    def claim_due(self, now: float, next_look_at: float, limit: int = 20) -> Sequence[Verification]:
        """Take started or pending verifications whose `next_look_at` has come, moving it (and the version) on."""
        row = {"now": now, "later": next_look_at, "limit": limit}
        taken = [_ROWS.decode(found) for found in self._transaction.rows(_CLAIM, row)]
        return sorted(taken, key=lambda verification: verification.id)

    def of_user(self, user_id: int, limit: int = 20) -> Sequence[Verification]:
        """List a user's verifications, newest first."""
        return _ROWS.many(self._transaction, _OF_USER, {"user_id": user_id, "limit": limit})

    def count_since(self, user_id: int, connection: str, since: float) -> int:
        """Count a user's attempts, for the retry limit."""
        wanted = {"user_id": user_id, "connection": connection, "since": since}
        count: int = self._transaction.rows(_COUNT, wanted)[0][0]
        return count
