"""The store of documents that operators keep: the levels, and themes."""

from collections.abc import Sequence
from typing import Protocol

from idp.records.documents import DocumentKind, StoredDocument


class DocumentStore(Protocol):
    """Versions of documents; append-only."""

    def append(self, document: StoredDocument) -> StoredDocument:
        """Insert. Raises Conflict if the document has a version of that number: somebody was faster.

        There is no update and no delete; the database refuses both. From here to the end of the unit of work nobody
        else changes anything that is configured.
        """
        ...

    def latest(self, kind: DocumentKind, name: str) -> StoredDocument | None:
        """Find the newest version, also one that says the document is removed."""
        ...

    def get(self, kind: DocumentKind, name: str, version: int) -> StoredDocument | None:
        """Find one version."""
        ...

    def all_latest(self, kind: DocumentKind) -> Sequence[StoredDocument]:
        """List the newest version of each document that is not removed, in name order."""
        ...

    def history(
        self, kind: DocumentKind, name: str, before: int | None = None, limit: int = 100
    ) -> Sequence[StoredDocument]:
        """List versions of a document, newest first, those older than `before`."""
        ...
