"""Attacks that put a passkey on an account: somebody else's, without proof, or one too many."""

from dataclasses import replace

import pytest

from idp.application.passkeys import place_of_adding
from idp.identity.passkeys import MAX_PER_PERSON
from idp.records.accounts import Credential, User
from tests.authenticator import Authenticator, b64
from tests.journeys.passkeys import make, options_of, passkeys_of, say, use
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import sign_in
from tests.journeys.world import World
from tests.security.passkey_refusals import alice, at_sign_in, bank, key, reasons

__all__ = ["alice", "bank", "key"]

pytestmark = pytest.mark.anyio

#: Offers a passkey right after the password, before any second factor: an author's mistake that the checker lets pass.
HASTY = """
id: hasty
title: Hasty
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: password, passkey: check_passkey}}
  check_passkey: {action: check_passkey, on: {ok: offer, wrong: identifier, throttled: identifier, unknown: identifier}}
  password: {screen: password, on: {submitted: check, back: identifier}}
  check: {action: check_password, on: {ok: offer, wrong: password, throttled: password}}
  offer: {screen: add_passkey, on: {submitted: register, back: done}}
  register: {action: register_passkey, on: {added: done, refused: offer, cancelled: offer}}
  done: {end: complete}
"""


async def test_a_credential_id_of_somebody_else_cannot_be_registered(
    world: World, alice: User, bank: RelyingParty, key: Authenticator
) -> None:
    """Mallory registers Alice's credential ID with her own key: Alice would then sign in as Mallory, or not at all."""
    mallory = world.add_user("mallory@example.com")
    browser = world.browser()
    await sign_in(browser, bank.authorize(), mallory.email)
    await make(browser, Authenticator(), credential_id=key.held[0].credential_id)
    assert reasons(world, "passkey.add")[-1] == "credential_taken"
    assert "could not be added" in browser.text
    assert passkeys_of(world, mallory) == []
    other = await at_sign_in(world, bank)
    tokens = await bank.redeem(world.provider.app, await use(other, key))
    assert tokens["claims"]["sub"] == alice.sub


async def test_a_registration_is_worth_nothing_in_another_run_or_for_another_person(
    world: World, alice: User, bank: RelyingParty
) -> None:
    """CVE-2026-37982 in this shape: what was started for one account makes a passkey on another."""
    mallory = world.add_user("mallory@example.com")
    hers, theirs = world.browser(), world.browser()
    await sign_in(hers, bank.authorize(), alice.email)
    await sign_in(theirs, bank.authorize(), mallory.email)
    evil = Authenticator()
    said = evil.make(options_of(theirs))
    await say(hers, said)
    assert passkeys_of(world, alice) == []
    assert reasons(world, "passkey.add")[-1] == "foreign_challenge"


async def test_a_right_to_add_ends_when_the_accounts_credentials_are_reset(world: World, alice: User) -> None:
    before = place_of_adding(alice, "session:1")
    with world.provider.storage.write() as uow:
        after = uow.users.save(replace(alice, credential_epoch=alice.credential_epoch + 1))
    assert place_of_adding(after, "session:1") != before


async def hasty(world: World) -> RelyingParty:
    with world.provider.storage.write() as uow:
        world.deps.flows.publish(uow, HASTY, "hasty.yaml", world.clock.now())
    return world.client("shop", flows={"sign_in": "hasty"})


async def test_a_password_alone_adds_no_passkey_beside_an_authenticator(world: World, alice: User) -> None:
    """Invariant 10, and CVE-2026-3429: with the password of somebody who has a second factor."""
    world.add_totp(alice)
    shop = await hasty(world)
    browser = world.browser()
    await sign_in(browser, shop.authorize())
    assert "Passkeys cannot be used here" in browser.text
    # The page offers no ceremony, and a challenge of one's own making is no help.
    options = {"user": {"id": b64(b"h" * 32)}, "rp": {"id": "localhost"}, "challenge": b64(bytes(56))}
    await browser.submit("submitted", credential=Authenticator().make(options))
    assert passkeys_of(world, alice) == []
    assert reasons(world, "passkey.add") == ["no_proof"]


async def test_a_password_alone_adds_no_passkey_beside_a_passkey(
    world: World, alice: User, bank: RelyingParty, key: Authenticator
) -> None:
    shop = await hasty(world)
    browser = world.browser()
    await sign_in(browser, shop.authorize())
    assert "Passkeys cannot be used here" in browser.text
    # With the passkey the same flow adds a second one.
    browser = await at_sign_in(world, shop)
    await use(browser, key)
    assert [one["id"] for one in options_of(browser)["excludeCredentials"]] == [b64(key.held[0].credential_id)]
    await make(browser, Authenticator())
    assert [one.label for one in passkeys_of(world, alice)] == ["a browser", "a browser 2"]


async def test_the_proof_is_asked_for_again_when_the_answer_comes(world: World, alice: User) -> None:
    """Between the page and the answer the account got a second factor: what was enough is not any more."""
    shop = await hasty(world)
    browser = world.browser()
    await sign_in(browser, shop.authorize())
    said = Authenticator().make(options_of(browser))
    world.add_totp(alice)
    await say(browser, said)
    assert passkeys_of(world, alice) == []
    assert reasons(world, "passkey.add")[-1] == "no_proof"


async def test_an_account_has_so_many_passkeys_and_no_more(world: World, alice: User) -> None:
    shop = await hasty(world)
    key = Authenticator()
    browser = world.browser()
    await sign_in(browser, shop.authorize())
    await shop.redeem(world.provider.app, await make(browser, key))
    with world.provider.storage.write() as uow:
        for number in range(MAX_PER_PERSON - 2):
            uow.credentials.add(Credential(0, alice.id, "passkey", b"k", str(number), 1.0, external_id=bytes([number])))
    browsers = [await at_sign_in(world, shop) for _ in range(2)]
    for browser in browsers:
        await use(browser, key)
    answers = [Authenticator().make(options_of(browser)) for browser in browsers]
    for browser, said in zip(browsers, answers, strict=True):
        await say(browser, said)
    assert len(passkeys_of(world, alice)) == MAX_PER_PERSON
    assert reasons(world, "passkey.add")[-1] == "too_many"
    assert "Passkeys cannot be used here" in browsers[1].text
