"""The chain over the audit trail."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, literal, select

from idp.records.chain import AuditCheck, AuditErasure, AuditSeal
from idp.records.operations import AuditEntry
from idp.storage.protocols.chain import EntryRow
from idp.storage.sql.rows import LIMIT, Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.chain import AUDIT_CHECKS, AUDIT_ERASURES, AUDIT_SEALS
from idp.storage.sql.tables.operations import AUDIT
from idp.storage.sql.transaction import Transaction

_S, _E, _C, _A = AUDIT_SEALS.c, AUDIT_ERASURES.c, AUDIT_CHECKS.c, AUDIT.c
_SEALS = Rows(AUDIT_SEALS, AuditSeal)
_ERASURES = Rows(AUDIT_ERASURES, AuditErasure)
_CHECKS = Rows(AUDIT_CHECKS, AuditCheck)

_ONE = literal(1)
_NEWEST = Statement(select(*_SEALS.columns).order_by(_S.number.desc()).limit(_ONE))
_GET = _SEALS.select(_S.number == bindparam("number"))
_AFTER = _SEALS.select(_S.number > bindparam("number"), order=[_S.number], limit=True)
_RANGE = (_A.id >= bindparam("first_id"), _A.id <= bindparam("last_id"))
_ENTRIES = Rows(AUDIT, AuditEntry).select(*_RANGE, order=[_A.id], limit=True)
_COUNT = Statement(select(func.count()).select_from(select(_A.id).where(*_RANGE).limit(LIMIT).subquery()))
_LAST_SEALED_BEFORE = Statement(select(func.max(_S.last_id)).where(_S.sealed_at < bindparam("at")))
_ERASE = Statement(delete(AUDIT).where(*_RANGE))
_LAST_ERASURE = Statement(select(*_ERASURES.columns).order_by(_E.number.desc()).limit(_ONE))
_ERASURES_WITHIN = _ERASURES.select(
    _E.first_id <= bindparam("last_id"), _E.last_id >= bindparam("first_id"), order=[_E.number]
)
_NEWEST_CHECK = Statement(select(*_CHECKS.columns).order_by(_C.id.desc()).limit(_ONE))
_FINISHED = Statement(select(*_CHECKS.columns).where(_C.finished_at.is_not(None)).order_by(_C.id.desc()).limit(_ONE))


class SqlChain:
    """`ChainStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def append(self, seal: AuditSeal) -> None:
        """Insert. Raises Conflict if there is a seal of that number: somebody was faster."""
        _SEALS.add(self._transaction, seal)

    def newest(self) -> AuditSeal | None:
        """Find the head of the chain."""
        return _SEALS.one(self._transaction, _NEWEST, {})

    def get(self, number: int) -> AuditSeal | None:
        """Find a seal."""
        return _SEALS.one(self._transaction, _GET, {"number": number})

    def after(self, number: int, limit: int) -> Sequence[AuditSeal]:
        """List seals with numbers above `number`, in order."""
        return _SEALS.many(self._transaction, _AFTER, {"number": number, "limit": limit})

    def entries(self, first_id: int, last_id: int, limit: int) -> Sequence[EntryRow]:
        """List entries of the trail from `first_id` to `last_id`, in order."""
        return self._transaction.rows(_ENTRIES, {"first_id": first_id, "last_id": last_id, "limit": limit})

    def count_entries(self, first_id: int, last_id: int, limit: int) -> int:
        """Count the entries from `first_id` to `last_id`, up to `limit`."""
        found = self._transaction.rows(_COUNT, {"first_id": first_id, "last_id": last_id, "limit": limit})
        return int(found[0][0])

    def order_erasure(self, erasure: AuditErasure) -> None:
        """Insert. Raises Conflict if there is an erasure of that number: somebody was faster."""
        _ERASURES.add(self._transaction, erasure)

    def erase(self, first_id: int, last_id: int) -> int:
        """Delete entries that an erasure names, and return how many. The database refuses all others."""
        return self._transaction.change(_ERASE, {"first_id": first_id, "last_id": last_id})

    def last_sealed_before(self, at: float) -> int | None:
        """Return the highest position that was sealed before a time."""
        [(found,)] = self._transaction.rows(_LAST_SEALED_BEFORE, {"at": at})
        return None if found is None else int(found)

    def last_erasure(self) -> AuditErasure | None:
        """Find the newest erasure."""
        return _ERASURES.one(self._transaction, _LAST_ERASURE, {})

    def erasures_within(self, first_id: int, last_id: int) -> Sequence[AuditErasure]:
        """List the erasures that name any entry from `first_id` to `last_id`."""
        return _ERASURES.many(self._transaction, _ERASURES_WITHIN, {"first_id": first_id, "last_id": last_id})

    def newest_check(self) -> AuditCheck | None:
        """Find the check that was begun last."""
        return _CHECKS.one(self._transaction, _NEWEST_CHECK, {})

    def finished_check(self) -> AuditCheck | None:
        """Find the check that was finished last."""
        return _CHECKS.one(self._transaction, _FINISHED, {})

    def add_check(self, check: AuditCheck) -> AuditCheck:
        """Insert."""
        return _CHECKS.add(self._transaction, check)

    def save_check(self, check: AuditCheck) -> AuditCheck:
        """Update. Raises Conflict if another worker went on with it."""
        return _CHECKS.save(self._transaction, check)
