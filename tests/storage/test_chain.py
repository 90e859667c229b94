"""The chain over the audit trail: what is sealed, by whom, and what a check says of a trail that is as it was."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text as sql_text

from idp.application.chain import checking, sealing
from idp.application.chain.checking import look_at_stand
from idp.application.chain.digests import BEGINNING, Head, name_head, parse_head, unpack_entries, unpack_gaps
from idp.application.chain.sealing import LATE_SECONDS
from idp.clock import SettableClock
from idp.errors import Conflict, IdpError
from idp.observability import redact
from idp.records.operations import AuditEntry
from idp.storage.sql.statement import Statement
from idp.storage.sql.storage import SqlStorage
from tests.storage.intruder import Intruder
from tests.storage.trail import Trail


@pytest.fixture
def trail(storage: SqlStorage, clock: SettableClock) -> Trail:
    return Trail(storage, clock)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Seals of at most five entries, so that few entries make many."""
    monkeypatch.setattr(sealing, "BATCH", 5)
    return


def test_every_entry_is_in_exactly_one_seal_and_each_seal_names_the_one_before(trail: Trail) -> None:
    trail.write(12)
    assert trail.seal() == 12
    assert trail.seal() == 0
    trail.write(1)
    assert trail.seal() == 1

    seals = trail.seals()
    assert [(seal.number, seal.first_id, seal.last_id, seal.count) for seal in seals] == [
        (1, 1, 5, 5),
        (2, 6, 10, 5),
        (3, 11, 12, 2),
        (4, 13, 13, 1),
    ]
    assert [position for seal in seals for position, _ in unpack_entries(seal.entries)] == list(range(1, 14))
    assert seals[0].previous == BEGINNING
    assert [seal.previous for seal in seals[1:]] == [seal.hash for seal in seals[:-1]]
    assert trail.check() == []


def test_an_empty_trail_has_no_seal_and_nothing_is_wrong_with_it(trail: Trail) -> None:
    assert trail.seal() == 0
    part = trail.part()
    assert (part.seals, part.findings, part.next, part.stand.head, part.stand.unsealed) == (0, (), None, None, 0)


def test_a_check_says_how_much_it_saw_where_the_chain_stands_and_what_is_not_sealed_yet(trail: Trail) -> None:
    trail.written_and_sealed(7)
    trail.write(3)

    part = trail.part()

    assert (part.seals, part.entries, part.erased, part.through, part.next) == (2, 7, 0, 2, None)
    assert part.stand == look_at_stand(trail.deps)
    assert part.stand.newest == trail.seals()[-1]
    assert part.stand.head == name_head(trail.seals()[-1])
    assert part.stand.unsealed == 3


def test_a_check_goes_on_in_parts_that_end_at_their_limits(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    trail.written_and_sealed(2, 2, 2, 2, 2)
    monkeypatch.setattr(checking, "MAX_SEALS", 2)
    parts = [trail.part()]
    while parts[-1].next is not None:
        parts.append(trail.part(parts[-1].next))
    assert [(part.seals, part.through) for part in parts] == [(2, 2), (2, 4), (1, 5)]
    monkeypatch.setattr(checking, "MAX_SEALS", 200)
    monkeypatch.setattr(checking, "MAX_ENTRIES", 3)
    assert [trail.part().seals, trail.part(2).seals, trail.part(4).seals] == [2, 2, 1]
    assert trail.check() == []


def test_an_entry_whose_transaction_commits_late_is_in_the_next_seal(trail: Trail, url: str) -> None:
    intruder = Intruder(url)
    trail.write(5)
    late = intruder.entry(3)
    intruder.run("DELETE FROM audit WHERE id = 3")
    trail.seal()
    assert [(gap.first, gap.last) for gap in unpack_gaps(trail.seals()[-1].gaps)] == [(3, 3)]

    intruder.insert(late)
    assert (trail.check(), trail.part().stand.unsealed) == ([], 1)
    trail.clock.advance(LATE_SECONDS - 1)
    assert trail.seal() == 1

    last = trail.seals()[-1]
    assert [position for position, _ in unpack_entries(last.entries)] == [3]
    assert (last.first_id, last.last_id, unpack_gaps(last.gaps)) == (6, 5, [])
    assert (trail.check(), trail.part().stand.unsealed) == ([], 0)
    trail.write(2)
    trail.seal()
    assert trail.check() == []


def test_a_transaction_that_is_open_while_others_commit_delays_nobody_and_its_entry_is_sealed_late(
    trail: Trail, url: str, storage: SqlStorage
) -> None:
    if url.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time, so positions become visible in their order.")
    written, go_on = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with storage.write() as unit:
            unit.audit.append(_an_entry(trail))
            written.set()
            go_on.wait(30)

    slow = threading.Thread(target=write_slowly)
    slow.start()
    written.wait(30)
    trail.write(2)
    assert trail.seal() == 2
    go_on.set()
    slow.join(30)
    assert trail.check() == []
    assert trail.seal() == 1
    assert [position for position, _ in unpack_entries(trail.seals()[-1].entries)] == [1]
    assert trail.check() == []


def test_a_position_that_was_never_filled_is_given_up_after_a_while(trail: Trail, url: str) -> None:
    intruder = Intruder(url)
    trail.write(4)
    intruder.run("DELETE FROM audit WHERE id = 2")
    trail.seal()
    trail.clock.advance(LATE_SECONDS)
    trail.write(1)
    trail.seal()
    assert unpack_gaps(trail.seals()[-1].gaps) == []
    assert trail.check() == []


def test_more_late_entries_than_a_batch_has_room_for_are_in_the_seals_that_follow(trail: Trail, url: str) -> None:
    intruder = Intruder(url)
    trail.write(20)
    kept = [intruder.entry(number) for number in range(1, 17)]
    intruder.run("DELETE FROM audit WHERE id < 17")
    trail.seal()
    for row in kept:
        intruder.insert(row)
    trail.clock.advance(LATE_SECONDS)
    trail.write(1)
    assert trail.seal() == 17
    assert (trail.check(), trail.part().stand.unsealed) == ([], 0)


def test_of_two_workers_who_seal_at_once_one_seals(trail: Trail, storage: SqlStorage) -> None:
    trail.write(3)
    with storage.read() as unit:
        first, second = (sealing._make_seal(trail.deps, unit.chain) for _ in range(2))
    assert first is not None
    assert second is not None
    with storage.write() as unit:
        unit.chain.append(first)
    with pytest.raises(Conflict), storage.write() as unit:
        unit.chain.append(second)
    assert trail.seal() == 0
    assert len(trail.seals()) == 1


def test_many_workers_seal_everything_once(trail: Trail, storage: SqlStorage) -> None:
    trail.write(40)
    workers = [threading.Thread(target=trail.seal) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    trail.seal()
    sealed = [position for seal in trail.seals() for position, _ in unpack_entries(seal.entries)]
    assert sealed == list(range(1, 41))
    assert trail.check() == []


def test_the_database_refuses_to_change_or_delete_a_seal_and_an_entry(trail: Trail, storage: SqlStorage) -> None:
    trail.written_and_sealed(2)
    for statement in (
        "UPDATE audit_seals SET sealed_at = 0",
        "DELETE FROM audit_seals",
        "UPDATE audit SET reason = ''",
        "DELETE FROM audit WHERE id = 1",
    ):
        with pytest.raises(IdpError), storage._database.write() as transaction:
            transaction.change(_statement(statement), {})
    assert trail.check() == []


def test_seals_made_with_a_former_master_key_are_still_good(trail: Trail) -> None:
    trail.written_and_sealed(3)
    trail.keys = (b"n" * 32, *trail.keys)
    trail.written_and_sealed(3)
    assert trail.check() == []
    assert len({seal.key_id for seal in trail.seals()}) == 2
    trail.keys = trail.keys[:1]
    [found] = trail.check()
    assert (found.kind, found.seal) == ("seal_changed", 1)
    assert "master key that is not here" in found.text


def test_a_head_is_read_as_it_was_written_and_nothing_else_is(trail: Trail) -> None:
    trail.written_and_sealed(1)
    head = trail.head()
    assert parse_head(f" {head} ") == head
    for wrong in (
        "",
        "1",
        "1:",
        ":a",
        "x:" + str(head)[2:],
        "0" + str(head)[1:],
        f"{head}A",
        "1:" + "ü" * 43,
        "9" * 500,
    ):
        assert parse_head(wrong) is None, wrong
    assert parse_head("1:" + "A" * 43) == Head(1, bytes(32))


def test_a_head_can_be_read_in_the_log(trail: Trail) -> None:
    trail.written_and_sealed(1)
    head = str(trail.head())
    assert redact({"event": "audit_chain_head", "head": head})["head"] == head


def _an_entry(trail: Trail) -> AuditEntry:
    return AuditEntry(0, trail.clock.now(), "trace", "sign_in", "done")


def _statement(text: str) -> Statement:
    return Statement(sql_text(text))
