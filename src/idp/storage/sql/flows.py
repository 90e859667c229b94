"""Published flow versions."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, func, literal, or_, select

from idp.records.flows import FlowVersion
from idp.storage.sql.configured import Configured
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import InsertFor, Statement
from idp.storage.sql.tables.flows import FLOW_VERSIONS
from idp.storage.sql.transaction import Transaction

_T = FLOW_VERSIONS.c
_ROWS = Rows(FLOW_VERSIONS, FlowVersion)
_OF_FLOW = _T.flow_id == bindparam("flow_id")
_GET = _ROWS.select(_OF_FLOW, _T.version == bindparam("version"))
_LATEST = Statement(select(*_ROWS.columns).where(_OF_FLOW).order_by(_T.version.desc()).limit(literal(1)))
_OF_FLOW_BEFORE = _ROWS.select(_OF_FLOW, _T.version < bindparam("before"), order=[_T.version.desc()], limit=True)
_NEWEST = 2**63 - 1
_NEWER = FLOW_VERSIONS.alias("newer")
_ALL_LATEST = _ROWS.select(
    ~select(_NEWER.c.version).where(_NEWER.c.flow_id == _T.flow_id, _NEWER.c.version > _T.version).exists()
)


def _publish(insert: InsertFor) -> object:
    # Comparing with the latest version belongs in the INSERT: between two statements somebody could publish.
    names = ("flow_id", "text", "digest", "created_at", "message", "author", "embeds")
    given = {name: bindparam(name, type_=_T[name].type) for name in names}
    next_version = select(func.coalesce(func.max(_T.version), 0) + 1).where(_OF_FLOW).scalar_subquery()
    latest = select(_T.digest).where(_OF_FLOW).order_by(_T.version.desc()).limit(literal(1)).scalar_subquery()
    row = select(*given.values(), next_version).where(or_(latest.is_(None), latest != given["digest"]))
    return (
        insert(FLOW_VERSIONS).from_select([*names, "version"], row).on_conflict_do_nothing().returning(*_ROWS.columns)
    )


_PUBLISH = Statement(build=_publish)


class SqlFlows:
    """`FlowStore`."""

    def __init__(self, transaction: Transaction, configured: Configured) -> None:
        """Bind to a transaction, and to what is known of the configuration in it."""
        self._transaction = transaction
        self._configured = configured

    def publish(
        self,
        flow_id: str,
        text: str,
        digest: bytes,
        at: float,
        message: str = "",
        author: str = "",
        embeds: Mapping[str, int] | None = None,
    ) -> FlowVersion:
        """Add the next version, or return the latest when its digest is the same. Safe under concurrent calls."""
        record = FlowVersion(flow_id, 0, text, digest, at, message, author, embeds or {})
        row = _ROWS.encode(record)
        del row["version"]
        while True:
            self._configured.changed()
            rows = self._transaction.rows(_PUBLISH, row)
            if rows:
                return _ROWS.decode(rows[0])
            latest = self.latest(flow_id)
            if latest is not None and latest.digest == digest:
                return latest
            # Somebody published another text under this number and has committed, or the INSERT would still wait.

    def get(self, flow_id: str, version: int) -> FlowVersion | None:
        """Find one version."""
        return self._configured.one(_ROWS, _GET, {"flow_id": flow_id, "version": version})

    def latest(self, flow_id: str) -> FlowVersion | None:
        """Find the newest version."""
        return self._configured.one(_ROWS, _LATEST, {"flow_id": flow_id})

    def all_latest(self) -> Sequence[FlowVersion]:
        """List the newest version of each flow, in flow_id order."""
        return sorted(_ROWS.many(self._transaction, _ALL_LATEST, {}), key=lambda version: version.flow_id)

    def of_flow(self, flow_id: str, before: int | None = None, limit: int = 100) -> Sequence[FlowVersion]:
        """List versions of a flow, newest first, those older than `before`."""
        wanted = {"flow_id": flow_id, "before": _NEWEST if before is None else before, "limit": limit}
        return _ROWS.many(self._transaction, _OF_FLOW_BEFORE, wanted)
