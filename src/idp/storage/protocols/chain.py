"""The store of the chain over the audit trail."""

from collections.abc import Sequence
from typing import Any, Protocol

from idp.records.chain import AuditCheck, AuditErasure, AuditSeal

#: What the columns of an entry hold, in the order of `AuditEntry`'s fields and as the database has it: nothing is read
#: into it, so that an entry which somebody has spoilt can be looked at too.
EntryRow = tuple[Any, ...]


class ChainStore(Protocol):
    """Seals, erasures and checks of the audit trail."""

    def append(self, seal: AuditSeal) -> None:
        """Insert. Raises Conflict if there is a seal of that number: somebody was faster."""
        ...

    def newest(self) -> AuditSeal | None:
        """Find the head of the chain."""
        ...

    def get(self, number: int) -> AuditSeal | None:
        """Find a seal."""
        ...

    def after(self, number: int, limit: int) -> Sequence[AuditSeal]:
        """List seals with numbers above `number`, in order."""
        ...

    def entries(self, first_id: int, last_id: int, limit: int) -> Sequence[EntryRow]:
        """List entries of the trail from `first_id` to `last_id`, in order."""
        ...

    def count_entries(self, first_id: int, last_id: int, limit: int) -> int:
        """Count the entries from `first_id` to `last_id`, up to `limit`."""
        ...

    def order_erasure(self, erasure: AuditErasure) -> None:
        """Insert. Raises Conflict if there is an erasure of that number: somebody was faster."""
        ...

    def erase(self, first_id: int, last_id: int) -> int:
        """Delete entries that an erasure names, and return how many. The database refuses all others."""
        ...

    def last_sealed_before(self, at: float) -> int | None:
        """Return the highest position that was sealed before a time."""
        ...

    def last_erasure(self) -> AuditErasure | None:
        """Find the newest erasure."""
        ...

    def erasures_within(self, first_id: int, last_id: int) -> Sequence[AuditErasure]:
        """List the erasures that name any entry from `first_id` to `last_id`."""
        ...

    def newest_check(self) -> AuditCheck | None:
        """Find the check that was begun last."""
        ...

    def finished_check(self) -> AuditCheck | None:
        """Find the check that was finished last."""
        ...

    def add_check(self, check: AuditCheck) -> AuditCheck:
        """Insert."""
        ...

    def save_check(self, check: AuditCheck) -> AuditCheck:
        """Update. Raises Conflict if another worker went on with it."""
        ...
