"""Being a browser with an authenticator, on the provider's pages."""

import html
import json
import re
from typing import Any

from idp.records.accounts import Credential, User
from tests.authenticator import Authenticator
from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import sign_in, signed_in
from tests.journeys.world import World

FLOW = {"flows": {"sign_in": "passkey-sign-in"}}
#: A sign-in that asks for a password and for nothing that the person has besides.
BARE = """
id: bare
title: A password alone
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: password}}
  password: {screen: password, on: {submitted: check, back: identifier}}
  check: {action: check_password, on: {ok: done, wrong: password, throttled: password}}
  done: {end: complete}
"""


def options_of(browser: Browser) -> dict[str, Any]:
    """Return what the page asks the browser to do with a passkey."""
    found = re.search(r'data-options="([^"]*)"', browser.text)
    assert found, f"no ceremony on {browser.url}: {browser.heading}"
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


async def say(browser: Browser, said: str) -> str:
    """Send what an authenticator said, as the page's script does."""
    outcome = re.search(r'name="outcome" value="(\w+)">\s*<input type="hidden" name="credential"', browser.text)
    assert outcome, browser.text
    return await browser.post(browser.action(), {**browser.form(), "outcome": outcome[1], "credential": said})


async def use(browser: Browser, authenticator: Authenticator, **lies: Any) -> str:
    """Use a passkey on the page where the browser is."""
    return await say(browser, authenticator.use(options_of(browser), **lies))


async def make(browser: Browser, authenticator: Authenticator, **lies: Any) -> str:
    """Make a passkey on the page where the browser is."""
    return await say(browser, authenticator.make(options_of(browser), **lies))


async def by_password_alone(world: World) -> tuple[Browser, dict[str, Any]]:
    """Return a browser in which alice has signed in with her password, whatever else she has, and her tokens."""
    with world.provider.storage.write() as uow:
        world.deps.flows.publish(uow, BARE, "bare.yaml", world.clock.now())
    return await signed_in(world, world.client("kiosk", flows={"sign_in": "bare"}))


async def enrolled(
    world: World, client: RelyingParty, email: str = "alice@example.com", **kind: Any
) -> tuple[Browser, Authenticator]:
    """Sign in by password, take the offer, and return the browser and the authenticator that has the passkey."""
    browser, authenticator = world.browser(), Authenticator(**kind)
    await sign_in(browser, client.authorize(), email)
    await client.redeem(world.provider.app, await make(browser, authenticator))
    return browser, authenticator


def passkeys_of(world: World, user: User) -> list[Credential]:
    with world.provider.storage.read() as uow:
        return list(uow.credentials.of_user(user.id, "passkey"))
