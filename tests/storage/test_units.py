"""A unit of work commits as a whole or not at all, and a reading one cannot write."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text, update

from idp.errors import Conflict, IdpError, InvalidInput
from idp.records.accounts import Credential, User
from idp.records.journeys import Evidence
from idp.records.operations import AuditEntry
from idp.storage.protocols.unit import UnitOfWork
from idp.storage.sql.statement import Statement
from idp.storage.sql.storage import SqlStorage
from idp.storage.sql.tables.accounts import USERS
from idp.storage.sql.transaction import ReadOnly, Unavailable
from tests.storage.rows import DIGEST, NOW, Seed, a_session, a_user


def test_leaving_a_unit_commits(storage: SqlStorage) -> None:
    with storage.write() as unit:
        user = unit.users.add(a_user())
    with storage.read() as unit:
        assert unit.users.get(user.id) == user


def test_an_exception_rolls_everything_back(storage: SqlStorage) -> None:
    with pytest.raises(KeyError), storage.write() as unit:  # noqa: PT012
        user = unit.users.add(a_user())
        unit.sessions.add(a_session(user.id))
        raise KeyError
    with storage.write() as unit:
        assert unit.users.by_sub("sub-ada") is None
        unit.users.add(a_user())


def test_a_reading_unit_cannot_write(storage: SqlStorage, seed: Seed) -> None:
    with pytest.raises(ReadOnly), storage.read() as unit:
        unit.users.save(seed.user)
    with pytest.raises(ReadOnly), storage.read() as unit:
        unit.users.add(a_user("eve"))
    with pytest.raises(ReadOnly), storage.read() as unit:
        unit.codes.consume(1, NOW)
    with storage.read() as unit:
        assert unit.users.get(seed.user.id) == seed.user
        assert unit.users.by_sub("sub-eve") is None


def test_a_failed_statement_fails_the_unit_even_if_the_error_is_caught(storage: SqlStorage) -> None:
    nobody = 999
    with pytest.raises(Conflict), storage.write() as unit:  # noqa: PT012
        unit.users.add(a_user())
        with pytest.raises(Conflict):
            unit.sessions.add(a_session(nobody))
        with pytest.raises(Conflict):
            unit.users.by_sub("sub-ada")
    with storage.read() as unit:
        assert unit.users.by_sub("sub-ada") is None


def test_a_taken_unique_value_leaves_the_unit_usable(storage: SqlStorage) -> None:
    with storage.write() as unit:
        unit.users.add(a_user("ada"))
        with pytest.raises(Conflict):
            unit.users.add(a_user("ada"))
        unit.users.add(a_user("bob"))
    with storage.read() as unit:
        assert [user.sub for user in unit.users.search("")] == ["sub-ada", "sub-bob"]


def test_a_store_kept_beyond_its_unit_does_nothing(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        kept = unit.users
    with pytest.raises(IdpError):
        kept.add(a_user("late"))
    with storage.read() as unit:
        assert unit.users.by_sub("sub-late") is None


def test_a_reading_unit_does_not_see_what_is_not_committed(storage: SqlStorage) -> None:
    with storage.write() as writing:
        writing.users.add(a_user())
        with storage.read() as reading:
            assert reading.users.by_sub("sub-ada") is None
    with storage.read() as reading:
        assert reading.users.by_sub("sub-ada") is not None


_DIES = """
import os, sys
from idp.storage.sql.storage import SqlStorage
from tests.storage.rows import a_user
with SqlStorage(sys.argv[1]).write() as unit:
    unit.users.add(a_user("ghost"))
    assert unit.users.by_sub("sub-ghost")
    print("written", flush=True)
    os.kill(os.getpid(), 9)
"""


def test_a_process_killed_in_a_transaction_leaves_nothing_and_holds_nothing(storage: SqlStorage, url: str) -> None:
    died = subprocess.run(
        [sys.executable, "-c", _DIES, url],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "src"},
    )
    assert died.stdout == "written\n", died.stderr
    assert died.returncode == -9
    with storage.write() as unit:
        assert unit.users.by_sub("sub-ghost") is None
        unit.users.add(a_user("ghost"))


def test_writers_of_one_process_are_served_in_turn(storage: SqlStorage) -> None:
    def work(number: int) -> None:
        for part in range(5):
            with storage.write() as unit:
                unit.users.add(a_user(f"u{number}-{part}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with storage.read() as unit:
        assert len(unit.users.search("")) == 40


def test_a_unit_inside_a_writing_unit_is_refused_on_sqlite_instead_of_hanging() -> None:
    storage = SqlStorage("sqlite://")
    storage.migrate()
    with pytest.raises(RuntimeError, match="inside another"), storage.write(), storage.write():
        pass
    with storage.write() as unit:
        unit.users.add(a_user())
    storage.close()


def test_waiting_for_a_lock_has_an_end(url: str) -> None:
    impatient = SqlStorage(url, busy_seconds=0.05, pool_size=1)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with impatient.write():
            entered.set()
            leave.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert entered.wait(30)
    with pytest.raises(Unavailable) as caught, impatient.write():
        pass
    leave.set()
    holder.join()
    assert caught.value.code == "temporarily_unavailable"
    with impatient.write() as unit:
        unit.users.add(a_user())
    impatient.close()


def test_memory_serves_reads_and_writes_on_one_connection() -> None:
    storage = SqlStorage("sqlite://")
    storage.migrate()
    assert storage.at_head()
    with storage.write() as unit:
        user = unit.users.add(a_user())
    with pytest.raises(ReadOnly), storage.read() as unit:
        unit.users.add(a_user("eve"))
    with storage.write() as unit:
        assert unit.users.get(user.id) == user
        unit.users.add(a_user("bob"))
    storage.close()


@pytest.mark.postgres
def test_connections_that_the_server_has_ended_are_replaced(postgres_storage: SqlStorage) -> None:
    with postgres_storage.write() as unit:
        user = unit.users.add(a_user())
        mine = unit._transaction.rows(Statement(text("SELECT pg_backend_pid()")), {})
    with postgres_storage.read() as unit:
        assert unit.users.get(user.id) == user
        assert unit._transaction.rows(Statement(text("SELECT pg_backend_pid()")), {}) != mine
    end_the_others = Statement(
        text(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    with postgres_storage._database.migrating() as connection:
        assert connection.exec_driver_sql(end_the_others.text("postgresql")[0]).fetchall() == [(True,), (True,)]
    with postgres_storage.read() as unit:
        assert unit.users.get(user.id) == user
    with postgres_storage.write() as unit:
        assert unit.users.save(user).version == 2


@pytest.mark.postgres
def test_a_connection_lost_in_a_transaction_is_unavailable_and_leaves_nothing(postgres_storage: SqlStorage) -> None:
    suicide = Statement(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(Unavailable), postgres_storage.write() as unit:  # noqa: PT012
        unit.users.add(a_user())
        unit._transaction.rows(suicide, {})
    with postgres_storage.write() as unit:
        assert unit.users.by_sub("sub-ada") is None


def test_a_closed_sqlite_storage_stays_closed(tmp_path: Path) -> None:
    storage = SqlStorage(f"sqlite:///{tmp_path / 'idp.db'}")
    storage.migrate()
    storage.close()
    with pytest.raises(RuntimeError, match="closed"), storage.read():
        pass
    with pytest.raises(RuntimeError, match="closed"), storage.write():
        pass


def test_durability_is_what_was_asked_for(tmp_path: Path) -> None:
    for name, number in (("FULL", 2), ("NORMAL", 1), ("OFF", 0)):
        storage = SqlStorage(f"sqlite:///{tmp_path / name}.db", synchronous=name)  # type: ignore[arg-type]
        with storage.write() as unit:
            pragmas = [
                unit._transaction.rows(Statement(text(f"PRAGMA {pragma}")), {})[0][0]
                for pragma in ("synchronous", "journal_mode", "foreign_keys", "busy_timeout")
            ]
        storage.close()
        assert pragmas == [number, "wal", 1, 10_000]


def test_an_unknown_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="mysql"):
        SqlStorage("mysql://localhost/idp")


def test_an_unreachable_server_is_unavailable(tmp_path: Path) -> None:
    storage = SqlStorage(f"postgresql://nobody@/none?host={tmp_path}")
    with pytest.raises(Unavailable), storage.read():
        pass
    with pytest.raises(Unavailable), SqlStorage(f"sqlite:///{tmp_path}/no/such/folder.db").write():
        pass
    storage.close()


@pytest.mark.parametrize("value", ["a\0b", "\ud800", "x" * 501])
def test_text_no_column_can_hold_is_invalid_input_and_finds_nothing(storage: SqlStorage, value: str) -> None:
    for change in ({"sub": value}, {"email_key": value}):
        with storage.write() as unit, pytest.raises(InvalidInput):
            unit.users.add(_changed(**change))
    with storage.write() as unit:
        unit.users.add(a_user())
        assert unit.users.by_sub(value) is None
        assert unit.clients.get(value) is None
        assert unit.users.search(value) == []
        assert not unit.once.seen(value, b"k")


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_numbers_over_64_bits_are_invalid_input_and_find_nothing(storage: SqlStorage, number: int) -> None:
    with storage.write() as unit:
        assert unit.users.get(number) is None
        with pytest.raises(InvalidInput):
            unit.codes.consume(number, NOW)
        unit.users.add(a_user())


@pytest.mark.parametrize("moment", [float("nan"), float("inf")])
def test_a_time_that_never_comes_is_invalid_input(storage: SqlStorage, seed: Seed, moment: float) -> None:
    with storage.write() as unit, pytest.raises(InvalidInput):
        unit.once.claim("jti", b"k", moment)
    with storage.write() as unit, pytest.raises(InvalidInput):
        unit.credentials.add(Credential(0, seed.user.id, "password", DIGEST, "", moment))


def test_json_may_carry_nul_and_lone_surrogates_but_not_nan(storage: SqlStorage) -> None:
    with storage.write() as unit:
        user = unit.users.add(_changed(claims={"k\0": ["a\0b", "\ud800", {"deep": None}]}))
        assert unit.users.get(user.id) == user
        with pytest.raises(InvalidInput):
            unit.users.add(_changed(sub="other", claims={"n": float("nan")}))


def test_a_status_that_is_none_is_invalid_input(storage: SqlStorage, seed: Seed) -> None:
    with pytest.raises(InvalidInput), storage.write() as unit:
        unit.users.save(replace(seed.user, status="gone"))  # type: ignore[arg-type]
    with storage.read() as unit:
        assert unit.users.get(seed.user.id) == seed.user


@pytest.mark.parametrize("table", ["evidence", "audit"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = 0", "DELETE FROM {}"])
def test_evidence_and_audit_are_append_only_in_the_database(
    storage: SqlStorage, seed: Seed, table: str, change: str
) -> None:
    with storage.write() as unit:
        _write_both(unit, seed)
    with pytest.raises(IdpError) as caught, storage.write() as unit:
        unit._transaction.change(Statement(text(change.format(table))), {})
    assert "append-only" in caught.value.detail or "23000" in caught.value.detail
    with storage.read() as unit:
        assert len(unit.evidence.of_run(seed.run.id)) == 1
        assert len(unit.audit.list()) == 1


def test_a_statement_written_by_hand_obeys_the_reading_unit_too(storage: SqlStorage, seed: Seed) -> None:
    with pytest.raises(ReadOnly), storage.read() as unit:
        unit._transaction.change(Statement(update(USERS).values(version=9)), {})


def _changed(**changes: object) -> User:
    return replace(a_user(), **changes)  # type: ignore[arg-type]


def _write_both(unit: UnitOfWork, seed: Seed) -> None:
    unit.evidence.append(Evidence(0, seed.run.id, "pwd", ("pwd",), NOW, "password", "sign_in"))
    unit.audit.append(AuditEntry(0, NOW, "r-1", "sign_in", "ok"))


def test_a_decision_is_told_once_it_is_committed_and_never_if_it_is_undone(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    storage = SqlStorage(f"sqlite:///{tmp_path}/idp.db", on_decision=lambda *what: told.append(what))
    storage.migrate()
    entry = AuditEntry(0, NOW, "-", "run.finish", "complete")
    with storage.write() as unit:
        unit.audit.append(entry)
        unit.audit.append(replace(entry, outcome="denied"))
        assert told == []
    assert told == [("run.finish", "complete"), ("run.finish", "denied")]
    with pytest.raises(KeyError), storage.write() as unit:  # noqa: PT012
        unit.audit.append(entry)
        raise KeyError
    assert len(told) == 2
    storage.close()
