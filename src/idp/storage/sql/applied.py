"""What the configuration folder gave last."""

from sqlalchemy import bindparam

from idp.records.flows import AppliedDocument
from idp.storage.sql.rows import Rows
from idp.storage.sql.tables.flows import APPLIED
from idp.storage.sql.transaction import Transaction

_ROWS = Rows(APPLIED, AppliedDocument)
_GET = _ROWS.select(APPLIED.c.kind == bindparam("kind"), APPLIED.c.name == bindparam("name"))


class SqlApplied:
    """`AppliedStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def get(self, kind: str, name: str) -> AppliedDocument | None:
        """Find."""
        return _ROWS.one(self._transaction, _GET, {"kind": kind, "name": name})

    def put(self, document: AppliedDocument) -> None:
        """Insert or replace."""
        _ROWS.put(self._transaction, document)
