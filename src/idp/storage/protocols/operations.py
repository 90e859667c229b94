"""Stores of the audit trail and the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from idp.records.operations import AuditEntry, KeptAnswer, OutgoingMail, VendorDeletion


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """Which entries: None is any. Times are epoch seconds, `since` included and `until` not."""

    user_id: int | None = None
    client_id: str | None = None
    run_id: int | None = None
    action: str | None = None
    outcome: str | None = None
    actor: str | None = None
    since: float | None = None
    until: float | None = None


class AuditStore(Protocol):
    """The audit trail; append-only."""

    def append(self, entry: AuditEntry) -> None:
        """Insert. There is no update and no delete; the database refuses both."""
        ...

    def list(
        self,
        *,
        user_id: int | None = None,
        run_id: int | None = None,
        action: str | None = None,
        after_id: int = 0,
        limit: int = 100,
    ) -> Sequence[AuditEntry]:
        """List entries in order."""
        ...

    def search(self, wanted: AuditSearch, *, after_id: int, limit: int) -> Sequence[AuditEntry]:
        """List entries that meet every given condition, in order, those with ids above `after_id`."""
        ...

    def search_back(self, wanted: AuditSearch, *, before_id: int, limit: int) -> Sequence[AuditEntry]:
        """List them newest first, those with ids below `before_id`."""
        ...

    def newest_of_user(self, user_id: int, actions: Sequence[str], before_id: int, limit: int) -> Sequence[AuditEntry]:
        """List a user's entries of these actions with ids below `before_id`, newest first."""
        ...


class OutboxStore(Protocol):
    """Outgoing mail."""

    def add(self, mail: OutgoingMail) -> OutgoingMail:
        """Insert."""
        ...

    def claim(self, now: float, claimed_until: float, limit: int = 10) -> Sequence[OutgoingMail]:
        """Take due, unsent, unclaimed mails so that no other worker gets them before `claimed_until`."""
        ...

    def sent(self, mail_id: int, at: float) -> None:
        """Mark sent, and erase its values."""
        ...

    def retry(self, mail_id: int, next_attempt_at: float, error: str) -> None:
        """Release the claim and count the attempt."""
        ...

    def fail(self, mail_id: int, at: float, error: str) -> None:
        """Give up, and erase its values."""
        ...

    def depth(self) -> int:
        """Count the mails that wait to be sent."""
        ...

    def is_waiting(self, to: str) -> bool:
        """Say whether a mail to this address is still to be sent."""
        ...

    def forget(self, to: str) -> int:
        """Erase this address from mails that were sent or given up, and return how many."""
        ...


class VendorDeletionStore(Protocol):
    """What vendors are to delete."""

    def add(self, deletion: VendorDeletion) -> VendorDeletion:
        """Insert. Raises Conflict if this vendor session is there already."""
        ...

    def of_user(self, user_id: int) -> Sequence[VendorDeletion]:
        """List a user's, oldest first."""
        ...

    def claim(self, now: float, claimed_until: float, limit: int = 10) -> Sequence[VendorDeletion]:
        """Take what is due, open and unclaimed, so that no other worker gets it before `claimed_until`."""
        ...

    def done(self, deletion_id: int, at: float) -> None:
        """Mark done."""
        ...

    def retry(self, deletion_id: int, next_attempt_at: float, error: str) -> None:
        """Release the claim and count the attempt."""
        ...

    def fail(self, deletion_id: int, at: float, error: str) -> None:
        """Give up."""
        ...


class AnswerStore(Protocol):
    """Answers that are given again."""

    def claim(self, answer: KeptAnswer, now: float) -> bool:
        """Insert, also in place of one that has expired; False if it is there. Of many racers one wins."""
        ...

    def get(self, caller: str, key: str) -> KeptAnswer | None:
        """Find."""
        ...

    def fill(self, caller: str, key: str, status: int, answer: bytes) -> bool:
        """Say what was answered, once. False if it was said already, or nothing was claimed."""
        ...

    def purge(self, now: float) -> int:
        """Forget expired ones and return how many."""
        ...
