"""Attacks on signing in by a passkey of somebody else."""

import pytest

from idp.application.operators import set_blocked
from idp.records.accounts import Credential, User
from tests.authenticator import Authenticator, b64
from tests.journeys.passkeys import by_password_alone, enrolled, options_of, say, use
from tests.journeys.relying_party import RelyingParty
from tests.journeys.world import PASSWORD, World
from tests.security.moves import methods_of, run_of, state_of
from tests.security.passkey_refusals import alice, at_sign_in, bank, key, refused

__all__ = ["alice", "bank", "key"]

pytestmark = pytest.mark.anyio
RESISTANT = "urn:idp:acr:phr"


async def test_another_persons_passkey_ends_the_run_of_somebody_who_went_back(
    world: World, bank: RelyingParty, key: Authenticator
) -> None:
    bob = world.add_user("bob@example.com")
    with world.provider.storage.write() as uow:
        world.deps.flows.publish(uow, GOING_BACK, "going-back.yaml", world.clock.now())
    shop = world.client("shop", flows={"sign_in": "going-back"})
    browser = await at_sign_in(world, shop)
    await browser.submit("submitted", email=bob.email)
    await browser.submit("submitted", password=PASSWORD)
    run_id = run_of(browser)
    assert state_of(world, run_id).user_id == bob.id
    await use(browser, key, user_handle=key.held[0].user_handle)
    assert state_of(world, run_id).status == "denied"
    assert state_of(world, run_id).reason == "other_user"
    assert methods_of(world, run_id) == ["pwd"]
    assert "code=" not in browser.url


#: A password, and then a passkey as a second step.
GOING_BACK = """
id: going-back
title: Both
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: password}}
  password: {screen: password, on: {submitted: check, back: identifier}}
  check: {action: check_password, on: {ok: passkey, wrong: password, throttled: password}}
  passkey: {screen: passkey, on: {submitted: check_passkey, back: password}}
  check_passkey: {action: check_passkey, on: {ok: done, wrong: passkey, throttled: passkey, unknown: passkey}}
  done: {end: complete}
"""


async def test_another_persons_passkey_ends_a_step_up_and_the_session_stays_whose_it_was(
    world: World, alice: User, bank: RelyingParty, key: Authenticator
) -> None:
    mallory = world.add_user("mallory@example.com")
    _, evil = await enrolled(world, bank, mallory.email)
    browser, _ = await by_password_alone(world)
    await browser.get(bank.authorize(acr_values=RESISTANT))
    run_id = run_of(browser)
    options = options_of(browser)
    assert {one["id"] for one in options["allowCredentials"]} == {b64(key.held[0].credential_id)}
    await say(browser, evil.answer(evil.held[0], options["challenge"]))
    run = state_of(world, run_id)
    assert (run.status, run.reason, run.user_id) == ("denied", "other_user", None)
    assert methods_of(world, run_id) == []
    assert "code=" not in browser.url


async def test_somebody_who_is_only_expected_has_no_passkeys_to_show(
    world: World, bank: RelyingParty, key: Authenticator
) -> None:
    """An ID token names a person to a stranger's browser; their passkeys' IDs would mark them everywhere."""
    _, tokens = await by_password_alone(world)
    browser = await at_sign_in(world, bank, id_token_hint=tokens["id_token"])
    assert state_of(world, run_of(browser)).expected_user_id is not None
    assert options_of(browser)["allowCredentials"] == []


async def test_the_passkey_of_somebody_else_than_the_client_asked_for_ends_the_run(
    world: World, bank: RelyingParty, key: Authenticator
) -> None:
    mallory = world.add_user("mallory@example.com")
    _, evil = await enrolled(world, bank, mallory.email)
    _, tokens = await by_password_alone(world)
    browser = await at_sign_in(world, bank, id_token_hint=tokens["id_token"])
    run_id = run_of(browser)
    await use(browser, evil)
    assert state_of(world, run_id).reason == "other_user"
    assert methods_of(world, run_id) == []


async def test_the_passkey_of_a_blocked_account_opens_nothing(
    world: World, alice: User, bank: RelyingParty, key: Authenticator
) -> None:
    set_blocked(world.deps, alice, blocked=True)
    browser = await at_sign_in(world, bank)
    await use(browser, key)
    refused(world, browser, "user_blocked")


async def test_other_credentials_are_not_found_by_what_passkeys_are_found_by(
    world: World, alice: User, bank: RelyingParty, key: Authenticator
) -> None:
    odd = b"o" * 32
    with world.provider.storage.write() as uow:
        uow.credentials.add(Credential(0, alice.id, "totp", b"sealed", "x", 1.0, external_id=odd))
    key.held[0].credential_id = odd
    browser = await at_sign_in(world, bank)
    await use(browser, key)
    refused(world, browser, "unknown")
