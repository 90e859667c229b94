"""The same suite on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.clock import SettableClock
from idp.storage.sql.storage import SqlStorage
from tests.storage.rows import Seed, seed_rows
from tests.stores import postgres_database, postgres_storage, postgres_url, sqlite_url

__all__ = ["postgres_storage", "postgres_url"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database of each engine."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with postgres_database(request.getfixturevalue("postgres_url")) as made:
        yield made


@pytest.fixture
def clock() -> SettableClock:
    """A clock that stands still."""
    return SettableClock()


@pytest.fixture
def storage(url: str, clock: SettableClock) -> Iterator[SqlStorage]:
    """An empty storage of each engine."""
    opened = SqlStorage(url, clock=clock, synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture
def seed(storage: SqlStorage) -> Seed:
    """A user, a client, and one row of everything that other rows refer to."""
    with storage.write() as unit:
        return seed_rows(unit)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one database of each engine for all tests of a module, which keep out of each other's way."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path_factory.mktemp("shared"))
        return
    with postgres_database(request.getfixturevalue("postgres_url")) as made:
        yield made


@pytest.fixture(scope="module")
def shared_storage(shared_url: str) -> Iterator[SqlStorage]:
    """The storage on `shared_url`."""
    opened = SqlStorage(shared_url, clock=SettableClock(), synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared_seed(shared_storage: SqlStorage) -> Seed:
    """What `seed` is, in `shared_storage`."""
    with shared_storage.write() as unit:
        return seed_rows(unit)
