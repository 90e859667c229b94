"""The console's sign-in and its session, under attack."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.application.console.client import CALLBACK_PATH, CONSOLE_ID
from idp.application.console.set_up import SET_UP_SECONDS, offer_set_up
from idp.application.console.sign_in import HOME as FIRST_PAGE
from idp.application.console.sign_in import clean_return
from idp.application.operators import put_clients
from idp.application.passkeys import offer_passkey, place_of_adding
from idp.oidc.registration import MetadataFault
from idp.records.accounts import Credential
from idp.records.clients import Client
from tests.authenticator import UP, UV, Authenticator
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
from tests.journeys.passkeys import make, options_of, say
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


async def test_a_guessed_set_up_link_opens_nothing(world: World) -> None:
    link = offer_set_up(world.deps)
    assert link is not None
    browser = world.browser()
    for guess in ("", "1", "1.", "1.x", "2." + "0" * 64, link.rpartition("=")[2][:-1]):
        await browser.get(f"{ISSUER}/console/set-up?{urlencode({'link': guess})}")
        assert browser.heading == "This link makes no administrator any more"
        await browser.post(f"{ISSUER}/console/set-up?{urlencode({'link': guess})}", {"email": EMAIL})
        assert browser.status in {400, 403, 410}


async def test_a_set_up_link_is_worth_nothing_once_somebody_has_a_role(world: World) -> None:
    link = offer_set_up(world.deps)
    assert link is not None
    add_operator(world)
    browser = world.browser()
    await browser.get(link)
    assert browser.heading == "This link makes no administrator any more"


async def test_the_secret_of_a_set_up_link_is_not_stored(world: World) -> None:
    link = offer_set_up(world.deps)
    assert link is not None
    secret = parse_qs(urlsplit(link).query)["link"][0].partition(".")[2]
    with world.provider.storage.read() as uow:
        stored = uow.links.get(1)
        entries = uow.audit.list(limit=1000)
    assert stored is not None
    assert secret.encode() not in stored.digest
    assert secret not in str(stored) + str(entries)


async def name_owner(world: World, link: str | None = None, email: str = EMAIL) -> Browser:
    """Return a browser at the choice of a way to sign in, behind a link."""
    link = link or offer_set_up(world.deps)
    assert link is not None
    browser = world.browser()
    await browser.get(link)
    await browser.submit("named", name="Olga Owner", email=email)
    assert browser.heading == "Choose how you sign in"
    return browser


def owners(world: World) -> int:
    with world.provider.storage.read() as uow:
        return len(uow.roles.all())


def people(world: World) -> int:
    with world.provider.storage.read() as uow:
        return len(uow.users.search("", limit=50))


async def test_a_set_up_link_used_twice_makes_one_owner(world: World) -> None:
    link = offer_set_up(world.deps)
    first, second = await name_owner(world, link), await name_owner(world, link, "mallory@example.com")
    await make(first, Authenticator())
    assert first.heading == "Your account is ready"
    await make(second, Authenticator())
    assert second.heading == "This link makes no administrator any more"
    assert (owners(world), people(world)) == (1, 1)


async def test_another_link_is_worth_nothing_once_one_was_used(world: World) -> None:
    """Each start of a provider without an administrator prints a link; the first used one shuts all others."""
    first, second = await name_owner(world), await name_owner(world, email="mallory@example.com")
    await make(first, Authenticator())
    await make(second, Authenticator())
    assert second.heading == "This link makes no administrator any more"
    assert owners(world) == 1


async def test_a_passkey_with_the_challenge_of_another_link_makes_nobody(world: World) -> None:
    mine, theirs = await name_owner(world), await name_owner(world)
    authenticator = Authenticator()
    await say(mine, authenticator.make(options_of(theirs)))
    assert "The passkey could not be added" in mine.text
    assert world.audit("console.set_up")[-1].reason == "foreign_challenge"
    assert owners(world) == 0


async def test_a_passkey_for_another_address_makes_nobody(world: World) -> None:
    """Its challenge is bound to the subject, and that to the address: what was shown cannot be made someone else's."""
    browser = await name_owner(world)
    said = Authenticator().make(options_of(browser))
    form = {**browser.form(), "outcome": "passkey", "credential": said, "email": "mallory@example.com"}
    await browser.post(browser.action(), form)
    assert world.audit("console.set_up")[-1].reason == "foreign_challenge"
    assert owners(world) == 0


async def test_a_challenge_of_the_account_pages_makes_no_owner(world: World) -> None:
    user = world.add_user("alice@example.com")
    browser = await name_owner(world)
    place = place_of_adding(user, "session:1", "add")
    with world.provider.storage.read() as uow:
        options = offer_passkey(world.deps, uow, user, place)
    assert options is not None
    await say(browser, Authenticator().make(options))
    assert world.audit("console.set_up")[-1].reason == "foreign_challenge"
    assert owners(world) == 0


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"fmt": "packed", "statement": {"alg": -7, "sig": b"forged"}}, "not_verified"),
        ({"fmt": "android-key", "statement": {"alg": -7, "sig": b"forged", "x5c": [b"forged"]}}, "attestation"),
        ({"flags": UP}, "user_verification"),
        ({"flags": UV}, "user_presence"),
        ({"rp_id": "evil.example"}, "rp_id"),
        ({"client": {"origin": "https://evil.example"}}, "origin"),
        ({"client": {"type": "webauthn.get"}}, "type"),
        ({"client": {"crossOrigin": True}}, "cross_origin"),
    ],
)
async def test_a_forged_registration_makes_nobody_and_its_challenge_is_spent(
    world: World, lies: dict[str, object], reason: str
) -> None:
    browser = await name_owner(world)
    options, authenticator = options_of(browser), Authenticator()
    page = (browser.action(), browser.form())
    await say(browser, authenticator.make(options, **lies))
    assert world.audit("console.set_up")[-1].reason == reason
    await browser.post(page[0], {**page[1], "outcome": "passkey", "credential": authenticator.make(options)})
    assert world.audit("console.set_up")[-1].reason == "spent_challenge"
    assert (owners(world), people(world)) == (0, 0)


async def test_a_credential_that_somebody_has_makes_nobody(world: World) -> None:
    taken = secrets.token_bytes(32)
    user = world.add_user("alice@example.com")
    with world.provider.storage.write() as uow:
        uow.credentials.add(Credential(0, user.id, "passkey", b"k", "theirs", 1.0, external_id=taken))
    browser = await name_owner(world)
    await make(browser, Authenticator(), credential_id=taken)
    assert world.audit("console.set_up")[-1].reason == "credential_taken"
    assert owners(world) == 0


async def test_an_expired_set_up_link_takes_no_passkey(world: World) -> None:
    browser = await name_owner(world)
    said = Authenticator().make(options_of(browser))
    world.clock.advance(SET_UP_SECONDS)
    await say(browser, said)
    assert browser.heading == "This link makes no administrator any more"
    assert owners(world) == 0


async def test_a_passkey_comes_too_late_once_there_is_an_administrator(world: World) -> None:
    browser = await name_owner(world)
    add_operator(world, email="trudy@example.com")
    await make(browser, Authenticator())
    assert browser.heading == "This link makes no administrator any more"
    await browser.get(browser.url)
    assert browser.status == 410
    assert owners(world) == 1


async def test_a_set_up_form_of_another_browser_or_link_is_refused(world: World) -> None:
    link = offer_set_up(world.deps)
    browser, other, elsewhere = await name_owner(world, link), await name_owner(world, link), await name_owner(world)
    said, action = Authenticator().make(options_of(browser)), browser.action()
    for stranger in (other, elsewhere):
        form = {**stranger.form(), "outcome": "passkey", "credential": said}
        await browser.post(action, form)
        assert browser.status == 403
    assert owners(world) == 0


async def test_a_name_with_markup_is_text_on_the_next_page(world: World) -> None:
    link = offer_set_up(world.deps)
    assert link is not None
    browser = world.browser()
    await browser.get(link)
    name = '"><script>alert(1)</script>'
    await browser.submit("named", name=name, email=EMAIL)
    assert "<script>alert" not in browser.text
    assert options_of(browser)["user"]["displayName"] == name


async def test_a_step_up_cannot_be_begun_by_a_path_that_leads_out(world: World) -> None:
    _, seed = add_operator(world)
    browser = world.browser()
    await come_in(world, browser, seed)
    world.clock.advance(60)
    assert await come_in(world, browser, seed, f"{STEP_UP}?return_to=//evil.example") == HOME
