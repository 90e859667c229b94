"""Drafts of flows."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete

from idp.records.flows import FlowDraft
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.flows import FLOW_DRAFTS
from idp.storage.sql.transaction import Transaction

_T = FLOW_DRAFTS.c
_ROWS = Rows(FLOW_DRAFTS, FlowDraft)
_OF_FLOW = _T.flow_id == bindparam("flow_id")
_ORDER = [_T.flow_id, _T.name]
_FIND = _ROWS.select(_OF_FLOW, _T.name == bindparam("name"))
_ALL = _ROWS.select(order=_ORDER)
_ALL_OF_FLOW = _ROWS.select(_OF_FLOW, order=_ORDER)
_REMOVE = Statement(delete(FLOW_DRAFTS).where(_T.id == bindparam("id"), _T.version == bindparam("version")))


class SqlDrafts:
    """`DraftStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, draft: FlowDraft) -> FlowDraft:
        """Insert. Raises Conflict if the flow has a draft of that name."""
        return _ROWS.add(self._transaction, draft)

    def find(self, flow_id: str, name: str) -> FlowDraft | None:
        """Find by flow and name."""
        return _ROWS.one(self._transaction, _FIND, {"flow_id": flow_id, "name": name})

    def save(self, draft: FlowDraft) -> FlowDraft:
        """Update under the optimistic lock and return it with the next version. Raises Conflict."""
        return _ROWS.save(self._transaction, draft)

    def remove(self, draft_id: int, version: int) -> bool:
        """Delete if the draft is still at that version; False otherwise."""
        return self._transaction.change(_REMOVE, {"id": draft_id, "version": version}) == 1

    def all(self, flow_id: str | None = None) -> Sequence[FlowDraft]:
        """List drafts (of one flow), in order of flow and name."""
        if flow_id is None:
            return _ROWS.many(self._transaction, _ALL, {})
        return _ROWS.many(self._transaction, _ALL_OF_FLOW, {"flow_id": flow_id})
