"""Attacks on how a level is asked for, kept, and given up."""

import pytest

from tests.journeys.steps import path_of, sign_in, signed_in, verify
from tests.journeys.world import World
from tests.security.moves import IDV, ONE_FACTOR, TWO_FACTORS, UNMET, call, claims, methods_of, run_of, totp

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("wish", [{"value": "urn:nobody:knows"}, {"values": ["urn:nobody:knows"]}])
async def test_an_essential_acr_that_nobody_knows_gets_no_code(world: World, wish: dict[str, object]) -> None:
    world.add_user()
    bank = world.client(acr_values="voluntary")
    browser, _ = await signed_in(world, bank)
    before = len(world.audit("authorize"))
    await browser.get(bank.authorize(claims=claims({"essential": True, **wish})))
    answer = bank.answer(browser.url)
    assert answer["error"] == UNMET
    assert "code" not in answer
    assert [entry.outcome for entry in world.audit("authorize")[before:]] == ["refused"]


async def test_an_essential_acr_takes_the_known_one_of_its_values(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    wish = claims({"essential": True, "values": ["urn:nobody:knows", ONE_FACTOR]})
    tokens = await bank.redeem(world.provider.app, await browser.get(bank.authorize(claims=wish)))
    assert tokens["claims"]["acr"] == ONE_FACTOR


@pytest.mark.parametrize("policy", ["necessary", "voluntary"])
async def test_asking_strictly_never_gives_less_than_asking_loosely(world: World, policy: str) -> None:
    world.add_user()
    bank = world.client(acr_values=policy)
    browser, _ = await signed_in(world, bank)
    reached = {}
    for name, extra in {
        "acr_values": {"acr_values": IDV},
        "voluntary": {"claims": claims({"value": IDV})},
        "essential": {"claims": claims({"essential": True, "value": IDV})},
    }.items():
        await browser.get(bank.authorize(**extra))
        if path_of(browser).startswith("/run/"):
            await browser.submit("stop")
        reached[name] = "code" in bank.answer(browser.url)
    assert not reached["essential"]
    assert not (policy == "necessary" and reached["acr_values"])


async def test_another_essential_claim_that_is_missing_does_not_kill_the_login(world: World) -> None:
    world.add_user()
    bank = world.client()
    _, tokens = await signed_in(world, bank, claims='{"id_token": {"phone_number": {"essential": true}}}')
    assert "phone_number" not in tokens["claims"]


async def test_no_grant_is_a_way_around_a_level(world: World) -> None:
    world.add_user()
    bank = world.client()
    document = (await call(world, "GET", "/.well-known/openid-configuration")).json()
    assert set(document["grant_types_supported"]) == {"authorization_code", "refresh_token", "client_credentials"}
    assert document["response_types_supported"] == ["code"]
    silent = world.browser()
    await sign_in(silent, bank.authorize())
    await silent.get(bank.authorize(prompt="none", acr_values=IDV))
    assert bank.answer(silent.url)["error"] == UNMET
    for grant in document["grant_types_supported"]:
        answer = await bank.token(world.provider.app, grant_type=grant, acr_values=IDV, scope="openid")
        assert "access_token" not in answer, grant


async def test_a_voluntary_client_that_asks_for_an_unknown_level_is_served(world: World) -> None:
    world.add_user()
    bank = world.client(acr_values="voluntary")
    _, tokens = await signed_in(world, bank, acr_values="urn:unknown")
    assert tokens["claims"]["acr"] == ONE_FACTOR
    document = (await call(world, "GET", "/.well-known/openid-configuration")).json()
    assert "urn:unknown" not in document["acr_values_supported"]


@pytest.mark.parametrize("policy", ["necessary", "voluntary"])
async def test_several_levels_are_taken_in_their_order(world: World, policy: str) -> None:
    world.add_user()
    bank = world.client(acr_values=policy)
    browser, _ = await signed_in(world, bank)
    for asked in (f"{ONE_FACTOR} {IDV}", f"{ONE_FACTOR} {ONE_FACTOR}", f"urn:unknown {ONE_FACTOR}"):
        tokens = await bank.redeem(world.provider.app, await browser.get(bank.authorize(acr_values=asked)))
        assert tokens["claims"]["acr"] == ONE_FACTOR
    await browser.get(bank.authorize(acr_values=f"{IDV} {ONE_FACTOR}"))
    assert path_of(browser).startswith("/run/")
    tokens = await bank.redeem(world.provider.app, await verify(world, browser))
    assert tokens["claims"]["acr"] == IDV
    await browser.get(bank.authorize(acr_values="urn:unknown"))
    answer = bank.answer(browser.url)
    assert ("code" in answer) is (policy == "voluntary")
    assert policy == "voluntary" or answer["error"] == UNMET


async def test_identity_is_reached_without_a_one_time_code_on_the_way(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    run_id = run_of(browser)
    tokens = await bank.redeem(world.provider.app, await verify(world, browser))
    assert tokens["claims"]["acr"] == IDV
    with world.provider.storage.read() as uow:
        run = uow.runs.get(run_id)
    assert run is not None
    assert "totp" not in str(run.state)


async def test_a_level_is_kept_for_its_age_and_not_a_second_longer(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    first = await bank.redeem(world.provider.app, await browser.submit("submitted", code=totp(world, seed)))
    assert first["claims"]["acr"] == TWO_FACTORS
    assert sorted(first["claims"]["amr"]) == ["mfa", "otp", "pwd"]
    world.clock.advance(10)
    for extra in ({}, {"acr_values": TWO_FACTORS}):
        again = await bank.redeem(world.provider.app, await browser.get(bank.authorize(**extra)))
        assert {key: again["claims"][key] for key in ("acr", "amr", "auth_time")} == {
            key: first["claims"][key] for key in ("acr", "amr", "auth_time")
        }
    await browser.get(bank.authorize(acr_values=IDV))
    await bank.redeem(world.provider.app, await verify(world, browser))
    world.clock.advance(301)
    await browser.get(bank.authorize(acr_values=IDV))
    assert path_of(browser).startswith("/run/")
    down = await bank.redeem(world.provider.app, await browser.get(bank.authorize()))
    assert (down["claims"]["acr"], down["claims"]["auth_time"]) == (TWO_FACTORS, first["claims"]["auth_time"])


async def test_a_user_without_a_second_factor_is_told_so_and_not_sent_in_circles(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=TWO_FACTORS))
    assert "second way to confirm it is you" in browser.text
    assert bank.answer(await browser.submit("continue"))["error"] == UNMET


async def test_a_request_cannot_lower_the_clients_floor(world: World) -> None:
    world.add_user()
    bank = world.client(minimum_acr=IDV)
    browser = world.browser()
    await sign_in(browser, bank.authorize(acr_values=ONE_FACTOR))
    run_id = run_of(browser)
    tokens = await bank.redeem(world.provider.app, await verify(world, browser))
    assert "identity" in methods_of(world, run_id)
    assert tokens["claims"]["acr"] in {IDV, ONE_FACTOR}
