"""The hops of runs, and what they add up to."""

from collections.abc import Sequence

from sqlalchemy import bindparam

from idp.records.flows import RunHop
from idp.storage.protocols.flows import Passage
from idp.storage.sql.median import count_with_median
from idp.storage.sql.rows import Rows
from idp.storage.sql.tables.flows import RUN_HOPS
from idp.storage.sql.transaction import Transaction

_T = RUN_HOPS.c
_ROWS = Rows(RUN_HOPS, RunHop)
_OF_RUN = _ROWS.select(_T.run_id == bindparam("run_id"), order=[_T.seq])


_SECONDS = _T.at - _T.entered_at
_WANTED = (
    _T.flow_id == bindparam("flow_id"),
    _T.flow_version == bindparam("flow_version"),
    _T.at >= bindparam("since"),
)
_PASSAGES = count_with_median([_T.step, _T.outcome], _SECONDS, *_WANTED)
_VISITS = count_with_median([_T.step], _SECONDS, *_WANTED)


class SqlHops:
    """`HopStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def append(self, hops: Sequence[RunHop]) -> None:
        """Insert, in order. There is no update and no delete; the database refuses both."""
        for hop in hops:
            _ROWS.add(self._transaction, hop)

    def of_run(self, run_id: int) -> Sequence[RunHop]:
        """List a run's hops in order."""
        return _ROWS.many(self._transaction, _OF_RUN, {"run_id": run_id})

    def passages(self, flow_id: str, version: int, since: float) -> Sequence[Passage]:
        """Count the hops of a flow version from a time on, for each exit that was taken."""
        wanted = {"flow_id": flow_id, "flow_version": version, "since": since}
        return [Passage(*row) for row in self._transaction.rows(_PASSAGES, wanted)]

    def visits(self, flow_id: str, version: int, since: float) -> Sequence[Passage]:
        """Count likewise for each step, whatever the outcome."""
        wanted = {"flow_id": flow_id, "flow_version": version, "since": since}
        rows = self._transaction.rows(_VISITS, wanted)
        return [Passage(step, "", count, median) for step, count, median in rows]
