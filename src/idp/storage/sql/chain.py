"""The chain over the audit trail.

What it is for is to find out that somebody has been at these tables, so nothing that they put there may stop it: SQLite
keeps text in a column of numbers, and bytes in one of text. Entries are returned as they are kept. In a seal or an
order, a value of another kind is read as one that nobody signs, so that nothing fits any more; one whose number is no
whole number is not there at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar, get_type_hints

from sqlalchemy import BigInteger, bindparam, cast, delete, func, literal, select

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

_R = TypeVar("_R", AuditSeal, AuditErasure)

_ONE = literal(1)
_WHOLE_SEAL = cast(_S.number, BigInteger) == _S.number
_WHOLE_ERASURE = cast(_E.number, BigInteger) == _E.number
_NEWEST = Statement(select(*_SEALS.columns).where(_WHOLE_SEAL).order_by(_S.number.desc()).limit(_ONE))
_GET = _SEALS.select(_S.number == bindparam("number"))
_AFTER = _SEALS.select(_WHOLE_SEAL, _S.number > bindparam("number"), order=[_S.number], limit=True)
_RANGE = (_A.id >= bindparam("first_id"), _A.id <= bindparam("last_id"))
_ENTRIES = Rows(AUDIT, AuditEntry).select(*_RANGE, order=[_A.id], limit=True)
_COUNT = Statement(select(func.count()).select_from(select(_A.id).where(*_RANGE).limit(LIMIT).subquery()))
_LAST_SEALED_BEFORE = Statement(select(func.max(_S.last_id)).where(_S.sealed_at < bindparam("at")))
_ERASE = Statement(delete(AUDIT).where(*_RANGE))
_LAST_ERASURE = Statement(select(*_ERASURES.columns).where(_WHOLE_ERASURE).order_by(_E.number.desc()).limit(_ONE))
_ERASURES_WITHIN = _ERASURES.select(
    _WHOLE_ERASURE, _E.first_id <= bindparam("last_id"), _E.last_id >= bindparam("first_id"), order=[_E.number]
)
_NEWEST_CHECK = Statement(select(*_CHECKS.columns).order_by(_C.id.desc()).limit(_ONE))
_FINISHED = Statement(select(*_CHECKS.columns).where(_C.finished_at.is_not(None)).order_by(_C.id.desc()).limit(_ONE))


#: What is read in place of a value of another kind. No seal and no order of ours says so.
_SPOILT: Mapping[type[Any], Any] = {int: -1, float: -1.0, str: "\0", bytes: b"\0"}
_KINDS: Mapping[type[Any], tuple[type[Any], ...]] = {
    record: tuple(get_type_hints(record)[one.name] for one in fields(record)) for record in (AuditSeal, AuditErasure)
}


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
        return self._one(AuditSeal, _NEWEST, {})

    def get(self, number: int) -> AuditSeal | None:
        """Find a seal."""
        return self._one(AuditSeal, _GET, {"number": number})

    def after(self, number: int, limit: int) -> Sequence[AuditSeal]:
        """List seals with numbers above `number`, in order."""
        return self._many(AuditSeal, _AFTER, {"number": number, "limit": limit})

    def entries(self, first_id: int, last_id: int, limit: int) -> Sequence[EntryRow]:
        """List entries of the trail from `first_id` to `last_id`, in order."""
        return self._transaction.rows_as_kept(_ENTRIES, {"first_id": first_id, "last_id": last_id, "limit": limit})

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
        return self._one(AuditErasure, _LAST_ERASURE, {})

    def erasures_within(self, first_id: int, last_id: int) -> Sequence[AuditErasure]:
        """List the erasures that name any entry from `first_id` to `last_id`."""
        return self._many(AuditErasure, _ERASURES_WITHIN, {"first_id": first_id, "last_id": last_id})

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

    def _one(self, record: type[_R], statement: Statement, parameters: Mapping[str, Any]) -> _R | None:
        found = self._many(record, statement, parameters)
        return found[0] if found else None

    def _many(self, record: type[_R], statement: Statement, parameters: Mapping[str, Any]) -> list[_R]:
        kinds = _KINDS[record]
        rows = self._transaction.rows_as_kept(statement, parameters)
        return [
            record(
                *(value if isinstance(value, kind) else _SPOILT[kind] for value, kind in zip(row, kinds, strict=True))
            )
            for row in rows
        ]
