"""The operators' console in journeys: coming in, and asking who one is."""

import pyotp

from idp.application.console.sign_in import find_console_session
from idp.records.accounts import Role, RoleAssignment, User
from idp.records.console import ConsoleSession
from tests.journeys.browser import Browser
from tests.journeys.world import ISSUER, PASSWORD, World

SIGN_IN = f"{ISSUER}/console/sign-in"
STEP_UP = f"{ISSUER}/console/step-up"
CALLBACK = f"{ISSUER}/console/callback"
SIGN_OUT = f"{ISSUER}/console/sign-out"
HOME = f"{ISSUER}/console/"
EMAIL = "olga@example.com"


def add_operator(world: World, role: Role | None = "owner", email: str = EMAIL) -> tuple[User, str]:
    """Return somebody with a password and an authenticator, and its seed."""
    user = world.add_user(email, given_name="Olga", family_name="Owner")
    if role is not None:
        with world.provider.storage.write() as uow:
            uow.roles.add(RoleAssignment(user.id, role, world.clock.now(), "test"))
    return user, world.add_totp(user)


def code_of(world: World, seed: str) -> str:
    return pyotp.TOTP(seed).at(int(world.clock.now()))


async def come_in(world: World, browser: Browser, seed: str, url: str = SIGN_IN, email: str = EMAIL) -> str:
    """Sign in to the console with password and code, and return where that ends."""
    await browser.get(url)
    return await answer_sign_in(world, browser, seed, email)


async def answer_sign_in(world: World, browser: Browser, seed: str, email: str = EMAIL) -> str:
    """Answer the pages of a sign-in with password and code, and return where that ends."""
    await browser.submit("submitted", email=email)
    await browser.submit("submitted", password=PASSWORD)
    if 'name="code"' in browser.text:
        await browser.submit("submitted", code=code_of(world, seed))
    return browser.url


def session_of(world: World, browser: Browser) -> ConsoleSession | None:
    """Return the session of the console that a browser has, None without a live one."""
    with world.provider.storage.read() as uow:
        return find_console_session(world.deps, uow, browser.cookies.get("idp_console"))
