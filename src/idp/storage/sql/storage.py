"""The storage: a URL in, units of work out."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import URL, make_url, text

from idp.clock import Clock, SystemClock
from idp.errors import IdpError
from idp.storage.sql import migrate
from idp.storage.sql.configured import Memory
from idp.storage.sql.postgresql import PostgresqlDatabase
from idp.storage.sql.sqlite import SqliteDatabase, Synchronous
from idp.storage.sql.statement import Statement
from idp.storage.sql.unit import Follower, SqlUnit

_REVISIONS = Statement(text("SELECT version_num FROM alembic_version"))
# How SQLite and PostgreSQL (undefined_table) begin their answer.
_NO_SUCH_TABLE = ("SQLITE_ERROR: no such table", "42P01")


class SqlStorage:
    """Opens units of work on SQLite or PostgreSQL (`idp.storage.protocols.unit.Storage`).

    A unit belongs to the thread that opened it. On SQLite a thread must not open a unit inside a writing one, but for
    one that they are `together` in.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Clock | None = None,
        synchronous: Synchronous = "FULL",
        busy_seconds: float = 10.0,
        pool_size: int = 8,
        on_decision: Callable[[str, str], None] | None = None,
    ) -> None:
        """Prepare a storage; nothing is opened before first use.

        `url`: `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite://` (in memory) or `postgresql://…`.
        `clock` tells when a value that may be seen once is forgotten; hand in the application's.
        `synchronous` is SQLite's durability (FULL survives a power cut). `busy_seconds` bounds the wait for a lock or a
        connection. `pool_size` is the number of PostgreSQL connections that write, and again that read. `on_decision`
        is told the action and outcome of each audit entry once it is committed.
        Raises ValueError for any other kind of URL.
        """
        self._clock = clock or SystemClock()
        self._memory = Memory()
        #: The unit of work that further ones of a thread are a part of.
        self._joined = threading.local()
        self._followers: list[Follower] = []
        self._on_decision = on_decision
        self._database = _open(make_url(url), synchronous, busy_seconds, pool_size)

    @contextmanager
    def read(self) -> Iterator[SqlUnit]:
        """Open a unit of work that cannot write: the database refuses."""
        around: SqlUnit | None = getattr(self._joined, "unit", None)
        if around is not None:
            yield around
            return
        with self._database.read() as transaction:
            yield SqlUnit(transaction, self._clock, self._memory, self._followers)

    @contextmanager
    def write(self) -> Iterator[SqlUnit]:
        """Open a unit of work; leaving it commits, an exception rolls back.

        Raises Unavailable when the database is, and whatever error killed the transaction, even if it was caught.
        """
        around: SqlUnit | None = getattr(self._joined, "unit", None)
        if around is not None:
            with around.part() as unit:
                yield unit
            return
        with self._database.write() as transaction:
            unit = SqlUnit(transaction, self._clock, self._memory, self._followers)
            yield unit
        if self._on_decision is not None:
            for action, outcome in unit.decided():
                self._on_decision(action, outcome)

    @contextmanager
    def together(self) -> Iterator[SqlUnit]:
        """Open a unit of work that every further one of this thread is a part of, until this one ends: all or nothing.

        A part that an exception leaves is undone by itself; whoever opened it may go on. The database is locked as by
        `write` all the while, so nothing slow belongs in here.
        """
        with self.write() as unit:
            before = getattr(self._joined, "unit", None)
            self._joined.unit = unit
            try:
                yield unit
            finally:
                self._joined.unit = before

    def follow(self, follower: Follower) -> None:
        """Let somebody hear, in each unit of work, of the token of the configuration that it finds, as it finds it.

        They may read in that unit of work. For the same token there is the same configuration, and it is committed.
        """
        self._followers.append(follower)

    def migrate(self, to: Literal["head", "expand"] = "head") -> None:
        """Bring the schema up to date; safe when several nodes do it at once. Does nothing when it is.

        `expand` stops before the first pending revision that takes something away (expand, deploy, contract).
        """
        if self.at_head():
            return
        with self._database.migrating() as connection:
            migrate.upgrade(connection, to)

    def at_head(self) -> bool:
        """Say whether the schema is the one this program knows. Cheap enough for a readiness probe."""
        try:
            with self._database.read() as transaction:
                rows = transaction.rows(_REVISIONS, {})
        except IdpError as error:
            if error.detail.startswith(_NO_SUCH_TABLE):
                return False
            raise
        return {revision for (revision,) in rows} == migrate.heads()

    def close(self) -> None:
        """Release every connection."""
        self._database.close()


def _open(
    url: URL, synchronous: Synchronous, busy_seconds: float, pool_size: int
) -> SqliteDatabase | PostgresqlDatabase:
    engine = url.drivername.partition("+")[0]
    if engine == "sqlite":
        path = None if url.database in (None, "", ":memory:") else url.database
        return SqliteDatabase(path, synchronous=synchronous, busy_seconds=busy_seconds)
    if engine in ("postgresql", "postgres"):
        driven = url.set(drivername="postgresql+psycopg")
        return PostgresqlDatabase(driven, pool_size=pool_size, busy_seconds=busy_seconds)
    raise ValueError(f"no storage for {engine!r}: use sqlite or postgresql")
