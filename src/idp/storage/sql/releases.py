"""Releases of flows."""

from collections.abc import Sequence

from sqlalchemy import bindparam, literal, select

from idp.records.flows import FlowRelease
from idp.storage.sql.configured import Configured
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.flows import FLOW_RELEASES
from idp.storage.sql.transaction import Transaction

_T = FLOW_RELEASES.c
_ROWS = Rows(FLOW_RELEASES, FlowRelease)
_OF_FLOW = _T.flow_id == bindparam("flow_id")
_LIVE = Statement(select(*_ROWS.columns).where(_OF_FLOW).order_by(_T.number.desc()).limit(literal(1)))
_NEWER = FLOW_RELEASES.alias("newer")
_ALL_LIVE = _ROWS.select(
    ~select(_NEWER.c.number).where(_NEWER.c.flow_id == _T.flow_id, _NEWER.c.number > _T.number).exists()
)
_HISTORY = _ROWS.select(_OF_FLOW, order=[_T.number.desc()], limit=True)


class SqlReleases:
    """`ReleaseStore`."""

    def __init__(self, transaction: Transaction, configured: Configured) -> None:
        """Bind to a transaction, and to what is known of the configuration in it."""
        self._transaction = transaction
        self._configured = configured

    def append(self, release: FlowRelease) -> FlowRelease:
        """Insert. Raises Conflict if the flow has a release of that number: somebody was faster."""
        self._configured.changed()
        return _ROWS.add(self._transaction, release)

    def live(self, flow_id: str) -> FlowRelease | None:
        """Find the release in force: the newest."""
        return self._configured.one(_ROWS, _LIVE, {"flow_id": flow_id})

    def all_live(self) -> Sequence[FlowRelease]:
        """List the release in force of each flow, in flow_id order."""
        # The engines sort text differently, so Python does it.
        return sorted(_ROWS.many(self._transaction, _ALL_LIVE, {}), key=lambda release: release.flow_id)

    def of_flow(self, flow_id: str, limit: int = 100) -> Sequence[FlowRelease]:
        """List releases of a flow, newest first."""
        return _ROWS.many(self._transaction, _HISTORY, {"flow_id": flow_id, "limit": limit})
