"""PostgreSQL through psycopg 3: a pool of connections that write, and one of connections that cannot."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError

from idp.storage.sql.transaction import Transaction, Unavailable, ended, finish, translate

_MIGRATION_LOCK = 0x1D9_5708A6E
_LIMITS = "-c lock_timeout={}ms -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
_READ_ONLY = "-c default_transaction_read_only=on"


class PostgresqlDatabase:
    """A PostgreSQL database.

    Reading units run each statement on its own (READ COMMITTED takes a new snapshot for every statement anyway), which
    saves the two round trips of BEGIN and COMMIT; the server refuses their writes.
    """

    name = "postgresql"

    def __init__(self, url: URL, *, pool_size: int, busy_seconds: float) -> None:
        """Prepare; nothing connects before first use."""
        self._url = url
        limits = _LIMITS.format(int(busy_seconds * 1000))
        self._writers = _pool(url, limits, pool_size, busy_seconds)
        self._readers = _pool(url, f"{limits} {_READ_ONLY}", pool_size, busy_seconds)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction (READ COMMITTED)."""
        with _connection(self._writers) as connection:
            transaction = Transaction(connection, self.name, read_only=False)
            try:
                _command(connection, "BEGIN")
                yield transaction
                finish(transaction)
                _command(connection, "COMMIT")
            finally:
                ended(transaction)
                if connection.info.transaction_status != TransactionStatus.IDLE and not connection.closed:
                    connection.rollback()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a unit whose statements the server lets only read."""
        with _connection(self._readers) as connection:
            transaction = Transaction(connection, self.name, read_only=True)
            try:
                yield transaction
                finish(transaction)
            finally:
                ended(transaction)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Open a transaction for migrations, one at a time among all nodes, without time limits."""
        engine = create_engine(self._url, poolclass=NullPool)
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
                yield connection
        finally:
            engine.dispose()

    def close(self) -> None:
        """Close every idle connection; those in use close when their unit of work ends."""
        self._writers.dispose()
        self._readers.dispose()


def _pool(url: URL, options: str, size: int, seconds: float) -> Engine:
    given = url.query.get("options", "")
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=seconds,
        pool_use_lifo=True,
        pool_reset_on_return=None,
        connect_args={"autocommit": True, "options": f"{given} {options}".strip()},
    )
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def _refuse_dead(connection: Any, _record: Any, _proxy: Any) -> None:
    """Make the pool reconnect when the server has hung up: an idle connection with something to read has ended.

    This replaces a ping, which would cost a round trip for every unit of work.
    """
    if connection.closed:
        raise DisconnectionError
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        raise DisconnectionError


@contextmanager
def _connection(pool: Engine) -> Iterator[psycopg.Connection[Any]]:
    try:
        borrowed = pool.raw_connection()
    except (SQLAlchemyError, psycopg.Error) as error:
        raise Unavailable("The service is busy.", detail=f"no connection: {type(error).__name__}") from error
    connection: Any = borrowed.driver_connection
    try:
        yield connection
    finally:
        if connection.closed or connection.info.transaction_status != TransactionStatus.IDLE:
            borrowed.invalidate()
        borrowed.close()


def _command(connection: psycopg.Connection[Any], text: str) -> None:
    try:
        connection.execute(text)
    except psycopg.Error as error:
        raise translate(error) from error
