"""Documents that operators keep, the levels and themes: reading their text, and appending a version."""

import hashlib
from typing import Any

from idp.application.audit import note
from idp.application.change import Change
from idp.application.dependencies import Dependencies
from idp.errors import Conflict
from idp.records.documents import DocumentKind, StoredDocument
from idp.storage.protocols.unit import UnitOfWork


class DocumentConflict(Conflict):
    """Somebody else saved the document meanwhile. Carries both texts, so that nobody's work is lost.

    `theirs` is the document as it is now, None if it is not there any more; `mine` the text that was not saved.
    """

    def __init__(self, message: str, theirs: StoredDocument | None, mine: str) -> None:
        """Make the error."""
        super().__init__(message)
        self.theirs = theirs
        self.mine = mine


def find_document(uow: UnitOfWork, kind: DocumentKind, name: str) -> StoredDocument | None:
    """Return the version that is in force, None if there is no such document (any more)."""
    newest = uow.documents.latest(kind, name)
    return newest if newest is not None and not newest.removed else None


def check_seen(current: StoredDocument | None, seen: int | None, mine: str) -> None:
    """Raise DocumentConflict unless the document is at the version that the author saw; 0 for one that was not there.

    None asks nothing.
    """
    if seen is None or seen == (current.version if current is not None else 0):
        return
    if current is None:
        raise DocumentConflict("This was removed meanwhile.", None, mine)
    message = f"{current.author} saved version {current.version} meanwhile. Compare the two and save again."
    raise DocumentConflict(message, current, mine)


def digest_document(text: str, logo: bytes | None = None) -> bytes:
    """Return the digest of a version."""
    image = b"" if logo is None else b"\0" + hashlib.sha256(logo).digest()
    return hashlib.sha256(text.encode("utf-8", "surrogatepass") + image).digest()


def append_version(
    deps: Dependencies,
    uow: UnitOfWork,
    kind: DocumentKind,
    name: str,
    text: str,
    change: Change,
    *,
    logo: bytes | None = None,
    removed: bool = False,
) -> tuple[StoredDocument, bool]:
    """Put a document in force and say whether that makes a new version: what did not change makes none.

    Raises DocumentConflict if somebody appends a version at this very moment.
    """
    newest = uow.documents.latest(kind, name)
    digest = digest_document(text, logo)
    if newest is not None and (newest.digest, newest.removed) == (digest, removed):
        return newest, False
    number = newest.version + 1 if newest is not None else 1
    message = change.message.strip()
    try:
        made = uow.documents.append(
            StoredDocument(
                kind, name, number, text, digest, deps.clock.now(), change.author, message, logo, removed=removed
            )
        )
    except Conflict:
        theirs = uow.documents.latest(kind, name)
        if theirs is not None and (theirs.digest, theirs.removed) == (digest, removed):
            # Another node starts at the same moment with the same folder.
            return theirs, False
        raise DocumentConflict("Somebody else saved this meanwhile.", theirs, text) from None
    data: dict[str, Any] = {
        "name": name,
        "version": number,
        "before": newest.version if newest is not None else None,
        "before_author": newest.author if newest is not None else None,
        "digest": digest.hex(),
    }
    action, outcome = (f"{kind}.remove", "removed") if removed else (f"{kind}.save", "saved")
    note(deps, uow, action, outcome, trace=change.trace, reason=message, actor=change.actor, data=data)
    return made, True
