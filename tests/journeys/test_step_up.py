"""Story 2: a risky transaction asks for identity (RFC 9470)."""

import pytest

from tests.journeys.steps import interview_of, path_of, signed_in, verify
from tests.journeys.world import World

pytestmark = pytest.mark.anyio

IDV = "urn:idp:acr:idv"


async def test_a_step_up_asks_no_password_and_earns_the_level(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, before = await signed_in(world, bank)
    world.clock.advance(3600)
    await browser.get(bank.authorize(acr_values=IDV, max_age="300"))
    assert path_of(browser).startswith("/run/")
    assert "password" not in browser.text.lower()
    world.clock.advance(20)
    url = await verify(world, browser)
    tokens = await bank.redeem(world.provider.app, url)
    claims = tokens["claims"]
    assert claims["acr"] == IDV
    assert claims["amr"] == ["face", "pwd"]
    assert claims["auth_time"] == int(world.clock.now())
    assert claims["auth_time"] > before["claims"]["auth_time"]
    inspected = await bank.call(world.provider.app, "/introspect", {"token": tokens["access_token"]})
    assert (inspected["acr"], inspected["auth_time"]) == (IDV, claims["auth_time"])


async def test_the_level_is_kept_for_its_age_and_asked_again_after(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    first = await bank.redeem(world.provider.app, await verify(world, browser))
    world.clock.advance(200)
    again = await bank.redeem(world.provider.app, await browser.get(bank.authorize(acr_values=IDV)))
    assert again["claims"]["auth_time"] == first["claims"]["auth_time"]
    world.clock.advance(101)
    await browser.get(bank.authorize(acr_values=IDV))
    assert path_of(browser).startswith("/run/")
    plain = await bank.redeem(world.provider.app, await browser.get(bank.authorize()))
    assert plain["claims"]["acr"] == "urn:idp:acr:1fa"


@pytest.mark.parametrize("outcome", ["FAIL", "UNKNOWN", "MANUAL_FAIL", "GOOD_ENOUGH"])
async def test_a_result_that_does_not_pass_gives_no_level(world: World, outcome: str) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, outcome)
    assert path_of(browser).startswith("/run/"), browser.url
    assert "could not" in browser.text
    answer = bank.answer(await browser.submit("stop"))
    assert answer["error"] in {"unmet_authentication_requirements", "access_denied"}
    assert "code" not in answer


async def test_another_persons_document_is_a_mismatch(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, person="bob")
    answer = bank.answer(await browser.submit("stop"))
    assert answer["error"] == "unmet_authentication_requirements"
    entry = world.audit("verification")[-1]
    assert entry.data["owner"] == "mismatch"


async def test_the_person_who_stops_is_reported_as_access_denied(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    answer = bank.answer(await browser.submit("stop"))
    assert answer["error"] == "access_denied"


async def test_a_forged_return_moves_nothing(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await browser.submit("continue")
    interview = interview_of(browser)
    session = await world.control("GET", f"/__control/sessions/{interview}")
    here = browser.url
    await browser.get(session["redirectionUrl"])
    assert path_of(browser) == path_of_url(here)
    assert "interviewId=" in browser.text
    await browser.get(session["redirectionUrl"][:-3] + "abc")
    assert browser.status == 404


def path_of_url(url: str) -> str:
    return url.removeprefix("http://localhost:8000")
