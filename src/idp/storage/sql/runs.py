"""Runs of flows."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import bindparam, func, literal, or_, select, update

from idp.records.journeys import Run
from idp.storage.protocols.flows import Begun, Standing
from idp.storage.sql.median import count_with_median
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.journeys import RUNS
from idp.storage.sql.transaction import Transaction

MAX_STEP = 64
_T = RUNS.c


def _step(run: Run) -> str:
    """Return where the run stands, or nothing if the state does not say it in a step's name."""
    step = run.state.get("step")
    return step if isinstance(step, str) and len(step) <= MAX_STEP and step.isprintable() else ""


_ROWS = Rows(RUNS, Run, derived={"step": _step})
_ACTIVE = _T.status == "active"
_GET = _ROWS.select(_T.id == bindparam("id"))
_ACTIVE_OF_REQUEST = Statement(
    select(*_ROWS.columns)
    .where(_T.request_id == bindparam("request_id"), _ACTIVE)
    .order_by(_T.id.desc())
    .limit(literal(1))
)
_LATEST_OF_REQUEST = Statement(
    select(*_ROWS.columns).where(_T.request_id == bindparam("request_id")).order_by(_T.id.desc()).limit(literal(1))
)
_OF_THIS_USER = or_(_T.user_id == bindparam("user_id"), _T.expected_user_id == bindparam("user_id"))
_ACTIVE_OF_USER = _ROWS.select(_ACTIVE, _OF_THIS_USER, order=[_T.id.desc()])
_END_OF_USER = Statement(
    update(RUNS)
    .where(
        _ACTIVE,
        _OF_THIS_USER,
        _T.id != bindparam("except_id"),
    )
    .values(
        status="ended",
        finished_at=bindparam("at", type_=_T.finished_at.type),
        reason=bindparam("reason", type_=_T.reason.type),
        version=_T.version + 1,
    )
)
_FORGET = Statement(
    update(RUNS)
    .where(_T.status != "active", or_(_T.user_id == bindparam("user_id"), _T.expected_user_id == bindparam("user_id")))
    .values(state="{}", version=_T.version + 1)
)
_OVERDUE = _ROWS.select(_ACTIVE, _T.deadline_at <= bindparam("now"), order=[_T.deadline_at, _T.id], limit=True)
_NONE = 0
_STANDINGS = Statement(
    select(_T.step, _T.status, func.count())
    .where(
        _T.flow_id == bindparam("flow_id"),
        _T.flow_version == bindparam("flow_version"),
        or_(_T.finished_at.is_(None), _T.finished_at >= bindparam("since")),
        _T.step != literal(""),
    )
    .group_by(_T.step, _T.status)
    .order_by(_T.step, _T.status)
)
_COMPLETED = count_with_median(
    [],
    _T.finished_at - _T.created_at,
    _T.flow_id == bindparam("flow_id"),
    _T.flow_version == bindparam("flow_version"),
    _T.finished_at >= bindparam("since"),
    _T.status == "complete",
)
_OF_PURPOSE = count_with_median(
    [],
    _T.finished_at - _T.created_at,
    _T.purpose == bindparam("purpose"),
    _T.finished_at >= bindparam("since"),
    _T.status == "complete",
)
_COUNT_ACTIVE = Statement(
    select(_T.flow_id, _T.flow_version, func.count())
    .where(_ACTIVE)
    .group_by(_T.flow_id, _T.flow_version)
    .order_by(_T.flow_id, _T.flow_version)
)
_COUNT_BEGUN = Statement(
    select(_T.flow_id, _T.purpose, _T.status, _T.reason, _T.step, func.count())
    .where(_T.created_at >= bindparam("since"))
    .group_by(_T.flow_id, _T.purpose, _T.status, _T.reason, _T.step)
    .order_by(_T.flow_id, _T.purpose, _T.status, _T.step)
)
_FILTERS = {
    "flow_id": _T.flow_id == bindparam("flow_id"),
    "purpose": _T.purpose == bindparam("purpose"),
    "status": _T.status == bindparam("status"),
    "reason": _T.reason == bindparam("reason"),
    "step": _T.step == bindparam("step"),
    "user_id": or_(_T.user_id == bindparam("user_id"), _T.expected_user_id == bindparam("user_id")),
    "before_id": _T.id < bindparam("before_id"),
}


@cache
def _listing(*filtered: str) -> Statement:
    return _ROWS.select(*(_FILTERS[name] for name in filtered), order=[_T.id.desc()], limit=True)


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

    def latest_of_request(self, request_id: int) -> Run | None:
        """Find the newest run of an authorization request, whatever its status."""
        return _ROWS.one(self._transaction, _LATEST_OF_REQUEST, {"request_id": request_id})

    def active_of_user(self, user_id: int) -> Sequence[Run]:
        """List the active runs whose proved or expected user this is, newest first."""
        return _ROWS.many(self._transaction, _ACTIVE_OF_USER, {"user_id": user_id})

    def end_of_user(self, user_id: int, at: float, reason: str, except_id: int | None = None) -> int:
        """End every active run whose proved or expected user this is; return how many. Their versions move on."""
        row = {"user_id": user_id, "at": at, "reason": reason, "except_id": _NONE if except_id is None else except_id}
        return self._transaction.change(_END_OF_USER, row)

    def forget_user(self, user_id: int) -> int:
        """Erase the saved state of a user's runs that are over, and return how many there were."""
        return self._transaction.change(_FORGET, {"user_id": user_id})

    def overdue(self, now: float, limit: int = 100) -> Sequence[Run]:
        """List active runs past their deadline, the longest overdue first."""
        return _ROWS.many(self._transaction, _OVERDUE, {"now": now, "limit": limit})

    def list(
        self,
        *,
        flow_id: str | None = None,
        purpose: str | None = None,
        status: str | None = None,
        reason: str | None = None,
        step: str | None = None,
        user_id: int | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> Sequence[Run]:
        """List runs, newest first, those that meet every given filter."""
        of_run = {"flow_id": flow_id, "purpose": purpose, "status": status, "reason": reason, "step": step}
        given = {**of_run, "user_id": user_id, "before_id": before_id}
        filters = {name: value for name, value in given.items() if value is not None}
        return _ROWS.many(self._transaction, _listing(*filters), {**filters, "limit": limit})

    def standings(self, flow_id: str, version: int, since: float) -> Sequence[Standing]:
        """Count the runs of a flow version by step and status: active ones, and those that finished from a time on."""
        wanted = {"flow_id": flow_id, "flow_version": version, "since": since}
        return [Standing(*row) for row in self._transaction.rows(_STANDINGS, wanted)]

    def time_completed(self, flow_id: str, version: int, since: float) -> float | None:
        """Return the median of the seconds that runs of a flow version took which completed from a time on, if any."""
        wanted = {"flow_id": flow_id, "flow_version": version, "since": since}
        found = self._transaction.rows(_COMPLETED, wanted)
        return found[0][1] if found else None

    def count_active(self) -> Sequence[tuple[str, int, int]]:
        """Count active runs as (flow_id, flow_version, runs), in that order."""
        return [(flow_id, version, count) for flow_id, version, count in self._transaction.rows(_COUNT_ACTIVE, {})]

    def count_begun(self, since: float) -> Sequence[Begun]:
        """Count the runs that began from a time on, by where they stand or ended, and why."""
        return [Begun(*row) for row in self._transaction.rows(_COUNT_BEGUN, {"since": since})]

    def time_of_purpose(self, purpose: str, since: float) -> float | None:
        """Return the median of the seconds that runs for a purpose took which completed from a time on, if any."""
        found = self._transaction.rows(_OF_PURPOSE, {"purpose": purpose, "since": since})
        return found[0][1] if found else None
