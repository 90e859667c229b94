"""Story 5: the password of one's own account is changed, asked again, and stays while it is the way in."""

import pytest

from tests.application.flow_texts import SECOND, put
from tests.authenticator import Authenticator
from tests.journeys.account import ACCOUNT, credentials_of, enter, notice_on, open_page, send_form, user_of
from tests.journeys.passkeys import make, use
from tests.journeys.steps import path_of, sign_in, signed_in
from tests.journeys.world import ISSUER, PASSWORD, World
from tests.security.moves import NEW_PASSWORD

pytestmark = pytest.mark.anyio


async def test_a_new_password_ends_other_sessions_journeys_and_grants_and_keeps_this_one(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    other, tokens = await signed_in(world, bank)
    half = world.browser()
    await half.get(bank.authorize())
    await half.submit("submitted", email="alice@example.com")
    browser = await enter(world)
    await browser.get(f"{ISSUER}/.well-known/change-password")
    assert path_of(browser) == "/account/password"
    await browser.submit("submitted", password="password")
    assert "leaked" in browser.text
    cookie = browser.cookies["idp_session"]
    await browser.submit("submitted", password=NEW_PASSWORD)
    assert notice_on(browser) == "Your new password is set."
    assert browser.cookies["idp_session"] != cookie
    await other.get(ACCOUNT)
    assert path_of(other).startswith("/run/")
    assert (await bank.userinfo(world.provider.app, tokens["access_token"]))["status"] == 401
    assert user_of(world, user).credential_epoch == 1
    with world.provider.storage.read() as uow:
        assert len(uow.sessions.of_user(user.id)) == 1
    await half.submit("submitted", password=PASSWORD)
    assert "idp_session" not in half.cookies
    again = world.browser()
    await sign_in(again, ACCOUNT, password=NEW_PASSWORD)
    assert path_of(again) == "/account"


async def test_a_password_typed_too_long_ago_is_asked_again(world: World) -> None:
    world.add_user()
    browser = await enter(world)
    world.clock.advance(world.deps.policy.account_fresh_seconds + 1)
    assert await open_page(browser, "/security") == "/account/security"
    assert (await open_page(browser, "/password")).startswith("/run/")
    assert 'value="alice@example.com"' in browser.text
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert path_of(browser) == "/account/password"


async def test_the_only_way_in_cannot_be_removed(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    assert "/account/password/remove" not in browser.text
    assert await open_page(browser, "/password/remove") == "/account/security"
    assert notice_on(browser).startswith("Without it you could not sign in any more, so it stays.")
    assert await send_form(world, browser, "/account/password/remove") == 200
    assert notice_on(browser).startswith("Without it you could not sign in any more, so it stays.")
    assert [item.kind for item in credentials_of(world, user)] == ["password"]


async def test_a_password_that_the_sign_in_begins_with_stays_whatever_else_there_is(world: World) -> None:
    """The passkey is a second factor there. Whoever removed the password could never come back."""
    user = world.add_user()
    put(world, SECOND)
    authenticator = Authenticator()
    browser = await enter(world)
    await open_page(browser, "/passkeys/add")
    await make(browser, authenticator)
    assert notice_on(browser) == "Your passkey is ready."
    assert "/account/password/remove" not in browser.text
    if path_of(browser).startswith("/run/"):
        await use(browser, authenticator)
    await open_page(browser, "/password/remove")
    if path_of(browser).startswith("/run/"):
        await use(browser, authenticator)
    assert notice_on(browser).endswith("so it stays. You can replace it.")
    await send_form(world, browser, "/account/password/remove")
    assert sorted(item.kind for item in credentials_of(world, user)) == ["passkey", "password"]
    fresh = world.browser()
    await sign_in(fresh, ACCOUNT)
    await use(fresh, authenticator)
    assert path_of(fresh) == "/account"
