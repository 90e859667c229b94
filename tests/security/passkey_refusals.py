"""Somebody with a passkey at a client that takes one, and what is told where a passkey is refused."""

import pytest

from idp.records.accounts import User
from tests.authenticator import Authenticator
from tests.journeys.browser import Browser
from tests.journeys.passkeys import FLOW, enrolled
from tests.journeys.relying_party import RelyingParty
from tests.journeys.world import World
from tests.security.moves import methods_of, run_of, state_of


def reasons(world: World, action: str = "passkey.check") -> list[str]:
    """Return why passkeys were not accepted, oldest first."""
    return [entry.reason or entry.outcome for entry in sorted(world.audit(action), key=lambda entry: entry.id)]


async def at_sign_in(world: World, bank: RelyingParty, **extra: str) -> Browser:
    browser = world.browser()
    await browser.get(bank.authorize(**extra))
    return browser


@pytest.fixture
async def alice(world: World) -> User:
    return world.add_user()


@pytest.fixture
def bank(world: World) -> RelyingParty:
    return world.client(**FLOW)


@pytest.fixture
async def key(world: World, alice: User, bank: RelyingParty) -> Authenticator:
    """Alice's authenticator, with the passkey that she made after a sign-in by password."""
    _, authenticator = await enrolled(world, bank)
    return authenticator


def refused(world: World, browser: Browser, reason: str) -> None:
    """The last answer was refused for this reason: nobody is signed in, nothing is proved, the run waits."""
    assert reasons(world)[-1] == reason
    run = state_of(world, run_of(browser))
    assert (run.status, run.user_id) == ("active", None)
    assert methods_of(world, run.id) == []
