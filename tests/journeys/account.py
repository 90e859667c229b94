"""Parts of journeys through the account pages."""

import html
import re
from typing import Any

from idp.records.accounts import Credential, CredentialKind, User
from idp.secret_keys import derive_key
from idp.web.csrf import FormGuard
from tests.journeys.browser import Browser
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import ISSUER, MASTER_KEY, World
from tests.security.moves import totp

ACCOUNT = f"{ISSUER}/account"


async def enter(world: World, seed: str | None = None, email: str = "alice@example.com") -> Browser:
    """Return a browser that is signed in at the account pages."""
    browser = world.browser()
    await sign_in(browser, ACCOUNT, email)
    if seed is not None:
        await browser.submit("submitted", code=totp(world, seed))
        world.clock.advance(30)
    assert path_of(browser) == "/account", browser.url
    return browser


async def open_page(browser: Browser, path: str) -> str:
    """Open an account page and return the path where that led."""
    await browser.get(f"{ACCOUNT}{path}")
    return path_of(browser)


def form_token(world: World, browser: Browser, path: str) -> str:
    """Make the token of a form as the page would, to send forms whose page is not shown."""
    guard = FormGuard(derive_key(MASTER_KEY, "forms"), ISSUER, world.deps.random_bytes)
    return guard.make_token(browser.cookies["idp_browser"], browser.cookies.get("idp_session"), path)


async def send_form(world: World, browser: Browser, path: str, **values: str) -> int:
    """Send a form of an account page, guarded as it should be, and return the status of the answer."""
    await browser.post(f"{ISSUER}{path}", {"csrf": form_token(world, browser, path), "step": "", "seq": "0", **values})
    return browser.status


def credentials_of(world: World, user: User, kind: CredentialKind | None = None) -> list[Credential]:
    with world.provider.storage.read() as uow:
        return list(uow.credentials.of_user(user.id, kind))


def kinds_of(world: World, user: User) -> list[str]:
    """Return the kinds of somebody's credentials, in the order of the alphabet."""
    return sorted(item.kind for item in credentials_of(world, user))


def user_of(world: World, user: User) -> User:
    with world.provider.storage.read() as uow:
        found = uow.users.get(user.id)
    assert found is not None
    return found


def key_on(browser: Browser) -> str:
    """Return the seed that the page shows for typing."""
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", browser.text)
    assert found, browser.text
    return found[1].replace(" ", "")


def codes_on(browser: Browser) -> list[str]:
    """Return the recovery codes that the page shows."""
    return re.findall(r"<code>([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})</code>", browser.text)


def notice_on(browser: Browser) -> str:
    """Return what the page says was done."""
    found = re.search(r'<p class="notice[^"]*" role="status">(.*?)</p>', browser.text)
    return html.unescape(found[1]) if found else ""


def everything(world: World) -> dict[str, list[Any]]:
    """Return all rows that somebody could want to change, to compare before and after."""
    tables = ("users", "credentials", "enrolled_identities", "consents", "account_closures", "vendor_deletions")
    found: dict[str, list[Any]] = {}
    with world.provider.storage.read() as uow:
        for name in tables:
            cursor = uow._transaction._connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2")  # noqa: S608
            found[name] = cursor.fetchall()
        for name in ("sessions", "grants"):
            column = "ended_at" if name == "sessions" else "revoked_at"
            cursor = uow._transaction._connection.execute(f"SELECT id, {column} FROM {name} ORDER BY id")  # noqa: S608
            found[name] = cursor.fetchall()
    return found
