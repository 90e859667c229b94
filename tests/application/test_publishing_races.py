"""Many who publish, release or save at once, on both engines: one wins, the others are told, no number comes twice."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from idp.application.change import Change
from idp.application.drafts import DraftConflict, publish_draft, save_draft, show_draft
from idp.application.folder import apply_flows
from idp.application.publishing import publish
from idp.application.releasing import list_releases, roll_out
from idp.errors import Conflict
from tests.application.flow_texts import CHECK, OUTER, put, titled
from tests.journeys.world import World, make_world
from tests.stores import postgres_database, postgres_url

__all__ = ["postgres_url"]

RACERS = 4


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def arena(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world on each engine."""
    if request.param == "sqlite":
        made = make_world(tmp_path)
        yield made
        close(made)
        return
    with postgres_database(request.getfixturevalue("postgres_url")) as url:
        made = make_world(tmp_path, database_url=url)
        yield made
        close(made)


def close(world: World) -> None:
    world.deps.hashing_pool.close()
    world.provider.storage.close()


def race(work: Callable[[int], object]) -> list[object]:
    """Run the work of all racers from the same moment on; a Conflict is a result like others."""
    barrier = threading.Barrier(RACERS)
    results: list[object] = [None] * RACERS

    def run(number: int) -> None:
        barrier.wait(30)
        try:
            results[number] = work(number)
        except Conflict as conflict:
            results[number] = conflict

    threads = [threading.Thread(target=run, args=(number,)) for number in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def by(number: int) -> Change:
    return Change(f"p{number}", "race")


def test_of_publishers_from_one_base_one_wins(arena: World) -> None:
    results = race(lambda number: publish(arena.deps, titled("sign-in", f"By {number}"), "t", by(number), base=1))
    assert sum(isinstance(result, Conflict) for result in results) == RACERS - 1
    assert [item.version for item in list_releases(arena.deps, "sign-in")] == [2, 1]


def test_publishers_without_a_base_never_share_a_version_or_a_release(arena: World) -> None:
    results = race(lambda number: publish(arena.deps, titled("sign-in", f"By {number}"), "t", by(number)))
    won = [result.version.version for result in results if not isinstance(result, Conflict)]  # type: ignore[attr-defined]
    assert sorted(won) == list(range(2, 2 + len(won)))
    releases = list_releases(arena.deps, "sign-in")
    assert [item.number for item in releases] == list(range(len(won) + 1, 0, -1))
    assert releases[0].version == max(won)


def test_the_same_text_published_at_once_is_one_version(arena: World) -> None:
    results = race(lambda number: publish(arena.deps, titled("sign-in", "Same"), "t", by(number)))
    assert not [result for result in results if isinstance(result, Conflict)]
    assert {result.version.version for result in results} == {2}  # type: ignore[attr-defined]
    assert [item.version for item in list_releases(arena.deps, "sign-in")] == [2, 1]


def test_of_those_who_release_what_they_saw_one_wins(arena: World) -> None:
    for number in range(RACERS):
        put(arena, titled("sign-in", f"Number {number}"), percent=0)
    results = race(lambda number: roll_out(arena.deps, "sign-in", 2 + number, 100, by(number), expected=1))
    assert sum(isinstance(result, Conflict) for result in results) == RACERS - 1
    assert len(list_releases(arena.deps, "sign-in")) == 2


def test_a_draft_is_published_once(arena: World) -> None:
    save_draft(arena.deps, "sign-in", "main", titled("sign-in", "Drafted"), "ann")

    def work(number: int) -> object:
        try:
            return publish_draft(arena.deps, "sign-in", "main", by(number))
        except Exception as error:  # noqa: BLE001 - who came too late finds no draft
            return error

    results = race(work)
    assert len([result for result in results if not isinstance(result, Exception)]) == 1
    assert [item.version for item in list_releases(arena.deps, "sign-in")] == [2, 1]


@pytest.mark.parametrize("exists", [False, True])
def test_a_draft_is_saved_by_one_of_many_and_the_others_get_both_texts(arena: World, exists: bool) -> None:
    if exists:
        save_draft(arena.deps, "sign-in", "main", "first", "ann")
    results = race(
        lambda number: save_draft(arena.deps, "sign-in", "main", f"by {number}", f"p{number}", seen=int(exists))
    )
    lost = [result for result in results if isinstance(result, DraftConflict)]
    draft, _ = show_draft(arena.deps, "sign-in", "main")
    assert len(lost) == RACERS - 1
    assert {conflict.theirs for conflict in lost} == {draft}
    assert draft.text not in {conflict.mine for conflict in lost}


def test_nodes_that_start_together_apply_the_folder_once(arena: World) -> None:
    files = {"a.yaml": OUTER, "b.yaml": CHECK, "c.yaml": titled("sign-in", "New")}
    results = race(lambda _: apply_flows(arena.deps, files))
    assert not [result for result in results if isinstance(result, Conflict)]
    for flow_id, versions in (("identity-check", [1]), ("careful-step-up", [1]), ("sign-in", [2, 1])):
        assert [item.version for item in list_releases(arena.deps, flow_id)] == versions
