"""The operators' console is a client of the provider: its sign-in, its session, and the first administrator."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from idp.application.console.client import CONSOLE_ID
from idp.application.console.set_up import SET_UP_SECONDS, offer_set_up
from tests.journeys.browser import Browser
from tests.journeys.console import (
    EMAIL,
    HOME,
    SIGN_IN,
    SIGN_OUT,
    STEP_UP,
    add_operator,
    answer_sign_in,
    come_in,
    session_of,
)
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import ISSUER, PASSWORD, World

pytestmark = pytest.mark.anyio
TWO = "urn:idp:acr:2fa"


async def test_an_operator_comes_in_with_two_factors(world: World) -> None:
    user, seed = add_operator(world)
    browser = world.browser()
    assert await come_in(world, browser, seed) == HOME
    session = session_of(world, browser)
    assert session is not None
    assert (session.user_id, session.acr, session.auth_time) == (user.id, TWO, int(world.clock.now()))


async def test_the_provider_is_asked_as_any_relying_party_asks(world: World) -> None:
    add_operator(world)
    browser = world.browser()
    seen: list[str] = []

    async def remember(url: str) -> None:
        seen.append(url)

    browser.before = remember
    await browser.get(SIGN_IN)
    asked = parse_qs(urlsplit(next(url for url in seen if "/authorize?" in url)).query)
    assert asked["client_id"] == [CONSOLE_ID]
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["acr_values"] == [TWO]
    assert {"state", "nonce", "code_challenge"} <= set(asked)


async def test_the_browser_is_given_no_token(world: World) -> None:
    user, seed = add_operator(world)
    browser = world.browser()
    await come_in(world, browser, seed)
    assert not any(value.count(".") == 2 for value in browser.cookies.values())
    with world.provider.storage.read() as uow:
        assert uow.grants.live_of_user(user.id) == []


async def test_somebody_who_is_signed_in_with_two_factors_is_not_asked_again(world: World) -> None:
    _, seed = add_operator(world)
    bank = world.client()
    browser = world.browser()
    await come_in(world, browser, seed, bank.authorize(acr_values=TWO))
    assert await browser.get(SIGN_IN) == HOME


async def test_a_step_up_asks_again_and_goes_back_to_where_it_was_asked_for(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    await come_in(world, browser, seed)
    before = session_of(world, browser)
    former = browser.cookies["idp_console"]
    world.clock.advance(900)
    await browser.get(f"{STEP_UP}?return_to=/console/flows/step-up%3Ftab=versions")
    assert path_of(browser).startswith("/run/")
    await answer_sign_in(world, browser, seed)
    assert browser.url == f"{HOME}flows/step-up?tab=versions"
    after = session_of(world, browser)
    assert before is not None
    assert after is not None
    assert after.auth_time == before.auth_time + 900
    assert browser.cookies["idp_console"] != former
    with world.provider.storage.read() as uow:
        kept = uow.console_sessions.get(before.id)
    assert kept is not None
    assert kept.ended_at is not None


async def test_leaving_ends_the_session_here_and_at_the_provider(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    await come_in(world, browser, seed)
    handle = browser.cookies["idp_console"]
    await browser.post(SIGN_OUT, {})
    assert browser.heading == "You have left the console"
    browser.set_cookie("idp_console", handle)
    assert session_of(world, browser) is None
    await browser.get(SIGN_IN)
    assert "Email address" in browser.text


async def test_the_session_ends_with_the_providers(world: World) -> None:
    user, seed = add_operator(world)
    browser = world.browser()
    await come_in(world, browser, seed)
    session = session_of(world, browser)
    assert session is not None
    with world.provider.storage.write() as uow:
        uow.sessions.end_of_user(user.id, world.clock.now())
    assert session_of(world, browser) is None


async def test_the_session_ends_when_its_time_is_over(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    await come_in(world, browser, seed)
    session = session_of(world, browser)
    assert session is not None
    world.clock.advance(session.expires_at - world.clock.now() - 1)
    assert session_of(world, browser) is not None
    world.clock.advance(1)
    assert session_of(world, browser) is None


async def test_a_blocked_operator_is_out_at_once(world: World) -> None:
    user, seed = add_operator(world)
    browser = world.browser()
    await come_in(world, browser, seed)
    world.block(user)
    assert session_of(world, browser) is None


async def test_somebody_without_a_second_factor_is_told_what_to_add(world: World) -> None:
    user = world.add_user(EMAIL)
    world.reviewer()
    assert user.id
    browser = world.browser()
    await sign_in(browser, SIGN_IN, EMAIL)
    await browser.submit("continue")
    assert browser.heading == "The console needs a second factor"
    assert 'href="/account/security"' in browser.text
    assert session_of(world, browser) is None


async def test_somebody_without_a_role_gets_a_plain_page_and_no_session(world: World) -> None:
    world.reviewer()
    _, seed = add_operator(world, role=None)
    browser = world.browser()
    await come_in(world, browser, seed)
    assert browser.heading == "Your account has no role here"
    assert browser.status == 403
    assert "idp_console" not in browser.cookies


async def test_nothing_is_open_before_there_is_an_administrator(world: World) -> None:
    world.add_user(EMAIL)
    browser = world.browser()
    for address in (SIGN_IN, STEP_UP):
        await browser.get(address)
        assert browser.heading == "Nobody administers this service yet"


async def set_up(world: World, **values: str) -> tuple[Browser, str]:
    """Open a fresh set-up link and fill the form, and return the browser and the link."""
    link = offer_set_up(world.deps)
    assert link is not None
    browser = world.browser()
    await browser.get(link)
    key = re.search(r'class="key"><code>([A-Z2-7 ]+)<', browser.text)
    assert key is not None
    seed = key[1].replace(" ", "")
    typed = {"name": "Olga Owner", "email": EMAIL, "password": PASSWORD}
    typed["code"] = pyotp.TOTP(seed).at(int(world.clock.now()))
    await browser.submit("submitted", **(typed | values))
    return browser, seed


async def test_the_first_administrator_is_made_with_the_link_and_comes_in(world: World) -> None:
    browser, seed = await set_up(world)
    assert browser.heading == "Your account is ready"
    world.clock.advance(30)
    assert await come_in(world, browser, seed) == HOME
    with world.provider.storage.read() as uow:
        assert [item.role for item in uow.roles.all()] == ["owner"]
    assert offer_set_up(world.deps) is None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": "olga"}, "Please enter an email address"),
        ({"email": ""}, "Please enter your email address"),
        ({"name": " "}, "Please enter your name"),
        ({"password": "short"}, "That password is too short"),
        ({"password": "password1234"}, "That password is easy to guess"),
        ({"password": ""}, "Please enter your password"),
        ({"code": "000000"}, "That code is not right"),
        ({"code": ""}, "Please enter the code"),
    ],
)
async def test_what_is_wrong_is_said_and_the_rest_is_kept(world: World, values: dict[str, str], sentence: str) -> None:
    browser, seed = await set_up(world, **values)
    assert sentence in browser.text
    assert ("Olga Owner" in browser.text) is ("name" not in values)
    with world.provider.storage.read() as uow:
        assert uow.roles.all() == []
    await browser.submit(
        "submitted",
        name="Olga Owner",
        email=EMAIL,
        password=PASSWORD,
        code=pyotp.TOTP(seed).at(int(world.clock.now())),
    )
    assert browser.heading == "Your account is ready"


async def test_the_link_takes_over_no_account_that_there_is(world: World) -> None:
    world.add_user(EMAIL)
    browser, _ = await set_up(world)
    assert "has an account already" in browser.text
    with world.provider.storage.read() as uow:
        assert uow.roles.all() == []


async def test_a_set_up_link_works_once(world: World) -> None:
    link = offer_set_up(world.deps)
    browser, _ = await set_up(world)
    await browser.get(browser.url)
    assert browser.heading == "This link makes no administrator any more"
    assert link is not None
    await browser.get(link)
    assert browser.heading == "This link makes no administrator any more"


async def test_a_set_up_link_works_for_an_hour(world: World) -> None:
    link = offer_set_up(world.deps)
    assert link is not None
    browser = world.browser()
    world.clock.advance(SET_UP_SECONDS - 1)
    await browser.get(link)
    assert browser.heading == "Make the first administrator"
    world.clock.advance(1)
    await browser.get(link)
    assert browser.status == 410


async def test_the_admin_api_knows_who_came_in_until_they_leave(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    await browser.get(f"{ISSUER}/admin/api/v1/me")
    assert browser.status == 401
    await come_in(world, browser, seed)
    await browser.get(f"{ISSUER}/admin/api/v1/me")
    assert browser.status == 200
    me = json.loads(browser.text)
    assert (me["user"]["email"], me["roles"], me["acr"]) == (EMAIL, ["owner"], TWO)
    with world.provider.storage.write() as uow:
        session = session_of(world, browser)
        assert session is not None
        uow.sessions.end(session.session_id, world.clock.now())
    await browser.get(f"{ISSUER}/admin/api/v1/me")
    assert browser.status == 401
