"""The append-only list of what was proved."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from idp.records.journeys import Evidence
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.journeys import EVIDENCE, RUNS
from idp.storage.sql.transaction import Transaction

_T = EVIDENCE.c
_ROWS = Rows(EVIDENCE, Evidence)
_OF_RUN = _ROWS.select(_T.run_id == bindparam("run_id"), order=[_T.id])
_OF_SESSION = Statement(
    select(*_ROWS.columns)
    .join(RUNS, RUNS.c.id == _T.run_id)
    .where(RUNS.c.session_id == bindparam("session_id"), RUNS.c.status == "complete")
    .order_by(_T.id)
)


class SqlEvidence:
    """`EvidenceStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def append(self, evidence: Evidence) -> Evidence:
        """Insert. There is no update and no delete; the database refuses both."""
        return _ROWS.add(self._transaction, evidence)

    def of_run(self, run_id: int) -> Sequence[Evidence]:
        """List a run's evidence, oldest first."""
        return _ROWS.many(self._transaction, _OF_RUN, {"run_id": run_id})

    def of_session(self, session_id: int) -> Sequence[Evidence]:
        """List the evidence of the session's *complete* runs, oldest first."""
        return _ROWS.many(self._transaction, _OF_SESSION, {"session_id": session_id})
