"""Attacks on passkeys: old answers, answers from elsewhere, other people's keys, and keys put on other accounts."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from idp.application.operators import set_blocked
from idp.application.passkeys import ask_for_passkey, place_of_adding, use_passkey
from idp.identity.ceremonies import Place
from idp.identity.passkeys import MAX_PER_PERSON, PasskeyRefused
from idp.identity.throttling import Limit
from idp.records.accounts import Credential, User
from tests.authenticator import BE, PRESENT, UP, Authenticator, b64, make_key, unb64
from tests.journeys.browser import Browser
from tests.journeys.passkeys import FLOW, by_password_alone, enrolled, make, options_of, passkeys_of, say, use
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import sign_in
from tests.journeys.world import PASSWORD, World, make_world
from tests.security.moves import methods_of, run_of, state_of, totp

pytestmark = pytest.mark.anyio
RESISTANT = "urn:idp:acr:phr"

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


def reasons(world: World, action: str = "passkey.check") -> list[str]:
    """Return why passkeys were not accepted, oldest first."""
    return [entry.reason or entry.outcome for entry in sorted(world.audit(action), key=lambda entry: entry.id)]


async def at_sign_in(world: World, bank: RelyingParty, **extra: str) -> Browser:
    browser = world.browser()
    await browser.get(bank.authorize(**extra))
    return browser


@pytest.fixture
async def alice(world: World) -> User:
    return world.add_user()


@pytest.fixture
def bank(world: World) -> RelyingParty:
    return world.client(**FLOW)


@pytest.fixture
async def key(world: World, alice: User, bank: RelyingParty) -> Authenticator:
    """Alice's authenticator, with the passkey that she made after a sign-in by password."""
    _, authenticator = await enrolled(world, bank)
    return authenticator


def refused(world: World, browser: Browser, reason: str) -> None:
    """The last answer was refused for this reason: nobody is signed in, nothing is proved, the run waits."""
    assert reasons(world)[-1] == reason
    run = state_of(world, run_of(browser))
    assert (run.status, run.user_id) == ("active", None)
    assert methods_of(world, run.id) == []


# --- old answers, and answers from elsewhere --------------------------------------------------------------------------


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


# --- other people -----------------------------------------------------------------------------------------------------


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


# --- putting a key on an account --------------------------------------------------------------------------------------


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


# --- noise ------------------------------------------------------------------------------------------------------------


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
