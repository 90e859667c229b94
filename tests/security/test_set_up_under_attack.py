"""The link that makes the first administrator, under attack."""

import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from idp.application.console.set_up import SET_UP_SECONDS, offer_set_up
from idp.application.passkeys import offer_passkey, place_of_adding
from idp.records.accounts import Credential
from tests.authenticator import UP, UV, Authenticator
from tests.journeys.browser import Browser
from tests.journeys.console import (
    EMAIL,
    add_operator,
)
from tests.journeys.passkeys import make, options_of, say
from tests.journeys.world import ISSUER, World

pytestmark = pytest.mark.anyio


async def test_a_guessed_set_up_link_opens_nothing(world: World) -> None:
    link = offer_set_up(world.deps)
    assert link is not None
    browser = world.browser()
    for guess in ("", "1", "1.", "1.x", "2." + "0" * 64, link.rpartition("=")[2][:-1]):
        await browser.get(f"{ISSUER}/console/set-up?{urlencode({'link': guess})}")
        assert browser.heading == "This link makes no administrator any more"
        await browser.post(f"{ISSUER}/console/set-up?{urlencode({'link': guess})}", {"email": EMAIL})
        assert browser.status in {400, 403, 410}


async def test_a_set_up_link_is_worth_nothing_once_somebody_has_a_role(world: World) -> None:
    link = offer_set_up(world.deps)
    assert link is not None
    add_operator(world)
    browser = world.browser()
    await browser.get(link)
    assert browser.heading == "This link makes no administrator any more"


async def test_the_secret_of_a_set_up_link_is_not_stored(world: World) -> None:
    link = offer_set_up(world.deps)
    assert link is not None
    secret = parse_qs(urlsplit(link).query)["link"][0].partition(".")[2]
    with world.provider.storage.read() as uow:
        stored = uow.links.get(1)
        entries = uow.audit.list(limit=1000)
    assert stored is not None
    assert secret.encode() not in stored.digest
    assert secret not in str(stored) + str(entries)


async def name_owner(world: World, link: str | None = None, email: str = EMAIL) -> Browser:
    """Return a browser at the choice of a way to sign in, behind a link."""
    link = link or offer_set_up(world.deps)
    assert link is not None
    browser = world.browser()
    await browser.get(link)
    await browser.submit("named", name="Olga Owner", email=email)
    assert browser.heading == "Choose how you sign in"
    return browser


def owners(world: World) -> int:
    with world.provider.storage.read() as uow:
        return len(uow.roles.all())


def people(world: World) -> int:
    with world.provider.storage.read() as uow:
        return len(uow.users.search("", limit=50))


async def test_a_set_up_link_used_twice_makes_one_owner(world: World) -> None:
    link = offer_set_up(world.deps)
    first, second = await name_owner(world, link), await name_owner(world, link, "mallory@example.com")
    await make(first, Authenticator())
    assert first.heading == "Your account is ready"
    await make(second, Authenticator())
    assert second.heading == "This link makes no administrator any more"
    assert (owners(world), people(world)) == (1, 1)


async def test_another_link_is_worth_nothing_once_one_was_used(world: World) -> None:
    """Each start of a provider without an administrator prints a link; the first used one shuts all others."""
    first, second = await name_owner(world), await name_owner(world, email="mallory@example.com")
    await make(first, Authenticator())
    await make(second, Authenticator())
    assert second.heading == "This link makes no administrator any more"
    assert owners(world) == 1


async def test_a_passkey_with_the_challenge_of_another_link_makes_nobody(world: World) -> None:
    mine, theirs = await name_owner(world), await name_owner(world)
    authenticator = Authenticator()
    await say(mine, authenticator.make(options_of(theirs)))
    assert "The passkey could not be added" in mine.text
    assert world.audit("console.set_up")[-1].reason == "foreign_challenge"
    assert owners(world) == 0


async def test_a_passkey_for_another_address_makes_nobody(world: World) -> None:
    """Its challenge is bound to the subject, and that to the address: what was shown cannot be made someone else's."""
    browser = await name_owner(world)
    said = Authenticator().make(options_of(browser))
    form = {**browser.form(), "outcome": "passkey", "credential": said, "email": "mallory@example.com"}
    await browser.post(browser.action(), form)
    assert world.audit("console.set_up")[-1].reason == "foreign_challenge"
    assert owners(world) == 0


async def test_a_challenge_of_the_account_pages_makes_no_owner(world: World) -> None:
    user = world.add_user("alice@example.com")
    browser = await name_owner(world)
    place = place_of_adding(user, "session:1", "add")
    with world.provider.storage.read() as uow:
        options = offer_passkey(world.deps, uow, user, place)
    assert options is not None
    await say(browser, Authenticator().make(options))
    assert world.audit("console.set_up")[-1].reason == "foreign_challenge"
    assert owners(world) == 0


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"fmt": "packed", "statement": {"alg": -7, "sig": b"forged"}}, "not_verified"),
        ({"fmt": "android-key", "statement": {"alg": -7, "sig": b"forged", "x5c": [b"forged"]}}, "attestation"),
        ({"flags": UP}, "user_verification"),
        ({"flags": UV}, "user_presence"),
        ({"rp_id": "evil.example"}, "rp_id"),
        ({"client": {"origin": "https://evil.example"}}, "origin"),
        ({"client": {"type": "webauthn.get"}}, "type"),
        ({"client": {"crossOrigin": True}}, "cross_origin"),
    ],
)
async def test_a_forged_registration_makes_nobody_and_its_challenge_is_spent(
    world: World, lies: dict[str, object], reason: str
) -> None:
    browser = await name_owner(world)
    options, authenticator = options_of(browser), Authenticator()
    page = (browser.action(), browser.form())
    await say(browser, authenticator.make(options, **lies))
    assert world.audit("console.set_up")[-1].reason == reason
    await browser.post(page[0], {**page[1], "outcome": "passkey", "credential": authenticator.make(options)})
    assert world.audit("console.set_up")[-1].reason == "spent_challenge"
    assert (owners(world), people(world)) == (0, 0)


async def test_a_credential_that_somebody_has_makes_nobody(world: World) -> None:
    taken = secrets.token_bytes(32)
    user = world.add_user("alice@example.com")
    with world.provider.storage.write() as uow:
        uow.credentials.add(Credential(0, user.id, "passkey", b"k", "theirs", 1.0, external_id=taken))
    browser = await name_owner(world)
    await make(browser, Authenticator(), credential_id=taken)
    assert world.audit("console.set_up")[-1].reason == "credential_taken"
    assert owners(world) == 0


async def test_an_expired_set_up_link_takes_no_passkey(world: World) -> None:
    browser = await name_owner(world)
    said = Authenticator().make(options_of(browser))
    world.clock.advance(SET_UP_SECONDS)
    await say(browser, said)
    assert browser.heading == "This link makes no administrator any more"
    assert owners(world) == 0


async def test_a_passkey_comes_too_late_once_there_is_an_administrator(world: World) -> None:
    browser = await name_owner(world)
    add_operator(world, email="trudy@example.com")
    await make(browser, Authenticator())
    assert browser.heading == "This link makes no administrator any more"
    await browser.get(browser.url)
    assert browser.status == 410
    assert owners(world) == 1


async def test_a_set_up_form_of_another_browser_or_link_is_refused(world: World) -> None:
    link = offer_set_up(world.deps)
    browser, other, elsewhere = await name_owner(world, link), await name_owner(world, link), await name_owner(world)
    said, action = Authenticator().make(options_of(browser)), browser.action()
    for stranger in (other, elsewhere):
        form = {**stranger.form(), "outcome": "passkey", "credential": said}
        await browser.post(action, form)
        assert browser.status == 403
    assert owners(world) == 0


async def test_a_name_with_markup_is_text_on_the_next_page(world: World) -> None:
    link = offer_set_up(world.deps)
    assert link is not None
    browser = world.browser()
    await browser.get(link)
    name = '"><script>alert(1)</script>'
    await browser.submit("named", name=name, email=EMAIL)
    assert "<script>alert" not in browser.text
    assert options_of(browser)["user"]["displayName"] == name
