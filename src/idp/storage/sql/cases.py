"""Review cases."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, update

from idp.errors import Conflict
from idp.records.journeys import Case, Opinion
from idp.storage.sql.rows import LIMIT, Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.journeys import CASES, OPINIONS, RUNS
from idp.storage.sql.transaction import Transaction

_T = CASES.c
_ROWS = Rows(CASES, Case)
_GET = _ROWS.select(_T.id == bindparam("id"))
_OF_RUN = _ROWS.select(_T.run_id == bindparam("run_id"), order=[_T.id])
_LATER = _T.id > bindparam("after_id")
_ALL = _ROWS.select(_LATER, order=[_T.id], limit=True)
_WITH_STATUS = _ROWS.select(_T.status == bindparam("status"), _LATER, order=[_T.id], limit=True)
_OPEN_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), _T.status == "open", order=[_T.id])
_COUNT_OPEN = Statement(select(func.count()).select_from(CASES).where(_T.status == "open"))
_OVERDUE = _ROWS.select(
    _T.status == "open", _T.deadline_at <= bindparam("now"), order=[_T.deadline_at, _T.id], limit=True
)
_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), order=[_T.id.desc()], limit=True)
_OPINIONS = Rows(OPINIONS, Opinion)
_SAID = _OPINIONS.select(OPINIONS.c.case_id == bindparam("case_id"), order=[OPINIONS.c.id])
_HOLD = Statement(update(CASES).where(_T.id == bindparam("id"), _T.status == "open").values(version=_T.version + 1))
_ABANDONED = Statement(
    select(*_ROWS.columns)
    .join(RUNS, RUNS.c.id == _T.run_id)
    .where(_T.status == "open", RUNS.c.status != "active")
    .order_by(_T.id)
    .limit(LIMIT)
)
_DECIDE = Statement(
    update(CASES)
    .where(_T.id == bindparam("id"), _T.status == "open")
    .values(
        status=bindparam("new_status", type_=_T.status.type),
        decided_by=bindparam("decided_by", type_=_T.decided_by.type),
        decision_reason=bindparam("reason", type_=_T.decision_reason.type),
        decided_at=bindparam("at", type_=_T.decided_at.type),
        version=_T.version + 1,
    )
)


class SqlCases:
    """`CaseStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, case: Case) -> Case:
        """Insert."""
        return _ROWS.add(self._transaction, case)

    def get(self, case_id: int) -> Case | None:
        """Find."""
        return _ROWS.one(self._transaction, _GET, {"id": case_id})

    def of_run(self, run_id: int) -> Sequence[Case]:
        """List a run's cases, oldest first."""
        return _ROWS.many(self._transaction, _OF_RUN, {"run_id": run_id})

    def open_of_user(self, user_id: int) -> Sequence[Case]:
        """List the open cases of a user, oldest first."""
        return _ROWS.many(self._transaction, _OPEN_OF_USER, {"user_id": user_id})

    def list(self, status: str | None = "open", limit: int = 100, after_id: int = 0) -> Sequence[Case]:
        """List cases (of any status for None) with ids above `after_id`, oldest first."""
        wanted = {"limit": limit, "after_id": after_id}
        if status is None:
            return _ROWS.many(self._transaction, _ALL, wanted)
        return _ROWS.many(self._transaction, _WITH_STATUS, {**wanted, "status": status})

    def count_open(self) -> int:
        """Count the open cases."""
        count: int = self._transaction.rows(_COUNT_OPEN, {})[0][0]
        return count

    def hold(self, case_id: int) -> bool:
        """Keep others from deciding an open case until this unit of work ends. False if it is not open."""
        # The update locks the row: a second reviewer waits, and then sees the first one's opinion.
        return self._transaction.change(_HOLD, {"id": case_id}) == 1

    def add_opinion(self, opinion: Opinion) -> bool:
        """Insert; False if the reviewer has an opinion of the case already."""
        try:
            _OPINIONS.add(self._transaction, opinion)
        except Conflict:
            if self._transaction.failure is not None:
                raise
            return False
        return True

    def opinions(self, case_id: int) -> Sequence[Opinion]:
        """List what reviewers say of a case, oldest first."""
        return _OPINIONS.many(self._transaction, _SAID, {"case_id": case_id})

    def of_user(self, user_id: int, limit: int = 20) -> Sequence[Case]:
        """List a user's cases, newest first."""
        return _ROWS.many(self._transaction, _OF_USER, {"user_id": user_id, "limit": limit})

    def decide(self, case_id: int, status: str, decided_by: str, reason: str, at: float) -> bool:
        """Close an open case, once. False if it was not open. Raises InvalidInput for a status that is none."""
        row = {"id": case_id, "new_status": status, "decided_by": decided_by, "reason": reason, "at": at}
        return self._transaction.change(_DECIDE, row) == 1

    def overdue(self, now: float, limit: int = 100) -> Sequence[Case]:
        """List open cases past their deadline, the longest overdue first."""
        return _ROWS.many(self._transaction, _OVERDUE, {"now": now, "limit": limit})

    def abandoned(self, limit: int = 100) -> Sequence[Case]:
        """List open cases of runs that are over, oldest first."""
        return _ROWS.many(self._transaction, _ABANDONED, {"limit": limit})
