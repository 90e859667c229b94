"""Somebody makes sealed entries, seals and orders unreadable. The check names them and walks on."""
# ruff: noqa: S608 - statements are put together from names in this file

import psycopg
import pytest

from idp.application.chain.erasing import erase_entries
from idp.application.chain.watching import ChainWatch
from idp.application.change import Change
from tests.storage.intruder import Intruder
from tests.storage.sealed_trail import found, intruder, small_batches, trail
from tests.storage.test_chain_under_attack import SEAL_COLUMNS
from tests.storage.trail import Trail

__all__ = ["intruder", "small_batches", "trail"]

#: What SQLite keeps in a column of text. No parameter carries such bytes, so they stand in the statement.
NO_TEXT = {"not UTF-8": "CAST(x'7bff7d' AS TEXT)", "half a character": "CAST(x'c3' AS TEXT)", "a blob": "x'7b7d'"}
TEXT_COLUMNS = ("request_id", "action", "outcome", "reason", "actor", "client_id", "data")


def test_a_spoiler_makes_an_entry_that_cannot_be_read(trail: Trail, intruder: Intruder) -> None:
    intruder.run("UPDATE audit SET data = '{' WHERE id = 3")
    assert found(trail) == [("entry_changed", 2, 3, 3)]


@pytest.mark.parametrize("column", TEXT_COLUMNS)
@pytest.mark.parametrize("bytes_", NO_TEXT)
def test_a_spoiler_forces_bytes_that_are_no_text_into_entries_and_the_check_walks_on(
    trail: Trail, intruder: Intruder, column: str, bytes_: str
) -> None:
    if not intruder.on_sqlite:
        with pytest.raises(psycopg.DataError):
            intruder.run(f"UPDATE audit SET {column} = convert_from(?, 'UTF8') WHERE id = 4", b"\xff")
        assert trail.check() == [], "PostgreSQL keeps no such bytes"
        return
    intruder.run(f"UPDATE audit SET {column} = {NO_TEXT[bytes_]} WHERE id IN (4, 9)")
    intruder.run("UPDATE audit SET actor = 'nobody' WHERE id = 12")
    assert found(trail) == [("entry_changed", 2, 4, 4), ("entry_changed", 4, 9, 9), ("entry_changed", 4, 12, 12)]


@pytest.mark.parametrize("text", ["{", "", "[]", "nothing", '{"n": NaN}', "{}" * 4000])
def test_a_spoiler_writes_what_is_no_json_of_ours_and_the_check_walks_on(
    trail: Trail, intruder: Intruder, text: str
) -> None:
    intruder.run("UPDATE audit SET data = ? WHERE id IN (1, 7)", text)
    assert found(trail) == [("entry_changed", 1, 1, 1), ("entry_changed", 3, 7, 7)]


def test_the_worker_names_an_entry_that_is_no_text_and_finishes_its_walk(trail: Trail, intruder: Intruder) -> None:
    spoilt = NO_TEXT["not UTF-8"] if intruder.on_sqlite else "'{'"
    intruder.run(f"UPDATE audit SET reason = {spoilt} WHERE id = 4")
    assert ChainWatch(trail.deps).look() == 4
    with trail.storage.read() as unit:
        check = unit.chain.finished_check()
        noted = [(entry.outcome, entry.reason) for entry in unit.audit.list(action="audit.check")]
    assert check is not None
    assert (check.findings, check.first_finding) == (1, "Entry 4 is changed after it was sealed.")
    assert noted == [("broken", "entry_changed")]


def test_an_entry_that_is_spoilt_before_it_is_sealed_does_not_stop_the_sealing(
    trail: Trail, intruder: Intruder
) -> None:
    trail.write(2)
    spoilt = NO_TEXT["not UTF-8"] if intruder.on_sqlite else "'{'"
    intruder.run(f"UPDATE audit SET data = {spoilt} WHERE id = 13")
    trail.written_and_sealed(1)
    assert trail.part().stand.unsealed == 0
    intruder.run("UPDATE audit SET data = '{}' WHERE id = 13")
    assert found(trail) == [("entry_changed", 5, 13, 13)]


def on_sqlite(intruder: Intruder) -> None:
    if not intruder.on_sqlite:
        pytest.skip("PostgreSQL keeps in each column what belongs there")


@pytest.mark.parametrize("spoilt", ["'text'", "CAST(x'ff' AS TEXT)", "x'ff'", "1.5"])
@pytest.mark.parametrize("column", SEAL_COLUMNS)
def test_a_spoiler_puts_values_of_another_kind_into_a_seal(
    trail: Trail, intruder: Intruder, column: str, spoilt: str
) -> None:
    on_sqlite(intruder)
    intruder.run(f"UPDATE audit_seals SET {column} = {spoilt} WHERE number IN (2, 4)")
    assert found(trail) == [("seal_changed", 2, None, None), ("seal_changed", 4, None, None)]
    trail.written_and_sealed(1)
    assert ("seal_changed", 2) in [(kind, seal) for kind, seal, *_ in found(trail)]


@pytest.mark.parametrize("number", ["'two'", "2.5", "x'02'", "CAST(x'ff' AS TEXT)"])
def test_a_spoiler_gives_a_seal_a_number_that_is_none(trail: Trail, intruder: Intruder, number: str) -> None:
    on_sqlite(intruder)
    intruder.run(f"UPDATE audit_seals SET number = {number} WHERE number = 2")
    assert found(trail) == [("seal_missing", 2, None, None)]
    assert trail.head().number == 4


@pytest.mark.parametrize("spoilt", ["CAST(x'ff' AS TEXT)", "x'ff'"])
@pytest.mark.parametrize("column", ["number", "at", "actor", "reason", "key_id", "mac"])
def test_a_spoiler_makes_an_order_that_cannot_be_read_and_what_it_erased_is_missing(
    trail: Trail, intruder: Intruder, column: str, spoilt: str
) -> None:
    on_sqlite(intruder)
    erase_entries(trail.deps, 4, 5, Change("olga", "by law"))
    assert trail.check() == []
    intruder.run(f"UPDATE audit_erasures SET {column} = {spoilt}")
    assert found(trail) == [("entry_missing", 2, 4, 5)]


@pytest.mark.parametrize("column", SEAL_COLUMNS)
def test_a_rewriter_changes_a_seal(trail: Trail, intruder: Intruder, column: str) -> None:
    intruder.run(f"UPDATE audit_seals SET {column} = ? WHERE number = 2", SEAL_COLUMNS[column])
    assert found(trail) == [("seal_changed", 2, None, None)]


def test_a_spoilt_head_does_not_stop_the_sealing_and_is_found(trail: Trail, intruder: Intruder) -> None:
    intruder.run("UPDATE audit_seals SET gaps = ? WHERE number = 4", b"x")
    trail.written_and_sealed(2)
    assert found(trail) == [("seal_changed", 4, None, None)]
