"""Signing out at a client's wish (OIDC RP-Initiated Logout 1.0)."""

from urllib.parse import urlencode

import pytest

from tests.journeys.steps import signed_in, verify
from tests.journeys.world import ISSUER, World

pytestmark = pytest.mark.anyio


async def test_a_client_signs_the_person_out_and_gets_the_browser_back(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, tokens = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values="urn:idp:acr:idv"))
    await bank.redeem(world.provider.app, await verify(world, browser))
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "https://bank.example/", "state": "s1"}
    assert await browser.get(f"{ISSUER}/logout?{urlencode(query)}") == "https://bank.example/?state=s1"
    await browser.get(bank.authorize(prompt="none"))
    assert bank.answer(browser.url)["error"] == "login_required"


async def test_without_a_hint_the_person_is_asked(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(f"{ISSUER}/logout")
    assert "Stay signed in" in browser.text
    await browser.submit("sign_out")
    await browser.get(bank.authorize(prompt="none"))
    assert bank.answer(browser.url)["error"] == "login_required"


async def test_another_sites_return_address_is_not_followed(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, tokens = await signed_in(world, bank)
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "https://evil.example/"}
    await browser.get(f"{ISSUER}/logout?{urlencode(query)}")
    assert browser.url.startswith(ISSUER)
    assert browser.status == 400
