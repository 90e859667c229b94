"""A sealed trail, and somebody with the database who does something to it."""

from collections.abc import Iterator

import pytest

from idp.application.chain import sealing
from idp.clock import SettableClock
from idp.storage.sql.storage import SqlStorage
from tests.storage.intruder import Intruder
from tests.storage.trail import Trail


@pytest.fixture
def trail(storage: SqlStorage, clock: SettableClock) -> Trail:
    """Twelve entries in four seals."""
    made = Trail(storage, clock)
    made.written_and_sealed(2, 4, 1, 5)
    assert made.check() == []
    return made


@pytest.fixture
def intruder(trail: Trail, url: str) -> Intruder:
    return Intruder(url)


def found(trail: Trail) -> list[tuple[str, int, int | None, int | None]]:
    return [(one.kind, one.seal, one.first_entry, one.last_entry) for one in trail.check()]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Seals of at most five entries."""
    monkeypatch.setattr(sealing, "BATCH", 5)
    return
