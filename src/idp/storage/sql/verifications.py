"""Uses of identity connectors."""

from collections.abc import Sequence

from sqlalchemy import bindparam, case, exists, func, or_, select, update

from idp.records.journeys import Verification
from idp.storage.sql.rows import LIMIT, Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.journeys import CASES, RUNS, VERIFICATIONS
from idp.storage.sql.tables.operations import VENDOR_DELETIONS
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

_COUNT_RESULTS = Statement(
    select(_T.connection, _T.status, _T.overall, _T.error, func.count())
    .where(_T.created_at >= bindparam("since"))
    .group_by(_T.connection, _T.status, _T.overall, _T.error)
    .order_by(_T.connection, _T.status)
)
_OPEN_CASE = exists().where(CASES.c.verification_id == _T.id, CASES.c.status == "open")
_ASKED = exists().where(VENDOR_DELETIONS.c.connection == _T.connection, VENDOR_DELETIONS.c.vendor_ref == _T.vendor_ref)
_DELETABLE = Statement(
    select(*_ROWS.columns)
    .join(RUNS, RUNS.c.id == _T.run_id)
    .where(
        _T.connection == bindparam("connection"),
        _T.vendor_ref.is_not(None),
        RUNS.c.status != "active",
        RUNS.c.finished_at <= bindparam("before"),
        ~_OPEN_CASE,
        ~_ASKED,
    )
    .order_by(_T.id)
    .limit(LIMIT)
)
_THEIR_RUNS = select(RUNS.c.id).where(RUNS.c.user_id == bindparam("user_id")).scalar_subquery()
# A sign-up is verified before its account exists, so those rows are found by their run.
_THEIRS = or_(_T.user_id == bindparam("user_id"), _T.run_id.in_(_THEIR_RUNS))
_ALL_OF_USER = _ROWS.select(_THEIRS, order=[_T.id])
_FORGET = Statement(
    update(VERIFICATIONS)
    .where(_THEIRS)
    .values(
        vendor_secret=None,
        vendor_url=None,
        state_digest=None,
        document=None,
        vendor_identity_id=None,
        output="{}",
        next_look_at=None,
        status=case((or_(_T.status == "started", _T.status == "pending"), "expired"), else_=_T.status),
        version=_T.version + 1,
    )
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

    def deletable(self, connection: str, before: float, limit: int = 100) -> Sequence[Verification]:
        """List verifications whose run finished before and whose data nobody has asked the vendor to delete."""
        wanted = {"connection": connection, "before": before, "limit": limit}
        return _ROWS.many(self._transaction, _DELETABLE, wanted)

    def count_since(self, user_id: int, connection: str, since: float) -> int:
        """Count a user's attempts, for the retry limit."""
        wanted = {"user_id": user_id, "connection": connection, "since": since}
        count: int = self._transaction.rows(_COUNT, wanted)[0][0]
        return count

    def count_results(self, since: float) -> Sequence[tuple[str, str, str | None, str | None, int]]:
        """Count those that began from a time on, as (connection, status, overall, error, how many)."""
        found = self._transaction.rows(_COUNT_RESULTS, {"since": since})
        return [(name, status, overall, error, count) for name, status, overall, error, count in found]

    def all_of_user(self, user_id: int) -> Sequence[Verification]:
        """List a user's verifications, oldest first, with those that made the account."""
        return _ROWS.many(self._transaction, _ALL_OF_USER, {"user_id": user_id})

    def forget_user(self, user_id: int) -> int:
        """Erase what a user's verifications (those of `all_of_user`) say about the person, and return how many.

        One that is under way is over. The vendor's session ID stays: it must not serve a second verification.
        """
        return self._transaction.change(_FORGET, {"user_id": user_id})
