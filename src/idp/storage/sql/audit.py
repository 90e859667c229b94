"""The audit trail."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache

from sqlalchemy import bindparam, literal, or_

from idp.records.operations import AuditEntry
from idp.storage.protocols.operations import AuditSearch
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.operations import AUDIT
from idp.storage.sql.transaction import Transaction

_T = AUDIT.c
_ROWS = Rows(AUDIT, AuditEntry)


@cache
def _listing(*filtered: str) -> Statement:
    conditions = [_T[name] == bindparam(name) for name in filtered]
    return _ROWS.select(*conditions, _T.id > bindparam("after_id"), order=[_T.id], limit=True)


@cache
def _newest(actions: tuple[str, ...]) -> Statement:
    wanted = or_(*(_T.action == literal(action) for action in actions))
    of_user = (_T.user_id == bindparam("user_id"), _T.id < bindparam("before_id"), wanted)
    return _ROWS.select(*of_user, order=[_T.id.desc()], limit=True)


_EXACT = ("user_id", "client_id", "run_id", "action", "outcome", "actor")


@cache
def _searching(given: frozenset[str], *, back: bool) -> Statement:
    conditions = [_T[name] == bindparam(name) for name in _EXACT if name in given]
    if "since" in given:
        conditions.append(_T.at >= bindparam("since"))
    if "until" in given:
        conditions.append(_T.at < bindparam("until"))
    conditions.append(_T.id < bindparam("place") if back else _T.id > bindparam("place"))
    return _ROWS.select(*conditions, order=[_T.id.desc() if back else _T.id], limit=True)


class SqlAudit:
    """`AuditStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction
        #: (action, outcome) of what this unit of work has appended.
        self.appended: list[tuple[str, str]] = []

    def append(self, entry: AuditEntry) -> None:
        """Insert. There is no update and no delete; the database refuses both."""
        _ROWS.add(self._transaction, entry)
        self.appended.append((entry.action, entry.outcome))

    def list(
        self,
        *,
        user_id: int | None = None,
        run_id: int | None = None,
        action: str | None = None,
        after_id: int = 0,
        limit: int = 100,
    ) -> Sequence[AuditEntry]:
        """List entries in order, those that meet every given filter."""
        given = {"user_id": user_id, "run_id": run_id, "action": action}
        filters = {name: value for name, value in given.items() if value is not None}
        wanted = {**filters, "after_id": after_id, "limit": limit}
        return _ROWS.many(self._transaction, _listing(*filters), wanted)

    def search(self, wanted: AuditSearch, *, after_id: int, limit: int) -> Sequence[AuditEntry]:
        """List entries that meet every given condition, in order, those with ids above `after_id`."""
        return self._search(wanted, after_id, limit, back=False)

    def search_back(self, wanted: AuditSearch, *, before_id: int, limit: int) -> Sequence[AuditEntry]:
        """List them newest first, those with ids below `before_id`."""
        return self._search(wanted, before_id, limit, back=True)

    def _search(self, wanted: AuditSearch, place: int, limit: int, *, back: bool) -> Sequence[AuditEntry]:
        given = {name: value for name, value in asdict(wanted).items() if value is not None}
        statement = _searching(frozenset(given), back=back)
        return _ROWS.many(self._transaction, statement, {**given, "place": place, "limit": limit})

    def newest_of_user(self, user_id: int, actions: Sequence[str], before_id: int, limit: int) -> Sequence[AuditEntry]:
        """List a user's entries of these actions with ids below `before_id`, newest first."""
        wanted = {"user_id": user_id, "before_id": before_id, "limit": limit}
        return _ROWS.many(self._transaction, _newest(tuple(actions)), wanted)
