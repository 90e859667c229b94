"""Story 5: somebody looks after their own account. Its pages: who gets in, what they say, and in which language."""

import re

import pytest

from tests.journeys.account import ACCOUNT, enter, notice_on, open_page, send_form, user_of
from tests.journeys.steps import path_of, sign_in, signed_in, verify
from tests.journeys.world import PASSWORD, World

pytestmark = pytest.mark.anyio

PAGES = ["", "/profile", "/security", "/devices", "/applications", "/identity", "/activity", "/language"]


async def test_opening_the_account_asks_to_sign_in_and_comes_back(world: World) -> None:
    world.add_user()
    browser = world.browser()
    await browser.get(f"{ACCOUNT}/devices")
    assert path_of(browser).startswith("/run/")
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert path_of(browser) == "/account/devices"
    assert "Journey" not in browser.text
    for path in PAGES:
        assert await open_page(browser, path) == f"/account{path}"
        assert browser.status == 200


async def test_a_new_person_can_sign_up_from_the_account_page(world: World) -> None:
    browser = world.browser()
    await browser.get(ACCOUNT)
    await browser.get(browser.link('/sign-up[^"]*'))
    await browser.submit("submitted", email="carol@example.com", password=PASSWORD)
    code = next(values["code"] for _, template, values in world.mails() if template == "email_code")
    await browser.submit("submitted", code=code)
    await verify(world, browser, person="carol")
    assert path_of(browser) == "/account"
    assert "Carol" in browser.text


async def test_the_home_page_says_what_needs_attention(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    assert "one factor only" in browser.text
    assert "identity has not been checked" in browser.text
    world.add_totp(user)
    await browser.get(ACCOUNT)
    assert "one factor only" not in browser.text


async def test_devices_are_listed_and_signed_out(world: World) -> None:
    world.add_user()
    bank = world.client()
    phone = world.browser(**{"user-agent": "Mozilla/5.0 (iPhone) Safari/605.1"})
    url = await sign_in(phone, bank.authorize(scope="openid offline_access"))
    tokens = await bank.redeem(world.provider.app, await phone.submit("allow"))
    assert url
    desk, tablet = await enter(world), await enter(world)
    await desk.get(f"{ACCOUNT}/devices")
    assert desk.text.count("Sign out<span") == 2
    assert "Safari on iPhone" in desk.text
    assert desk.text.count("This device") == 1
    line = desk.text.split("Safari on iPhone")[1]
    action = re.search(r'action="([^"]+)"', line)
    assert action
    assert await send_form(world, desk, action[1]) == 200
    assert notice_on(desk) == "That device is signed out."
    await phone.get(bank.authorize(prompt="none"))
    assert bank.answer(phone.url)["error"] == "login_required"
    refreshed = await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed["error"] == "invalid_grant", "what it may do while its owner is away ends too"
    await send_form(world, desk, "/account/devices/sign-out-others")
    assert notice_on(desk) == "All other devices are signed out."
    await tablet.get(ACCOUNT)
    assert path_of(tablet).startswith("/run/")
    await desk.get(f"{ACCOUNT}/devices")
    assert "sign-out" not in desk.text


async def test_an_application_is_listed_and_its_access_withdrawn(world: World) -> None:
    user = world.add_user()
    bank, shop = world.client(consent="explicit"), world.client("shop")
    browser = world.browser()
    await sign_in(browser, bank.authorize(scope="openid email offline_access"))
    tokens = await bank.redeem(world.provider.app, await browser.submit("allow"))
    kept = await shop.redeem(world.provider.app, await browser.get(shop.authorize()))
    await browser.get(f"{ACCOUNT}/applications")
    assert "bank.example" in browser.text
    assert "while you are away" in browser.text
    await browser.get(browser.link('/account/applications/withdraw[^"]*client=bank'))
    assert browser.heading == "Withdraw the access of Bank?"
    await browser.submit("submitted")
    assert notice_on(browser) == "The access is withdrawn."
    assert "bank.example" not in browser.text
    assert (await bank.userinfo(world.provider.app, tokens["access_token"]))["status"] == 401
    refreshed = await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed["error"] == "invalid_grant"
    assert (await shop.userinfo(world.provider.app, kept["access_token"]))["status"] == 200
    with world.provider.storage.read() as uow:
        assert uow.consents.of_user(user.id) == []
    await browser.get(bank.authorize())
    assert path_of(browser) == "/consent"


async def test_what_happened_is_told_in_plain_words_page_by_page(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(f"{ACCOUNT}/activity")
    assert "You signed in to Bank" in browser.text
    assert "Your password was entered" in browser.text
    for _ in range(30):
        await send_form(world, browser, "/account/language", language="en")
    await browser.get(f"{ACCOUNT}/activity")
    assert browser.text.count("You chose a language") == 25
    await browser.get(browser.link('/account/activity[^"]*before=\\d+'))
    assert browser.text.count("You chose a language") == 5
    assert "You signed in to Bank" in browser.text


async def test_the_language_is_kept_and_spoken(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/language")
    assert "Deutsch" in browser.text
    await browser.submit(language="de")
    assert 'lang="de"' in browser.text
    assert user_of(world, user).locale == "de"
    await browser.get(ACCOUNT)
    assert browser.heading == "Ihr Konto"
    assert await send_form(world, browser, "/account/language", language="xx") == 400
    await send_form(world, browser, "/account/language", language="")
    assert user_of(world, user).locale is None
