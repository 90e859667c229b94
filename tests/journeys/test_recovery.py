"""Story 3: recovery by a reset link and the enrolled identity."""

import pytest

from tests.journeys.browser import Browser
from tests.journeys.steps import sign_in, verify
from tests.journeys.world import World
from tests.security.moves import NEW_PASSWORD, enrol

pytestmark = pytest.mark.anyio


async def ask_for_link(world: World, browser: Browser, url: str, email: str = "alice@example.com") -> str | None:
    """Ask for a recovery link and return it from the mail, None if none was sent."""
    await browser.get(url)
    await browser.submit(email=email)
    assert "/recover/sent" in browser.url
    links = [values["link"] for _, template, values in world.mails() if template == "recovery_link"]
    return links[-1] if links else None


async def test_the_owner_sets_a_new_password_and_goes_on_to_the_client(world: World) -> None:
    world.add_user()
    bank = world.client()
    await enrol(world, bank)
    browser = world.browser()
    link = await ask_for_link(world, browser, bank.authorize(acr_values="urn:idp:acr:recovery"))
    assert link is not None
    await browser.get(link)
    await browser.submit()
    await verify(world, browser)
    url = await browser.submit(password=NEW_PASSWORD)
    tokens = await bank.redeem(world.provider.app, url)
    assert tokens["claims"]["acr"] == "urn:idp:acr:recovery"
    assert "pwd" not in tokens["claims"]["amr"]
    assert "password_changed" in [template for _, template, _ in world.mails()]
    other = world.browser()
    await sign_in(other, bank.authorize(), password="correct-horse-battery-staple")
    assert "not right" in other.text
    await sign_in(other, bank.authorize(), password=NEW_PASSWORD)
    assert other.url.startswith(bank.redirect_uri)


async def test_all_sessions_and_refresh_tokens_end(world: World) -> None:
    world.add_user()
    bank = world.client()
    old = await enrol(world, bank)
    await old.get(bank.authorize(scope="openid offline_access"))
    tokens = await bank.redeem(world.provider.app, await old.submit("allow"))
    browser = world.browser()
    link = await ask_for_link(world, browser, bank.authorize(acr_values="urn:idp:acr:recovery"))
    await browser.get(link or "")
    await browser.submit()
    await verify(world, browser)
    await browser.submit(password=NEW_PASSWORD)
    refused = await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refused["error"] == "invalid_grant"
    await old.get(bank.authorize(prompt="none"))
    assert bank.answer(old.url)["error"] == "login_required"


async def test_reset_link_consumed_by_a_mail_scanner(world: World) -> None:
    world.add_user()
    bank = world.client()
    await enrol(world, bank)
    browser = world.browser()
    link = await ask_for_link(world, browser, "http://localhost:8000/recover")
    assert link is not None
    for _ in range(10):
        scanner = world.browser()
        await scanner.get(link)
        assert scanner.status == 200
    await browser.get(link)
    await browser.submit()
    assert "/run/" in browser.url
    replay = world.browser()
    await replay.get(link)
    assert replay.status == 410


async def test_a_double_click_or_the_back_button_leads_to_the_recovery_that_was_started(world: World) -> None:
    world.add_user()
    await enrol(world, world.client())
    browser = world.browser()
    link = await ask_for_link(world, browser, "http://localhost:8000/recover")
    assert link is not None
    await browser.get(link)
    form, action = browser.form(), browser.action()
    first = await browser.post(action, form)
    assert "/run/" in first
    await browser.post(action, form)
    assert browser.status == 410
    assert browser.link(r"/run/\d+") == first
    await browser.get(link)
    assert browser.status == 410
    assert await browser.get(browser.link(r"/run/\d+")) == first
    assert [entry.outcome for entry in world.audit("recovery.confirm")] == ["started"]
    other = world.browser()
    await other.get(link)
    assert other.status == 410
    assert "/run/" not in other.text
    await browser.submit("stop")
    await browser.get(link)
    assert browser.status == 410
    assert "/run/" not in browser.text


async def test_unknown_address_gets_the_same_answer_and_no_mail(world: World) -> None:
    world.add_user()
    known, unknown = world.browser(), world.browser()
    assert await ask_for_link(world, known, "http://localhost:8000/recover") is not None
    assert await ask_for_link(world, unknown, "http://localhost:8000/recover", "nobody@example.com") is None
    assert known.text == unknown.text


async def test_a_new_verification_alone_does_not_recover_an_account_with_nothing_enrolled(world: World) -> None:
    world.add_user()
    browser = world.browser()
    link = await ask_for_link(world, browser, "http://localhost:8000/recover")
    await browser.get(link or "")
    await browser.submit()
    assert "/run/" not in browser.url
    assert world.audit("recovery.confirm")[-1].reason == "identity_not_enrolled"


async def test_a_mailed_link_with_somebody_elses_face_changes_nothing(world: World) -> None:
    world.add_user()
    bank = world.client()
    await enrol(world, bank)
    browser = world.browser()
    link = await ask_for_link(world, browser, "http://localhost:8000/recover")
    await browser.get(link or "")
    await browser.submit()
    await verify(world, browser, person="bob")
    await browser.submit("stop")
    other = world.browser()
    assert (await sign_in(other, bank.authorize())).startswith(bank.redirect_uri)
