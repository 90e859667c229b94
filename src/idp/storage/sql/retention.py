"""Erasing and deleting what is over.

Requests, runs and sessions are swept in the order of their ids, up to a mark that is kept: that needs no index on
tables that every sign-in writes to. Rows that are deleted leave the newest of their table, where SQLite would give
its id out twice.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Table, and_, bindparam, case, delete, exists, func, literal, or_, select, update

from idp.storage.sql.rows import LIMIT
from idp.storage.sql.statement import InsertFor, Statement, position
from idp.storage.sql.tables.accounts import REGISTRATIONS
from idp.storage.sql.tables.console import CONSOLE_SESSIONS
from idp.storage.sql.tables.journeys import CASES, DEPARTURES, LINKS, REQUESTS, RUNS, SESSIONS, VERIFICATIONS
from idp.storage.sql.tables.operations import OUTBOX, RETENTION_MARKS
from idp.storage.sql.tables.tokens import ACCESS_TOKENS, CODES, REFRESH_TOKENS
from idp.storage.sql.transaction import Transaction

_BEFORE: Final[Any] = bindparam("before")
_MARKS: Final = RETENTION_MARKS.c
_V: Final = VERIFICATIONS.c


def _set_mark(insert: InsertFor) -> Any:
    clause = insert(RETENTION_MARKS).values(
        {name: bindparam(name, type_=_MARKS[name].type) for name in ("name", "last_id")}
    )
    return clause.on_conflict_do_update(index_elements=["name"], set_={"last_id": clause.excluded.last_id})


_FIRST_MARK = Statement(
    build=lambda insert: (
        insert(RETENTION_MARKS)
        .values(name=bindparam("name", type_=_MARKS.name.type), last_id=0)
        .on_conflict_do_nothing()
    )
)
# Locked, so that two workers do not sweep the same rows.
_MARK = Statement(select(_MARKS.last_id).where(_MARKS.name == bindparam("name")).with_for_update())
_SET_MARK = Statement(build=_set_mark)


class _Sweep:
    """One table that is swept by id: what is over in it, and how a row is erased."""

    def __init__(self, table: Table, over: Any, **values: Any) -> None:
        self.name = table.name
        key = table.c.id
        self.look = Statement(
            select(key, case((over, 1), else_=0)).where(key > bindparam("mark")).order_by(key).limit(LIMIT)
        )
        self.erase = Statement(update(table).where(key > bindparam("mark"), key <= bindparam("last")).values(**values))


# Written into JSON as it is, so only where nothing in it needs escaping.
_STEP = RUNS.c.step
_PLAIN = and_(_STEP != "", position(_STEP, literal('"')) == 0, position(_STEP, literal("\\")) == 0)
_REQUESTS = _Sweep(
    REQUESTS, REQUESTS.c.expires_at <= _BEFORE, params="{}", browser_digest=b"", version=REQUESTS.c.version + 1
)
_RUNS = _Sweep(
    RUNS,
    and_(RUNS.c.status != "active", RUNS.c.finished_at <= _BEFORE),
    # Where it ended stays, for replays; what was typed goes.
    state=case((_PLAIN, literal('{"step": "') + _STEP + literal('"}')), else_="{}"),
    browser_digest=b"",
    version=RUNS.c.version + 1,
)
_SESSIONS = _Sweep(SESSIONS, SESSIONS.c.expires_at <= _BEFORE, user_agent="", address="", secret_digest=b"")

_SEALED = or_(_V.document.is_not(None), _V.vendor_secret.is_not(None))
_OPEN_CASE = exists().where(CASES.c.verification_id == _V.id, CASES.c.status == "open")
_ERASABLE = (
    select(_V.id)
    .join(RUNS, RUNS.c.id == _V.run_id)
    .where(_SEALED, RUNS.c.status != "active", RUNS.c.finished_at <= _BEFORE, ~_OPEN_CASE)
    .order_by(_V.id)
    .limit(LIMIT)
)
_ERASE_VERIFICATIONS = Statement(
    update(VERIFICATIONS)
    .where(_V.id.in_(_ERASABLE))
    .values(
        document=None,
        vendor_secret=None,
        vendor_url=None,
        state_digest=None,
        next_look_at=None,
        status=case((or_(_V.status == "started", _V.status == "pending"), "expired"), else_=_V.status),
        version=_V.version + 1,
    )
)


class _Purge:
    """One table whose rows are deleted once one of their times is past.

    Without AUTOINCREMENT the newest row stays and is emptied, so that SQLite does not give its id out again.
    """

    def __init__(self, table: Table, *times: Any, **empty: Any) -> None:
        key = table.c.id
        over = or_(*(time <= _BEFORE for time in times))
        newest = select(func.max(table.alias("newest").c.id)).scalar_subquery()
        last = table.dialect_options["sqlite"]["autoincrement"] is False
        due = select(key).where(over, *([key < newest] if last else [])).order_by(key).limit(LIMIT)
        self.delete = Statement(delete(table).where(key.in_(due)))
        self.empty = Statement(update(table).where(key == newest, over).values(empty)) if empty else None

    def run(self, transaction: Transaction, before: float, limit: int) -> int:
        if self.empty is not None:
            transaction.change(self.empty, {"before": before})
        return transaction.change(self.delete, {"before": before, "limit": limit})


_LINKS = _Purge(LINKS, LINKS.c.consumed_at, LINKS.c.expires_at, data="{}")
_DEPARTURES = _Purge(DEPARTURES, DEPARTURES.c.deadline_at)
_REGISTRATIONS = _Purge(REGISTRATIONS, REGISTRATIONS.c.completed_at, REGISTRATIONS.c.expires_at)
_MAILS = _Purge(OUTBOX, OUTBOX.c.sent_at, OUTBOX.c.failed_at, to="", values=b"")
_EXPIRING: Final = (CODES, REFRESH_TOKENS, ACCESS_TOKENS, CONSOLE_SESSIONS)
_TOKENS: Sequence[_Purge] = tuple(_Purge(table, table.c.expires_at) for table in _EXPIRING)


class SqlRetention:
    """`RetentionStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def erase_requests(self, before: float, limit: int) -> int:
        """Erase what authorization requests say, that expired before."""
        return self._sweep(_REQUESTS, before, limit)

    def erase_runs(self, before: float, limit: int) -> int:
        """Erase the saved state of runs that finished before. One that still runs keeps back those after it."""
        return self._sweep(_RUNS, before, limit)

    def erase_sessions(self, before: float, limit: int) -> int:
        """Erase device, address and cookie of sessions whose longest life ended before."""
        return self._sweep(_SESSIONS, before, limit)

    def erase_verifications(self, before: float, limit: int) -> int:
        """Erase the sealed values of verifications whose run finished before, and which have no open case."""
        return self._transaction.change(_ERASE_VERIFICATIONS, {"before": before, "limit": limit})

    def delete_links(self, before: float, limit: int) -> int:
        """Delete mailed links that were used or expired before."""
        return _LINKS.run(self._transaction, before, limit)

    def delete_departures(self, before: float, limit: int) -> int:
        """Delete departures to other sites whose time ended before, with what those said."""
        return _DEPARTURES.run(self._transaction, before, limit)

    def delete_registrations(self, before: float, limit: int) -> int:
        """Delete registrations that were completed or expired before."""
        return _REGISTRATIONS.run(self._transaction, before, limit)

    def delete_mails(self, before: float, limit: int) -> int:
        """Delete mails that were sent or given up before."""
        return _MAILS.run(self._transaction, before, limit)

    def delete_tokens(self, before: float, limit: int) -> int:
        """Delete codes, tokens and sessions of the console that expired before; at most `limit` of each."""
        return max(kind.run(self._transaction, before, limit) for kind in _TOKENS)

    def _sweep(self, sweep: _Sweep, before: float, limit: int) -> int:
        self._transaction.change(_FIRST_MARK, {"name": sweep.name})
        mark = self._transaction.rows(_MARK, {"name": sweep.name})[0][0]
        last, count = mark, 0
        for row_id, over in self._transaction.rows(sweep.look, {"mark": mark, "before": before, "limit": limit}):
            if not over:
                break
            last, count = row_id, count + 1
        if count:
            self._transaction.change(sweep.erase, {"mark": mark, "last": last})
            self._transaction.change(_SET_MARK, {"name": sweep.name, "last_id": last})
        return count
