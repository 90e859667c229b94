"""Attacks on codes, refresh tokens, forms, and flows that change under way."""

import pytest

from idp.records.clients import Client
from tests.journeys.steps import sign_in, signed_in
from tests.journeys.world import CONFIG, ISSUER, PASSWORD, World
from tests.security.moves import ONE_FACTOR, call, run_of, state_of

pytestmark = pytest.mark.anyio


async def test_a_replayed_code_gives_nothing_and_takes_the_family_down(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize(scope="openid offline_access"))
    url = await browser.submit("allow")
    tokens = await bank.redeem(world.provider.app, url)
    form = {"code": bank.answer(url)["code"], "redirect_uri": bank.redirect_uri, "code_verifier": bank.verifier}
    replay = await bank.token(world.provider.app, grant_type="authorization_code", **form)
    assert replay["error"] == "invalid_grant"
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert (await bank.token(world.provider.app, **refresh))["error"] == "invalid_grant"
    inspected = await bank.call(world.provider.app, "/introspect", {"token": tokens["access_token"]})
    assert inspected == {"active": False}


async def test_a_reused_refresh_token_takes_the_family_down(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize(scope="openid offline_access"))
    first = await bank.redeem(world.provider.app, await browser.submit("allow"))
    second = await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=first["refresh_token"])
    world.clock.advance(120)
    for token in (first["refresh_token"], second["refresh_token"]):
        answer = await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=token)
        assert answer["error"] == "invalid_grant"
    assert (await bank.userinfo(world.provider.app, second["access_token"]))["status"] == 401


async def test_a_code_is_worth_nothing_to_another_client_or_without_its_verifier(world: World) -> None:
    world.add_user()
    bank, shop = world.client(), world.client("shop")
    _, _ = await signed_in(world, shop)
    for thief, changes in (
        (shop, {}),
        (bank, {"code_verifier": "x" * 43}),
        (bank, {"redirect_uri": shop.redirect_uri}),
    ):
        browser = world.browser()
        url = await sign_in(browser, bank.authorize())
        form = {"code": bank.answer(url)["code"], "redirect_uri": bank.redirect_uri, "code_verifier": bank.verifier}
        answer = await thief.token(world.provider.app, grant_type="authorization_code", **{**form, **changes})
        assert answer["error"] in {"invalid_grant", "invalid_request"}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": ISSUER, "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"origin": "http://localhost:8000.evil.example", "sec-fetch-site": "same-origin"},
        {"origin": ISSUER, "sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_posted_by_another_site_is_refused(world: World, headers: dict[str, str]) -> None:
    world.add_user()
    browser = world.browser()
    await browser.get(world.client().authorize())
    before = state_of(world, run_of(browser))
    values = {**browser.form(), "outcome": "submitted", "email": "alice@example.com"}
    await browser.post(browser.url, values, **headers)
    assert browser.status == 403
    assert state_of(world, before.id) == before


@pytest.mark.parametrize("csrf", ["", "x", "A" * 64, "another session", "another form"])
async def test_a_form_without_its_own_token_is_refused(world: World, csrf: str) -> None:
    world.add_user()
    bank = world.client()
    browser, other = world.browser(), world.browser()
    await browser.get(bank.authorize())
    url, form = browser.url, browser.form()
    if csrf == "another session":
        await other.get(bank.authorize())
        csrf = other.form()["csrf"]
    elif csrf == "another form":
        await browser.get(f"{ISSUER}/recover")
        csrf = browser.form()["csrf"]
    before = state_of(world, run_of_url(url))
    await browser.post(url, {**form, "csrf": csrf, "outcome": "submitted", "email": "alice@example.com"})
    assert browser.status == 403
    assert state_of(world, before.id) == before


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "acr_values", "scope", "claims", "max_age"])
async def test_a_parameter_sent_twice_is_refused(world: World, name: str) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    values = {"client_id": "bank", "redirect_uri": bank.redirect_uri, "state": "a", "acr_values": ONE_FACTOR}
    first = values.get(name, {"scope": "openid", "claims": "{}", "max_age": "1000"}.get(name, ""))
    url = bank.authorize(**{name: first})
    codes = len([entry for entry in world.audit("authorize") if entry.outcome == "code_issued"])
    await browser.get(f"{url}&{name}={first}")
    assert browser.status == 400 or "error=invalid_request" in browser.url
    assert len([entry for entry in world.audit("authorize") if entry.outcome == "code_issued"]) == codes


async def test_a_redirect_uri_that_is_not_registered_gets_no_browser(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    for uri in (
        "https://evil.example/",
        f"{bank.redirect_uri}/",
        f"{bank.redirect_uri}?x=1",
        f"{bank.redirect_uri}#x",
        "https://bank.example@evil.example/callback",
        "https://bank.example.evil.example/callback",
        "javascript:alert(1)",
    ):
        await browser.get(bank.authorize(redirect_uri=uri))
        assert browser.url.startswith(f"{ISSUER}/authorize")
        assert browser.status == 400


@pytest.mark.parametrize("path", ["/authorize", "/token", "/introspect", "/revoke", "/recover", "/logout"])
async def test_an_oversize_body_is_refused(world: World, path: str) -> None:
    headers = {"origin": ISSUER, "content-type": "application/x-www-form-urlencoded"}
    answer = await call(world, "POST", path, content="a=" + "x" * 100_000, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["x-request-id"]


async def test_publishing_a_new_version_leaves_people_on_theirs(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await browser.get(bank.authorize())
    await browser.submit("submitted", email="alice@example.com")
    run_id = run_of(browser)
    pinned = state_of(world, run_id).flow_version
    text = (CONFIG / "flows/sign-in.yaml").read_text(encoding="utf-8")
    renamed = text.replace("password", "secret_word").replace("screen: secret_word", "screen: password")
    renamed = renamed.replace("action: check_secret_word", "action: check_password")
    with world.provider.storage.write() as uow:
        published = world.deps.flows.publish(uow, renamed, "second", world.clock.now())
    assert published.version == pinned + 1
    await browser.get(browser.url)
    await bank.redeem(world.provider.app, await browser.submit("submitted", password=PASSWORD))
    assert state_of(world, run_id).flow_version == pinned
    other = world.browser()
    await sign_in(other, bank.authorize())
    await bank.redeem(world.provider.app, other.url)
    newest = world.audit("run.start")[-1]
    assert newest.data["version"] == published.version


async def test_the_clients_flow_cannot_be_left_for_the_default_one(world: World) -> None:
    text = (CONFIG / "flows/sign-in.yaml").read_text(encoding="utf-8")
    strong = text.replace("id: sign-in", "id: strong").replace("none: done", "none: too_many")
    with world.provider.storage.write() as uow:
        world.deps.flows.publish(uow, strong, "strong", world.clock.now())
    world.add_user()
    bank = world.client(flows={"sign_in": "strong"})
    browser = world.browser()
    await browser.get(bank.authorize())
    run_id = run_of(browser)
    pinned = state_of(world, run_id)
    assert pinned.flow_id == "strong"
    for path in (f"run/{run_id}", f"authorize/continue?request={pinned.request_id}&flow=sign-in"):
        await browser.get(f"{ISSUER}/{path}")
        assert state_of(world, run_of(browser)).flow_id == "strong"
    for answer in ({"outcome": "restart"}, {"outcome": "submitted", "flow": "sign-in", "email": "alice@example.com"}):
        await browser.post(f"{ISSUER}/run/{run_id}", {**browser.form(), **answer})
        await browser.get(f"{ISSUER}/run/{run_id}")
        assert state_of(world, run_id).flow_id == "strong"
    await browser.submit("submitted", password=PASSWORD, flow="sign-in")
    assert bank.answer(browser.url)["error"] == "access_denied"
    assert "idp_session" not in browser.cookies


async def test_a_client_that_is_removed_mid_way_gets_no_code(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await browser.get(bank.authorize())
    with world.provider.storage.write() as uow:
        client: Client | None = uow.clients.get("bank")
        assert client is not None
        uow.clients.remove("bank")
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert not browser.url.startswith(bank.redirect_uri)
    assert browser.status < 500


def run_of_url(url: str) -> int:
    return int(url.rsplit("/", 1)[1])
