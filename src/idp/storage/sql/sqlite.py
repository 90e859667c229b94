"""SQLite: one writing connection behind a fair queue, reading connections that cannot write."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from sqlalchemy import Connection, StaticPool, create_engine

from idp.storage.sql.queue_lock import QueueLock
from idp.storage.sql.transaction import Transaction, Unavailable, ended, finish, translate

Synchronous = Literal["OFF", "NORMAL", "FULL", "EXTRA"]
_IDLE_READERS = 16
_STATEMENTS = 512
_WAL_RETRY_SECONDS = 0.02


class SqliteDatabase:
    """A database file in WAL mode, or (with no path) one connection to a database in memory."""

    name = "sqlite"

    def __init__(self, path: str | None, *, synchronous: Synchronous, busy_seconds: float) -> None:
        """Prepare; nothing is opened before first use, so that a process may still fork."""
        self._path = path
        self._synchronous = synchronous
        self._busy_seconds = busy_seconds
        self._turn = QueueLock()
        self._writer: sqlite3.Connection | None = None
        self._readers: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction that holds the write lock from its start (BEGIN IMMEDIATE)."""
        self._turn.acquire(self._busy_seconds)
        try:
            connection = self._writing()
            with _transaction(connection, "BEGIN IMMEDIATE", read_only=False) as transaction:
                yield transaction
        finally:
            self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction on one snapshot; the connection refuses to write."""
        if self._path is None:
            with self._read_in_memory() as transaction:
                yield transaction
            return
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
        try:
            with _transaction(connection, "BEGIN", read_only=True) as transaction:
                yield transaction
        finally:
            if self._closed or connection.in_transaction or len(self._readers) >= _IDLE_READERS:
                connection.close()
            else:
                self._readers.append(connection)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Open an exclusive transaction for migrations; foreign keys are checked at its end instead of throughout."""
        self._turn.acquire(self._busy_seconds)
        try:
            raw = self._writing()
            raw.execute("PRAGMA foreign_keys = OFF")
            engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
            try:
                with engine.connect() as connection:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    yield connection
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                    if broken:
                        raise RuntimeError(f"the migration broke foreign keys of {sorted({row[0] for row in broken})}")
                    connection.commit()
            finally:
                if raw.in_transaction:
                    raw.rollback()
                raw.execute("PRAGMA foreign_keys = ON")
        finally:
            self._turn.release()

    def close(self) -> None:
        """Close every idle connection; those in use close when their unit of work ends."""
        self._closed = True
        while self._readers:
            self._readers.pop().close()
        self._turn.acquire(self._busy_seconds)
        try:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        finally:
            self._turn.release()

    @contextmanager
    def _read_in_memory(self) -> Iterator[Transaction]:
        self._turn.acquire(self._busy_seconds)
        try:
            connection = self._writing()
            connection.execute("PRAGMA query_only = ON")
            try:
                with _transaction(connection, "BEGIN", read_only=True) as transaction:
                    yield transaction
            finally:
                connection.execute("PRAGMA query_only = OFF")
        finally:
            self._turn.release()

    def _writing(self) -> sqlite3.Connection:
        if self._writer is None:
            self._writer = self._connect()
        return self._writer

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise RuntimeError("the storage is closed")
        try:
            connection = sqlite3.connect(
                self._path or ":memory:",
                timeout=self._busy_seconds,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=_STATEMENTS,
            )
            connection.execute("PRAGMA foreign_keys = ON")
            if self._path is not None:
                self._use_wal(connection)
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        except sqlite3.Error as error:
            raise Unavailable("The service is busy.", detail=f"cannot open the database: {error}") from error
        return connection

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        # SQLite does not wait for a lock while it changes the journal mode, so several processes that open a new
        # file at once must try again.
        give_up_at = time.monotonic() + self._busy_seconds
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError:
                if time.monotonic() >= give_up_at:
                    raise
                threading.Event().wait(_WAL_RETRY_SECONDS)
            else:
                return


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str, *, read_only: bool) -> Iterator[Transaction]:
    transaction = Transaction(connection, SqliteDatabase.name, read_only=read_only)
    try:
        connection.execute(begin)
    except sqlite3.Error as error:
        raise translate(error) from error
    try:
        yield transaction
        finish(transaction)
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise translate(error) from error
    finally:
        ended(transaction)
        if connection.in_transaction:
            with suppress(sqlite3.Error):
                connection.rollback()
