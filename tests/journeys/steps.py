"""Parts of journeys that many tests walk."""

import re
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.world import PASSWORD, World


async def sign_in(browser: Browser, url: str, email: str = "alice@example.com", password: str = PASSWORD) -> str:
    """Open an authorization URL and answer e-mail and password."""
    await browser.get(url)
    await browser.submit("submitted", email=email)
    return await browser.submit("submitted", password=password)


async def signed_in(world: World, client: RelyingParty, **extra: str) -> tuple[Browser, dict[str, Any]]:
    """Return a browser in which alice has signed in, and her tokens."""
    browser = world.browser()
    url = await sign_in(browser, client.authorize(**extra))
    return browser, await client.redeem(world.provider.app, url)


def interview_of(browser: Browser) -> str:
    """Return the interview that the waiting page sends the person to."""
    url = browser.link(r"http://localhost:\d+/[^\"]*interviewId=[^\"]*")
    found = re.search(r"interviewId=(\w+)", url)
    assert found, url
    return found[1]


async def verify(world: World, browser: Browser, outcome: str = "OK", **person: Any) -> str:
    """From the intro page: go to the simulator, finish there with an outcome, and come back the vendor's way."""
    if "interviewId=" not in browser.text:
        await browser.submit("continue")
    interview = interview_of(browser)
    done = await finish(world, interview, outcome, **person)
    return await browser.get(done["redirectionUrl"])


async def finish(world: World, interview: str, outcome: str = "OK", **person: Any) -> Any:
    """Finish an interview as a person would on the hosted page."""
    await world.control(
        "POST", f"/__control/sessions/{interview}/finish", {"outcome": outcome, "person": "alice", **person}
    )
    return await world.control("GET", f"/__control/sessions/{interview}")


def path_of(browser: Browser) -> str:
    return urlsplit(browser.url).path
