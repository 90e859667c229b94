"""Rolling out to a share of people, and back; every release is recorded and none is changed."""

import pytest

from idp.application.releasing import list_releases, roll_back, roll_out
from idp.errors import Conflict, InvalidInput, NotFound
from tests.application.flow_texts import ANN, CHECK, put, shipped, titled
from tests.journeys.world import World

pytestmark = pytest.mark.anyio


def versions(world: World, *titles: str, percent: int = 100) -> None:
    for title in titles:
        put(world, titled("sign-in", title), percent=percent)


def live(world: World) -> tuple[int, int | None, int]:
    with world.provider.storage.read() as uow:
        release = uow.releases.live("sign-in")
    assert release is not None
    return release.version, release.trial, release.percent


async def test_a_version_goes_from_a_few_to_everybody(world: World) -> None:
    versions(world, "Two", percent=0)
    roll_out(world.deps, "sign-in", 2, 10, ANN)
    assert live(world) == (1, 2, 10)
    roll_out(world.deps, "sign-in", 2, 50, ANN)
    assert live(world) == (1, 2, 50)
    done = roll_out(world.deps, "sign-in", 2, 100, ANN)
    assert (done.changed, live(world)) == (True, (2, None, 0))
    assert [(item.kind, item.version, item.trial) for item in list_releases(world.deps, "sign-in")] == [
        ("rollout", 2, None),
        ("rollout", 1, 2),
        ("rollout", 1, 2),
        ("publish", 1, None),
    ]
    assert [entry.data["percent"] for entry in world.audit("flow.release")][-3:] == [10, 50, 0]


async def test_what_is_so_already_makes_no_release(world: World) -> None:
    versions(world, "Two", percent=10)
    assert not roll_out(world.deps, "sign-in", 2, 10, ANN).changed
    assert not roll_back(world.deps, "recovery", 1, ANN).changed
    assert len(list_releases(world.deps, "sign-in")) == 2


async def test_a_trial_is_taken_back(world: World) -> None:
    versions(world, "Two", percent=10)
    assert roll_out(world.deps, "sign-in", 2, 0, ANN).changed
    assert live(world) == (1, None, 0)
    with pytest.raises(InvalidInput, match="not on trial"):
        roll_out(world.deps, "sign-in", 2, 0, ANN)


async def test_going_back_without_a_version_ends_the_trial_first_and_then_goes_to_older_ones(world: World) -> None:
    versions(world, "Two", "Three")
    versions(world, "Four", percent=20)
    went = []
    for _ in range(3):
        done = roll_back(world.deps, "sign-in", None, ANN)
        went.append((done.release.kind, done.release.version, done.release.trial))
    assert went == [("rollback", 3, None), ("rollback", 2, None), ("rollback", 1, None)]
    with pytest.raises(InvalidInput, match="No older version"):
        roll_back(world.deps, "sign-in", None, ANN)


async def test_going_back_to_a_version_by_number(world: World) -> None:
    versions(world, "Two", "Three")
    assert roll_back(world.deps, "sign-in", 1, ANN).release.version == 1
    with pytest.raises(NotFound):
        roll_back(world.deps, "sign-in", 9, ANN)
    with pytest.raises(NotFound):
        roll_back(world.deps, "nothing", None, ANN)


async def test_somebody_who_saw_another_release_is_refused(world: World) -> None:
    versions(world, "Two", "Three")
    roll_back(world.deps, "sign-in", 1, ANN, expected=3)
    with pytest.raises(Conflict, match="ann released version 1"):
        roll_out(world.deps, "sign-in", 2, 100, ANN, expected=3)
    with pytest.raises(Conflict):
        roll_back(world.deps, "sign-in", 2, ANN, expected=3)
    assert live(world) == (1, None, 0)


async def test_a_share_of_what_serves_everybody_means_nothing(world: World) -> None:
    with pytest.raises(InvalidInput, match="serves everybody"):
        roll_out(world.deps, "sign-in", 1, 10, ANN)
    for percent in (-1, 101):
        with pytest.raises(InvalidInput, match="share"):
            roll_out(world.deps, "sign-in", 1, percent, ANN)


async def test_a_version_that_was_published_for_later_is_released_first_to_everybody(world: World) -> None:
    put(world, CHECK, percent=0)
    with pytest.raises(NotFound):
        list_releases(world.deps, "identity-check")
    with pytest.raises(InvalidInput, match="serves the others"):
        roll_out(world.deps, "identity-check", 1, 10, ANN)
    assert roll_out(world.deps, "identity-check", 1, 100, ANN).release.number == 1


async def test_a_version_for_another_purpose_is_never_released(world: World) -> None:
    """Publishing refuses such a version too; this one is put there by hand."""
    other = shipped("step-up", ("id: step-up", "id: sign-in"))
    with world.provider.storage.write() as uow:
        uow.flows.publish("sign-in", other, b"by hand", world.clock.now())
    for percent in (10, 100):
        with pytest.raises(InvalidInput, match="is for step_up"):
            roll_out(world.deps, "sign-in", 2, percent, ANN)
    with pytest.raises(InvalidInput, match="is for step_up"):
        roll_back(world.deps, "sign-in", 2, ANN)
    assert live(world) == (1, None, 0)
