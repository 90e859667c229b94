"""Units of work that are together in one: all or nothing, and a part that fails is undone by itself."""

import threading

import pytest

from idp.clock import SettableClock
from idp.errors import Conflict
from idp.records.accounts import RoleAssignment
from idp.records.clients import Client
from idp.records.operations import AuditEntry
from idp.storage.sql.storage import SqlStorage
from tests.storage.rows import DIGEST, NOW, a_session, a_user

NOBODY = 999


def subjects(storage: SqlStorage) -> set[str]:
    with storage.read() as unit:
        return {user.sub for user in unit.users.search("", limit=50)}


def test_units_that_are_together_commit_together(storage: SqlStorage) -> None:
    with storage.together():
        with storage.write() as unit:
            unit.users.add(a_user())
        with storage.write() as unit:
            unit.users.add(a_user("eve"))
    assert subjects(storage) == {"sub-ada", "sub-eve"}


def test_an_exception_takes_back_what_inner_units_seemed_to_commit(storage: SqlStorage) -> None:
    with pytest.raises(KeyError), storage.together():  # noqa: PT012
        with storage.write() as unit:
            unit.users.add(a_user())
        raise KeyError
    assert subjects(storage) == set()


def test_a_reading_unit_sees_what_an_earlier_one_wrote(storage: SqlStorage) -> None:
    with storage.together():
        with storage.write() as unit:
            unit.users.add(a_user())
        assert subjects(storage) == {"sub-ada"}


def test_a_part_that_an_exception_leaves_is_undone_by_itself(storage: SqlStorage) -> None:
    with storage.together() as around:
        around.users.add(a_user())
        with pytest.raises(KeyError), storage.write() as unit:  # noqa: PT012
            unit.users.add(a_user("eve"))
            raise KeyError
        with storage.write() as unit:
            unit.users.add(a_user("bob"))
    assert subjects(storage) == {"sub-ada", "sub-bob"}


def test_a_part_in_which_a_statement_failed_is_undone_even_if_the_error_was_caught(storage: SqlStorage) -> None:
    with storage.together():
        with storage.write() as unit:
            user = unit.users.add(a_user())
        with pytest.raises(Conflict), storage.write() as unit:  # noqa: PT012
            unit.roles.add(RoleAssignment(user.id, "owner", NOW, "test"))
            with pytest.raises(Conflict):
                unit.sessions.add(a_session(NOBODY))
        with storage.write() as unit:
            unit.roles.add(RoleAssignment(user.id, "editor", NOW, "test"))
    with storage.read() as unit:
        assert [one.role for one in unit.roles.all()] == ["editor"]


def test_after_a_failed_statement_nothing_further_is_a_part(storage: SqlStorage) -> None:
    with pytest.raises(Conflict), storage.together() as around:  # noqa: PT012
        with pytest.raises(Conflict):
            around.sessions.add(a_session(NOBODY))
        with pytest.raises(Conflict, match="has failed"), storage.write():
            pass
    assert subjects(storage) == set()


def test_what_a_part_that_was_undone_noted_is_neither_kept_nor_counted(url: str) -> None:
    told: list[tuple[str, str]] = []
    storage = SqlStorage(url, clock=SettableClock(), synchronous="OFF", on_decision=lambda *seen: told.append(seen))
    with storage.together():
        with storage.write() as unit:
            unit.audit.append(AuditEntry(0, NOW, "-", "first", "done"))
        with pytest.raises(KeyError), storage.write() as unit:  # noqa: PT012
            unit.audit.append(AuditEntry(0, NOW, "-", "second", "done"))
            raise KeyError
        with storage.write() as unit:
            unit.audit.append(AuditEntry(0, NOW, "-", "third", "done"))
        assert told == []
    assert told == [("first", "done"), ("third", "done")]
    with storage.read() as unit:
        assert {entry.action for entry in unit.audit.list(limit=10)} == {"first", "third"}
    storage.close()


def test_what_a_part_changed_of_the_configuration_is_forgotten_with_it(storage: SqlStorage) -> None:
    with storage.together() as around:
        with pytest.raises(KeyError), storage.write() as unit:  # noqa: PT012
            unit.clients.put(Client("shop", {}, (DIGEST,)))
            assert unit.clients.get("shop") is not None
            raise KeyError
        assert around.clients.get("shop") is None
    with storage.read() as unit:
        assert unit.clients.get("shop") is None


def test_other_threads_are_not_a_part(storage: SqlStorage) -> None:
    seen: list[set[str]] = []
    with storage.together() as around:
        around.users.add(a_user())
        thread = threading.Thread(target=lambda: seen.append(subjects(storage)))
        thread.start()
        thread.join()
    assert seen == [set()]


def test_units_of_later_are_their_own_again(storage: SqlStorage) -> None:
    with pytest.raises(KeyError), storage.together():
        raise KeyError
    with storage.write() as unit:
        unit.users.add(a_user())
    assert subjects(storage) == {"sub-ada"}
