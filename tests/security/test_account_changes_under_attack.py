"""Attacks around a change in the account: planted cookies, half-finished journeys, and codes for a new address."""

import re
from dataclasses import replace

import pytest

from tests.journeys.account import ACCOUNT, enter, key_on, open_page, send_form, user_of
from tests.journeys.steps import path_of, sign_in, verify
from tests.journeys.world import ISSUER, PASSWORD, World
from tests.security.moves import NEW_PASSWORD, enrol, totp

pytestmark = pytest.mark.anyio


async def test_a_planted_session_cookie_shows_the_planter_nothing_of_the_next_person(world: World) -> None:
    """Session fixation: the victim signs in over the planted session, which ends."""
    world.add_user()
    world.add_user("mallory@example.com", given_name="Mallory")
    mallory = await enter(world, email="mallory@example.com")
    victim = world.browser()
    for name in ("idp_session", "idp_browser"):
        victim.set_cookie(name, mallory.cookies[name])
    await sign_in(victim, world.client().authorize(prompt="login"))
    await victim.get(ACCOUNT)
    assert "Alice Example" in victim.text
    await mallory.get(ACCOUNT)
    assert path_of(mallory).startswith("/run/")
    assert "Alice" not in mallory.text


async def test_an_added_authenticator_rotates_the_cookie(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/authenticators/add")
    old = dict(browser.cookies)
    await browser.submit("submitted", code=totp(world, key_on(browser)))
    thief = world.browser()
    for name, value in old.items():
        thief.set_cookie(name, value)
    await thief.get(ACCOUNT)
    assert path_of(thief).startswith("/run/")
    assert user_of(world, user).credential_epoch == 0


async def test_a_code_for_a_new_address_works_once_and_only_where_it_was_asked_for(world: World) -> None:
    user = world.add_user()
    browser, other = await enter(world), await enter(world)
    await open_page(browser, "/email")
    await browser.submit("submitted", email="new@example.com")
    path = path_of(browser)
    (code,) = [values["code"] for _, _, values in world.mails()]
    assert await send_form(world, other, path, code=code, outcome="submitted") == 404
    world.add_user("bob@example.com", given_name="Bob")
    bob = await enter(world, email="bob@example.com")
    assert await send_form(world, bob, path, code=code, outcome="submitted") == 404
    await bob.get(f"{ISSUER}{path}")
    assert bob.status == 404
    assert await send_form(world, browser, path, code=code, outcome="submitted") == 200
    assert user_of(world, user).email == "new@example.com"
    with world.provider.storage.write() as uow:
        found = uow.users.get(user.id)
        assert found is not None
        uow.users.save(replace(found, email="alice@example.com", email_key="alice@example.com"))
    await send_form(world, browser, path, code=code, outcome="submitted")
    assert user_of(world, user).email == "alice@example.com", "a replay changes nothing"


async def test_codes_for_a_new_address_are_guessed_in_vain(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/email")
    await browser.submit("submitted", email="new@example.com")
    path = path_of(browser)
    (code,) = [values["code"] for _, _, values in world.mails()]
    wrong = [f"{number:06}" for number in range(8) if f"{number:06}" != code]
    for guess in wrong:
        await send_form(world, browser, path, code=guess, outcome="submitted")
    assert "too many attempts" in browser.text
    await send_form(world, browser, path, code=code, outcome="submitted")
    assert user_of(world, user).email == "alice@example.com"


async def test_a_password_change_ends_a_pending_change_of_address(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/email")
    await browser.submit("submitted", email="new@example.com")
    path = path_of(browser)
    (code,) = [values["code"] for _, _, values in world.mails()]
    await open_page(browser, "/password")
    await browser.submit("submitted", password=NEW_PASSWORD)
    await send_form(world, browser, path, code=code, outcome="submitted")
    assert "expired" in browser.text
    assert user_of(world, user).email == "alice@example.com"


async def test_who_has_an_account_is_not_told_by_a_change_of_address(world: World) -> None:
    world.add_user()
    bob = world.add_user("bob@example.com", given_name="Bob")
    browser = await enter(world)
    pages = []
    for email in ("bob@example.com", "nobody@example.com"):
        await open_page(browser, "/email")
        await browser.submit("submitted", email=email)
        pages.append(re.sub(r"email/\d+|value=\"[^\"]{20,}\"", "", browser.text.replace(email, "")))
    assert pages[0] == pages[1]
    mails = {to: template for to, template, _ in world.mails()}
    assert mails == {"bob@example.com": "address_in_use", "nobody@example.com": "email_code"}
    assert user_of(world, bob).email == "bob@example.com"


async def test_a_link_that_was_mailed_to_the_old_address_opens_nothing(world: World) -> None:
    world.add_user()
    await enrol(world, world.client())
    thief = world.browser()
    await thief.get(f"{ISSUER}/recover")
    await thief.submit(email="alice@example.com")
    link = [values["link"] for _, template, values in world.mails() if template == "recovery_link"][-1]
    owner = await enter(world)
    await open_page(owner, "/email")
    await verify(world, owner)
    await owner.submit("submitted", email="new@example.com")
    (code,) = [values["code"] for _, template, values in world.mails() if template == "email_code"]
    await owner.submit("submitted", code=code)
    assert "Your new email address is in use." in owner.text
    await thief.get(link)
    assert thief.status == 410


async def test_an_address_that_was_taken_meanwhile_is_not_taken_over(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/email")
    await browser.submit("submitted", email="new@example.com")
    (code,) = [values["code"] for _, _, values in world.mails()]
    world.add_user("new@example.com", given_name="Quick")
    await browser.submit("submitted", code=code)
    assert "expired" in browser.text
    assert user_of(world, user).email == "alice@example.com"


async def test_an_attackers_half_finished_journey_does_not_survive_a_change(world: World) -> None:
    """Pitfall 37, by the account pages."""
    user = world.add_user()
    seed = world.add_totp(user)
    bank = world.client()
    attacker = world.browser()
    await sign_in(attacker, bank.authorize())
    assert 'name="code"' in attacker.text
    owner = await enter(world, seed)
    await open_page(owner, "/password")
    await owner.submit("submitted", password=NEW_PASSWORD)
    world.clock.advance(60)
    await attacker.submit("submitted", code=totp(world, seed))
    assert "idp_session" not in attacker.cookies


async def test_a_second_factor_that_was_just_added_is_asked_of_journeys_under_way(world: World) -> None:
    world.add_user()
    attacker = world.browser()
    await attacker.get(world.client().authorize())
    await attacker.submit("submitted", email="alice@example.com")
    owner = await enter(world)
    await open_page(owner, "/authenticators/add")
    await owner.submit("submitted", code=totp(world, key_on(owner)))
    await attacker.submit("submitted", password=PASSWORD)
    assert path_of(attacker).startswith("/run/")
    assert attacker.heading == "Enter the code from your app"
