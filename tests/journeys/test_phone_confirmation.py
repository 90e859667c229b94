"""The code that confirms a new phone on the account pages: limited, guessed in vain, and good for nothing else."""

import pytest

from idp.application.deliver import deliver_mail
from tests.journeys.account import ACCOUNT, credentials_of, kinds_of, open_page, send_form
from tests.journeys.phones import NUMBER, Gateway, NoMail, at_code, at_home, gateway, give_phone, read_code, world
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import ISSUER, World
from tests.security.moves import NEW_PASSWORD

__all__ = ["gateway", "world"]

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Please enter a phone number"),
        ("0151 1234567", "with its country code"),
        (NUMBER, "in your account already"),
        ("+1 415 555 2671", "cannot send text messages to that number"),
    ],
)
async def test_a_number_that_will_not_do_is_told_and_gets_no_message(
    world: World, gateway: Gateway, typed: str, said: str
) -> None:
    user = world.add_user()
    give_phone(world, user)
    browser = await at_home(world, gateway)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=typed)
    assert said in browser.text
    await deliver_mail(world.deps, NoMail())
    assert len(gateway.taken) == 1
    assert kinds_of(world, user) == ["password", "phone"]


async def test_text_messages_to_new_phones_are_limited_too(world: World, gateway: Gateway) -> None:
    world.add_user()
    browser = await at_home(world, gateway, phone=False)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    for _ in range(3):
        await browser.submit("resend")
    assert "too many attempts" in browser.text
    await browser.submit("back")
    assert path_of(browser) == "/account/phones/add"
    await browser.submit("submitted", phone=NUMBER)
    assert "too many attempts" in browser.text
    await deliver_mail(world.deps, NoMail())
    assert len(gateway.taken) == 3


async def test_codes_for_a_new_phone_are_guessed_in_vain(world: World, gateway: Gateway) -> None:
    user = world.add_user()
    browser = await at_home(world, gateway, phone=False)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    code = await read_code(world, gateway)
    for guess in range(5):
        await browser.submit("submitted", code=f"{(int(code) + 1 + guess) % 10**6:06d}")
    await browser.submit("submitted", code=code)
    assert "too many attempts" in browser.text
    assert kinds_of(world, user) == ["password"]


async def test_a_code_for_a_new_phone_works_once_in_time_and_only_where_it_was_asked_for(
    world: World, gateway: Gateway
) -> None:
    user = world.add_user()
    world.add_user("bob@example.com", given_name="Bob")
    browser = await at_home(world, gateway, phone=False)
    other = await at_home(world, gateway, phone=False)
    bob = world.browser()
    await sign_in(bob, ACCOUNT, "bob@example.com")
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    path, first = path_of(browser), await read_code(world, gateway)
    for foreign in (other, bob):
        assert await send_form(world, foreign, path, code=first, outcome="submitted") == 404
        await foreign.get(f"{ISSUER}{path}")
        assert foreign.status == 404
    assert await send_form(world, bob, "/account/phones/code/999999", code=first, outcome="resend") == 404
    await browser.submit("resend")
    newest, second = path_of(browser), await read_code(world, gateway)
    assert newest != path
    assert await send_form(world, browser, path, code=first, outcome="submitted") == 200
    assert "expired" in browser.text
    assert await send_form(world, browser, newest, code=second, outcome="submitted") == 200
    assert kinds_of(world, user) == ["password", "phone"]
    await send_form(world, browser, newest, code=second, outcome="submitted")
    assert len(credentials_of(world, user, "phone")) == 1, "a replay changes nothing"


async def test_a_code_for_a_new_phone_does_not_outlive_its_time_nor_a_change_of_credentials(
    world: World, gateway: Gateway
) -> None:
    user = world.add_user()
    browser = await at_home(world, gateway, phone=False)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    path, code = path_of(browser), await read_code(world, gateway)
    await open_page(browser, "/password")
    await browser.submit("submitted", password=NEW_PASSWORD)
    await send_form(world, browser, path, code=code, outcome="submitted")
    assert kinds_of(world, user) == ["password"]
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    code = await read_code(world, gateway)
    world.clock.advance(600)
    await browser.submit("submitted", code=code)
    assert kinds_of(world, user) == ["password"]


async def test_a_code_for_a_new_phone_is_worth_nothing_in_a_sign_in(world: World, gateway: Gateway) -> None:
    """The code proves that the phone is there, and signs nobody in."""
    user = world.add_user()
    give_phone(world, user)
    browser = await at_home(world, gateway)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone="+491517654321")
    code = await read_code(world, gateway)
    thief = await at_code(world)
    await thief.submit("submitted", code=code)
    assert "not right" in thief.text


async def test_a_password_alone_adds_no_phone_beside_an_authenticator_and_costs_no_message(
    world: World, gateway: Gateway
) -> None:
    """The form comes in a session that was opened before there was an authenticator."""
    user = world.add_user()
    browser = await at_home(world, gateway, phone=False)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    path, code = path_of(browser), await read_code(world, gateway)
    world.add_totp(user)
    assert await send_form(world, browser, "/account/phones/add", phone="+491517654321", outcome="submitted") == 403
    assert await send_form(world, browser, path, code=code, outcome="submitted") == 403
    assert await send_form(world, browser, path, outcome="resend") == 403
    await deliver_mail(world.deps, NoMail())
    assert len(gateway.taken) == 1
    assert kinds_of(world, user) == ["password", "totp"]
