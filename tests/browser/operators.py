"""Operators at the flow builder: how they sign in, connect Incode, and put steps and wires on a drawing."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from idp.application.operators import NewUser, add_totp, add_user, put_clients
from idp.records.accounts import RoleAssignment
from idp.web.console.files import CONSOLE_FOLDER
from tests.browser.conftest import SLOW
from tests.journeys.live import Live, serve_live
from tests.journeys.relying_party import RelyingParty
from tests.journeys.world import PASSWORD

#: The built console is a part of what is installed; `make test` builds it before.
NEEDS_CONSOLE = pytest.mark.skipif(not (CONSOLE_FOLDER / "index.html").is_file(), reason="the console is not built")
IDV = "urn:idp:acr:idv"
CALLBACK = re.compile(r"https://bank\.example/callback\?.*code=")
API = "/admin/api/v1"


@dataclass
class Office:
    """A provider with an owner, and what the owner signs in with."""

    live: Live
    seeds: dict[str, str] = field(default_factory=dict)

    def add_operator(self, name: str, role: Any) -> str:
        """Return the address of somebody with a role, a password and an authenticator."""
        email = f"{name}@example.com"
        deps = self.live.provider.deps
        user = add_user(deps, NewUser(email, PASSWORD, name.title(), "Operator"))
        with deps.storage.write() as uow:
            uow.roles.add(RoleAssignment(user.id, role, deps.clock.now(), "test"))
        self.seeds[email] = parse_qs(urlsplit(add_totp(deps, user)).query)["secret"][0]
        return email

    def add_bank(self, client_id: str, step_up: str) -> RelyingParty:
        """Return a client whose step-ups are led by a flow."""
        document = {
            "client_id": client_id,
            "client_secret": "a-secret-of-at-least-thirty-two-characters",
            "client_name": "Bank",
            "redirect_uris": ["https://bank.example/callback"],
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": "openid profile email",
            "idp_policy": {"consent": "implicit", "flows": {"step_up": step_up}},
        }
        put_clients(self.live.provider.deps, [document])
        return RelyingParty(client_id, document, self.live.issuer)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Serve a provider and a simulator."""
    with serve_live(tmp_path_factory.mktemp("builder")) as live:
        yield Office(live)


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab; script errors and breaches of the console's policy, Trusted Types included, fail the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(SLOW)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    yield page
    context.close()
    assert complaints == []


def sign_in(page: Page, office: Office, email: str) -> None:
    """Sign in to the console with a password and an authenticator."""
    page.goto(f"{office.live.issuer}/console/sign-in")
    page.get_by_label("Email address").fill(email)
    page.keyboard.press("Enter")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator('input[name="code"]').fill(pyotp.TOTP(office.seeds[email]).now())
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/console/$"))


def connect_incode(page: Page, office: Office, name: str) -> None:
    """Connect Incode on the page for it, and have the connection tested."""
    page.goto(f"{office.live.issuer}/console/connectors")
    page.get_by_role("button", name="Add a connection").click()
    page.get_by_role("link", name=re.compile("Incode identity verification")).click()
    page.get_by_label("Name", exact=True).fill(name)
    for label, value in _answers(office).items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.locator("h1")).to_have_text(name)
    page.get_by_role("button", name="Test the connection").click()
    expect(page.get_by_text("It works.")).to_be_visible()


def connect_incode_by_keys(page: Page, office: Office, name: str) -> None:
    """Do the same with the keyboard alone."""
    keys = page.keyboard
    page.goto(f"{office.live.issuer}/console/connectors")
    go_to(page, "button", "Add a connection")
    keys.press("Enter")
    go_to(page, "link", re.compile("Incode identity verification"))
    keys.press("Enter")
    for label, value in {"Name": name, **_answers(office)}.items():
        go_to(page, "textbox", label)
        keys.type(value)
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text(name)
    go_to(page, "button", "Test the connection")
    keys.press("Enter")
    expect(page.get_by_text("It works.")).to_be_visible()


def _answers(office: Office) -> dict[str, str]:
    return {"API key": "demo-incode-key", "API URL": office.live.simulator, "Flow ID": "demo-flow"}


def call(page: Page, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Call the admin API as the console's own page does."""
    found: dict[str, Any] = page.evaluate(
        """async ([method, url, body]) => {
            const headers = {"X-IDP-Console": "1", "Content-Type": "application/json",
                             "Idempotency-Key": crypto.randomUUID()};
            const answer = await fetch(url, {method, headers, body: body === null ? undefined : JSON.stringify(body)});
            return {status: answer.status, body: await answer.json()};
        }""",
        [method, API + path, body],
    )
    return found


def read_draft(page: Page, flow: str) -> str:
    """Return the text of the draft as the server has it."""
    text: str = call(page, "GET", f"/flows/{flow}/drafts/main")["body"]["text"]
    return text


def put_draft(page: Page, flow: str, text: str) -> None:
    """Save a text as the draft, whatever the draft was."""
    status = page.evaluate(
        """async ([url, text]) => {
            const known = (await fetch(url)).headers.get("ETag");
            const headers = {"X-IDP-Console": "1", "Content-Type": "application/json",
                             ...(known ? {"If-Match": known} : {"If-None-Match": "*"})};
            return (await fetch(url, {method: "PUT", headers, body: JSON.stringify({text})})).status;
        }""",
        [f"{API}/flows/{flow}/drafts/main", text],
    )
    assert status in (200, 201)


def settle(page: Page) -> None:
    """Wait until what was done is saved and checked."""
    expect(page.get_by_text(re.compile(r"^(Not saved yet|Saving …)$"))).to_have_count(0)
    expect(page.locator(".b-check-button")).to_have_attribute("aria-busy", "false")


def step(page: Page, name: str) -> Locator:
    return page.locator(f'[data-step="{name}"]')


def port(page: Page, name: str, outcome: str) -> Locator:
    """Return the handle of an exit of a step."""
    return page.locator(f'.react-flow__handle.source[data-nodeid="{name}"][data-handleid="{outcome}"]')


def find_center(target: Locator) -> tuple[float, float]:
    """Return the middle of something as soon as it holds still: fitting the drawing takes a few frames."""
    center: tuple[float, float] = target.evaluate(
        """async element => {
            const look = () => {
                const box = element.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            };
            let before = look();
            for (let still = 0; still < 6; ) {
                await new Promise(requestAnimationFrame);
                const now = look();
                still = now[0] === before[0] && now[1] === before[1] ? still + 1 : 0;
                before = now;
            }
            return before;
        }"""
    )
    return center


def pull_wire(page: Page, start: Locator, end: Locator) -> None:
    """Draw a wire with the mouse from an exit of a step to the entry of another one."""
    (x, y), (to_x, to_y) = find_center(start), find_center(end)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x - 40, to_y + 10, steps=4)
    page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()
    leads = f"{start.get_attribute('data-handleid')} to {end.get_attribute('data-nodeid')}"
    expect(step(page, start.get_attribute("data-nodeid") or "")).to_have_accessible_name(re.compile(re.escape(leads)))


def choose(page: Page, words: str) -> None:
    """Take something from the list that is open."""
    field = page.get_by_role("dialog").get_by_role("combobox").last
    field.fill(words)
    expect(page.get_by_role("dialog").locator('.b-choice[aria-selected="true"]')).to_be_visible()
    field.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def step_up(browser: Browser, bank: RelyingParty, person: str) -> dict[str, Any]:
    """Ask for `idv` as the bank does, be the account's person at the vendor, and return the claims the bank gets."""
    context = browser.new_context()
    context.set_default_timeout(SLOW)
    page = context.new_page()
    page.route("https://bank.example/**", lambda route: route.fulfill(body="<h1>Welcome back</h1>"))
    page.goto(bank.authorize(acr_values=IDV))
    page.get_by_label("Email address").fill(f"{person}@example.com")
    page.keyboard.press("Enter")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("button[value=continue]").click()
    page.get_by_role("link", name="Continue on this device").click()
    page.locator("#person").select_option(person)
    page.locator("#act-OK").click()
    page.wait_for_url(CALLBACK)
    url = page.url
    context.close()
    # Playwright's own loop runs in this thread.
    with ThreadPoolExecutor(1) as pool:
        tokens = pool.submit(lambda: asyncio.run(bank.redeem(None, url))).result()
    claims: dict[str, Any] = tokens["claims"]
    return claims


def add_bob(office: Office) -> None:
    """Add an account whose person the vendor's page can be, as alice's is there already."""
    add_user(office.live.provider.deps, NewUser("bob@example.com", PASSWORD, "Bob", "Example", date(1985, 11, 30)))


def add_after(page: Page, name: str, words: str, made: str) -> None:
    """With the focus on a step, add another one after it."""
    expect(step(page, name)).to_be_focused()
    page.keyboard.press("a")
    take(page, words)
    expect(step(page, made)).to_be_focused()


def take(page: Page, words: str) -> None:
    """In the list that has the focus, narrow by typing and take with Enter."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox").last).to_be_focused()
    page.keyboard.type(words)
    expect(dialog.locator('.b-choice[aria-selected="true"]')).to_be_visible()
    page.keyboard.press("Enter")


def go_to(page: Page, role: Any, name: str | re.Pattern[str], *, back: bool = False) -> None:
    """Press Tab until something has the focus."""
    wanted = page.get_by_role(role, name=name, exact=isinstance(name, str)).first
    expect(wanted).to_be_visible()
    for _ in range(150):
        if wanted.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab does not lead to {name}")
