"""A change that would shut the last way in of the administrators is refused; the machine itself can still force it."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from idp.application.authenticators import replace_recovery_codes, use_recovery_code
from idp.application.doors import is_open, make_door
from idp.application.lockout import WouldLockOut
from idp.application.means import METHODS, Person, weigh
from idp.application.operators import set_blocked
from idp.application.releasing import roll_back, roll_out
from idp.application.roles import grant_role
from idp.records.accounts import CredentialKind, Role, User
from idp.records.clients import Client, ClientPolicy
from tests.application.flow_texts import ANN, SIGN_IN, change, put, shipped, titled
from tests.journeys.world import World

pytestmark = pytest.mark.anyio

LEVEL_2FA = "urn:idp:acr:2fa"
FORCED = replace(ANN, even_if_locked_out=True)
#: Whoever has no authenticator is turned away.
TOTP_ONLY = change(SIGN_IN, ("{yes: totp, no: done}", "{yes: totp, no: too_many}"))
TOTP_STEPS = SIGN_IN[SIGN_IN.index("  totp:\n") : SIGN_IN.index("  too_many:")]
#: Whoever has one is.
NO_TOTP = change(SIGN_IN, ("{yes: totp, no: done}", "{yes: too_many, no: done}"), (TOTP_STEPS, ""))
#: Nobody is asked for one.
PLAIN = change(NO_TOTP, ("{yes: too_many, no: done}", "{yes: done, no: done}"), ("demands: [second_factor]\n", ""))
#: Those who have one are sent away.
NO_STEP_UP = """\
id: step-up-2fa
title: Confirm it is you with a second factor
purpose: step_up
deadline: 15m
levels: ["urn:idp:acr:2fa"]
start: has_totp
steps:
  has_totp: {action: has_totp, on: {yes: missing, no: totp}}
  totp: {screen: totp, on: {submitted: check_totp, back: missing, limit: missing}, max_visits: 8}
  check_totp: {action: check_totp, on: {ok: done, wrong: totp, throttled: totp, not_enrolled: missing}}
  missing: {end: denied, reason: not_enrolled}
  done: {end: complete}
"""


def administrator(world: World, role: Role = "owner", email: str = "root@example.com", **changes: object) -> User:
    # Without a birth date no document could be compared with the account.
    user = world.add_user(email, **({"birth_date": None} | changes))
    grant_role(world.deps, user, role, "setup")
    return user


def live(world: World, flow_id: str = "sign-in") -> int:
    with world.provider.storage.read() as uow:
        release = uow.releases.live(flow_id)
    assert release is not None
    return release.version


@pytest.mark.parametrize("role", ["owner", "editor"])
async def test_a_sign_in_that_no_administrator_can_pass_is_not_published(world: World, role: Role) -> None:
    administrator(world, role)
    entries = len(world.audit())
    with pytest.raises(WouldLockOut, match="No administrator could sign in any more"):
        put(world, TOTP_ONLY)
    with world.provider.storage.read() as uow:
        assert uow.flows.latest("sign-in").version == 1  # type: ignore[union-attr]
    assert (live(world), len(world.audit())) == (1, entries)


async def test_an_administrator_who_has_what_is_asked_for_keeps_it_open(world: World) -> None:
    administrator(world)
    world.add_totp(administrator(world, "editor", "ed@example.com"))
    assert put(world, TOTP_ONLY).created


async def test_the_credentials_that_are_really_there_decide_and_not_the_roles(world: World) -> None:
    world.add_totp(administrator(world))
    with pytest.raises(WouldLockOut):
        put(world, NO_TOTP)


#: A password, and one of the recovery codes.
CODES_ONLY = change(
    SIGN_IN,
    ("{yes: totp, no: done}", "{yes: totp, no: too_many}"),
    ("screen: totp\n", "screen: recovery_code\n"),
    ("action: check_totp", "action: check_recovery_code"),
)


async def test_recovery_codes_that_were_used_open_nothing(world: World) -> None:
    root = administrator(world)
    with world.provider.storage.write() as uow:
        codes = replace_recovery_codes(world.deps, uow, root.id)
    assert put(world, CODES_ONLY).created
    roll_back(world.deps, "sign-in", None, ANN)
    with world.provider.storage.write() as uow:
        assert all(use_recovery_code(world.deps, uow, root.id, code) for code in codes)
    with pytest.raises(WouldLockOut):
        roll_out(world.deps, "sign-in", 2, 100, ANN)


async def test_others_do_not_count(world: World) -> None:
    """Somebody with the right authenticator, but who cannot repair a flow, or is blocked, opens nothing."""
    administrator(world)
    for role in ("reviewer", "auditor", "support"):
        world.add_totp(administrator(world, role, f"{role}@example.com"))
    blocked = administrator(world, "owner", "blocked@example.com")
    world.add_totp(blocked)
    set_blocked(world.deps, blocked, blocked=True)
    world.add_totp(world.add_user())
    with pytest.raises(WouldLockOut):
        put(world, TOTP_ONLY)


async def test_without_administrators_there_is_nobody_to_lock_out(world: World) -> None:
    assert put(world, TOTP_ONLY).created


async def test_who_could_not_get_in_before_does_not_stop_a_repair(world: World) -> None:
    administrator(world, password=None)
    assert put(world, titled("sign-in", "Still no way in")).created


async def test_flows_that_lead_no_administrator_in_are_not_asked_about(world: World) -> None:
    administrator(world)
    other = TOTP_ONLY.replace("id: sign-in", "id: strict")
    assert put(world, other).created
    assert put(world, titled("recovery", "Other")).created


async def test_a_trial_that_would_shut_them_out_is_refused_like_a_release(world: World) -> None:
    administrator(world)
    put(world, TOTP_ONLY, percent=0)
    for percent in (1, 100):
        with pytest.raises(WouldLockOut):
            roll_out(world.deps, "sign-in", 2, percent, ANN)
    with pytest.raises(WouldLockOut):
        put(world, TOTP_ONLY.replace("title: Sign in", "title: Strict"), percent=10)
    assert live(world) == 1


async def test_going_back_to_a_version_that_would_shut_them_out_is_refused(world: World) -> None:
    put(world, TOTP_ONLY)
    put(world, titled("sign-in", "Open again"))
    administrator(world)
    with pytest.raises(WouldLockOut):
        roll_back(world.deps, "sign-in", 2, ANN)
    assert live(world) == 3


async def test_the_machine_itself_can_force_it_and_that_is_noted(world: World) -> None:
    administrator(world)
    assert put(world, TOTP_ONLY, FORCED).created
    (entry,) = world.audit("flow.lockout")
    assert (entry.outcome, entry.actor, entry.data["flows"]) == ("forced", "operator:ann", ["sign-in"])
    assert entry.data["administrators"] == 1


async def test_forcing_what_locks_nobody_out_is_not_noted(world: World) -> None:
    administrator(world)
    put(world, titled("sign-in", "Harmless"), FORCED)
    assert world.audit("flow.lockout") == []


# --- the administrators' own client -----------------------------------------------------------------------------------


def console(world: World, **policy: object) -> None:
    world.client("console", administrators=True, **policy)


async def test_where_administrators_have_a_client_its_flows_count_and_no_others(world: World) -> None:
    administrator(world)
    put(world, change(SIGN_IN, ("id: sign-in", "id: console-sign-in")))
    console(world, flows={"sign_in": "console-sign-in"})
    assert put(world, TOTP_ONLY).created
    with pytest.raises(WouldLockOut, match="console"):
        put(world, TOTP_ONLY.replace("id: sign-in", "id: console-sign-in"))


async def test_a_client_that_takes_two_factors_counts_on_the_step_up_to_them(world: World) -> None:
    """The sign-in alone asks for no second factor here; the step-up behind it does."""
    world.add_totp(administrator(world))
    console(world, minimum_acr=LEVEL_2FA)
    assert put(world, PLAIN).created
    with pytest.raises(WouldLockOut):
        put(world, NO_STEP_UP)
    assert live(world, "step-up-2fa") == 1


async def test_a_document_check_opens_a_client_whose_second_factor_is_gone(world: World) -> None:
    """The level above two factors takes one and a proof of identity, and that step-up is still there."""
    world.add_totp(administrator(world, birth_date=date(1990, 4, 12)))
    console(world, minimum_acr=LEVEL_2FA)
    put(world, PLAIN)
    assert put(world, NO_STEP_UP).created
    with pytest.raises(WouldLockOut):
        put(world, shipped("step-up", ('in ["OK", "MANUAL_OK"]', 'in ["OK"] && user.locale == "nowhere"')))


async def test_a_client_that_takes_two_factors_is_shut_by_a_sign_in_nobody_passes(world: World) -> None:
    world.add_totp(administrator(world))
    console(world, minimum_acr=LEVEL_2FA)
    with pytest.raises(WouldLockOut):
        put(world, NO_TOTP)


async def test_an_administrator_without_a_second_factor_does_not_reach_the_level(world: World) -> None:
    administrator(world)
    world.add_totp(administrator(world, "owner", "two@example.com"))
    console(world, minimum_acr=LEVEL_2FA)
    with pytest.raises(WouldLockOut):
        put(world, NO_TOTP)
    assert put(world, TOTP_ONLY).created


async def test_a_level_that_nobody_knows_shuts_the_door_and_does_not_open_it(world: World) -> None:
    """Read as no minimum it would count somebody in who is refused: the guard would let the true last door be shut."""
    root = administrator(world)
    world.add_totp(root)
    client = Client("console", {}, policy=ClientPolicy(administrators=True, minimum_acr="urn:idp:acr:gone"))
    with world.provider.storage.read() as uow:
        person = Person(root, weigh(world.deps, uow, root, uow.credentials.of_user(root.id)))
        door = make_door(world.deps, uow, client)
        assert not is_open(world.deps, uow, door, [person], world.deps.flows.get)
        known = make_door(world.deps, uow, replace(client, policy=replace(client.policy, minimum_acr=LEVEL_2FA)))
        assert is_open(world.deps, uow, known, [person], world.deps.flows.get)


async def test_the_flag_is_kept_with_the_client(world: World) -> None:
    console(world)
    with world.provider.storage.read() as uow:
        client: Client | None = uow.clients.get("console")
    assert client is not None
    assert client.policy.administrators


def test_every_kind_of_credential_is_weighed() -> None:
    assert set(METHODS) == set(get_args(CredentialKind))
