"""Passkeys of an account as its pages hold them: offered to one session, kept once, listed, renamed, removed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from idp.application.browser import Browser
from idp.application.passkey_steps import (
    perform_check_passkey,
    perform_has_passkey,
    perform_passkey_offer_due,
    perform_register_passkey,
)
from idp.application.passkeys import (
    Options,
    accept_passkey,
    accepted_passkeys,
    ask_for_passkey,
    list_passkeys,
    offer_passkey,
    place_of_adding,
    remove_passkey,
    rename_passkey,
)
from idp.application.steps import ActionCall, prove
from idp.errors import NotFound
from idp.identity.ceremonies import Place
from idp.identity.passkeys import PasskeyRefused
from idp.records.accounts import Credential, User
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork
from tests.authenticator import BE, BS, PRESENT, Authenticator, b64
from tests.journeys.passkeys import FLOW, passkeys_of
from tests.journeys.world import World, make_world, wire
from tests.security.moves import call, run_of

pytestmark = pytest.mark.anyio
HERE = "session:1"
DEVICE = "Chrome on Windows"


@pytest.fixture
async def alice(world: World) -> User:
    return world.add_user(given_name="Alice", family_name="Example")


@pytest.fixture
async def bob(world: World) -> User:
    return world.add_user("bob@example.com")


def offer(world: World, user: User, holder: str = HERE) -> Options | None:
    with world.provider.storage.read() as uow:
        return offer_passkey(world.deps, uow, user, place_of_adding(user, holder))


def accept(world: World, user: User, said: str, holder: str = HERE, **more: str) -> Credential:
    with world.provider.storage.write() as uow:
        return accept_passkey(world.deps, uow, user, place_of_adding(user, holder), said, DEVICE, **more)


def add(world: World, user: User, authenticator: Authenticator, **more: str) -> Credential:
    options = offer(world, user)
    assert options is not None
    return accept(world, user, authenticator.make(options), **more)


def change(world: World, work: Callable[[UnitOfWork], Any]) -> Any:
    with world.provider.storage.write() as uow:
        return work(uow)


async def test_a_passkey_is_offered_to_a_session_and_kept_under_the_devices_name(world: World, alice: User) -> None:
    first = add(world, alice, Authenticator(flags=PRESENT | BE | BS))
    second = add(world, alice, Authenticator())
    third = add(world, alice, Authenticator(), label="  Blue\tkey ")
    assert [one.label for one in (first, second, third)] == [DEVICE, f"{DEVICE} 2", "Blue key"]
    with world.provider.storage.read() as uow:
        listed = list_passkeys(uow, alice.id)
    assert [(one.id, one.label, one.synchronised, one.backed_up, one.last_used_at) for one in listed] == [
        (first.id, DEVICE, True, True, None),
        (second.id, f"{DEVICE} 2", False, False, None),
        (third.id, "Blue key", False, False, None),
    ]
    assert {one.created_at for one in listed} == {world.clock.now()}


async def test_an_offer_excludes_what_is_there_and_writes_nothing(world: World, alice: User) -> None:
    made = add(world, alice, Authenticator())
    options = offer(world, alice)
    assert options is not None
    assert [one["id"] for one in options["excludeCredentials"]] == [b64(made.external_id or b"")]
    assert [one["transports"] for one in options["excludeCredentials"]] == [["hybrid", "internal"]]
    assert options["user"]["displayName"] == "Alice Example"
    assert passkeys_of(world, alice) == [made]


async def test_an_answer_is_worth_nothing_in_another_session_or_for_another_person(
    world: World, alice: User, bob: User
) -> None:
    options = offer(world, alice)
    assert options is not None
    said = Authenticator().make(options)
    for user, holder in ((alice, "session:2"), (alice, "run:1"), (bob, HERE)):
        with pytest.raises(PasskeyRefused, match="foreign_challenge"):
            accept(world, user, said, holder)
    reset = change(world, lambda uow: uow.users.save(replace(alice, credential_epoch=1)))
    with pytest.raises(PasskeyRefused, match="foreign_challenge"):
        accept(world, reset, said)
    assert accept(world, alice, said).user_id == alice.id


async def test_an_answer_is_taken_once(world: World, alice: User) -> None:
    options = offer(world, alice)
    assert options is not None
    authenticator = Authenticator()
    said = authenticator.make(options)
    made = accept(world, alice, said)
    with pytest.raises(PasskeyRefused, match="spent_challenge"):
        accept(world, alice, said)
    change(world, lambda uow: remove_passkey(uow, alice, made.id))
    with pytest.raises(PasskeyRefused, match="spent_challenge"):
        accept(world, alice, said)
    assert passkeys_of(world, alice) == []


async def test_the_same_passkey_is_not_kept_twice(world: World, alice: User) -> None:
    authenticator = Authenticator()
    add(world, alice, authenticator)
    options = offer(world, alice)
    assert options is not None
    again = authenticator.attest(authenticator.held[0], options["challenge"])
    with pytest.raises(PasskeyRefused, match="credential_taken"):
        accept(world, alice, again)


async def test_a_passkey_gets_the_name_that_was_typed(world: World, alice: User) -> None:
    made = add(world, alice, Authenticator())
    assert change(world, lambda uow: rename_passkey(uow, alice, made.id, " My \n phone ")) == "My phone"
    assert passkeys_of(world, alice)[0].label == "My phone"
    assert change(world, lambda uow: rename_passkey(uow, alice, made.id, " \u200b ")) == "My phone"


async def test_a_removed_passkey_is_gone(world: World, alice: User) -> None:
    made, other = add(world, alice, Authenticator()), add(world, alice, Authenticator())
    assert change(world, lambda uow: remove_passkey(uow, alice, made.id)) == made
    assert passkeys_of(world, alice) == [other]


async def test_nobody_changes_a_passkey_of_somebody_else_or_another_credential(
    world: World, alice: User, bob: User
) -> None:
    made = add(world, alice, Authenticator())
    with world.provider.storage.read() as uow:
        (password,) = uow.credentials.of_user(alice.id, "password")
    for user, credential in ((bob, made.id), (alice, password.id), (alice, 99)):
        with pytest.raises(NotFound):
            change(world, lambda uow, user=user, credential=credential: rename_passkey(uow, user, credential, "x"))
        with pytest.raises(NotFound):
            change(world, lambda uow, user=user, credential=credential: remove_passkey(uow, user, credential))
    assert passkeys_of(world, alice) == [made]


async def test_a_browser_is_told_what_is_still_accepted(world: World, alice: User) -> None:
    made = add(world, alice, Authenticator())
    options = offer(world, alice)
    with world.provider.storage.read() as uow:
        told = accepted_passkeys(world.deps, uow, alice)
    assert options is not None
    assert told == {
        "rpId": "localhost",
        "userId": options["user"]["id"],
        "allAcceptedCredentialIds": [b64(made.external_id or b"")],
    }


async def test_at_an_address_without_passkeys_nothing_is_offered_asked_or_accepted(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    provider = wire(tmp_path, world.clock, world.http, issuer="http://127.0.0.1:8000")
    there = World(provider, world.simulator, world.clock, world.http)
    alice = there.add_user()
    assert offer(there, alice) is None
    with pytest.raises(PasskeyRefused, match="no_passkeys_here"):
        accept(there, alice, "{}")
    with provider.storage.read() as uow:
        assert ask_for_passkey(provider.deps, uow, Place("sign_in", "run:1"), None) is None
        assert accepted_passkeys(provider.deps, uow, alice) is None
    provider.deps.hashing_pool.close()
    provider.storage.close()
    await world.close()


async def test_passkeys_can_be_bound_to_a_parent_domain_and_shared_with_other_sites(tmp_path: Path) -> None:
    sites = ("https://login.example.org", "https://login.example.net:8443")
    world = make_world(tmp_path, passkey_rp_id="home.localhost", passkey_related_origins=sites)
    alice = world.add_user()
    options = offer(world, alice)
    assert options is not None
    assert options["rp"]["id"] == "home.localhost"
    add(world, alice, Authenticator())
    answer = await call(world, "GET", "/.well-known/webauthn")
    assert (answer.status_code, answer.json()) == (200, {"origins": list(sites)})
    assert answer.headers["content-type"] == "application/json"
    await world.close()


# --- actions that no shipped flow walks -------------------------------------------------------------------------------


def an_action(run: Run, **more: Any) -> ActionCall:
    return ActionCall(run, "step", {}, more.pop("options", {}), {}, Browser("secret"), **more)


async def a_run(world: World, **changes: Any) -> Run:
    """Return the run of somebody who has just opened the sign-in page, changed."""
    browser = world.browser()
    await browser.get(world.client(**FLOW).authorize())
    with world.provider.storage.read() as uow:
        run = uow.runs.get(run_of(browser))
    assert run is not None
    return replace(run, **changes)


async def test_in_a_recovery_a_passkey_proves_possession_and_not_yet_who_is_there(world: World, alice: User) -> None:
    authenticator = Authenticator()
    add(world, alice, authenticator)
    run = await a_run(world, purpose="recovery", expected_user_id=alice.id)
    place = Place("sign_in", f"run:{run.id}", "passkey", 3)
    with world.provider.storage.write() as uow:
        options = ask_for_passkey(world.deps, uow, place, None)
        assert options is not None
        said = authenticator.use(options)
        result = perform_check_passkey(
            world.deps, uow, an_action(run, secrets={"credential": said}, screen=("passkey", 3))
        )
        evidence = uow.evidence.of_run(run.id)
    assert (result.outcome, result.run.user_id) == ("ok", None)
    assert [(item.method, item.amr, item.user_id) for item in evidence] == [("passkey", ("hwk", "pop", "user"), None)]


async def test_an_action_that_is_repeated_without_its_page_proves_nothing(world: World, alice: User) -> None:
    """After a crash the engine asks for the action again, and what was typed is gone."""
    run = await a_run(world, user_id=alice.id)
    with world.provider.storage.write() as uow:
        assert perform_check_passkey(world.deps, uow, an_action(run)).outcome == "wrong"
        assert perform_register_passkey(world.deps, uow, an_action(run)).outcome == "refused"
        assert uow.evidence.of_run(run.id) == []
    assert [entry.reason for entry in world.audit("passkey.check")] == ["no_answer"]


async def test_nobody_has_no_passkey_and_is_offered_none(world: World, alice: User) -> None:
    nobody = await a_run(world)
    with world.provider.storage.write() as uow:
        assert perform_has_passkey(world.deps, uow, an_action(nobody)).outcome == "no"
        assert perform_passkey_offer_due(world.deps, uow, an_action(nobody)).outcome == "no"
        assert perform_register_passkey(world.deps, uow, an_action(nobody)).outcome == "refused"


async def test_an_offer_that_could_not_be_taken_is_not_made(world: World, alice: User) -> None:
    """Somebody known, who has proved nothing in this run, may add nothing."""
    run = await a_run(world, user_id=alice.id)
    with world.provider.storage.write() as uow:
        assert perform_passkey_offer_due(world.deps, uow, an_action(run)).outcome == "no"
        prove(world.deps, uow, an_action(run), "pwd", ("pwd",), alice.id)
        assert perform_passkey_offer_due(world.deps, uow, an_action(run, options={"days": 7})).outcome == "yes"
        assert perform_passkey_offer_due(world.deps, uow, an_action(run, options={"days": 7})).outcome == "no"
    world.clock.advance(7 * 86_400)
    again = await a_run(world, user_id=alice.id)
    with world.provider.storage.write() as uow:
        prove(world.deps, uow, an_action(again), "pwd", ("pwd",), alice.id)
        assert perform_passkey_offer_due(world.deps, uow, an_action(again)).outcome == "yes"


async def test_evidence_of_somebody_else_in_the_run_counts_for_nothing(world: World, alice: User, bob: User) -> None:
    run = await a_run(world, user_id=alice.id)
    with world.provider.storage.write() as uow:
        prove(world.deps, uow, an_action(run), "pwd", ("pwd",), bob.id)
        assert perform_passkey_offer_due(world.deps, uow, an_action(run)).outcome == "no"


async def test_proof_of_the_owner_allows_a_passkey_beside_every_other(world: World, alice: User) -> None:
    """As in a recovery: whoever lost their passkey can make another."""
    add(world, alice, Authenticator())
    run = await a_run(world, user_id=alice.id)
    place = place_of_adding(alice, f"run:{run.id}", "add", 5)
    with world.provider.storage.write() as uow:
        options = offer_passkey(world.deps, uow, alice, place)
        assert options is not None
        action = an_action(run, secrets={"credential": Authenticator().make(options)}, screen=("add", 5))
        prove(world.deps, uow, action, "pwd", ("pwd",), alice.id)
        assert perform_register_passkey(world.deps, uow, action).outcome == "refused"
        prove(world.deps, uow, action, "review", (), alice.id)
        assert perform_register_passkey(world.deps, uow, action).outcome == "added"
    assert len(passkeys_of(world, alice)) == 2
