"""Story 5: the authenticator and the recovery codes of one's own account."""

import pytest

from idp.application.authenticators import replace_recovery_codes, use_recovery_code
from idp.application.phones import add_phone
from idp.identity.phones import Phone
from idp.identity.recovery_codes import COUNT
from idp.records.accounts import Credential, User
from tests.application.flow_texts import SECOND, put
from tests.journeys.account import ACCOUNT, codes_on, credentials_of, enter, key_on, notice_on, open_page, send_form
from tests.journeys.steps import path_of, sign_in, signed_in
from tests.journeys.world import World
from tests.security.moves import totp

pytestmark = pytest.mark.anyio


async def test_a_first_authenticator_is_added_with_its_code_and_asked_for_afterwards(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    other, _ = await signed_in(world, bank)
    browser = await enter(world)
    cookie = browser.cookies["idp_session"]
    await browser.get(f"{ACCOUNT}/authenticators/add")
    assert 'role="img"' in browser.text
    assert credentials_of(world, user, "totp") == []
    await browser.submit("submitted", code="000000", label="Phone")
    assert "not right" in browser.text
    seed = key_on(browser)
    await browser.submit("submitted", code=totp(world, seed), label="Phone")
    assert path_of(browser) == "/account/security"
    assert notice_on(browser).startswith("Your authenticator is ready")
    assert browser.cookies["idp_session"] != cookie
    assert [item.label for item in credentials_of(world, user, "totp")] == ["Phone"]
    mail = [values for _, template, values in world.mails() if template == "account_changed"]
    assert [values["change"] for values in mail] == ["totp_added"]
    world.clock.advance(30)
    fresh = world.browser()
    await sign_in(fresh, bank.authorize())
    assert 'name="code"' in fresh.text
    await other.get(bank.authorize(prompt="none"))
    assert "code" in bank.answer(other.url), "adding a factor signs nobody out"


async def test_an_authenticator_that_is_to_be_replaced_works_until_the_new_one_does(world: World) -> None:
    """Pitfall 16."""
    user = world.add_user()
    seed = world.add_totp(user)
    (old,) = credentials_of(world, user, "totp")
    browser = await enter(world, seed)
    await browser.get(f"{ACCOUNT}/authenticators/{old.id}/replace")
    new_seed = key_on(browser)
    form, action = browser.form(), browser.action()
    assert credentials_of(world, user, "totp") == [user_credential(world, user, old)]
    again = await enter(world, seed)
    assert path_of(again) == "/account"
    await browser.post(action, {**form, "outcome": "submitted", "code": totp(world, new_seed), "label": ""})
    assert notice_on(browser).startswith("The new authenticator")
    (new,) = credentials_of(world, user, "totp")
    assert (new.id != old.id, new.label) == (True, old.label)
    world.clock.advance(60)
    late = world.browser()
    await sign_in(late, ACCOUNT)
    await late.submit("submitted", code=totp(world, seed))
    assert "not right" in late.text
    await late.submit("submitted", code=totp(world, new_seed))
    assert path_of(late) == "/account"


def user_credential(world: World, user: User, old: Credential) -> Credential:
    return next(item for item in credentials_of(world, user) if item.id == old.id)


async def test_an_authenticator_is_renamed_and_removed_and_takes_idle_codes_along(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    with world.provider.storage.write() as uow:
        replace_recovery_codes(world.deps, uow, user.id)
    browser = await enter(world, seed)
    (held,) = credentials_of(world, user, "totp")
    await browser.get(f"{ACCOUNT}/authenticators/{held.id}/rename")
    await browser.submit("submitted", label="  Work  phone ")
    assert notice_on(browser) == "The new name is kept."
    assert "Work phone" in browser.text
    await browser.get(f"{ACCOUNT}/authenticators/{held.id}/remove")
    assert "Work phone" in browser.text
    await browser.submit("submitted")
    assert notice_on(browser) == "The authenticator is removed."
    assert {item.kind for item in credentials_of(world, user)} == {"password"}


async def test_an_authenticator_stays_when_what_is_left_is_not_asked_for(world: World) -> None:
    """Who has a phone besides, where no sign-in sends text messages, would be turned away as missing a factor."""
    user = world.add_user()
    seed = world.add_totp(user)
    put(world, SECOND)
    with world.provider.storage.write() as uow:
        add_phone(world.deps, uow, user.id, Phone("+491511234567"))
    browser = await enter(world, seed)
    (held,) = credentials_of(world, user, "totp")
    assert await open_page(browser, f"/authenticators/{held.id}/remove") == "/account/security"
    assert notice_on(browser).endswith("Add a new passkey first.")
    await send_form(world, browser, f"/account/authenticators/{held.id}/remove")
    assert notice_on(browser).endswith("Add a new passkey first.")
    assert credentials_of(world, user, "totp") != []


async def test_recovery_codes_are_shown_once_and_counted(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    browser = await enter(world, seed)
    await open_page(browser, "/recovery-codes")
    form, action = browser.form(), browser.action()
    await browser.submit("submitted")
    codes = codes_on(browser)
    assert len(set(codes)) == COUNT
    await browser.post(action, {**form, "outcome": "submitted"})
    assert codes_on(browser) == [], "a reload makes no second set"
    with world.provider.storage.write() as uow:
        assert use_recovery_code(world.deps, uow, user.id, codes[0])
    await open_page(browser, "/security")
    assert "9 unused codes are left." in browser.text
    await open_page(browser, "/recovery-codes")
    assert "9 earlier codes will not work" in browser.text
    await browser.submit("submitted")
    new = codes_on(browser)
    assert not set(new) & set(codes)
    await open_page(browser, "/recovery-codes/remove")
    await browser.submit("submitted")
    assert notice_on(browser) == "Your recovery codes are removed."
    assert credentials_of(world, user, "recovery_code") == []
    changes = [values["change"] for _, template, values in world.mails() if template == "account_changed"]
    assert changes == ["recovery_codes_made", "recovery_codes_made", "recovery_codes_removed"]


async def test_recovery_codes_are_not_made_without_anything_they_could_stand_in_for(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/recovery-codes")
    await browser.submit("submitted")
    assert notice_on(browser).startswith("Recovery codes stand in")
    assert [item.kind for item in credentials_of(world, user)] == ["password"]
