"""A trial is dealt by a keyed hash: sticky for each person or browser, fair in its share, and known to nobody else."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.application.releasing import roll_out
from idp.application.rollout import Rider, choose_variant, deal
from idp.flows.language import PURPOSES
from idp.records.clients import ClientPolicy
from idp.records.flows import FlowRelease
from tests.application.flow_texts import ANN, put, shipped, titled
from tests.journeys.world import World

pytestmark = pytest.mark.anyio
KEY = bytes(range(32))
TRIAL = FlowRelease("sign-in", 2, 6, 0.0, "rollout", "ann", trial=7, percent=10)

RIDERS = st.builds(Rider, st.binary(min_size=1, max_size=40), st.none() | st.integers(1, 2**63 - 1))
PERCENTS = st.integers(1, 99)


@settings(max_examples=200, derandomize=True, database=None)
@given(RIDERS, st.sampled_from(PURPOSES), PERCENTS)
def test_the_same_rider_gets_the_same_version_every_time(rider: Rider, purpose: str, percent: int) -> None:
    release = replace(TRIAL, percent=percent)
    first = choose_variant(KEY, release, purpose, rider)
    assert first in {(6, "main"), (7, "trial")}
    # Neither a later release of the same trial nor the other properties of the journey deal anew.
    later = replace(release, number=9, at=5.0, actor="bob")
    assert choose_variant(KEY, later, purpose, rider) == first


@settings(max_examples=200, derandomize=True, database=None)
@given(RIDERS, st.sampled_from(PURPOSES), PERCENTS, PERCENTS)
def test_raising_the_share_takes_the_trial_from_nobody(rider: Rider, purpose: str, one: int, other: int) -> None:
    low, high = sorted((one, other))
    if choose_variant(KEY, replace(TRIAL, percent=low), purpose, rider)[1] == "trial":
        assert choose_variant(KEY, replace(TRIAL, percent=high), purpose, rider)[1] == "trial"


@settings(max_examples=200, derandomize=True, database=None)
@given(RIDERS, st.binary(min_size=1, max_size=40), PERCENTS)
def test_step_up_and_recovery_go_by_the_person_on_every_device(rider: Rider, other: bytes, percent: int) -> None:
    release = replace(TRIAL, percent=percent)
    for purpose in ("step_up", "recovery"):
        here = choose_variant(KEY, release, purpose, rider)
        assert choose_variant(KEY, release, purpose, replace(rider, browser=other)) == here
        if rider.user_id is None:
            assert here == (6, "main")
    for purpose in ("sign_in", "sign_up"):
        here = choose_variant(KEY, release, purpose, rider)
        assert choose_variant(KEY, release, purpose, replace(rider, user_id=4711)) == here


def test_a_trial_has_its_share_and_another_key_or_version_other_people() -> None:
    subjects = [b"browser:%d" % number for number in range(20_000)]

    def chosen(key: bytes, version: int) -> set[bytes]:
        return {subject for subject in subjects if deal(key, "sign-in", version, subject) < 0.1}

    ours = chosen(KEY, 7)
    assert 0.09 < len(ours) / len(subjects) < 0.11
    for others in (chosen(bytes(32), 7), chosen(KEY, 8)):
        assert 0.09 < len(others) / len(subjects) < 0.11
        assert len(ours & others) < 0.2 * len(ours)


def test_without_a_trial_or_a_rider_everybody_gets_the_main_version() -> None:
    assert choose_variant(KEY, TRIAL, "sign_in", None) == (6, "main")
    assert choose_variant(KEY, replace(TRIAL, trial=None, percent=0), "sign_in", Rider(b"x")) == (6, "main")


# --- in the library ---------------------------------------------------------------------------------------------------


def riders_of(world: World, purpose: str, policy: ClientPolicy | None = None) -> dict[str, set[int]]:
    """Let 40 people choose and return the versions that each variant gave."""
    found: dict[str, set[int]] = {"main": set(), "trial": set()}
    with world.provider.storage.read() as uow:
        for number in range(1, 41):
            rider = Rider(b"%d" % number, number)
            chosen = world.deps.flows.choose(uow, purpose, policy, rider)
            found[chosen.variant].add(chosen.version)
    return found


async def test_the_library_gives_some_people_the_trial(world: World) -> None:
    put(world, titled("sign-in", "Two"), percent=50)
    assert riders_of(world, "sign_in") == {"main": {1}, "trial": {2}}
    roll_out(world.deps, "sign-in", 2, 100, ANN)
    assert riders_of(world, "sign_in") == {"main": {2}, "trial": set()}


async def test_a_trial_for_another_purpose_would_serve_nobody(world: World) -> None:
    """Publishing and releasing refuse it; this one is put there by hand."""
    other = shipped("step-up", ("id: step-up", "id: sign-in"))
    with world.provider.storage.write() as uow:
        uow.flows.publish("sign-in", other, b"by hand", world.clock.now())
        uow.releases.append(FlowRelease("sign-in", 2, 1, 0.0, "rollout", "eve", trial=2, percent=99))
    assert riders_of(world, "sign_in") == {"main": {1}, "trial": set()}


async def test_a_trial_that_does_not_lead_to_the_level_is_not_taken_for_it(world: World) -> None:
    """The trial of the 2fa step-up claims another level; whoever needs two factors gets the main version."""
    other = shipped("step-up-2fa", ("urn:idp:acr:2fa", "urn:idp:acr:1fa"))
    with world.provider.storage.write() as uow:
        uow.flows.publish("step-up-2fa", other, b"by hand", world.clock.now())
        uow.releases.append(FlowRelease("step-up-2fa", 2, 1, 0.0, "rollout", "eve", trial=2, percent=99))
    with world.provider.storage.read() as uow:
        for number in range(1, 30):
            rider = Rider(b"b", number)
            chosen = world.deps.flows.choose_step_up(uow, "urn:idp:acr:2fa", None, rider)
            assert (chosen.flow.id, chosen.version, chosen.variant) == ("step-up-2fa", 1, "main")
