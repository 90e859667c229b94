"""Two factors asked of somebody who is signed in with one: the flow of that level runs, and nothing else is asked."""

import pyotp
import pytest

from tests.journeys.steps import path_of, sign_in, signed_in
from tests.journeys.world import World

pytestmark = pytest.mark.anyio

ONE, TWO, IDV = (f"urn:idp:acr:{name}" for name in ("1fa", "2fa", "idv"))
UNMET = "unmet_authentication_requirements"


async def test_the_second_factor_is_asked_and_not_the_identity_check(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    browser, before = await signed_in(world, bank)
    assert before["claims"]["acr"] == ONE
    seed = world.add_totp(user)
    world.clock.advance(60)
    await browser.get(bank.authorize(acr_values=TWO))
    assert path_of(browser).startswith("/run/")
    assert "authenticator" in browser.text
    assert "password" not in browser.text.lower()
    code = pyotp.TOTP(seed).at(int(world.clock.now()))
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=code))
    assert tokens["claims"]["acr"] == TWO
    assert tokens["claims"]["amr"] == ["mfa", "otp", "pwd"]
    assert tokens["claims"]["auth_time"] == int(world.clock.now())


async def test_the_session_is_rotated_by_a_step_up_to_two_factors(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    seed = world.add_totp(user)
    before = dict(browser.cookies)
    await browser.get(bank.authorize(acr_values=TWO))
    await browser.submit("submitted", code=pyotp.TOTP(seed).at(int(world.clock.now())))
    assert browser.cookies != before


async def test_somebody_without_a_second_factor_is_told_so_and_the_client_gets_the_standard_error(world: World) -> None:
    """Pitfall 9: the user lacks the factor."""
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=TWO))
    assert "second way to confirm it is you" in browser.text
    answer = bank.answer(await browser.submit("continue"))
    assert answer["error"] == UNMET
    assert "code" not in answer


async def test_a_voluntary_client_keeps_what_there_is_when_the_factor_is_missing(world: World) -> None:
    world.add_user()
    shop = world.client("shop", acr_values="voluntary")
    browser, _ = await signed_in(world, shop)
    await browser.get(shop.authorize(acr_values=TWO))
    tokens = await shop.redeem(world.provider.app, await browser.submit("continue"))
    assert tokens["claims"]["acr"] == ONE


async def test_the_next_acceptable_level_is_sought_when_the_factor_is_missing(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=f"{TWO} {IDV}"))
    await browser.submit("continue")
    assert path_of(browser).startswith("/run/")
    assert "identity" in browser.text.lower()


async def test_identity_does_not_go_through_the_second_factor_first(world: World) -> None:
    """Pitfall 6: a higher level is not forced through a lower one."""
    user = world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    world.add_totp(user)
    await browser.get(bank.authorize(acr_values=IDV))
    assert "authenticator" not in browser.text


async def test_a_wrong_code_gives_no_level(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    world.add_totp(user)
    await browser.get(bank.authorize(acr_values=TWO))
    await browser.submit("submitted", code="000000")
    assert "not right" in browser.text
    answer = bank.answer(await browser.submit("back"))
    assert answer["error"] == "access_denied"


async def test_a_sign_in_with_two_factors_needs_no_step_up(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    seed = world.add_totp(user)
    browser = world.browser()
    await sign_in(browser, bank.authorize(acr_values=TWO))
    code = pyotp.TOTP(seed).at(int(world.clock.now()))
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=code))
    assert tokens["claims"]["acr"] == TWO


async def test_a_client_can_have_a_step_up_of_its_own_for_one_level(world: World) -> None:
    user = world.add_user()
    bank = world.client(flows={TWO: "step-up"})
    browser, _ = await signed_in(world, bank)
    world.add_totp(user)
    # `step-up` does not lead to two factors, so it is passed over.
    await browser.get(bank.authorize(acr_values=TWO))
    assert "authenticator" in browser.text
