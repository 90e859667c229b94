"""People sent to other sites by redirect steps."""

from collections.abc import Sequence

from sqlalchemy import bindparam, update

from idp.records.journeys import Departure
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.journeys import DEPARTURES
from idp.storage.sql.transaction import Transaction

_T = DEPARTURES.c
_ROWS = Rows(DEPARTURES, Departure)
_GET = _ROWS.select(_T.id == bindparam("id"))
_OF_VISIT = _ROWS.select(_T.run_id == bindparam("run_id"), _T.step == bindparam("step"), _T.visit == bindparam("visit"))
_OF_RUN = _ROWS.select(_T.run_id == bindparam("run_id"), order=[_T.id])
_AT = bindparam("at", type_=_T.returned_at.type)
_TAKE_BACK = Statement(
    update(DEPARTURES)
    .where(
        _T.id == bindparam("id"),
        _T.state_digest == bindparam("digest", type_=_T.state_digest.type),
        _T.memory.is_not(None),
        _T.returned_at.is_(None),
        _T.outcome.is_(None),
        _T.deadline_at > _AT,
    )
    .values(returned_at=_AT, version=_T.version + 1)
)


class SqlDepartures:
    """`DepartureStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, departure: Departure) -> Departure:
        """Insert. Raises Conflict if this visit of the step has one."""
        return _ROWS.add(self._transaction, departure)

    def get(self, departure_id: int) -> Departure | None:
        """Find."""
        return _ROWS.one(self._transaction, _GET, {"id": departure_id})

    def of_visit(self, run_id: int, step: str, visit: int) -> Departure | None:
        """Find the one of this visit of a step."""
        return _ROWS.one(self._transaction, _OF_VISIT, {"run_id": run_id, "step": step, "visit": visit})

    def of_run(self, run_id: int) -> Sequence[Departure]:
        """List a run's, oldest first."""
        return _ROWS.many(self._transaction, _OF_RUN, {"run_id": run_id})

    def save(self, departure: Departure) -> Departure:
        """Update under the optimistic lock. Raises Conflict."""
        return _ROWS.save(self._transaction, departure)

    def take_back(self, departure_id: int, state_digest: bytes, at: float) -> bool:
        """Take the browser's return, once, while it is awaited under this very state. False otherwise."""
        return self._transaction.change(_TAKE_BACK, {"id": departure_id, "digest": state_digest, "at": at}) == 1
