"""Story 1: a standard login."""

import pytest

from tests.journeys.steps import sign_in, signed_in
from tests.journeys.world import World

pytestmark = pytest.mark.anyio


async def test_a_person_signs_in_with_email_and_password(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    _, tokens = await signed_in(world, bank)
    claims = tokens["claims"]
    assert claims["sub"] == user.sub
    assert claims["amr"] == ["pwd"]
    assert claims["acr"] == "urn:idp:acr:1fa"
    assert claims["auth_time"] == int(world.clock.now())
    userinfo = await bank.userinfo(world.provider.app, tokens["access_token"])
    assert userinfo["status"] == 200
    assert userinfo["email"] == "alice@example.com"


async def test_a_wrong_password_says_so_and_keeps_the_address(world: World) -> None:
    world.add_user()
    browser = world.browser()
    await sign_in(browser, world.client().authorize(), password="not the password")
    assert "not right" in browser.text
    assert "alice@example.com" in browser.text
