"""Runs of flows."""

from collections.abc import Sequence

from sqlalchemy import bindparam, literal, or_, select, update

from idp.records.journeys import Run
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.journeys import RUNS
from idp.storage.sql.transaction import Transaction

_T = RUNS.c
_ROWS = Rows(RUNS, Run)
_ACTIVE = _T.status == "active"
_GET = _ROWS.select(_T.id == bindparam("id"))
_ACTIVE_OF_REQUEST = Statement(
    select(*_ROWS.columns)
    .where(_T.request_id == bindparam("request_id"), _ACTIVE)
    .order_by(_T.id.desc())
    .limit(literal(1))
)
_END_OF_USER = Statement(
    update(RUNS)
    .where(
        _ACTIVE,
        or_(_T.user_id == bindparam("user_id"), _T.expected_user_id == bindparam("user_id")),
        _T.id != bindparam("except_id"),
    )
    .values(
        status="ended",
        finished_at=bindparam("at", type_=_T.finished_at.type),
        reason=bindparam("reason", type_=_T.reason.type),
        version=_T.version + 1,
    )
)
_OVERDUE = _ROWS.select(_ACTIVE, _T.deadline_at <= bindparam("now"), order=[_T.deadline_at, _T.id], limit=True)
_NONE = 0


class SqlRuns:
    """`RunStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, run: Run) -> Run:
        """Insert."""
        return _ROWS.add(self._transaction, run)

    def get(self, run_id: int) -> Run | None:
        """Find."""
        return _ROWS.one(self._transaction, _GET, {"id": run_id})

    def save(self, run: Run) -> Run:
        """Update under the optimistic lock and return it with the next version. Raises Conflict."""
        return _ROWS.save(self._transaction, run)

    def active_of_request(self, request_id: int) -> Run | None:
        """Find the newest active run of an authorization request."""
        return _ROWS.one(self._transaction, _ACTIVE_OF_REQUEST, {"request_id": request_id})

    def end_of_user(self, user_id: int, at: float, reason: str, except_id: int | None = None) -> int:
        """End every active run whose proved or expected user this is; return how many. Their versions move on."""
        row = {"user_id": user_id, "at": at, "reason": reason, "except_id": _NONE if except_id is None else except_id}
        return self._transaction.change(_END_OF_USER, row)

    def overdue(self, now: float, limit: int = 100) -> Sequence[Run]:
        """List active runs past their deadline, the longest overdue first."""
        return _ROWS.many(self._transaction, _OVERDUE, {"now": now, "limit": limit})
