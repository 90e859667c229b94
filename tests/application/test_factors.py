"""Which second factor is asked for: the best that somebody has and the flow offers, and never none in place of one."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from idp.application.authenticators import replace_recovery_codes, use_recovery_code
from idp.application.factors import list_factors
from idp.flows.factors import FACTOR_NAMES, FACTORS, Factor, pick_factor
from idp.records.accounts import Credential, User
from idp.records.journeys import Evidence, Run
from tests.journeys.world import World

pytestmark = pytest.mark.anyio


def pick(held: tuple[str, ...], offered: tuple[str, ...] = FACTOR_NAMES) -> str:
    return pick_factor([factor for factor in FACTORS if factor.name in held], offered)


def every_set() -> list[tuple[str, ...]]:
    return [chosen for size in range(len(FACTOR_NAMES) + 1) for chosen in combinations(FACTOR_NAMES, size)]


@pytest.mark.parametrize("held", every_set(), ids=" ".join)
def test_whoever_has_a_second_factor_is_asked_for_one(held: tuple[str, ...]) -> None:
    """Pitfall 20, for every combination of what there is and what a flow offers."""
    own = {factor.name for factor in FACTORS if factor.credential and factor.name in held}
    for offered in every_set():
        picked = pick(held, offered)
        if own & set(offered):
            assert picked in own & set(offered)
        elif own:
            assert picked == "unavailable"
        else:
            assert picked == ("email_code" if "email_code" in set(held) & set(offered) else "none")


def test_the_best_is_picked_and_what_is_kept_for_need_comes_last() -> None:
    assert pick(FACTOR_NAMES) == "passkey"
    assert pick(("totp", "recovery_code")) == "totp"
    assert pick(("passkey", "recovery_code"), ("recovery_code",)) == "recovery_code"
    assert pick(("recovery_code", "email_code")) == "recovery_code"


def run_of(user: User | None, purpose: str = "sign_in", *, proved: bool = True) -> Run:
    user_id = user.id if user else None
    named: dict[str, Any] = {"user_id": user_id} if proved else {"expected_user_id": user_id}
    return Run(0, "f", 1, purpose, b"b", {}, 0.0, 9e9, **named)


def names(world: World, run: Run, *methods: str) -> list[str]:
    with world.provider.storage.write() as uow:
        kept = uow.runs.add(run)
        for method in methods:
            uow.evidence.append(Evidence(0, kept.id, method, (), 0.0, "s", run.purpose, user_id=run.user_id))
        found: tuple[Factor, ...] = list_factors(uow, kept)
    return [factor.name for factor in found]


def hold(world: World, user: User, kind: Any) -> None:
    with world.provider.storage.write() as uow:
        if kind == "recovery_code":
            replace_recovery_codes(world.deps, uow, user.id)
        else:
            uow.credentials.add(Credential(0, user.id, kind, b"secret", kind, 0.0))


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.name)
async def test_what_somebody_has_is_listed_and_what_they_have_not_is_not(world: World, factor: Factor) -> None:
    user = world.add_user()
    with world.provider.storage.write() as uow:
        user = uow.users.save(replace(user, email_verified=factor.credential is None))
    assert names(world, run_of(user)) == ([factor.name] if factor.credential is None else [])
    if factor.credential is not None:
        hold(world, user, factor.credential)
        assert names(world, run_of(user)) == [factor.name]
    # What this run has proved is not asked for again.
    assert names(world, run_of(user), factor.method) == []


async def test_who_is_only_expected_shows_nothing_before_a_proof_but_in_a_step_up_and_a_recovery(world: World) -> None:
    """A client that names somebody does not learn what they have."""
    user = world.add_user()
    hold(world, user, "totp")
    assert names(world, run_of(user, proved=False)) == []
    assert names(world, run_of(user, "step_up", proved=False)) == ["totp", "email_code"]
    assert names(world, run_of(user, "recovery", proved=False)) == ["totp", "email_code"]
    assert names(world, run_of(None)) == []


async def test_recovery_codes_that_are_used_up_are_none(world: World) -> None:
    user = world.add_user()
    with world.provider.storage.write() as uow:
        codes = replace_recovery_codes(world.deps, uow, user.id)
    assert "recovery_code" in names(world, run_of(user))
    with world.provider.storage.write() as uow:
        assert all(use_recovery_code(world.deps, uow, user.id, code) for code in codes)
    assert "recovery_code" not in names(world, run_of(user))
