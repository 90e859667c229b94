"""Story 5: passkeys of one's own account, and the password that they can replace."""

from pathlib import Path
from typing import Any

import pytest

from tests.authenticator import Authenticator
from tests.journeys.account import ACCOUNT, credentials_of, enter, notice_on, open_page
from tests.journeys.passkeys import make, options_of, passkeys_of, say, use
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import PASSWORD, World, make_world
from tests.security.moves import NEW_PASSWORD

pytestmark = pytest.mark.anyio


async def test_a_passkey_is_added_renamed_and_removed(world: World) -> None:
    user = world.add_user()
    browser, authenticator = await enter(world), Authenticator()
    await open_page(browser, "/passkeys/add")
    await say(browser, authenticator.make(options_of(browser), client={"origin": "https://evil.example"}))
    assert "could not be added" in browser.text
    assert passkeys_of(world, user) == []
    await make(browser, authenticator)
    assert notice_on(browser) == "Your passkey is ready."
    (held,) = passkeys_of(world, user)
    assert [template for _, template, _ in world.mails()] == ["passkey_added"]
    assert 'data-passkeys-accepted="' in browser.text
    await browser.get(f"{ACCOUNT}/passkeys/{held.id}/rename")
    assert path_of(browser).startswith("/run/"), "it takes the passkey itself now"
    await use(browser, authenticator)
    assert path_of(browser) == f"/account/passkeys/{held.id}/rename"
    await browser.submit("submitted", label="My key")
    assert "My key" in browser.text
    await open_page(browser, f"/passkeys/{held.id}/remove")
    await browser.submit("submitted")
    assert notice_on(browser).startswith("The passkey is removed")
    assert passkeys_of(world, user) == []
    changes = [values["change"] for _, template, values in world.mails() if template == "account_changed"]
    assert changes == ["passkey_removed"]


async def test_a_passkey_is_replaced_by_adding_the_new_one_first(world: World) -> None:
    """There is no page that replaces one: the new one is proved by its own ceremony, and the old one goes after it."""
    user = world.add_user()
    browser, old, new = await enter(world), Authenticator(), Authenticator()
    await open_page(browser, "/passkeys/add")
    await make(browser, old)
    (first,) = passkeys_of(world, user)
    await open_page(browser, "/passkeys/add")
    await use(browser, old)
    await make(browser, new)
    await open_page(browser, f"/passkeys/{first.id}/remove")
    await browser.submit("submitted")
    assert notice_on(browser).startswith("The passkey is removed")
    fresh = world.browser()
    await fresh.get(ACCOUNT)
    await use(fresh, old)
    assert path_of(fresh).startswith("/run/")
    await use(fresh, new)
    assert path_of(fresh) == "/account"


async def test_the_default_sign_in_takes_a_passkey_alone_and_the_password_can_go(world: World) -> None:
    """The browser offers it in the address field; it is two factors by itself."""
    user = world.add_user()
    bank, authenticator = world.client(), Authenticator()
    browser = await enter(world)
    await open_page(browser, "/passkeys/add")
    await make(browser, authenticator)
    fresh = world.browser()
    await fresh.get(bank.authorize())
    assert 'autocomplete="username webauthn"' in fresh.text
    assert "data-conditional" in fresh.text
    assert options_of(fresh).get("allowCredentials", []) == [], "the passkey says whose it is"
    claims = (await bank.redeem(world.provider.app, await use(fresh, authenticator)))["claims"]
    assert (claims["acr"], claims["sub"]) == ("urn:idp:acr:phr", user.sub)
    assert "pwd" not in claims["amr"]
    await open_page(fresh, "/password/remove")
    await fresh.submit("submitted")
    assert notice_on(fresh) == "Your password is removed."
    again = world.browser()
    await again.get(ACCOUNT)
    await use(again, authenticator)
    assert path_of(again) == "/account"


async def test_a_passkey_that_is_not_accepted_leads_back_to_the_address(world: World) -> None:
    world.add_user()
    browser, stranger = world.browser(), Authenticator()
    stranger.make(await options_to_make(world))
    await browser.get(ACCOUNT)
    await use(browser, stranger)
    assert "We do not know that passkey any more" in browser.text
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert path_of(browser) == "/account"


async def options_to_make(world: World) -> dict[str, Any]:
    """Return what a page asks a browser to make a passkey with, which nobody then keeps."""
    browser = await enter(world)
    await open_page(browser, "/passkeys/add")
    return options_of(browser)


async def test_whoever_does_not_want_a_passkey_goes_back(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/passkeys/add")
    await browser.submit("back")
    assert path_of(browser) == "/account/security"
    assert passkeys_of(world, user) == []


async def test_with_a_passkey_the_password_can_go_and_the_last_passkey_then_stays(world: World, tmp_path: Path) -> None:
    keyed = make_world(tmp_path / "keyed", account_flows=("sign_in=passkey-sign-in",))
    user = keyed.add_user()
    authenticator = Authenticator()
    browser = keyed.browser()
    await sign_in(browser, ACCOUNT)
    await make(browser, authenticator)
    assert path_of(browser) == "/account"
    await open_page(browser, "/password/remove")
    if path_of(browser).startswith("/run/"):
        await use(browser, authenticator)
    await browser.submit("submitted")
    assert notice_on(browser) == "Your password is removed."
    assert [item.kind for item in credentials_of(keyed, user)] == ["passkey"]
    (held,) = passkeys_of(keyed, user)
    await browser.get(f"{ACCOUNT}/passkeys/{held.id}/remove")
    if path_of(browser).startswith("/run/"):
        await use(browser, authenticator)
    assert notice_on(browser).endswith("so it stays. Add a new passkey first.")
    fresh = keyed.browser()
    await fresh.get(ACCOUNT)
    await use(fresh, authenticator)
    assert path_of(fresh) == "/account"
    await open_page(fresh, "/password")
    await fresh.submit("submitted", password=NEW_PASSWORD)
    assert sorted(item.kind for item in credentials_of(keyed, user)) == ["passkey", "password"]
    await keyed.close()
