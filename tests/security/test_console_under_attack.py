"""The console's sign-in and its session, under attack."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.application.console.client import CALLBACK_PATH, CONSOLE_ID
from idp.application.console.sign_in import HOME as FIRST_PAGE
from idp.application.console.sign_in import clean_return
from idp.application.operators import put_clients
from idp.oidc.registration import MetadataFault
from idp.records.clients import Client
from tests.journeys.browser import Browser
from tests.journeys.console import (
    CALLBACK,
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
from tests.journeys.world import ISSUER, World

pytestmark = pytest.mark.anyio

WAYS_OUT = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/console//evil.example",
    "/console/\\evil.example",
    "/console/../authorize",
    "/console/..",
    "/console/.",
    "/console/flows/../../logout",
    "/console/%2e%2e/logout",
    "/console/%2f%2fevil.example",
    "/console@evil.example",
    "/console#//evil.example",
    "/console/\n//evil.example",
    "/consoles",
    "/console.evil.example/",
    "javascript:alert(1)",
    "/account",
    "",
    "/console/" + "a" * 400,
]


async def catch_answer(world: World, browser: Browser, seed: str, email: str = EMAIL) -> str:
    """Sign in to the console, and return the answer to its callback before the browser follows it."""
    caught: list[str] = []

    async def stop(url: str) -> None:
        if url.startswith(CALLBACK):
            caught.append(url)
            raise ConnectionError

    await browser.get(SIGN_IN)
    browser.before = stop
    with pytest.raises(ConnectionError):
        await answer_sign_in(world, browser, seed, email)
    browser.before = None
    return caught[0]


@pytest.mark.parametrize("path", WAYS_OUT)
def test_an_open_redirect_by_return_to_leads_to_the_first_page(path: str) -> None:
    assert clean_return(path) == FIRST_PAGE


async def test_an_open_redirect_through_a_whole_sign_in_leads_to_the_first_page(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    assert await come_in(world, browser, seed, f"{SIGN_IN}?return_to={quote('//evil.example', safe='')}") == HOME


@given(st.text(st.sampled_from("/console.-\\?#%:@; \n\t09azAZ\u2044\uff0f&=")).map(lambda tail: f"/console{tail}"))
def test_whatever_passes_is_a_plain_path_of_the_console(path: str) -> None:
    passed = clean_return(path)
    assert passed in {path, FIRST_PAGE}
    assert passed == "/console" or passed.startswith(("/console/", "/console?"))
    assert not {"..", "."} & set(passed.partition("?")[0].split("/"))
    assert "//" not in passed
    assert not set("\\#@;\n\t \u2044\uff0f") & set(passed)


@pytest.mark.parametrize(
    "path", ["/console", "/console/", "/console/flows/step-up.v2?tab=runs&days=7", "/console/users/a_b~c"]
)
def test_paths_of_the_console_pass(path: str) -> None:
    assert clean_return(path) == path


async def test_a_forged_state_lets_nobody_in(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    answer = urlsplit(await catch_answer(world, browser, seed))
    values = {name: found[0] for name, found in parse_qs(answer.query).items()}
    mac, _, packed = values["state"].partition(".")
    elsewhere = base64.urlsafe_b64encode(b"/console/keys").decode().rstrip("=")
    other = ("B" if mac[0] == "A" else "A") + mac[1:]
    for state in ("", "x", f"{mac}.{elsewhere}", f"{other}.{packed}", f".{packed}", f"{mac}.%%%", f"é.{packed}"):
        await browser.get(f"{CALLBACK}?{urlencode(values | {'state': state})}")
        assert browser.heading == "Please sign in to the console again"
        assert "idp_console" not in browser.cookies
    await browser.get(f"{CALLBACK}?{urlencode(values)}")
    assert session_of(world, browser) is not None


async def test_login_csrf_an_answer_for_another_browser_lets_nobody_in(world: World) -> None:
    """The attacker signs in as themself and has the victim open the answer."""
    _, seed = add_operator(world)
    add_operator(world, email="mallory@example.com")
    victim, attacker = world.browser(), world.browser()
    _, other = add_operator(world, email="trudy@example.com")
    answer = await catch_answer(world, attacker, other, "trudy@example.com")
    await victim.get(SIGN_IN)
    await victim.get(answer)
    assert victim.heading == "Please sign in to the console again"
    assert "idp_console" not in victim.cookies
    assert await come_in(world, victim, seed) == HOME


async def test_login_csrf_a_planted_ticket_does_not_bring_the_attackers_session(world: World) -> None:
    """Where cookies can be planted (http), the answer is still about a session that is not this browser's."""
    _, seed = add_operator(world)
    _, other = add_operator(world, email="trudy@example.com")
    victim, attacker = world.browser(), world.browser()
    await come_in(world, victim, seed)
    before = session_of(world, victim)
    answer = await catch_answer(world, attacker, other, "trudy@example.com")
    victim.set_cookie("idp_console_ticket", attacker.cookies["idp_console_ticket"])
    await victim.get(answer)
    assert victim.heading == "Please sign in to the console again"
    assert session_of(world, victim) == before


async def test_session_fixation_a_planted_session_is_replaced(world: World) -> None:
    _, seed = add_operator(world)
    _, other = add_operator(world, email="trudy@example.com")
    attacker, victim = world.browser(), world.browser()
    await come_in(world, attacker, other, email="trudy@example.com")
    planted = attacker.cookies["idp_console"]
    victim.set_cookie("idp_console", planted)
    await come_in(world, victim, seed)
    assert victim.cookies["idp_console"] != planted
    assert session_of(world, attacker) is None


async def test_a_replayed_answer_lets_nobody_in_again(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    answer = await catch_answer(world, browser, seed)
    ticket = browser.cookies["idp_console_ticket"]
    await browser.get(answer)
    assert session_of(world, browser) is not None
    browser.set_cookie("idp_console_ticket", ticket)
    await browser.get(answer)
    assert browser.heading == "Please sign in to the console again"


async def test_mix_up_an_answer_of_another_issuer_is_refused(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    answer = await catch_answer(world, browser, seed)
    for other in (quote("https://evil.example", safe=""), ""):
        await browser.get(answer.replace(quote(ISSUER, safe=""), other))
        assert browser.heading == "Please sign in to the console again"


async def test_a_parameter_that_is_there_twice_is_none(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    answer = await catch_answer(world, browser, seed)
    await browser.get(f"{answer}&state=x")
    assert browser.heading == "Please sign in to the console again"
    await browser.get(f"{CALLBACK}?{'&'.join(f'a{at}=1' for at in range(100))}")
    assert browser.heading == "Please sign in to the console again"


async def test_a_code_of_the_console_is_worth_nothing_at_the_token_endpoint(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    answer = parse_qs(urlsplit(await catch_answer(world, browser, seed)).query)
    ticket = browser.cookies["idp_console_ticket"]
    verifier = hmac.digest(ticket.encode(), b"verifier\0", hashlib.sha256)
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"][0],
        "redirect_uri": f"{ISSUER}{CALLBACK_PATH}",
        "code_verifier": base64.urlsafe_b64encode(verifier).decode().rstrip("="),
        "client_id": CONSOLE_ID,
    }
    for secret in ("", "guessed"):
        await browser.post(f"{ISSUER}/token", form | ({"client_secret": secret} if secret else {}))
        assert browser.status == 401
        assert "access_token" not in browser.text


async def test_the_floor_of_two_factors_is_not_lowered_by_the_request(world: World) -> None:
    add_operator(world)
    browser = world.browser()
    seen: list[str] = []

    async def remember(url: str) -> None:
        seen.append(url)

    browser.before = remember
    await browser.get(SIGN_IN)
    asked = next(url for url in seen if "/authorize?" in url)
    await browser.get(asked.replace("acr_values=urn%3Aidp%3Aacr%3A2fa", "acr_values=urn%3Aidp%3Aacr%3A1fa"))
    await browser.submit("submitted", email=EMAIL)
    await browser.submit("submitted", password="correct-horse-battery-staple")
    assert 'name="code"' in browser.text


async def test_nobody_registers_as_the_console(world: World) -> None:
    document = {"client_id": CONSOLE_ID, "client_secret": "x" * 40, "redirect_uris": ["https://evil.example/cb"]}
    with pytest.raises(MetadataFault):
        put_clients(world.deps, [document])
    with world.provider.storage.write() as uow:
        uow.clients.put(Client(CONSOLE_ID, {"redirect_uris": ["https://evil.example/cb"]}))
    browser = world.browser()
    query = {"client_id": CONSOLE_ID, "redirect_uri": "https://evil.example/cb", "response_type": "code"}
    await browser.get(f"{ISSUER}/authorize?{urlencode(query)}")
    assert browser.url.startswith(f"{ISSUER}/authorize")
    assert browser.status == 400


async def test_signing_somebody_out_from_another_site_is_refused(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    await come_in(world, browser, seed)
    await browser.post(SIGN_OUT, {}, origin="https://evil.example", **{"sec-fetch-site": "cross-site"})
    assert session_of(world, browser) is not None


async def test_the_cookie_of_the_console_is_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    answer = await catch_answer(world, browser, seed)
    response = await browser._client.get(answer)
    lines = response.headers.get_list("set-cookie")
    line = next(line for line in lines if line.startswith("idp_console="))
    assert "HttpOnly" in line
    assert "SameSite=Strict" in line


async def test_a_step_up_cannot_be_begun_by_a_path_that_leads_out(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    await come_in(world, browser, seed)
    world.clock.advance(60)
    assert await come_in(world, browser, seed, f"{STEP_UP}?return_to=//evil.example") == HOME
