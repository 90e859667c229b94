"""Attacks on sessions, on who a run belongs to, and on what a browser may resume."""

import pytest

from idp.application.browser import Browser as CookiesOf
from idp.application.consent import answer_consent
from idp.application.operators import set_blocked
from tests.journeys.browser import Browser
from tests.journeys.steps import path_of, sign_in, signed_in, verify
from tests.journeys.world import ISSUER, PASSWORD, World
from tests.security.moves import (
    IDV,
    NEW_PASSWORD,
    ONE_FACTOR,
    TWO_FACTORS,
    in_recovery,
    methods_of,
    run_of,
    state_of,
    totp,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("max_age", ["0", "1"])
async def test_max_age_with_a_clock_of_fractions_asks_exactly_once(world: World, max_age: str) -> None:
    world.add_user()
    bank = world.client(consent="explicit")
    world.clock.advance(0.987)
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    await browser.submit("allow")
    await bank.redeem(world.provider.app, browser.url)
    world.clock.advance(5.123)
    await browser.get(bank.authorize(max_age=max_age, prompt="consent"))
    assert path_of(browser).startswith("/run/")
    world.clock.advance(3.001)
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    at = int(world.clock.now())
    world.clock.advance(3.001)
    tokens = await bank.redeem(world.provider.app, await browser.submit("allow"))
    assert tokens["claims"]["auth_time"] == at


async def test_prompt_login_renews_the_session_and_its_time_and_not_earlier_tokens(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize(scope="openid offline_access"))
    first = await bank.redeem(world.provider.app, await browser.submit("allow"))
    world.clock.advance(1000)
    cookie = browser.cookies["idp_session"]
    second = await bank.redeem(world.provider.app, await sign_in(browser, bank.authorize(prompt="login")))
    assert second["claims"]["auth_time"] == first["claims"]["auth_time"] + 1000
    assert second["claims"]["sid"] != first["claims"]["sid"]
    assert browser.cookies["idp_session"] != cookie
    renewed = await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=first["refresh_token"])
    access = await bank.check(world.provider.app, renewed["access_token"])
    assert access["auth_time"] == first["claims"]["auth_time"]


async def test_another_person_who_signs_in_inherits_nothing(world: World) -> None:
    alice = world.add_user()
    bob = world.add_user("bob@example.com", given_name="Bob")
    alices, bobs = world.add_totp(alice), world.add_totp(bob)
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    first = await bank.redeem(world.provider.app, await browser.submit("submitted", code=totp(world, alices)))
    assert first["claims"]["acr"] == TWO_FACTORS
    await sign_in(browser, bank.authorize(prompt="login"), "bob@example.com")
    assert 'name="code"' in browser.text
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=totp(world, bobs)))
    assert tokens["claims"]["sub"] == bob.sub
    assert tokens["claims"]["sid"] != first["claims"]["sid"]
    with world.provider.storage.read() as uow:
        assert uow.sessions.of_user(alice.id) == []


async def test_a_hint_for_somebody_else_gives_no_code_of_the_wrong_person(world: World) -> None:
    world.add_user()
    world.add_user("bob@example.com", given_name="Bob")
    bank = world.client()
    _, tokens = await signed_in(world, bank)
    browser = world.browser()
    await sign_in(browser, bank.authorize(id_token_hint=tokens["id_token"]), "bob@example.com")
    assert not browser.url.startswith(bank.redirect_uri) or "code" not in bank.answer(browser.url)


async def test_going_back_and_signing_in_as_somebody_else_ends_the_run(world: World) -> None:
    alice = world.add_user()
    world.add_totp(alice)
    world.add_user("bob@example.com", given_name="Bob")
    browser = world.browser()
    await sign_in(browser, world.client().authorize())
    run_id = run_of(browser)
    await browser.submit("back")
    await browser.submit("back")
    await browser.submit("submitted", email="bob@example.com")
    await browser.submit("submitted", password=PASSWORD)
    run = state_of(world, run_id)
    assert (run.status, run.reason, run.user_id) == ("denied", "other_user", alice.id)
    assert "idp_session" not in browser.cookies
    assert methods_of(world, run_id) == ["pwd"]


async def test_a_step_up_of_one_person_does_not_go_on_as_another(world: World) -> None:
    world.add_user()
    world.add_user("bob@example.com", given_name="Bob")
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    url, form = browser.url, browser.form()
    run_id = run_of(browser)
    await sign_in(browser, bank.authorize(prompt="login"), "bob@example.com")
    await browser.post(url, {**form, "outcome": "continue"})
    assert browser.status == 403
    await browser.get(url)
    assert not browser.url.startswith(bank.redirect_uri)
    assert state_of(world, run_id).status == "ended"
    assert methods_of(world, run_id) == []


async def test_the_session_cookie_and_form_tokens_change_on_elevation(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    before = dict(browser.cookies)
    await browser.get(f"{ISSUER}/")
    home = browser.form()
    await browser.get(bank.authorize(acr_values=IDV))
    await bank.redeem(world.provider.app, await verify(world, browser))
    assert browser.cookies["idp_session"] != before["idp_session"]
    await browser.post(f"{ISSUER}/logout/confirm", {**home, "outcome": "sign_out"})
    assert browser.status == 403
    old = world.browser()
    for name, value in before.items():
        old.set_cookie(name, value)
    await old.get(bank.authorize(prompt="none"))
    assert bank.answer(old.url)["error"] == "login_required"


@pytest.mark.parametrize("level", [ONE_FACTOR, TWO_FACTORS, IDV])
async def test_every_place_tells_the_same_level_and_a_refresh_changes_none(world: World, level: str) -> None:
    user = world.add_user()
    bank = world.client()
    browser = world.browser()
    seed = world.add_totp(user) if level == TWO_FACTORS else ""
    await sign_in(browser, bank.authorize(acr_values=level, scope="openid offline_access"))
    if seed:
        await browser.submit("submitted", code=totp(world, seed))
    if level == IDV:
        world.clock.advance(30)
        await verify(world, browser)
    tokens = await bank.redeem(world.provider.app, await browser.submit("allow"))
    issued = [entry.data for entry in world.audit("authorize") if entry.outcome == "code_issued"][-1]
    for round_ in range(2):
        claims = await bank.check(world.provider.app, tokens["id_token"])
        access = await bank.check(world.provider.app, tokens["access_token"])
        inspected = await bank.call(world.provider.app, "/introspect", {"token": tokens["access_token"]})
        assert claims["acr"] == access["acr"] == inspected["acr"] == issued["acr"] == level
        assert claims["amr"] == access["amr"] == inspected["amr"] == issued["amr"]
        assert claims["auth_time"] == access["auth_time"] == inspected["auth_time"] == int(issued["auth_time"])
        world.clock.advance(400)
        if round_ == 0:
            tokens = await bank.token(
                world.provider.app, grant_type="refresh_token", refresh_token=tokens["refresh_token"]
            )


async def test_a_session_that_ends_before_consent_takes_its_evidence_along(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV, scope="openid offline_access"))
    await verify(world, browser)
    assert path_of(browser) == "/consent"
    request = browser.url.split("request=")[1]
    with world.provider.storage.write() as uow:
        uow.sessions.end_of_user(user.id, world.clock.now())
    await browser.submit("allow")
    await browser.get(f"{ISSUER}/authorize/continue?request={request}")
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert path_of(browser).startswith("/run/")
    answer = bank.answer(await browser.submit("stop"))
    assert "code" not in answer


async def test_a_run_url_in_another_browser_shows_nothing_and_moves_nothing(world: World) -> None:
    world.add_user()
    bank = world.client()
    attacker = world.browser()
    await attacker.get(bank.authorize())
    url, form, run_id = attacker.url, attacker.form(), run_of(attacker)
    before = state_of(world, run_id)
    victim, _ = await signed_in(world, bank)
    for browser in (victim, world.browser()):
        assert await status_of(browser, url) == 404
        assert await status_of(browser, f"{url}/status") == 404
        assert await status_of(browser, f"{ISSUER}/ended?run={run_id}") == 404
        for path in ("authorize/continue", "sign-up", "consent", "select-account"):
            assert await status_of(browser, f"{ISSUER}/{path}?request={before.request_id}") == 404
        await browser.post(url, {**form, "outcome": "submitted", "email": "alice@example.com"})
        assert browser.status in {400, 403, 404}
    assert state_of(world, run_id) == before


async def test_a_planted_browser_cookie_gives_its_planter_no_session(world: World) -> None:
    world.add_user()
    bank = world.client()
    attacker = world.browser()
    await attacker.get(bank.authorize())
    url = attacker.url
    victim = world.browser()
    victim.set_cookie("idp_browser", attacker.cookies["idp_browser"])
    await victim.get(url)
    await victim.submit("submitted", email="alice@example.com")
    await victim.submit("submitted", password=PASSWORD)
    assert "idp_session" in victim.cookies
    await attacker.get(url)
    assert "idp_session" not in attacker.cookies
    await attacker.get(bank.authorize(prompt="none"))
    assert bank.answer(attacker.url)["error"] == "login_required"


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token"])
async def test_a_lock_after_approval_is_seen_at_the_token_endpoint(world: World, grant: str) -> None:
    user = world.add_user()
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize(scope="openid offline_access"))
    url = await browser.submit("allow")
    if grant == "authorization_code":
        set_blocked(world.deps, user, blocked=True)
        form = {"code": bank.answer(url)["code"], "redirect_uri": bank.redirect_uri, "code_verifier": bank.verifier}
    else:
        tokens = await bank.redeem(world.provider.app, url)
        set_blocked(world.deps, user, blocked=True)
        form = {"refresh_token": tokens["refresh_token"]}
        assert (await bank.userinfo(world.provider.app, tokens["access_token"]))["status"] == 401
    assert (await bank.token(world.provider.app, grant_type=grant, **form))["error"] == "invalid_grant"
    await browser.get(bank.authorize(prompt="none"))
    assert bank.answer(browser.url)["error"] == "login_required"


async def test_an_attackers_half_finished_login_does_not_survive_the_owners_reset(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    enrolled, _ = await signed_in(world, bank)
    await enrolled.get(bank.authorize(acr_values=IDV))
    await bank.redeem(world.provider.app, await verify(world, enrolled))
    seed = world.add_totp(user)
    attacker = world.browser()
    await sign_in(attacker, bank.authorize())
    assert 'name="code"' in attacker.text
    half = run_of(attacker)
    owner = world.browser()
    await in_recovery(world, owner)
    await owner.submit("submitted", code=totp(world, seed))
    await verify(world, owner)
    await owner.submit(password=NEW_PASSWORD)
    world.clock.advance(60)
    await attacker.submit("submitted", code=totp(world, seed))
    assert "idp_session" not in attacker.cookies
    assert (state_of(world, half).status, state_of(world, half).reason) == ("ended", "credentials_changed")


@pytest.mark.parametrize("disturb", ["reload", "second tab", "old page"])
async def test_nothing_a_browser_does_on_the_way_loses_or_weakens_the_request(world: World, disturb: str) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    bank = world.client()
    browser = world.browser()
    await browser.get(bank.authorize())
    run_id = run_of(browser)
    pinned = state_of(world, run_id)
    entry: dict[str, str] = browser.form()
    for answer in ({"email": "alice@example.com"}, {"password": PASSWORD}, {"code": totp(world, seed)}):
        url, page = browser.url, browser.form()
        if disturb == "reload":
            await browser.get(url)
        elif disturb == "second tab":
            await browser.get(f"{ISSUER}/authorize/continue?request={pinned.request_id}")
            assert browser.url == url
        elif page != entry:
            await browser.post(url, {**entry, "csrf": page["csrf"], "outcome": "submitted", "email": "bob@example.com"})
            assert browser.status == 409
            await browser.get(url)
        now = state_of(world, run_id)
        assert (now.flow_id, now.flow_version, now.status) == (pinned.flow_id, pinned.flow_version, "active")
        await browser.submit("submitted", **answer)
    tokens = await bank.redeem(world.provider.app, browser.url)
    assert tokens["claims"]["acr"] == TWO_FACTORS


async def test_a_one_time_code_works_once(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    bank = world.client()
    code = totp(world, seed)
    first, second = world.browser(), world.browser()
    await sign_in(first, bank.authorize())
    await bank.redeem(world.provider.app, await first.submit("submitted", code=code))
    await sign_in(second, bank.authorize())
    await second.submit("submitted", code=code)
    assert path_of(second).startswith("/run/")
    assert "idp_session" not in second.cookies


async def status_of(browser: Browser, url: str) -> int:
    await browser.get(url)
    return browser.status


async def test_one_persons_consent_does_not_speak_for_the_next(world: World) -> None:
    world.add_user()
    bob = world.add_user("bob@example.com", given_name="Bob")
    bank = world.client(consent="explicit")
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    assert path_of(browser) == "/consent"
    request = browser.url.split("request=")[1]
    cookies = browser.cookies
    here = CookiesOf(cookies["idp_browser"], cookies["idp_session"])
    answer_consent(world.deps, int(request), here, allowed=True)
    other_tab = world.client("shop").authorize(prompt="login")
    await sign_in(browser, other_tab, "bob@example.com")
    await browser.get(f"{ISSUER}/authorize/continue?request={request}")
    assert path_of(browser) == "/consent"
    tokens = await bank.redeem(world.provider.app, await browser.submit("allow"))
    assert tokens["claims"]["sub"] == bob.sub
