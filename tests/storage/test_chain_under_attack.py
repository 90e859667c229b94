"""Somebody has the database, and not the master key. What they did to sealed entries and seals is found, and named."""
# ruff: noqa: S608 - statements are put together from names in this file

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.application.chain import comparing
from idp.application.chain.digests import ChainKeys, hash_seal, pack_entries
from idp.application.chain.sealing import LATE_SECONDS
from idp.application.chain.watching import ChainWatch
from idp.records.chain import AuditErasure
from tests.storage.intruder import Intruder
from tests.storage.sealed_trail import found, intruder, small_batches, trail
from tests.storage.trail import Trail

__all__ = ["intruder", "small_batches", "trail"]

COLUMNS = ("at", "request_id", "action", "outcome", "reason", "actor", "user_id", "client_id", "run_id", "data")
SEAL_COLUMNS = {
    "sealed_at": 5.0,
    "first_id": 4,
    "last_id": 99,
    "count": 3,
    "latest_at": 5.0,
    "entries": b"x" * 80,
    "gaps": b"x" * 24,
    "previous": bytes(32),
    "hash": bytes(32),
    "mac": bytes(32),
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_rewriter_with_the_database_changes_a_sealed_entry(trail: Trail, intruder: Intruder, column: str) -> None:
    value = {"at": 1.0, "user_id": 77, "run_id": 8, "data": '{"n": 2}'}.get(column, "other")
    intruder.run(f"UPDATE audit SET {column} = ? WHERE id = 4", value)
    [finding] = trail.check()
    assert (finding.kind, finding.seal, finding.first_entry, finding.count) == ("entry_changed", 2, 4, 1)
    assert finding.text == "Entry 4 is changed after it was sealed."


def test_a_re_dated_entry_is_found(trail: Trail, intruder: Intruder) -> None:
    intruder.run("UPDATE audit SET at = at + 0.001 WHERE id = 12")
    assert found(trail) == [("entry_changed", 4, 12, 12)]


def test_a_forger_with_the_database_makes_the_seal_fit_the_changed_entry(trail: Trail, intruder: Intruder) -> None:
    intruder.run("UPDATE audit SET actor = 'nobody' WHERE id = 4")
    seal = trail.seals()[1]
    theirs = ChainKeys([b"guessed master key, 32 bytes and"])
    packed = pack_entries((n, theirs.digest_entry(theirs.current, intruder.entry(n))) for n in range(3, 7))
    intruder.run("UPDATE audit_seals SET entries = ? WHERE number = 2", packed)
    changed = trail.seals()[1]
    forged = theirs.sign_seal(changed)
    intruder.run("UPDATE audit_seals SET hash = ?, mac = ? WHERE number = 2", hash_seal(changed), forged.mac)
    assert found(trail) == [("seal_changed", 2, None, None)]
    intruder.run(
        "UPDATE audit_seals SET hash=?, mac=?, key_id=? WHERE number=2", forged.hash, forged.mac, forged.key_id
    )
    assert found(trail) == [("seal_changed", 2, None, None)]
    assert seal != trail.seals()[1]


def test_a_deleter_takes_out_entries(trail: Trail, intruder: Intruder) -> None:
    intruder.run("DELETE FROM audit WHERE id IN (2, 4, 5, 12)")
    assert found(trail) == [("entry_missing", 1, 2, 2), ("entry_missing", 2, 4, 5), ("entry_missing", 4, 12, 12)]


def test_a_deleter_takes_out_the_whole_trail_and_leaves_the_seals(trail: Trail, intruder: Intruder) -> None:
    intruder.run("DELETE FROM audit")
    assert [(kind, first, last) for kind, _, first, last in found(trail)] == [
        ("entry_missing", 1, 2),
        ("entry_missing", 3, 6),
        ("entry_missing", 7, 7),
        ("entry_missing", 8, 12),
    ]


def test_a_deleter_takes_out_a_seal_with_its_entries(trail: Trail, intruder: Intruder) -> None:
    intruder.run("DELETE FROM audit WHERE id BETWEEN 3 AND 6")
    intruder.run("DELETE FROM audit_seals WHERE number = 2")
    assert found(trail) == [("seal_missing", 2, None, None)]


def test_a_deleter_takes_out_the_beginning(trail: Trail, intruder: Intruder) -> None:
    intruder.run("DELETE FROM audit_seals WHERE number <= 2")
    assert [one.text for one in trail.check()] == ["Seals 1 to 2 are missing, and what they sealed cannot be checked."]


def test_a_deleter_closes_the_hole_by_giving_seals_other_numbers(trail: Trail, intruder: Intruder) -> None:
    intruder.run("DELETE FROM audit_seals WHERE number = 2")
    intruder.run("UPDATE audit_seals SET number = 2 WHERE number = 3")
    intruder.run("UPDATE audit_seals SET number = 3 WHERE number = 4")
    assert [kind for kind, *_ in found(trail)] == ["seal_changed", "seal_changed"]


def test_a_tail_cutter_takes_out_the_newest_seals_and_entries(trail: Trail, intruder: Intruder) -> None:
    kept = trail.head()
    intruder.run("DELETE FROM audit WHERE id > 6")
    intruder.run("DELETE FROM audit_seals WHERE number > 2")
    assert trail.check() == [], "what is left is a good chain"
    [finding] = trail.check(kept)
    assert (finding.kind, finding.seal) == ("cut_off", 4)
    assert finding.text == "The chain ends at seal 2, and went up to seal 4 before."


def test_a_tail_cutter_is_found_though_the_chain_has_grown_again(trail: Trail, intruder: Intruder) -> None:
    kept = trail.head()
    intruder.run("DELETE FROM audit WHERE id > 6")
    intruder.run("DELETE FROM audit_seals WHERE number > 2")
    trail.written_and_sealed(1, 1, 1)
    assert trail.check() == []
    [finding] = trail.check(kept)
    assert (finding.kind, finding.seal) == ("other_chain", 4)


def test_a_burner_takes_everything_away(trail: Trail, intruder: Intruder) -> None:
    kept = trail.head()
    intruder.run("DELETE FROM audit")
    intruder.run("DELETE FROM audit_seals")
    [finding] = trail.check(kept)
    assert (finding.kind, finding.text) == ("cut_off", "The chain is empty, and went up to seal 4 before.")


def test_the_worker_remembers_the_head_and_tells_of_a_tail_cutter_once(trail: Trail, intruder: Intruder) -> None:
    watch = ChainWatch(trail.deps)
    watch.look()
    watch.look()
    intruder.run("DELETE FROM audit WHERE id > 6")
    intruder.run("DELETE FROM audit_seals WHERE number > 2")
    watch.look()
    watch.look()
    with trail.storage.read() as unit:
        noted = [(entry.outcome, entry.reason) for entry in unit.audit.list(action="audit.check")]
    assert noted == [("broken", "cut_off")]


def test_a_kept_head_that_the_chain_still_goes_through_is_fine(trail: Trail) -> None:
    kept = trail.head()
    trail.written_and_sealed(2, 1)
    assert trail.check(kept) == []


def test_a_switcher_of_histories_puts_back_a_seal_that_was_cut_off(trail: Trail, intruder: Intruder) -> None:
    old = intruder.run("SELECT * FROM audit_seals WHERE number = 3")[0]
    entry = intruder.entry(7)
    intruder.run("DELETE FROM audit WHERE id > 6")
    intruder.run("DELETE FROM audit_seals WHERE number > 2")
    trail.written_and_sealed(1, 1)
    intruder.run("DELETE FROM audit_seals WHERE number = 3")
    intruder.run("DELETE FROM audit WHERE id = 7")
    intruder.run(f"INSERT INTO audit_seals VALUES ({', '.join('?' * 12)})", *old)
    intruder.insert(entry)
    assert ("seal_order", 4, None, None) in found(trail)


@pytest.mark.parametrize("position", [0, -3])
def test_an_inserter_puts_an_entry_before_the_first(trail: Trail, intruder: Intruder, position: int) -> None:
    intruder.insert([position, *intruder.entry(1)[1:]])
    assert found(trail) == [("entry_inserted", 1, position, position)]


def test_an_inserter_puts_an_entry_where_a_transaction_had_been_rolled_back(trail: Trail, intruder: Intruder) -> None:
    trail.write(3)
    intruder.run("DELETE FROM audit WHERE id = 14")
    trail.seal()
    trail.clock.advance(LATE_SECONDS)
    trail.written_and_sealed(1)
    assert trail.check() == []
    intruder.insert([14, *intruder.entry(13)[1:]])
    assert found(trail) == [("entry_inserted", 5, 14, 14)]
    trail.written_and_sealed(1)
    assert found(trail) == [("entry_inserted", 5, 14, 14)], "nobody seals it afterwards"


def test_an_inserter_fills_a_range_with_many_entries_and_the_check_stays_bounded(
    trail: Trail, intruder: Intruder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "BATCH", 4)
    monkeypatch.setattr(comparing, "MAX_STRANGERS", 3)
    for position in range(-20, 0):
        intruder.insert([position, *intruder.entry(1)[1:]])
    [finding] = trail.check()
    assert (finding.kind, finding.first_entry, finding.count) == ("entry_inserted", -20, 7)


def test_a_backdater_adds_an_entry_that_says_it_is_old(trail: Trail) -> None:
    now = trail.clock.now()
    trail.clock._at = now - 86400
    trail.write(1)
    trail.clock._at = now
    trail.written_and_sealed(1)
    assert found(trail) == [("entry_misdated", 5, 13, 13)]


def test_a_postdater_adds_an_entry_of_next_year_and_only_that_one_is_told(trail: Trail) -> None:
    now = trail.clock.now()
    trail.clock._at = now + 365 * 86400
    trail.write(1)
    trail.clock._at = now
    trail.written_and_sealed(1, 1, 1)
    assert found(trail) == [("entry_misdated", 5, 13, 13)]


def test_a_forger_orders_an_erasure_to_hide_a_deletion(trail: Trail, intruder: Intruder) -> None:
    theirs = ChainKeys([b"guessed master key, 32 bytes and"])
    order = theirs.sign_erasure(AuditErasure(1, 5.0, 4, 4, "owner", "law", b"", b""))
    ours = ChainKeys(trail.keys).current
    values = (order.number, order.at, 4, 4, order.actor, order.reason, ours, order.mac)
    intruder.run(f"INSERT INTO audit_erasures VALUES ({', '.join('?' * 8)})", *values)
    intruder.run("DELETE FROM audit WHERE id = 4")
    assert found(trail) == [("entry_missing", 2, 4, 4)]


Attack = Callable[[Intruder, int, int, str], None]


def _swap(intruder: Intruder, one: int, other: int, _word: str) -> None:
    first, second = intruder.entry(one), intruder.entry(other)
    intruder.run("DELETE FROM audit WHERE id IN (?, ?)", one, other)
    intruder.insert([one, *second[1:]])
    intruder.insert([other, *first[1:]])


def _change(intruder: Intruder, one: int, _other: int, word: str) -> None:
    before = json.loads(intruder.entry(one)[10])
    intruder.run("UPDATE audit SET data = ? WHERE id = ?", json.dumps({**before, "more": word}), one)


def _delete(intruder: Intruder, one: int, _other: int, _word: str) -> None:
    intruder.run("DELETE FROM audit WHERE id = ?", one)


def _move(intruder: Intruder, one: int, other: int, _word: str) -> None:
    row = intruder.entry(one)
    intruder.run("DELETE FROM audit WHERE id IN (?, ?)", one, other)
    intruder.insert([other, *row[1:]])


def _insert(intruder: Intruder, one: int, other: int, word: str) -> None:
    row = intruder.entry(one)
    row[5] = word
    intruder.insert([-other, *row[1:]])


ATTACKS: tuple[Attack, ...] = (_swap, _change, _delete, _move, _insert)


def test_any_single_change_deletion_insertion_or_swap_in_sealed_rows_is_found(trail: Trail, intruder: Intruder) -> None:
    kept = [intruder.entry(number) for number in range(1, 13)]
    places = st.integers(1, 12)

    @settings(max_examples=40, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(ATTACKS), places, places, st.text(st.characters(codec="ascii", min_codepoint=32), max_size=9)
    )
    def attack(done: Attack, one: int, other: int, word: str) -> None:
        if one == other:
            other = one % 12 + 1
        done(intruder, one, other, word)
        findings = trail.check()
        intruder.run("DELETE FROM audit")
        for row in kept:
            intruder.insert(row)
        assert findings
        assert trail.check() == []

    attack()


def test_any_single_change_of_a_seal_is_found(trail: Trail, intruder: Intruder) -> None:
    names = list(SEAL_COLUMNS)

    @settings(max_examples=30, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(names), st.integers(1, 4), st.integers(0, 2**31), st.integers(0, 7))
    def attack(column: str, number: int, place: int, bit: int) -> None:
        [(before,)] = intruder.run(f"SELECT {column} FROM audit_seals WHERE number = ?", number)
        intruder.run(f"UPDATE audit_seals SET {column} = ? WHERE number = ?", _spoil(before, place, bit), number)
        findings = trail.check()
        intruder.run(f"UPDATE audit_seals SET {column} = ? WHERE number = ?", before, number)
        assert ("seal_changed", number) in [(one.kind, one.seal) for one in findings]
        assert trail.check() == []

    attack()


def _spoil(before: Any, place: int, bit: int) -> Any:
    if isinstance(before, bytes):
        spoilt = bytearray(before or b"\0")
        spoilt[place % len(spoilt)] ^= 1 << bit
        return bytes(spoilt)
    return before + place % 1000 + 1
