"""Passkeys: offered after a password, used instead of one, asked for by level."""

import pyotp
import pytest

from tests.application.flow_texts import SIGN_IN, put
from tests.authenticator import BE, BS, EDDSA, ES256, PRESENT, RS256, Authenticator, unb64
from tests.journeys.passkeys import FLOW, by_password_alone, enrolled, make, options_of, passkeys_of, say, use
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import ISSUER, World
from tests.security.moves import call

pytestmark = pytest.mark.anyio

ONE, TWO, RESISTANT = (f"urn:idp:acr:{name}" for name in ("1fa", "2fa", "phr"))
UNMET = "unmet_authentication_requirements"


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
async def test_a_passkey_is_offered_made_and_used(world: World, algorithm: int) -> None:
    user = world.add_user()
    bank = world.client(**FLOW)
    _, authenticator = await enrolled(world, bank, algorithm=algorithm)
    (kept,) = passkeys_of(world, user)
    assert kept.external_id == authenticator.held[0].credential_id
    assert kept.data["algorithm"] == algorithm
    assert [template for _, template, _ in world.mails()] == ["passkey_added"]

    world.clock.advance(60)
    browser = world.browser()
    await browser.get(bank.authorize())
    options = options_of(browser)
    assert options["allowCredentials"] == []
    assert (options["rpId"], options["userVerification"]) == ("localhost", "required")
    tokens = await bank.redeem(world.provider.app, await use(browser, authenticator))
    claims = tokens["claims"]
    assert claims["sub"] == user.sub
    assert claims["acr"] == RESISTANT
    assert claims["amr"] == ["hwk", "mfa", "pop", "user"]
    assert claims["auth_time"] == int(world.clock.now())
    (used,) = passkeys_of(world, user)
    assert (used.counter, used.last_used_at) == (1, world.clock.now())


async def test_a_synchronised_passkey_is_a_software_key_and_its_state_is_kept(world: World) -> None:
    user = world.add_user()
    bank = world.client(**FLOW)
    _, authenticator = await enrolled(world, bank, flags=PRESENT | BE, counts=0)
    (kept,) = passkeys_of(world, user)
    assert (kept.data["backup_eligible"], kept.data["backed_up"], kept.counter) == (True, False, 0)
    for flags, backed_up in ((PRESENT | BE | BS, True), (PRESENT | BE, False)):
        authenticator.flags = flags
        browser = world.browser()
        await browser.get(bank.authorize())
        tokens = await bank.redeem(world.provider.app, await use(browser, authenticator))
        assert tokens["claims"]["amr"] == ["mfa", "pop", "swk", "user"]
        (kept,) = passkeys_of(world, user)
        assert (kept.data["backup_eligible"], kept.data["backed_up"]) == (True, backed_up)
        assert kept.last_used_at == world.clock.now()


async def test_the_offer_says_who_it_is_for_and_what_is_there_already(world: World) -> None:
    user = world.add_user(given_name="Alice", family_name="Example")
    bank = world.client(**FLOW)
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    options = options_of(browser)
    assert browser.heading == "Sign in more easily next time"
    assert options["user"]["name"] == "alice@example.com"
    assert options["user"]["displayName"] == "Alice Example"
    assert len(unb64(options["user"]["id"])) == 32
    assert user.sub not in str(options)
    assert options["excludeCredentials"] == []


async def test_not_now_is_not_asked_again_before_its_time(world: World) -> None:
    user = world.add_user()
    bank = world.client(**FLOW)
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    await bank.redeem(world.provider.app, await browser.submit("skip"))
    assert passkeys_of(world, user) == []
    for days, offered in ((89, False), (2, True)):
        world.clock.advance(days * 86_400)
        browser = world.browser()
        url = await sign_in(browser, bank.authorize())
        assert (browser.heading == "Sign in more easily next time") is offered
        if not offered:
            await bank.redeem(world.provider.app, url)


async def test_somebody_with_a_passkey_who_types_the_password_is_asked_for_it_and_offered_no_other(
    world: World,
) -> None:
    world.add_user()
    bank = world.client(**FLOW)
    _, authenticator = await enrolled(world, bank)
    world.clock.advance(100 * 86_400)
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    assert browser.heading == "Use your passkey"
    tokens = await bank.redeem(world.provider.app, await use(browser, authenticator))
    assert (tokens["claims"]["acr"], tokens["claims"]["amr"]) == (RESISTANT, ["hwk", "mfa", "pop", "user"])


async def test_a_password_still_asks_for_the_authenticator_and_the_offer_comes_after_it(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    bank = world.client(**FLOW)
    browser, authenticator = world.browser(), Authenticator()
    await sign_in(browser, bank.authorize())
    assert "authenticator" in browser.text
    await browser.submit("submitted", code=pyotp.TOTP(seed).at(int(world.clock.now())))
    tokens = await bank.redeem(world.provider.app, await make(browser, authenticator))
    assert tokens["claims"]["amr"] == ["mfa", "otp", "pwd"]
    assert len(passkeys_of(world, user)) == 1


async def test_an_unknown_passkey_says_so_and_the_address_still_works(world: World) -> None:
    user = world.add_user()
    bank = world.client(**FLOW)
    _, authenticator = await enrolled(world, bank)
    with world.provider.storage.write() as uow:
        uow.credentials.remove(passkeys_of(world, user)[0].id)
    browser = world.browser()
    await browser.get(bank.authorize())
    await use(browser, authenticator)
    assert "do not know that passkey" in browser.text
    assert "data-unknown" in browser.text
    await browser.submit("submitted", email="alice@example.com")
    url = await browser.submit("submitted", password="correct-horse-battery-staple")
    assert (await bank.redeem(world.provider.app, url))["claims"]["amr"] == ["pwd"]


async def test_a_passkey_that_was_not_accepted_is_no_wrong_password(world: World) -> None:
    world.add_user()
    bank = world.client(**FLOW)
    browser = world.browser()
    await browser.get(bank.authorize())
    await say(browser, "{}")
    assert "That passkey was not accepted" in browser.text
    assert "password is not right" not in browser.text
    await browser.get(browser.url)
    assert "That passkey was not accepted" in browser.text
    assert [(entry.outcome, entry.reason) for entry in world.audit("passkey.check")] == [("wrong", "malformed")]


async def test_a_reload_brings_a_new_challenge_and_both_are_good_until_one_is_used(world: World) -> None:
    world.add_user()
    bank = world.client(**FLOW)
    _, authenticator = await enrolled(world, bank)
    browser = world.browser()
    await browser.get(bank.authorize())
    first = options_of(browser)
    await browser.get(browser.url)
    assert options_of(browser)["challenge"] != first["challenge"]
    tokens = await bank.redeem(world.provider.app, await say(browser, authenticator.use(first)))
    assert tokens["claims"]["acr"] == RESISTANT


async def test_showing_a_page_with_a_passkey_writes_nothing(world: World) -> None:
    world.add_user()
    bank = world.client(**FLOW)
    browser = world.browser()
    await browser.get(bank.authorize())
    run_id = int(path_of(browser).split("/")[2])
    with world.provider.storage.read() as uow:
        before = uow.runs.get(run_id)
    for _ in range(3):
        await browser.get(browser.url)
    with world.provider.storage.read() as uow:
        assert uow.runs.get(run_id) == before
        assert options_of(browser)["challenge"] not in str(before)


# --- step-up ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("acr", "amr"), [(RESISTANT, ["hwk", "mfa", "pop", "user"]), (TWO, ["hwk", "mfa", "pop", "pwd", "user"])]
)
async def test_a_session_of_a_password_is_raised_by_a_passkey(world: World, acr: str, amr: list[str]) -> None:
    user = world.add_user()
    bank = world.client(**FLOW)
    _, authenticator = await enrolled(world, bank)
    browser, before = await by_password_alone(world)
    assert before["claims"]["acr"] == ONE
    cookies = dict(browser.cookies)
    world.clock.advance(60)
    await browser.get(bank.authorize(acr_values=acr))
    assert browser.heading == "Use your passkey"
    options = options_of(browser)
    (kept,) = passkeys_of(world, user)
    assert [(unb64(one["id"]), one["transports"]) for one in options["allowCredentials"]] == [
        (kept.external_id, ["hybrid", "internal"])
    ]
    # An authenticator that was told whose passkey is wanted need not say whose it is.
    tokens = await bank.redeem(world.provider.app, await use(browser, authenticator, user_handle=None))
    assert tokens["claims"]["acr"] == acr
    assert tokens["claims"]["amr"] == amr
    assert tokens["claims"]["auth_time"] == int(world.clock.now())
    assert browser.cookies != cookies


async def test_who_has_no_passkey_is_told_so_and_the_client_gets_the_standard_error(world: World) -> None:
    """Pitfall 9: the user lacks the factor."""
    world.add_user()
    bank = world.client(**FLOW)
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    await bank.redeem(world.provider.app, await browser.submit("skip"))
    await browser.get(bank.authorize(acr_values=RESISTANT))
    assert "needs a passkey" in browser.text
    assert bank.answer(await browser.submit("continue"))["error"] == UNMET


async def test_a_passkey_elsewhere_is_no_reason_not_to_use_the_authenticator(world: World) -> None:
    user = world.add_user()
    bank = world.client(**FLOW)
    await enrolled(world, bank)
    browser, _ = await by_password_alone(world)
    seed = world.add_totp(user)
    await browser.get(bank.authorize(acr_values=TWO))
    await browser.submit("other_way")
    await browser.submit("totp")
    code = pyotp.TOTP(seed).at(int(world.clock.now()))
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=code))
    assert tokens["claims"]["amr"] == ["mfa", "otp", "pwd"]


async def test_a_sign_in_with_a_passkey_is_never_asked_to_step_up_to_two_factors(world: World) -> None:
    world.add_user()
    bank = world.client(**FLOW)
    _, authenticator = await enrolled(world, bank)
    browser = world.browser()
    await browser.get(bank.authorize())
    await bank.redeem(world.provider.app, await use(browser, authenticator))
    tokens = await bank.redeem(world.provider.app, await browser.get(bank.authorize(acr_values=TWO)))
    assert tokens["claims"]["acr"] == TWO


# --- well-known addresses ---------------------------------------------------------------------------------------------


async def test_password_managers_find_where_passkeys_are_managed(world: World) -> None:
    answer = await call(world, "GET", "/.well-known/passkey-endpoints")
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"enroll", "manage"}
    assert all(url.startswith(f"{ISSUER}/account") for url in answer.json().values())


async def test_without_related_origins_there_is_no_document_of_them(world: World) -> None:
    assert (await call(world, "GET", "/.well-known/webauthn")).status_code == 404


async def test_a_flow_adds_no_passkey_that_would_shut_its_person_out(world: World) -> None:
    """The account pages' sign-in asks for no passkey: whoever had one would be turned away there."""
    user = world.add_user()
    bank, authenticator = world.client(**FLOW), Authenticator()
    put(world, SIGN_IN)
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    await make(browser, authenticator)
    assert "could not be added" in browser.text
    assert [entry.reason for entry in world.audit("passkey.add")] == ["would_shut_out"]
    assert passkeys_of(world, user) == []
