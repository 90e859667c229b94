"""Attacks on the reading of passkeys: noise, size, work, and what would be kept of them."""

import json
from dataclasses import replace

import pytest

from idp.identity.throttling import Limit
from idp.records.accounts import User
from tests.authenticator import Authenticator, b64, unb64
from tests.journeys.passkeys import options_of, passkeys_of, say, use
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import sign_in
from tests.journeys.world import PASSWORD, World
from tests.security.moves import run_of, state_of, totp
from tests.security.passkey_refusals import alice, at_sign_in, bank, key, reasons

__all__ = ["alice", "bank", "key"]

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("said", ["", "{", "[" * 4000, "null", '{"type":"public-key"}', "x" * 9000, "é" * 1000])
async def test_noise_in_place_of_an_answer_is_refused_in_words(
    world: World, alice: User, bank: RelyingParty, said: str
) -> None:
    browser = await at_sign_in(world, bank)
    await say(browser, said)
    assert browser.status == 200
    assert "That passkey was not accepted" in browser.text
    await browser.submit("submitted", email=alice.email)
    await browser.submit("submitted", password=PASSWORD)
    await say(browser, said)
    assert browser.status == 200
    assert passkeys_of(world, alice) == []
    assert browser.heading == "Create a passkey"


async def test_an_answer_larger_than_a_form_is_refused_by_its_size(
    world: World, alice: User, bank: RelyingParty
) -> None:
    browser = await at_sign_in(world, bank)
    run_id = run_of(browser)
    await say(browser, "x" * 20_000)
    assert browser.status == 413
    assert state_of(world, run_id).status == "active"


@pytest.mark.parametrize("cut", [1, 40, 120])
async def test_truncated_cbor_makes_no_passkey(world: World, alice: User, bank: RelyingParty, cut: int) -> None:
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    document = json.loads(Authenticator().make(options_of(browser)))
    whole = unb64(document["response"]["attestationObject"])
    document["response"]["attestationObject"] = b64(whole[:-cut])
    await say(browser, json.dumps(document))
    assert passkeys_of(world, alice) == []
    assert reasons(world, "passkey.add")[-1] == "not_verified"


async def test_those_who_only_make_us_work_are_slowed_down_and_others_are_not(
    world: World, bank: RelyingParty, key: Authenticator
) -> None:
    narrow = replace(world.deps.policy.throttles, passkey_per_address=Limit(3, 900))
    object.__setattr__(world.deps.policy, "throttles", narrow)
    browser = await at_sign_in(world, bank)
    for _ in range(4):
        await say(browser, "{}")
    assert reasons(world)[-4:] == ["malformed", "malformed", "malformed", "throttled"]
    assert "too many attempts" in browser.text
    await use(browser, key)
    assert reasons(world)[-1] == "throttled"
    world.clock.advance(900)
    for _ in range(5):
        browser = await at_sign_in(world, bank)
        await bank.redeem(world.provider.app, await use(browser, key))


async def test_nothing_that_an_authenticator_says_is_kept_with_the_run_or_in_the_audit_trail(
    world: World, alice: User, bank: RelyingParty, key: Authenticator
) -> None:
    browser = await at_sign_in(world, bank)
    run_id = run_of(browser)
    said = json.loads(key.use(options_of(browser)))
    await say(browser, json.dumps(said))
    kept = repr(state_of(world, run_id)) + repr(world.audit())
    for part in (said["id"], *said["response"].values()):
        assert part not in kept


async def test_a_second_factor_code_and_a_passkey_do_not_open_each_others_pages(world: World, alice: User) -> None:
    seed = world.add_totp(alice)
    browser = world.browser()
    await sign_in(browser, world.client().authorize())
    await browser.submit("submitted", credential="{}")
    assert "not right" in browser.text
    await browser.submit("submitted", code=totp(world, seed))
    assert "code=" in browser.url
