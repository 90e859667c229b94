"""Documents that operators keep."""

from collections.abc import Sequence

from sqlalchemy import bindparam, false, literal, select

from idp.records.documents import DocumentKind, StoredDocument
from idp.storage.sql.configured import Configured
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.documents import STORED_DOCUMENTS
from idp.storage.sql.transaction import Transaction

_T = STORED_DOCUMENTS.c
_ROWS = Rows(STORED_DOCUMENTS, StoredDocument)
_OF_KIND = _T.kind == bindparam("kind")
_THIS = (_OF_KIND, _T.name == bindparam("name"))
_GET = _ROWS.select(*_THIS, _T.version == bindparam("version"))
_LATEST = Statement(select(*_ROWS.columns).where(*_THIS).order_by(_T.version.desc()).limit(literal(1)))
_HISTORY = _ROWS.select(*_THIS, _T.version < bindparam("before"), order=[_T.version.desc()], limit=True)
_NEWEST = 2**63 - 1
_NEWER = STORED_DOCUMENTS.alias("newer")
_ALL_LATEST = _ROWS.select(
    _OF_KIND,
    _T.removed == false(),
    ~select(_NEWER.c.version)
    .where(_NEWER.c.kind == _T.kind, _NEWER.c.name == _T.name, _NEWER.c.version > _T.version)
    .exists(),
)


class SqlDocuments:
    """`DocumentStore`."""

    def __init__(self, transaction: Transaction, configured: Configured) -> None:
        """Bind to a transaction, and to what is known of the configuration in it."""
        self._transaction = transaction
        self._configured = configured

    def append(self, document: StoredDocument) -> StoredDocument:
        """Insert. Raises Conflict if the document has a version of that number: somebody was faster."""
        self._configured.changed()
        return _ROWS.add(self._transaction, document)

    def latest(self, kind: DocumentKind, name: str) -> StoredDocument | None:
        """Find the newest version, also one that says the document is removed."""
        return self._configured.one(_ROWS, _LATEST, {"kind": kind, "name": name})

    def get(self, kind: DocumentKind, name: str, version: int) -> StoredDocument | None:
        """Find one version."""
        return self._configured.one(_ROWS, _GET, {"kind": kind, "name": name, "version": version})

    def all_latest(self, kind: DocumentKind) -> Sequence[StoredDocument]:
        """List the newest version of each document that is not removed, in name order."""
        # The engines sort text differently, so Python does it.
        return sorted(self._configured.many(_ROWS, _ALL_LATEST, {"kind": kind}), key=lambda document: document.name)

    def history(
        self, kind: DocumentKind, name: str, before: int | None = None, limit: int = 100
    ) -> Sequence[StoredDocument]:
        """List versions of a document, newest first, those older than `before`."""
        wanted = {"kind": kind, "name": name, "before": _NEWEST if before is None else before, "limit": limit}
        return _ROWS.many(self._transaction, _HISTORY, wanted)
