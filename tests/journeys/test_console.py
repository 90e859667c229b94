"""The operators' console is a client of the provider: its sign-in, its session, and the first administrator."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.application.console.client import CONSOLE_ID
from idp.application.console.set_up import SET_UP_SECONDS, offer_set_up
from tests.authenticator import UP, Authenticator
from tests.journeys.browser import Browser
from tests.journeys.console import (
    EMAIL,
    HOME,
    SIGN_IN,
    SIGN_OUT,
    STEP_UP,
    add_operator,
    answer_sign_in,
    code_of,
    come_in,
    session_of,
)
from tests.journeys.passkeys import make, options_of, use
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import ISSUER, PASSWORD, World, make_world

pytestmark = pytest.mark.anyio
TWO = "urn:idp:acr:2fa"
#: Browsers have no passkeys at the address of a machine.
FAR = "http://127.0.0.1:8000"


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


PERSON = {"name": "Olga Owner", "email": EMAIL}


async def name_owner(world: World, **values: str) -> tuple[Browser, str]:
    """Open a fresh set-up link and say who one is, and return the browser and the link."""
    link = offer_set_up(world.deps)
    assert link is not None
    browser = world.browser()
    await browser.get(link)
    await browser.submit("named", **(PERSON | values))
    return browser, link


def seed_on(browser: Browser) -> str:
    """Return the authenticator's seed that the page shows."""
    key = re.search(r"<p><code>([A-Z2-7 ]+)<", browser.text)
    assert key is not None
    return key[1].replace(" ", "")


async def set_up(world: World, **values: str) -> tuple[Browser, str]:
    """Choose a password and an authenticator behind a fresh link, and return the browser and the seed."""
    browser, _ = await name_owner(world)
    seed = seed_on(browser)
    await browser.submit("submitted", **({"password": PASSWORD, "code": code_of(world, seed)} | values))
    return browser, seed


def owners(world: World) -> list[int]:
    with world.provider.storage.read() as uow:
        return [item.user_id for item in uow.roles.all() if item.role == "owner"]


async def test_the_first_administrator_is_made_with_the_link_and_comes_in(world: World) -> None:
    browser, seed = await set_up(world)
    assert browser.heading == "Your account is ready"
    assert browser.link("/account/recovery-codes")
    world.clock.advance(30)
    assert await come_in(world, browser, seed) == HOME
    assert len(owners(world)) == 1
    assert offer_set_up(world.deps) is None


async def test_the_first_administrator_is_made_with_a_passkey_and_comes_in_with_two_factors(world: World) -> None:
    browser, _ = await name_owner(world)
    assert browser.heading == "Choose how you sign in"
    options, authenticator = options_of(browser), Authenticator()
    assert (options["user"]["name"], options["user"]["displayName"]) == (EMAIL, "Olga Owner")
    assert options["authenticatorSelection"]["userVerification"] == "required"
    await make(browser, authenticator)
    assert browser.heading == "Your account is ready"
    assert "another passkey, or a password together with recovery codes" in browser.text
    assert browser.link("/account/security")
    assert browser.link("/account/recovery-codes")
    await browser.get(SIGN_IN)
    await use(browser, authenticator)
    assert browser.url == HOME
    session = session_of(world, browser)
    assert session is not None
    assert (session.user_id, session.acr) == (owners(world)[0], TWO)
    with world.provider.storage.read() as uow:
        kinds = [item.kind for item in uow.credentials.of_user(session.user_id)]
    assert kinds == ["passkey"]


async def test_who_came_in_with_the_first_passkey_adds_a_password_and_recovery_codes(world: World) -> None:
    browser, _ = await name_owner(world)
    authenticator = Authenticator()
    await make(browser, authenticator)
    await browser.get(f"{ISSUER}/account/security")
    await use(browser, authenticator)
    await browser.get(f"{ISSUER}/account/password")
    await browser.submit("submitted", password=PASSWORD)
    await browser.get(f"{ISSUER}/account/recovery-codes")
    await browser.submit("submitted")
    code = re.search(r"<code>([0-9a-z-]+)</code>", browser.text, re.IGNORECASE)
    assert code is not None
    other = world.browser()
    await other.get(SIGN_IN)
    await other.submit("submitted", email=EMAIL)
    await other.submit("submitted", password=PASSWORD)
    await other.submit("other_way")
    await other.submit("recovery_code")
    await other.submit("submitted", code=code[1])
    assert other.url == HOME


async def test_a_passkey_that_is_refused_makes_nobody_and_another_try_does(world: World) -> None:
    browser, _ = await name_owner(world)
    await make(browser, Authenticator(), flags=UP)
    assert "The passkey could not be added" in browser.text
    assert owners(world) == []
    await make(browser, Authenticator())
    assert browser.heading == "Your account is ready"


async def test_going_back_keeps_the_name_and_the_address(world: World) -> None:
    browser, _ = await name_owner(world)
    await browser.submit("back")
    assert browser.heading == "Make the first administrator"
    assert 'value="Olga Owner"' in browser.text
    assert f'value="{EMAIL}"' in browser.text


async def test_where_there_can_be_no_passkeys_a_password_is_asked_for_at_once(tmp_path: Path) -> None:
    world = make_world(tmp_path, issuer=FAR)
    link = offer_set_up(world.deps)
    assert link is not None
    browser = Browser({FAR: world.provider.app})
    await browser.get(link)
    await browser.submit("named", **PERSON)
    assert "data-passkey" not in browser.text
    assert "<details" not in browser.text
    await browser.submit("submitted", password=PASSWORD, code=code_of(world, seed_on(browser)))
    assert browser.heading == "Your account is ready"
    await browser.close()
    await world.close()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": "olga"}, "Please enter an email address"),
        ({"email": ""}, "Please enter your email address"),
        ({"name": " "}, "Please enter your name"),
    ],
)
async def test_who_one_is_is_asked_again_until_it_is_right(world: World, values: dict[str, str], sentence: str) -> None:
    browser, _ = await name_owner(world, **values)
    assert sentence in browser.text
    assert browser.heading == "Make the first administrator"
    assert ("Olga Owner" in browser.text) is ("name" not in values)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": "olga"}, "Please enter an email address"),
        ({"name": "x" * 101}, "Please enter your name"),
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
    assert owners(world) == []
    await browser.submit("named", **PERSON)
    await browser.submit("submitted", password=PASSWORD, code=code_of(world, seed))
    assert browser.heading == "Your account is ready"


async def test_the_link_takes_over_no_account_that_there_is(world: World) -> None:
    world.add_user(EMAIL)
    browser, _ = await name_owner(world)
    assert "has an account already" in browser.text
    await browser.submit("submitted", **PERSON, password=PASSWORD, code="123456")
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
