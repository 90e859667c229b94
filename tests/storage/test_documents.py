"""Documents that operators keep: versions, the newest of each, and who hears of what."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from idp.errors import Conflict, IdpError
from idp.records.documents import StoredDocument
from idp.storage.sql import configured
from idp.storage.sql.statement import Statement
from idp.storage.sql.storage import SqlStorage
from idp.storage.sql.unit import SqlUnit
from tests.storage.rows import NOW
from tests.storage.test_configured import elsewhere, sent

__all__ = ["elsewhere", "sent"]

LEVELS = StoredDocument("levels", "levels", 1, "levels: []", b"digest", NOW, "ann", "why")


def a_theme(name: str = "acme", version: int = 1, **changes: object) -> StoredDocument:
    theme = StoredDocument("theme", name, version, f"id: {name}", b"digest", NOW, "ann", "", b"\x00\xff<svg")
    return replace(theme, **changes)  # type: ignore[arg-type]


def test_versions_are_found_by_number_and_the_newest_is_in_force(storage: SqlStorage) -> None:
    with storage.write() as unit:
        assert unit.documents.latest("levels", "levels") is None
        first = unit.documents.append(LEVELS)
        second = unit.documents.append(replace(LEVELS, version=2, text="other"))
        unit.documents.append(a_theme("levels", 3))
        assert unit.documents.latest("levels", "levels") == second
        assert unit.documents.get("levels", "levels", 1) == first
        assert unit.documents.get("levels", "levels", 3) is None
        assert unit.documents.history("levels", "levels") == [second, first]
        assert unit.documents.history("levels", "levels", before=2) == [first]
        assert unit.documents.history("levels", "levels", limit=1) == [second]


def test_a_removed_document_is_no_longer_listed_but_remembered_and_may_come_back(storage: SqlStorage) -> None:
    with storage.write() as unit:
        zoo = unit.documents.append(a_theme("zoo"))
        acme = unit.documents.append(a_theme("Acme"))
        assert unit.documents.all_latest("theme") == [acme, zoo]
        gone = unit.documents.append(a_theme("zoo", 2, removed=True, logo=None))
        assert unit.documents.all_latest("theme") == [acme]
        assert unit.documents.latest("theme", "zoo") == gone
        back = unit.documents.append(a_theme("zoo", 3))
        assert unit.documents.all_latest("theme") == [acme, back]
        assert unit.documents.all_latest("levels") == []


def test_of_two_who_write_the_same_version_one_hears_of_it(storage: SqlStorage, elsewhere: SqlStorage) -> None:
    with storage.write() as unit:
        unit.documents.append(LEVELS)
    with elsewhere.write() as unit:
        with pytest.raises(Conflict):
            unit.documents.append(replace(LEVELS, text="mine"))
        unit.documents.append(replace(LEVELS, version=2))


@pytest.mark.parametrize("change", ["UPDATE {} SET text = 'x'", "DELETE FROM {}"])
def test_a_version_cannot_be_changed_or_deleted(storage: SqlStorage, change: str) -> None:
    with storage.write() as unit:
        unit.documents.append(LEVELS)
    with pytest.raises(IdpError) as caught, storage.write() as unit:
        unit._transaction.change(Statement(text(change.format("stored_documents"))), {})
    assert "append-only" in caught.value.detail or "23000" in caught.value.detail
    with storage.read() as unit:
        assert unit.documents.latest("levels", "levels") == LEVELS


def test_what_is_in_force_is_not_asked_for_again(storage: SqlStorage, sent: list[Statement]) -> None:
    with storage.write() as unit:
        unit.documents.append(LEVELS)
        unit.documents.append(a_theme())
    with storage.read() as unit:
        known = unit.documents.latest("levels", "levels"), unit.documents.all_latest("theme")
    sent.clear()
    with storage.read() as unit:
        assert (unit.documents.latest("levels", "levels"), unit.documents.all_latest("theme")) == known
    assert sent == [configured._TOKEN]


def test_another_process_sees_a_version_at_once(storage: SqlStorage, elsewhere: SqlStorage) -> None:
    for version in (1, 2):
        with elsewhere.write() as unit:
            unit.documents.append(replace(LEVELS, version=version))
            unit.documents.append(a_theme(version=version))
        with storage.read() as unit:
            levels = unit.documents.latest("levels", "levels")
            assert levels is not None
            assert levels.version == version
            assert [theme.version for theme in unit.documents.all_latest("theme")] == [version]


def append_and_undo(storage: SqlStorage) -> None:
    with storage.write() as unit:
        unit.documents.append(replace(LEVELS, version=2, text="undone"))
        found = unit.documents.latest("levels", "levels")
        assert found is not None
        assert found.text == "undone"
        raise KeyError


def test_nobody_sees_a_version_that_was_rolled_back(storage: SqlStorage) -> None:
    with storage.write() as unit:
        unit.documents.append(LEVELS)
    with pytest.raises(KeyError):
        append_and_undo(storage)
    with storage.read() as unit:
        assert unit.documents.latest("levels", "levels") == LEVELS


@pytest.fixture
def heard(storage: SqlStorage) -> list[tuple[str, ...]]:
    """The names of the themes that there were, each time that somebody heard of a state of the configuration."""
    states: list[tuple[str, ...]] = []

    def follow(unit: SqlUnit, _token: str) -> None:
        states.append(tuple(theme.name for theme in unit.documents.all_latest("theme")))

    storage.follow(follow)
    return states


def test_followers_hear_of_each_state_once_a_unit_of_work(storage: SqlStorage, heard: list[tuple[str, ...]]) -> None:
    with storage.write() as unit:
        unit.documents.append(a_theme())
    with storage.read() as unit:
        unit.documents.all_latest("theme")
        unit.clients.get("shop")
    assert heard == [("acme",)]


def look_append_and_undo(storage: SqlStorage) -> None:
    with storage.write() as unit:
        assert unit.documents.all_latest("theme") == []
        unit.documents.append(a_theme())
        assert len(unit.documents.all_latest("theme")) == 1
        raise KeyError


def test_followers_never_hear_of_what_is_not_committed(storage: SqlStorage, heard: list[tuple[str, ...]]) -> None:
    with pytest.raises(KeyError):
        append_and_undo(storage)
    assert heard == []
    with pytest.raises(KeyError):
        look_append_and_undo(storage)
    assert heard == [()]
