"""Attacks with forms and links of the account pages: forged, stale, replayed, framed, and of another session."""

import pytest
from starlette.routing import Route

from idp.application.authenticators import replace_recovery_codes
from tests.authenticator import Authenticator
from tests.journeys.account import (
    ACCOUNT,
    credentials_of,
    enter,
    everything,
    form_token,
    key_on,
    open_page,
    send_form,
    user_of,
)
from tests.journeys.passkeys import options_of, passkeys_of, say, use
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import ISSUER, World
from tests.security.account_cases import FORMS, routes
from tests.security.moves import NEW_PASSWORD, totp

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("route", list(routes("POST")), ids=lambda route: route.path)
async def test_a_forged_form_is_refused_everywhere(world: World, route: Route) -> None:
    user = world.add_user()
    browser = await enter(world)
    path = route.path.replace("{row}", str(credentials_of(world, user)[0].id))
    other = await enter(world)
    attempts: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"csrf": "x" * 64}, {}),
        ({"csrf": form_token(world, other, path)}, {}),
        ({"csrf": form_token(world, browser, "/account/elsewhere")}, {}),
        ({"csrf": form_token(world, browser, path)}, {"origin": "https://evil.example"}),
        ({"csrf": form_token(world, browser, path)}, {"sec-fetch-site": "cross-site"}),
    ]
    before = everything(world)
    for values, headers in attempts:
        await browser.post(f"{ISSUER}{path}", {**FORMS, **values}, **headers)
        assert browser.status == 403, (path, values, headers)
        assert browser.heading == "Please try that again"
    assert everything(world) == before


async def test_a_confirm_page_of_before_is_worth_nothing_after_a_change(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    browser = await enter(world, seed)
    (held,) = credentials_of(world, user, "totp")
    await open_page(browser, f"/authenticators/{held.id}/remove")
    stale, action = browser.form(), browser.action()
    await open_page(browser, "/password")
    await browser.submit("submitted", password=NEW_PASSWORD)
    await browser.post(action, {**stale, "outcome": "submitted"})
    assert browser.status == 403
    assert credentials_of(world, user, "totp") == [held]


async def test_two_tabs_remove_an_authenticator_once(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    browser = await enter(world, seed)
    (held,) = credentials_of(world, user, "totp")
    path = f"/account/authenticators/{held.id}/remove"
    assert await send_form(world, browser, path) == 200
    assert await send_form(world, browser, path) == 404
    assert user_of(world, user).credential_epoch == 1


async def test_an_offer_of_another_session_is_not_confirmed_here(world: World) -> None:
    user = world.add_user()
    attacker, owner = await enter(world), await enter(world)
    await open_page(attacker, "/authenticators/add")
    offer, seed = attacker.form()["step"], key_on(attacker)
    path = "/account/authenticators/add"
    assert await send_form(world, owner, path, step=offer, code=totp(world, seed)) == 200
    assert "open for too long" in owner.text
    assert seed not in owner.text.replace(" ", "")
    assert credentials_of(world, user, "totp") == []


async def test_an_offer_is_used_once(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/authenticators/add")
    offer, seed = browser.form()["step"], key_on(browser)
    await browser.submit("submitted", code=totp(world, seed))
    world.clock.advance(30)
    await open_page(browser, "/authenticators/add")
    await browser.submit("submitted", code=totp(world, seed))
    path = "/account/authenticators/add"
    assert await send_form(world, browser, path, step=offer, code=totp(world, seed)) == 200
    assert len(credentials_of(world, user, "totp")) == 1


async def test_the_code_that_confirmed_an_authenticator_signs_nobody_in(world: World) -> None:
    world.add_user()
    browser = await enter(world)
    await open_page(browser, "/authenticators/add")
    code = totp(world, key_on(browser))
    await browser.submit("submitted", code=code)
    thief = world.browser()
    await sign_in(thief, ACCOUNT)
    await thief.submit("submitted", code=code)
    assert "idp_session" not in thief.cookies


async def test_a_passkey_made_for_another_session_or_person_is_not_kept(world: World) -> None:
    alice = world.add_user()
    bob = world.add_user("bob@example.com", given_name="Bob")
    here, there = await enter(world), await enter(world)
    bobs = await enter(world, email="bob@example.com")
    path = "/account/passkeys/add"
    await open_page(here, "/passkeys/add")
    said = Authenticator().make(options_of(here))
    for other in (there, bobs):
        assert await send_form(world, other, path, credential=said, outcome="submitted") == 200
        assert "could not be added" in other.text
    assert passkeys_of(world, alice) + passkeys_of(world, bob) == []
    assert await send_form(world, here, path, credential=said, outcome="submitted") == 200
    assert len(passkeys_of(world, alice)) == 1


async def test_a_passkey_is_kept_once(world: World) -> None:
    user = world.add_user()
    browser, authenticator = await enter(world), Authenticator()
    await open_page(browser, "/passkeys/add")
    said = authenticator.make(options_of(browser))
    await say(browser, said)
    await open_page(browser, "/passkeys/add")
    if path_of(browser).startswith("/run/"):
        await use(browser, authenticator)
    assert await send_form(world, browser, "/account/passkeys/add", credential=said, outcome="submitted") == 200
    assert "could not be added" in browser.text
    assert len(passkeys_of(world, user)) == 1


@pytest.mark.parametrize("route", list(routes("GET")), ids=lambda route: route.path)
async def test_no_account_page_can_be_framed_cached_or_read_across_origins(world: World, route: Route) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    with world.provider.storage.write() as uow:
        replace_recovery_codes(world.deps, uow, user.id)
    browser = await enter(world, seed)
    (held,) = credentials_of(world, user, "totp")
    await browser.get(f"{ISSUER}{route.path.replace('{row}', str(held.id))}", origin="https://evil.example")
    headers = browser.headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "form-action 'self'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


async def test_no_page_shows_a_secret_that_is_kept(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    with world.provider.storage.write() as uow:
        codes = replace_recovery_codes(world.deps, uow, user.id)
    browser = await enter(world, seed)
    for route in routes("GET"):
        await browser.get(f"{ISSUER}{route.path.replace('{row}', str(credentials_of(world, user, 'totp')[0].id))}")
        text = browser.text.replace(" ", "")
        assert seed not in text
        assert not [code for code in codes if code in text]
        assert "argon2" not in text


async def test_what_a_page_says_was_done_cannot_be_put_in_its_mouth(world: World) -> None:
    world.add_user()
    browser = await enter(world)
    text = world.deps.signer.sign("account_notice", {"n": "password_set"})
    await browser.get(f"{ACCOUNT}/security?notice={text}")
    assert "Your new password is set." in browser.text
    for forged in ("password_set", text[:-3] + "abc", world.deps.signer.sign("recovery_link", {"n": "password_set"})):
        await browser.get(f"{ACCOUNT}/security?notice={forged}")
        assert "Your new password is set." not in browser.text
    world.clock.advance(61)
    await browser.get(f"{ACCOUNT}/security?notice={text}")
    assert "Your new password is set." not in browser.text


async def test_a_link_to_keep_an_account_opens_nothing_else(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/close")
    await browser.submit("submitted")
    link = next(values["link"] for _, template, values in world.mails() if template == "account_closing")
    thief = world.browser()
    for text in (
        "",
        "x",
        link.partition("link=")[2][:-2] + "xx",
        world.deps.signer.sign("recovery_link", {"c": "1.x"}),
    ):
        await thief.get(f"{ACCOUNT}/keep?link={text}")
        assert thief.status == 410
    await thief.get(link.replace("/account/keep", "/recover/confirm"))
    assert thief.status == 410
    assert user_of(world, user).status == "blocked"
