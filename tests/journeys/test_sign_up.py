"""Story 4: sign-up with identity verification."""

import pytest

from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import sign_in, verify
from tests.journeys.world import PASSWORD, World

pytestmark = pytest.mark.anyio


async def register(world: World, browser: Browser, bank: RelyingParty, email: str = "carol@example.com") -> None:
    """Type address and password, and the mailed code."""
    await browser.get(bank.authorize(prompt="create"))
    await browser.submit("submitted", email=email, password=PASSWORD)
    codes = [values["code"] for _, template, values in world.mails() if template == "email_code"]
    await browser.submit("submitted", code=codes[-1] if codes else "000000")


async def test_an_account_is_made_from_the_document(world: World) -> None:
    bank = world.client()
    browser = world.browser()
    await register(world, browser, bank)
    tokens = await bank.redeem(world.provider.app, await verify(world, browser, person="carol"))
    userinfo = await bank.userinfo(world.provider.app, tokens["access_token"])
    assert userinfo["name"] == "Carol Example"
    assert userinfo["email_verified"] is True
    again = world.browser()
    assert (await sign_in(again, bank.authorize(), "carol@example.com")).startswith(bank.redirect_uri)


async def test_a_doubtful_score_leaves_a_pending_registration_and_no_account(world: World) -> None:
    bank = world.client()
    browser = world.browser()
    await register(world, browser, bank)
    await verify(world, browser, "WARN", person="carol")
    with world.provider.storage.read() as uow:
        assert uow.users.by_email_key("carol@example.com") is None
        assert len(uow.cases.list()) == 1


async def test_a_face_without_an_identity_of_the_vendor_opens_no_account(world: World) -> None:
    """Nobody could recognise the person later: what is absent has not passed (invariant 2e)."""
    bank = world.client()
    browser = world.browser()
    await register(world, browser, bank)
    await verify(world, browser, person="carol", without_identity=True)
    assert browser.heading == "We could not confirm it is you"
    assert "Nothing in your account was changed" in browser.text
    judged = world.audit("identity.judge")[-1]
    assert (judged.outcome, judged.reason) == ("refused", "owner_unknown")
    assert judged.data["owner_reasons"] == ["identity_id_absent"]
    assert bank.answer(await browser.submit("stop"))["error"] == "access_denied"
    with world.provider.storage.read() as uow:
        assert uow.users.by_email_key("carol@example.com") is None


async def test_a_taken_address_looks_the_same_and_no_code_is_right(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await browser.get(bank.authorize(prompt="create"))
    await browser.submit("submitted", email="alice@example.com", password=PASSWORD)
    assert "code" in browser.text
    assert [template for _, template, _ in world.mails()] == ["account_exists"]


async def test_a_person_who_signed_up_can_step_up_later(world: World) -> None:
    bank = world.client()
    browser = world.browser()
    await register(world, browser, bank)
    await bank.redeem(world.provider.app, await verify(world, browser, person="carol"))
    world.clock.advance(400)
    again = world.browser()
    await sign_in(again, bank.authorize(acr_values="urn:idp:acr:idv"), "carol@example.com")
    tokens = await bank.redeem(world.provider.app, await verify(world, again, person="carol"))
    assert tokens["claims"]["acr"] == "urn:idp:acr:idv"
