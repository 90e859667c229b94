"""How many requests a caller may send: shared by all processes, and hardly ever written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from idp.application.admin.budget import BLOCKS, MOST_CALLERS, Budgets
from idp.storage.sql.throttles import SqlThrottles
from tests.application.test_publishing_races import RACERS, arena, race
from tests.journeys.world import World, make_world
from tests.stores import postgres_url

__all__ = ["arena", "postgres_url"]

QUOTA = 120


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path)
    yield made
    made.deps.hashing_pool.close()
    made.provider.storage.close()


def budgets(world: World, quota: int = QUOTA) -> Budgets:
    """Return what another process of the same provider would have."""
    return Budgets(replace(world.deps, policy=replace(world.deps.policy, admin_requests_per_minute=quota)))


def spend_all(budget: Budgets, caller: str = "user:1") -> int:
    """Send requests until one is refused, and return how many were not."""
    for count in range(10 * QUOTA):
        if budget.spend(caller).retry_after:
            return count
    raise AssertionError("nothing was refused")


def test_a_minutes_requests_can_be_sent_at_once_and_not_one_more(world: World) -> None:
    budget = budgets(world)
    first = budget.spend("user:1")
    assert (first.quota, first.remaining, first.retry_after) == (QUOTA, QUOTA - 1, 0)
    assert spend_all(budget) == QUOTA - 1


def test_what_is_left_falls_with_each_request(world: World) -> None:
    budget = budgets(world)
    assert [budget.spend("user:1").remaining for _ in range(QUOTA)] == list(range(QUOTA - 1, -1, -1))


def test_they_come_back_evenly_and_are_all_there_after_a_minute(world: World) -> None:
    budget = budgets(world)
    spend_all(budget)
    refused = budget.spend("user:1")
    assert (refused.remaining, refused.retry_after, refused.reset) == (0, 1, 60)
    world.clock.advance(refused.retry_after)
    assert budget.spend("user:1").retry_after == 0
    world.clock.advance(60)
    assert spend_all(budget) == QUOTA


def test_somebody_who_sends_steadily_below_the_limit_is_never_refused(world: World) -> None:
    budget = budgets(world, 600)
    for _ in range(2000):
        assert budget.spend("user:1").retry_after == 0
        world.clock.advance(0.125)


def test_callers_do_not_meet(world: World) -> None:
    budget = budgets(world)
    spend_all(budget)
    assert budget.spend("client:1").retry_after == 0
    assert budget.spend("user:11").retry_after == 0


def test_processes_share_what_a_caller_may_send(arena: World) -> None:
    processes = [budgets(arena) for _ in range(RACERS)]
    sent = [0] * RACERS

    def flood(number: int) -> None:
        sent[number] = spend_all(processes[number])

    race(flood)
    # A process may end with turns that it took and the others cannot have, never with more than there are.
    assert sum(sent) == QUOTA


def test_turns_that_a_process_took_with_it_are_back_after_a_minute(world: World) -> None:
    for _ in range(BLOCKS):
        budgets(world).spend("user:1")
    assert budgets(world).spend("user:1").retry_after > 0
    world.clock.advance(60)
    assert spend_all(budgets(world)) == QUOTA


def test_reading_hardly_ever_writes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    put = SqlThrottles.put_arrival

    def count(self: SqlThrottles, key: str, arrival: float, expires_at: float) -> None:
        written.append(key)
        put(self, key, arrival, expires_at)

    monkeypatch.setattr(SqlThrottles, "put_arrival", count)
    budget = budgets(world, 600)
    for _ in range(600):
        budget.spend("user:1")
    assert len(written) == BLOCKS


def test_a_flood_of_refused_requests_asks_the_database_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    budget = budgets(world)
    spend_all(budget)
    asked: list[str] = []
    arrival = SqlThrottles.arrival

    def count(self: SqlThrottles, key: str) -> float | None:
        asked.append(key)
        return arrival(self, key)

    monkeypatch.setattr(SqlThrottles, "arrival", count)
    assert {budget.spend("user:1").retry_after for _ in range(1000)} == {1}
    assert asked == []


def test_many_callers_are_not_remembered_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.application.admin.budget.MOST_CALLERS", 3)
    budget = budgets(world)
    for number in range(10):
        budget.spend(f"user:{number}")
    assert list(budget._held) == ["user:7", "user:8", "user:9"]
    assert MOST_CALLERS > 1000


def test_the_table_names_no_caller(world: World) -> None:
    budgets(world).spend("client:pipeline")
    with world.provider.storage.read() as uow:
        rows = uow._transaction._connection.execute("SELECT key FROM throttles").fetchall()
    assert rows
    assert not any("pipeline" in key for (key,) in rows)
