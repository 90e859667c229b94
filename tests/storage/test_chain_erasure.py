"""Entries can be taken out by an order, for the law or when they are old, and the chain stays whole."""

import pytest

from idp.application.chain.erasing import erase_entries, erase_entries_before
from idp.application.chain.watching import WALK_SECONDS, ChainWatch
from idp.application.change import Change
from idp.clock import SettableClock
from idp.errors import IdpError, InvalidInput
from idp.storage.sql.storage import SqlStorage
from tests.storage.intruder import Intruder
from tests.storage.sealed_trail import trail
from tests.storage.trail import Trail

__all__ = ["trail"]

WHY = Change("olga", "Ordered by the court")


def left(trail: Trail) -> list[int]:
    with trail.storage.read() as unit:
        return [entry.id for entry in unit.audit.list()]


def test_an_erased_entry_is_gone_and_the_chain_says_that_it_was_ordered(trail: Trail) -> None:
    assert erase_entries(trail.deps, 4, 5, WHY) == 2
    assert left(trail) == [1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13]
    trail.seal()
    assert trail.check() == []
    assert trail.part().erased == 2
    with trail.storage.read() as unit:
        [noted] = unit.audit.list(action="audit.erase")
    assert (noted.actor, noted.reason, noted.data) == ("operator:olga", "Ordered by the court", {"first": 4, "last": 5})


def test_what_is_older_than_a_time_is_erased(trail: Trail) -> None:
    third = trail.seals()[2].sealed_at
    assert erase_entries_before(trail.deps, third, WHY) == 6
    assert erase_entries_before(trail.deps, third, WHY) == 0
    assert left(trail) == [7, 8, 9, 10, 11, 12, 13]
    assert erase_entries_before(trail.deps, third - 86400, WHY) == 0
    assert trail.check() == []


def test_many_entries_are_erased_in_batches(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.application.chain.erasing.BATCH", 2)
    assert erase_entries(trail.deps, 1, 11, WHY) == 11
    assert left(trail) == [12, 13]
    assert trail.check() == []


@pytest.mark.parametrize(("first", "last"), [(13, 13), (5, 14), (0, 3), (5, 4), (-3, -1)])
def test_only_sealed_entries_are_erased(trail: Trail, first: int, last: int) -> None:
    trail.write(1)
    with pytest.raises(InvalidInput):
        erase_entries(trail.deps, first, last, WHY)
    assert len(left(trail)) == 13


def test_nothing_is_erased_without_a_reason_or_without_a_chain(storage: SqlStorage, clock: SettableClock) -> None:
    empty = Trail(storage, clock)
    with pytest.raises(InvalidInput, match="Seal first"):
        erase_entries(empty.deps, 1, 1, WHY)
    with pytest.raises(InvalidInput, match="why"):
        erase_entries(empty.deps, 1, 1, Change("olga", " "))


def test_a_position_that_is_still_waited_for_is_not_erased(trail: Trail, url: str) -> None:
    intruder = Intruder(url)
    trail.write(3)
    intruder.run("DELETE FROM audit WHERE id = 14")
    trail.seal()
    with pytest.raises(InvalidInput, match="may still come late"):
        erase_entries(trail.deps, 13, 14, WHY)


def test_an_order_covers_no_other_entry(trail: Trail, url: str, storage: SqlStorage) -> None:
    erase_entries(trail.deps, 4, 5, WHY)
    with pytest.raises(IdpError), storage.write() as unit:
        unit.chain.erase(6, 6)
    Intruder(url).run("DELETE FROM audit WHERE id = 6")
    [finding] = trail.check()
    assert (finding.kind, finding.first_entry, finding.count) == ("entry_missing", 6, 1)


def test_an_order_that_somebody_has_widened_covers_nothing(trail: Trail, url: str) -> None:
    erase_entries(trail.deps, 4, 5, WHY)
    intruder = Intruder(url)
    intruder.run("UPDATE audit_erasures SET last_id = 6")
    intruder.run("DELETE FROM audit WHERE id = 6")
    [finding] = trail.check()
    assert (finding.kind, finding.first_entry, finding.last_entry) == ("entry_missing", 4, 6)


def test_the_worker_walks_along_the_chain_once_a_day_and_says_what_it_found(trail: Trail, url: str) -> None:
    watch = ChainWatch(trail.deps)
    erase_entries(trail.deps, 4, 5, WHY)
    assert watch.look() == 4
    assert watch.look() == 0
    with trail.storage.read() as unit:
        check = unit.chain.finished_check()
    assert check is not None
    assert (check.seals, check.entries, check.erased, check.findings, check.first_finding) == (4, 12, 2, 0, None)
    Intruder(url).run("DELETE FROM audit WHERE id IN (6, 9)")
    trail.clock.advance(WALK_SECONDS)
    assert watch.look() == 4
    with trail.storage.read() as unit:
        check = unit.chain.finished_check()
        noted = [(entry.outcome, entry.reason) for entry in unit.audit.list(action="audit.check")]
    assert check is not None
    assert (check.findings, check.first_finding) == (2, "Entry 6 is missing, though it was sealed.")
    assert noted == [("intact", ""), ("broken", "entry_missing")]


def test_no_walk_begins_before_there_is_a_chain(storage: SqlStorage, clock: SettableClock) -> None:
    empty = Trail(storage, clock)
    watch = ChainWatch(empty.deps)
    assert watch.look() == 0
    empty.written_and_sealed(2)
    assert watch.look() == 1
    with storage.read() as unit:
        assert [entry.data["seals"] for entry in unit.audit.list(action="audit.check")] == [1]


def test_a_walk_goes_on_where_another_worker_left_it(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.application.chain.checking.MAX_SEALS", 1)
    monkeypatch.setattr("idp.application.chain.watching.PARTS", 3)
    assert ChainWatch(trail.deps).look() == 3
    with trail.storage.read() as unit:
        assert unit.chain.finished_check() is None
    assert ChainWatch(trail.deps).look() == 1
    with trail.storage.read() as unit:
        check = unit.chain.finished_check()
    assert check is not None
    assert (check.seal, check.seals, check.entries) == (4, 4, 12)


def test_a_walk_that_found_something_does_not_end_as_intact(
    trail: Trail, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("idp.application.chain.checking.MAX_SEALS", 1)
    Intruder(url).run("DELETE FROM audit WHERE id IN (2, 4)")
    assert ChainWatch(trail.deps).look() == 4
    with trail.storage.read() as unit:
        check = unit.chain.finished_check()
        noted = [(entry.outcome, entry.reason) for entry in unit.audit.list(action="audit.check")]
    assert check is not None
    assert check.findings == 2
    assert noted == [("broken", "entry_missing")]
