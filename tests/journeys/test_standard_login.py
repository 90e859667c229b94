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


@pytest.mark.parametrize(("language", "words"), [("en", "Send money"), ("de", "Geld überweisen"), ("es", "Send money")])
async def test_the_consent_page_says_in_the_persons_language_what_a_scope_of_the_client_means(
    world: World, language: str, words: str
) -> None:
    world.add_user()
    texts = {"transfers": {"en": "Send money", "de": "Geld überweisen"}}
    bank = world.client(scope="openid transfers payments", consent="explicit", scope_descriptions=texts)
    browser = world.browser()
    await sign_in(browser, bank.authorize(scope="openid transfers payments", ui_locales=language))
    assert browser.url.startswith("http://localhost:8000/consent")
    assert words in browser.text
    assert "payments" in browser.text  # nobody gave this one words: its name is better than nothing


@pytest.mark.parametrize(
    "path",
    [
        "/authorize?client_id=nobody&ui_locales=de",
        "/logout?client_id=nobody&ui_locales=de",
        "/logout?ui_locales=de",
    ],
)
async def test_pages_outside_of_flows_speak_the_language_that_the_client_asked_for(world: World, path: str) -> None:
    browser = world.browser()
    await browser.get(f"http://localhost:8000{path}")
    assert '<html lang="de"' in browser.text


async def test_the_choice_of_account_and_the_question_before_signing_out_speak_the_language_asked_for(
    world: World,
) -> None:
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    await browser.get(bank.authorize(prompt="select_account", ui_locales="de"))
    assert browser.url.startswith("http://localhost:8000/select-account")
    assert '<html lang="de"' in browser.text
    await browser.get("http://localhost:8000/logout?ui_locales=de")
    assert '<html lang="de"' in browser.text
    assert "Angemeldet bleiben" in browser.text
