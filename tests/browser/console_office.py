"""A provider with the built console, its operators, and a few days' work behind it, for tests in a browser."""

import asyncio
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, expect

from idp.application.admin.callers import LEVEL
from idp.application.finish import expire_run
from idp.application.operators import NewUser, add_totp, add_user, put_clients
from idp.application.roles import grant_role
from idp.handles import encode, mint
from idp.records.accounts import Role, User
from idp.records.console import ConsoleSession
from tests.journeys.live import Live, pass_check, serve_live
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import sign_in
from tests.journeys.world import PASSWORD

SLOW: Final = 30_000
ROOT: Final = Path(__file__).parents[2]
WIDE: Final = {"width": 1280, "height": 900}
NARROW: Final = {"width": 320, "height": 700}
IDV: Final = "urn:idp:acr:idv"
BANK: Final[dict[str, Any]] = {
    "client_id": "bank",
    "client_secret": "a-secret-of-at-least-thirty-two-characters",
    "client_name": "Bank",
    "redirect_uris": ["https://bank.example/callback"],
    "token_endpoint_auth_method": "client_secret_basic",
    "scope": "openid profile email",
    "idp_policy": {"consent": "implicit"},
}
API: Final = "/admin/api/v1"
#: Sent from a page of the console, as the console does it.
_CALL: Final = """async ([method, url, body, headers]) => {
    const sent = {"X-IDP-Console": "1", "Content-Type": "application/json", ...headers};
    const answer = await fetch(url, {method, headers: sent, body: body === null ? undefined : JSON.stringify(body)});
    const text = await answer.text();
    return {status: answer.status, etag: answer.headers.get("ETag"), body: text === "" ? null : JSON.parse(text)};
}"""


@dataclass
class Office:
    """A provider with operators, and what they sign in with."""

    live: Live
    users: dict[str, User] = field(default_factory=dict)
    seeds: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """Return an address of the console."""
        return f"{self.live.issuer}/console/{self.say(path)}"

    def say(self, text: str) -> str:
        """Put names into a text: `{olga}` is the subject of that person."""
        return text.format(**{name: user.sub for name, user in self.users.items()}, **self.names)

    def find(self, name: str) -> None:
        """Know somebody who has an account already."""
        with self.live.provider.deps.storage.read() as uow:
            user = uow.users.by_email_key(f"{name}@example.com")
        assert user is not None
        self.users[name] = user

    def add(self, name: str, role: Role | None, born: date | None = None) -> User:
        """Add somebody with a password, and an authenticator where there is a role."""
        deps = self.live.provider.deps
        user = add_user(
            deps, NewUser(f"{name}@example.com", PASSWORD, name.title(), "Operator" if role else "Example", born)
        )
        self.users[name] = user
        if role is not None:
            grant_role(deps, user, role, "test")
            self.give_totp(name)
        return user

    def give_totp(self, name: str) -> None:
        """Give somebody a new authenticator: a code of the one before may have been used already."""
        deps, user = self.live.provider.deps, self.users[name]
        with deps.storage.write() as uow:
            for credential in uow.credentials.of_user(user.id, "totp"):
                uow.credentials.remove(credential.id)
        self.seeds[name] = parse_qs(urlsplit(add_totp(deps, user)).query)["secret"][0]

    def enter(self, context: BrowserContext, name: str = "olga", *, age: float = 0.0) -> None:
        """Let somebody who signed in once be in the console, as if they had shown their second factor, `age` s ago."""
        deps, user, secret = self.live.provider.deps, self.users[name], mint(self.live.provider.deps.random_bytes)
        now = deps.clock.now()
        with deps.storage.write() as uow:
            behind = next(one for one in uow.sessions.of_user(user.id) if one.ended_at is None)
            made = uow.console_sessions.add(
                ConsoleSession(0, secret.digest, user.id, behind.id, LEVEL, now - age, now, behind.expires_at)
            )
        cookie = {"name": "idp_console", "value": encode(made.id, secret.text), "url": self.live.issuer}
        context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Strict"}])  # type: ignore[list-item]

    def act(self, visit: Any) -> Any:
        """Run what somebody does without a browser. Playwright's own loop runs in this thread."""
        with ThreadPoolExecutor(1) as other:
            return other.submit(asyncio.run, visit).result()


async def leave_half_way(office: Office, person: str) -> None:
    """Let somebody ask for a step-up and go away before the check, until the time for it is over."""
    visitor = office.live.browser()
    bank = RelyingParty("bank", BANK, office.live.issuer)
    await sign_in(visitor, bank.authorize(scope="openid", acr_values=IDV), f"{person}@example.com")
    await visitor.close()
    deps = office.live.provider.deps
    with deps.storage.write() as uow:
        expire_run(deps, uow, uow.runs.list(status="active", limit=1)[0], "test")


def load_build() -> ModuleType:
    """Return the script that builds the console."""
    spec = importlib.util.spec_from_file_location("console_build", ROOT / "console" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lead_a_life(office: Office) -> None:
    """Let people step up: alice is doubtful, bob is refused and then passes."""
    office.find("alice")
    office.add("bob", None, date(1985, 11, 30))
    for person, outcome in (("alice", "WARN"), ("bob", "FAIL"), ("bob", "OK")):
        office.act(step_up(office, person, outcome))


@contextmanager
def serve_office(folder: Path, browser: Browser) -> Iterator[Office]:
    """Serve a provider with the built console; an owner, a reviewer and an editor have signed in."""
    load_build().build()
    with serve_live(folder) as live:
        office = Office(live)
        put_clients(live.provider.deps, [BANK])
        for name, role in (("olga", "owner"), ("rita", "reviewer"), ("lena", "editor")):
            office.add(name, role)  # type: ignore[arg-type]
            context = browser.new_context()
            page = context.new_page()
            page.goto(office.url(""))
            answer_sign_in(page, office, name)
            page.wait_for_url(re.compile(r"/console/?$"))
            context.close()
        yield office


def answer_sign_in(page: Page, office: Office, name: str) -> None:
    """Answer the provider's own pages: address, password, and the code of the authenticator."""
    page.set_default_timeout(SLOW)
    page.locator("#email").fill(f"{name}@example.com")
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible(timeout=SLOW)
    page.locator("#code").fill(pyotp.TOTP(office.seeds[name]).now())
    page.keyboard.press("Enter")


@contextmanager
def tab_of(browser: Browser, office: Office, name: str = "olga", *, age: float = 0.0, **options: Any) -> Iterator[Page]:
    """A tab of an operator; script errors and breaches of the policy, Trusted Types included, fail the test."""
    complaints: list[str] = []
    context = browser.new_context(viewport=options.pop("viewport", WIDE), reduced_motion="reduce", **options)
    context.set_default_timeout(SLOW)
    office.enter(context, name, age=age)
    page = context.new_page()
    watch(page, complaints)
    yield page
    context.close()
    assert complaints == []


def watch(page: Page, complaints: list[str]) -> None:
    """Collect what goes wrong in a page behind the scenes."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)


def call(page: Page, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    """Call the admin API from a page of the console. Header names are written with underscores."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    found: dict[str, Any] = page.evaluate(_CALL, [method, API + path, body, named])
    assert found["status"] < 400, found
    return found


async def step_up(office: Office, person: str, outcome: str) -> None:
    """Let somebody sign in, step up to identity, and come back from the vendor with an outcome."""
    visitor = office.live.browser()
    bank = RelyingParty("bank", BANK, office.live.issuer)
    await sign_in(visitor, bank.authorize(scope="openid", acr_values=IDV), f"{person}@example.com")
    await visitor.submit("continue")
    await pass_check(visitor, office.live.simulator, outcome, person)
    if outcome == "FAIL":
        await visitor.submit("stop")
    await visitor.close()


def refuse(page: Page, path: str, status: int, kind: str, *, method: str = "", **members: Any) -> None:
    """Let the API refuse what fits a pattern, until `page.unroute_all`."""
    body: Mapping[str, Any] = {
        "type": f"urn:idp:problem:{kind}",
        "title": kind.replace("-", " ").capitalize(),
        "status": status,
        "detail": "This does not work at the moment. Try again in a few minutes.",
        "request_id": "0123456789abcdef0123456789abcdef",
        **members,
    }

    def answer(route: Any) -> None:
        if method and route.request.method != method:
            route.fallback()
        else:
            tag = {"ETag": '"as-it-is-now"'}
            route.fulfill(status=status, body=json.dumps(body), headers=tag, content_type="application/problem+json")

    page.route(re.compile(re.escape(API) + path), answer)
