"""Attacks on signing in by a passkey: old answers, answers from elsewhere, lies, and copied keys."""

from pathlib import Path
from typing import Any

import pytest

from idp.application.passkeys import ask_for_passkey, use_passkey
from idp.identity.ceremonies import Place
from idp.identity.passkeys import PasskeyRefused
from idp.records.accounts import Credential, User
from tests.authenticator import BE, PRESENT, UP, Authenticator, make_key, unb64
from tests.journeys.passkeys import FLOW, enrolled, options_of, passkeys_of, say, use
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import sign_in
from tests.journeys.world import World, make_world
from tests.security.moves import run_of, state_of
from tests.security.passkey_refusals import alice, at_sign_in, bank, key, reasons, refused

__all__ = ["alice", "bank", "key"]

pytestmark = pytest.mark.anyio


async def test_a_replayed_assertion_is_refused_in_the_run_it_was_made_for(
    world: World, bank: RelyingParty, key: Authenticator
) -> None:
    browser = await at_sign_in(world, bank)
    page, form, said = browser.action(), browser.form(), key.use(options_of(browser))
    url = await browser.post(page, {**form, "outcome": "passkey", "credential": said})
    await bank.redeem(world.provider.app, url)
    count = len(reasons(world))
    form = {**form, "outcome": "passkey", "credential": said}
    await browser.post(page, form)
    assert "code=" not in browser.url
    assert len(reasons(world)) == count


async def test_a_replayed_assertion_is_refused_in_another_run(
    world: World, bank: RelyingParty, key: Authenticator
) -> None:
    browser = await at_sign_in(world, bank)
    said = key.use(options_of(browser))
    await bank.redeem(world.provider.app, await say(browser, said))
    thief = await at_sign_in(world, bank)
    await say(thief, said)
    refused(world, thief, "foreign_challenge")


async def test_an_assertion_that_never_arrived_is_worthless_in_another_browser(
    world: World, bank: RelyingParty, key: Authenticator
) -> None:
    """A proxy in the middle has its own run; the challenge that it shows the victim must be the victim's own."""
    victim, thief = await at_sign_in(world, bank), await at_sign_in(world, bank)
    await say(thief, key.use(options_of(victim)))
    refused(world, thief, "foreign_challenge")
    # And the victim's page cannot be posted from the thief's browser at all.
    await thief.post(
        victim.action(), {**victim.form(), "outcome": "passkey", "credential": key.use(options_of(victim))}
    )
    assert thief.status in {403, 400, 404}
    assert state_of(world, run_of(victim)).status == "active"


async def test_a_challenge_of_an_earlier_moment_of_the_run_is_refused(
    world: World, bank: RelyingParty, key: Authenticator
) -> None:
    browser = await at_sign_in(world, bank)
    earlier = options_of(browser)
    await say(browser, "{}")
    await say(browser, key.use(earlier))
    refused(world, browser, "foreign_challenge")
    await bank.redeem(world.provider.app, await use(browser, key))


async def test_a_challenge_for_making_is_no_challenge_for_using(
    world: World, alice: User, bank: RelyingParty, key: Authenticator
) -> None:
    bob = world.add_user("bob@example.com")
    browser = world.browser()
    await sign_in(browser, bank.authorize(), bob.email)
    creation = options_of(browser)
    assert unb64(creation["user"]["id"])
    other = await at_sign_in(world, bank)
    await say(other, key.answer(key.held[0], creation["challenge"]))
    refused(world, other, "foreign_challenge")
    # The other way round: an answer to a sign-in page makes no passkey.
    request = options_of(other)
    mallory = Authenticator()
    await say(browser, mallory.make({**creation, "challenge": request["challenge"]}))
    assert passkeys_of(world, bob) == []
    assert reasons(world, "passkey.add")[-1] == "foreign_challenge"


async def test_a_challenge_ends(world: World, bank: RelyingParty, key: Authenticator) -> None:
    place = Place("sign_in", "run:1", "identifier", 0)
    with world.provider.storage.write() as uow:
        from_page = world.deps.policy.passkey_seconds
        options = ask(world, uow, place)
        said = key.use(options)
        world.clock.advance(from_page)
        with pytest.raises(PasskeyRefused) as late:
            use_passkey(world.deps, uow, place, said, named=False)
        assert late.value.reason == "expired_challenge"


async def test_a_challenge_is_spent_by_its_first_answer_whatever_that_says(
    world: World, bank: RelyingParty, key: Authenticator
) -> None:
    place = Place("sign_in", "run:1", "identifier", 0)
    with world.provider.storage.write() as uow:
        options = ask(world, uow, place)
        forged = key.use(options, key=make_key(-7))
        for said, reason in ((forged, "not_verified"), (key.use(options), "spent_challenge")):
            with pytest.raises(PasskeyRefused) as no:
                use_passkey(world.deps, uow, place, said, named=False)
            assert no.value.reason == reason


def ask(world: World, uow: Any, place: Place) -> Any:
    return ask_for_passkey(world.deps, uow, place, None)


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"client": {"origin": "https://localhost.evil.example"}}, "origin"),
        ({"client": {"origin": "http://localhost:8001"}}, "origin"),
        ({"client": {"crossOrigin": True}}, "cross_origin"),
        ({"client": {"type": "webauthn.create"}}, "type"),
        ({"rp_id": "evil.example"}, "rp_id"),
        ({"flags": UP}, "user_verification"),
        ({"flags": PRESENT | BE}, "backup_eligibility"),
        ({"user_handle": b"m" * 32}, "user_handle"),
        ({"user_handle": None}, "user_handle"),
        ({"key": make_key(-7)}, "not_verified"),
    ],
)
async def test_a_lie_in_an_assertion_signs_nobody_in(
    world: World, bank: RelyingParty, key: Authenticator, lies: dict[str, Any], reason: str
) -> None:
    browser = await at_sign_in(world, bank)
    await use(browser, key, **lies)
    refused(world, browser, reason)
    assert "That passkey was not accepted" in browser.text
    (kept,) = [item for item in all_passkeys(world) if item.external_id == key.held[0].credential_id]
    assert (kept.counter, kept.last_used_at) == (0, None)


def all_passkeys(world: World) -> list[Credential]:
    with world.provider.storage.read() as uow:
        return [one for user in uow.users.search("") for one in uow.credentials.of_user(user.id, "passkey")]


async def test_an_operators_related_origin_may_not_speak_for_ours(tmp_path: Path) -> None:
    world = make_world(tmp_path, passkey_related_origins=("https://sister.example",))
    world.add_user()
    bank = world.client(**FLOW)
    _, key = await enrolled(world, bank)
    browser = await at_sign_in(world, bank)
    await use(browser, key, client={"origin": "https://sister.example"})
    refused(world, browser, "origin")
    await world.close()


async def test_a_copied_key_is_noticed_by_its_counter(
    world: World, alice: User, bank: RelyingParty, key: Authenticator
) -> None:
    copy = Authenticator(held=[type(key.held[0])(**vars(key.held[0]))])
    for _ in range(2):
        browser = await at_sign_in(world, bank)
        await bank.redeem(world.provider.app, await use(browser, key))
    for counter in (0, 1, 2):
        browser = await at_sign_in(world, bank)
        await use(browser, copy, counter=counter)
        refused(world, browser, "counter")
    entry = world.audit("passkey.check")[0]
    assert (entry.user_id, entry.data["credential"]) == (alice.id, passkeys_of(world, alice)[0].id)
    assert passkeys_of(world, alice)[0].counter == 2
