"""Pending registrations."""

from sqlalchemy import bindparam, delete, select, update

from idp.records.accounts import PendingRegistration
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.accounts import REGISTRATIONS
from idp.storage.sql.tables.journeys import RUNS
from idp.storage.sql.transaction import Transaction

_T = REGISTRATIONS.c
_ROWS = Rows(REGISTRATIONS, PendingRegistration)
_PENDING_OF_RUN = (_T.run_id == bindparam("run_id"), _T.completed_at.is_(None))
_OF_RUN = _ROWS.select(*_PENDING_OF_RUN)
_DISCARD = Statement(delete(REGISTRATIONS).where(*_PENDING_OF_RUN))
_COMPLETE = Statement(
    update(REGISTRATIONS)
    .where(_T.id == bindparam("id"), _T.completed_at.is_(None))
    .values(completed_at=bindparam("at", type_=_T.completed_at.type))
)

_REMOVE_OF_USER = Statement(
    delete(REGISTRATIONS).where(
        _T.run_id.in_(select(RUNS.c.id).where(RUNS.c.user_id == bindparam("user_id")).scalar_subquery())
    )
)


class SqlRegistrations:
    """`RegistrationStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, registration: PendingRegistration) -> PendingRegistration:
        """Insert, replacing the run's earlier one. Raises Conflict if the run has completed one.

        The new row has a new id, so that whatever was proved for the old e-mail address cannot complete the new one.
        """
        self._transaction.change(_DISCARD, {"run_id": registration.run_id})
        return _ROWS.add(self._transaction, registration)

    def of_run(self, run_id: int) -> PendingRegistration | None:
        """Find the run's registration that is not completed."""
        return _ROWS.one(self._transaction, _OF_RUN, {"run_id": run_id})

    def complete(self, registration_id: int, at: float) -> bool:
        """Mark completed, once. False if it was already."""
        return self._transaction.change(_COMPLETE, {"id": registration_id, "at": at}) == 1

    def remove_of_user(self, user_id: int) -> int:
        """Delete the registrations of a user's runs and return how many."""
        return self._transaction.change(_REMOVE_OF_USER, {"user_id": user_id})
