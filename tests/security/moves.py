"""Moves that attacks share."""

import json
from typing import Any

import httpx2
import pyotp

from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import sign_in, signed_in, verify
from tests.journeys.world import ISSUER, World

IDV = "urn:idp:acr:idv"
RECOVERY = "urn:idp:acr:recovery"
ONE_FACTOR = "urn:idp:acr:1fa"
TWO_FACTORS = "urn:idp:acr:2fa"
UNMET = "unmet_authentication_requirements"
NEW_PASSWORD = "an-entirely-new-battery-horse"


def totp(world: World, seed: str) -> str:
    return pyotp.TOTP(seed).at(int(world.clock.now()))


def claims(acr: dict[str, Any]) -> str:
    return json.dumps({"id_token": {"acr": acr}})


def state_of(world: World, run_id: int) -> Any:
    with world.provider.storage.read() as uow:
        return uow.runs.get(run_id)


def run_of(browser: Browser) -> int:
    return int(browser.url.split("/run/")[1].split("/")[0].split("?")[0])


def methods_of(world: World, run_id: int) -> list[str]:
    with world.provider.storage.read() as uow:
        return [item.method for item in uow.evidence.of_run(run_id)]


async def enrol(world: World, bank: RelyingParty, seed: str | None = None) -> Browser:
    """Enrol alice's identity by a first step-up."""
    if seed is None:
        browser, _ = await signed_in(world, bank)
    else:
        browser = world.browser()
        await sign_in(browser, bank.authorize())
        await bank.redeem(world.provider.app, await browser.submit("submitted", code=totp(world, seed)))
        world.clock.advance(60)
    await browser.get(bank.authorize(acr_values=IDV))
    await bank.redeem(world.provider.app, await verify(world, browser))
    return browser


async def ask_for_link(world: World, browser: Browser, url: str = f"{ISSUER}/recover") -> str:
    """Ask for alice's recovery link and take it from her mail."""
    await browser.get(url)
    await browser.submit(email="alice@example.com")
    return str([values["link"] for _, template, values in world.mails() if template == "recovery_link"][-1])


async def in_recovery(world: World, browser: Browser, url: str = f"{ISSUER}/recover") -> int:
    """Confirm a recovery link and return the run it started."""
    await browser.get(await ask_for_link(world, browser, url))
    await browser.submit()
    return run_of(browser)


async def call(world: World, method: str, path: str, **options: Any) -> Any:
    """Make one bare request."""
    transport = httpx2.ASGITransport(app=world.provider.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=ISSUER) as client:
        return await client.request(method, path, **options)
