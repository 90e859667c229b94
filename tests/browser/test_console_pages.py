"""The operators' console in a real Chromium with the real provider.

Every page can be read by everybody, in light, dark and 320 px, works under the console's own policy, and loses nothing
that was typed.
"""

import asyncio
import importlib.util
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from idp.application.operators import NewUser, add_totp, add_user, put_clients
from idp.application.roles import grant_role
from idp.records.accounts import Role, User
from tests.browser.test_pages import RULES
from tests.journeys.live import Live, pass_check, serve_live
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import sign_in
from tests.journeys.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

SLOW = 30_000
SHOTS = os.environ.get("IDP_SHOTS")
ROOT = Path(__file__).parents[2]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 700}
BANK = {
    "client_id": "bank",
    "client_secret": "a-secret-of-at-least-thirty-two-characters",
    "client_name": "Bank",
    "redirect_uris": ["https://bank.example/callback"],
    "idp_policy": {"consent": "implicit"},
}
PAGES = {
    "": "Welcome, Olga Operator",
    "reviews": "Reviews",
    "flows": "Flows",
    "connectors": "Connectors",
    "connectors/new/incode": "Connect Incode identity verification",
    "connectors/incode_verify": "incode_verify",
    "clients": "Clients",
    "clients/new": "Register a client",
    "clients/bank": "Bank",
    "levels": "Levels",
    "themes": "Themes",
    "themes/default": "default",
    "users": "Users",
    "users/{olga}": "Olga Operator",
    "sessions": "Sessions",
    "runs": "Runs",
    "runs/1": "Run 1",
    "keys": "Keys",
    "operators": "Operators",
    "audit": "Audit",
    "nowhere/at/all": "There is nothing here",
}


@dataclass
class Office:
    """A provider with operators, what they sign in with, and the browser state of one who is signed in."""

    live: Live
    users: dict[str, User]
    seeds: dict[str, str]
    state: Any = None

    def url(self, path: str) -> str:
        return f"{self.live.issuer}/console/{path.format(olga=self.users['olga'].sub)}"


def load_build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("console_build", ROOT / "console" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Office]:
    """Serve a provider with the built console and its operators; the owner signs in once, for most tests."""
    load_build().build()
    with serve_live(tmp_path_factory.mktemp("console")) as live:
        made = Office(live, {}, {})
        roles: dict[str, Role] = {"olga": "owner", "rita": "reviewer", "lena": "editor"}
        for name, role in roles.items():
            user = add_user(live.provider.deps, NewUser(f"{name}@example.com", PASSWORD, name.title(), "Operator"))
            grant_role(live.provider.deps, user, role, "test")
            made.users[name] = user
            made.seeds[name] = parse_qs(urlsplit(add_totp(live.provider.deps, user)).query)["secret"][0]
        put_clients(live.provider.deps, [BANK])
        context = browser.new_context()
        page = context.new_page()
        page.goto(made.url(""))
        answer_sign_in(page, made, "olga")
        page.wait_for_url(re.compile(r"/console/$"))
        made.state = context.storage_state()
        context.close()
        yield made


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


async def leave_a_doubtful_check(office: Office) -> None:
    """Let alice sign in, step up, and end with a document that a person must look at."""
    visitor = office.live.browser()
    bank = RelyingParty("bank", BANK, office.live.issuer)
    await sign_in(visitor, bank.authorize(scope="openid", acr_values="urn:idp:acr:idv"))
    await visitor.submit("continue")
    await pass_check(visitor, office.live.simulator, "WARN")
    await visitor.close()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def tab(browser: Browser, office: Office, complaints: list[str]) -> Iterator[Page]:
    """A tab of the owner; script errors and breaches of the policy, Trusted Types included, fail the test."""
    context = browser.new_context(viewport=WIDE, storage_state=office.state)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    watch(page, complaints)
    yield page
    context.close()
    assert complaints == []


def watch(page: Page, complaints: list[str]) -> None:
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)


def open_page(page: Page, office: Office, path: str) -> None:
    page.goto(office.url(path))
    expect(page.locator("h1")).to_have_text(PAGES[path])
    expect(page.locator(".waiting")).to_have_count(0)


@pytest.mark.parametrize(
    ("scheme", "viewport"),
    [("light", WIDE), ("dark", WIDE), ("light", NARROW), ("dark", NARROW)],
    ids=["light", "dark", "narrow", "narrow dark"],
)
def test_everybody_can_read_every_page(browser: Browser, office: Office, scheme: Any, viewport: Any) -> None:
    # Axe is a script of its own, which the policy would refuse; the tests below run under it.
    context = browser.new_context(
        viewport=viewport, color_scheme=scheme, storage_state=office.state, bypass_csp=True, reduced_motion="reduce"
    )
    context.set_default_timeout(SLOW)
    page = context.new_page()
    found: dict[str, Any] = {}
    for path in PAGES:
        open_page(page, office, path)
        violations = Axe().run(page, options=RULES).response["violations"]
        if violations:
            found[path] = [(item["id"], [node["html"] for node in item["nodes"]][:3]) for item in violations]
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if overflow > 0:
            found[f"{path} overflows"] = overflow
    context.close()
    assert found == {}


def test_every_page_works_under_the_policy_and_names_itself(tab: Page, office: Office) -> None:
    for path, heading in PAGES.items():
        open_page(tab, office, path)
        expect(tab).to_have_title(f"{heading} \u2013 Console")
        if SHOTS:
            name = re.sub(r"\W+", "-", path.format(olga="olga")) or "home"
            tab.screenshot(path=f"{SHOTS}/console-{name}.png")


def test_a_service_is_connected_with_the_keyboard_and_its_test_says_what_fails(tab: Page, office: Office) -> None:
    tab.goto(office.url("connectors"))
    tab.get_by_role("button", name="Add a connection").focus()
    tab.keyboard.press("Enter")
    tab.get_by_role("link", name=re.compile("Incode identity verification")).focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text(PAGES["connectors/new/incode"])
    tab.get_by_label("Name", exact=True).focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Give it a name.")).to_be_visible()
    expect(tab.get_by_label("API URL")).to_have_attribute("aria-invalid", "true")
    tab.keyboard.type("incode_second")
    tab.get_by_label("API key").fill("a-key-that-is-not-right")
    tab.get_by_label("API URL").fill("not a url")
    tab.get_by_label("Flow ID").fill("demo-flow")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert")).to_be_focused()
    expect(tab.get_by_label("API URL")).to_have_attribute("aria-invalid", "true")
    tab.get_by_label("API URL").fill(office.live.simulator)
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text("incode_second")
    expect(tab.get_by_text("Set, and not shown")).to_be_visible()
    assert "a-key-that-is-not-right" not in tab.content()
    tab.get_by_role("button", name="Test the connection").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("It does not work yet.")).to_be_visible()
    tab.get_by_role("button", name="Replace: API key").click()
    tab.get_by_label("API key").fill("demo-incode-key")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("Set, and not shown")).to_be_visible()
    tab.get_by_role("button", name="Test the connection").click()
    expect(tab.get_by_text("It works.")).to_be_visible()


def test_a_session_that_ends_loses_nothing_that_was_typed(
    browser: Browser, office: Office, complaints: list[str]
) -> None:
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    watch(page, complaints)
    page.goto(office.url("clients/new"))
    # The owner's last code was used; somebody else with the role shows the same.
    user = office.users["rita"]
    grant_role(office.live.provider.deps, user, "owner", "test")
    answer_sign_in(page, office, "rita")
    page.get_by_label("Name", exact=True).fill("Library")
    page.get_by_label("Redirect URIs").fill("https://library.example/callback")
    deps = office.live.provider.deps
    with deps.storage.write() as uow:
        uow.sessions.end_of_user(user.id, deps.clock.now())
        for credential in uow.credentials.of_user(user.id, "totp"):
            uow.credentials.remove(credential.id)
    office.seeds["rita"] = parse_qs(urlsplit(add_totp(deps, user)).query)["secret"][0]
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_role("heading", name="You have been signed out")).to_be_visible()
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    answer_sign_in(opened.value, office, "rita")
    expect(page.locator("h1")).to_have_text("Library is registered", timeout=SLOW)
    expect(page.get_by_text("Copy the secret now")).to_be_visible()
    page.get_by_role("link", name="Open the client").click()
    page.get_by_label("Sign-out URIs").fill("https://library.example/")
    page.get_by_label("At least this level").select_option("urn:idp:acr:2fa")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("pre")).to_contain_text("https://library.example/")
    page.reload()
    expect(page.get_by_label("Sign-out URIs")).to_have_value("https://library.example/")
    expect(page.get_by_label("At least this level")).to_have_value("urn:idp:acr:2fa")
    context.close()
    assert complaints == []


def test_a_conflicting_change_shows_both_versions_and_overwrites_nothing(tab: Page, office: Office) -> None:
    tab.goto(office.url("connectors/incode_verify"))
    tab.get_by_label("Description").fill("Mine")
    other = tab.context.new_page()
    other.goto(office.url("connectors/incode_verify"))
    other.get_by_label("Description").fill("Theirs")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("Saved.")).to_be_visible()
    tab.get_by_role("button", name="Save").click()
    alert = tab.get_by_role("alert")
    expect(alert).to_contain_text("Somebody else changed this meanwhile")
    expect(alert).to_contain_text("Mine")
    expect(alert).to_contain_text("Theirs")
    tab.get_by_role("button", name="Save mine over it").click()
    expect(alert).to_have_count(0)
    other.reload()
    expect(other.get_by_label("Description")).to_have_value("Mine")


def test_a_doubtful_check_is_decided_with_a_reason(tab: Page, office: Office) -> None:
    # Playwright's own loop runs in this thread.
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, leave_a_doubtful_check(office)).result()
    tab.goto(office.url("reviews"))
    tab.get_by_role("link", name=re.compile("Case ")).first.click()
    expect(tab.get_by_role("heading", name="Account beside document")).to_be_visible()
    expect(tab.get_by_role("table", name="Account beside document")).to_contain_text("The same")
    tab.get_by_role("button", name="Decide").click()
    expect(tab.get_by_text("Choose one.")).to_be_visible()
    tab.get_by_role("radio", name=re.compile("Approve")).check()
    tab.get_by_label("Reason").fill("The same person, by photo and name.")
    for width, height in ((320, 700), (1280, 900)):
        tab.set_viewport_size({"width": width, "height": height})
        assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        if SHOTS:
            tab.screenshot(path=f"{SHOTS}/console-review-{width}.png", full_page=True)
    tab.get_by_role("button", name="Decide").click()
    expect(tab.get_by_text("Nobody else is waiting.")).to_be_visible()
    expect(tab.get_by_text("Approved").first).to_be_visible()


def test_levels_are_checked_before_they_are_saved_and_a_change_says_why(tab: Page, office: Office) -> None:
    open_page(tab, office, "levels")
    document = tab.get_by_label("Levels", exact=True)
    kept = document.input_value()
    document.fill("levels: nothing")
    tab.get_by_role("button", name="Check").click()
    expect(tab.locator(".note.bad li").first).to_be_visible()
    document.fill(kept.replace("base_age: 12h", "base_age: 11h"))
    tab.get_by_role("button", name="Check").click()
    expect(tab.get_by_text("Nothing is wrong with it.")).to_be_visible()
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_label("What changes")).to_have_attribute("aria-invalid", "true")
    tab.get_by_label("What changes").fill("Shorter")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("at most 11 hours old").first).to_be_visible()


def test_a_flow_is_made_of_a_template(tab: Page, office: Office) -> None:
    tab.goto(office.url("flows"))
    tab.get_by_role("button", name="New flow").click()
    tab.locator(".choice-card").first.click()
    tab.get_by_label("Title").fill("Prove it is me")
    expect(tab.get_by_label("Id")).to_have_value("prove-it-is-me")
    tab.get_by_label("Id").fill("Sign In")
    tab.get_by_role("button", name="Make the draft").click()
    expect(tab.get_by_text("Use small letters, digits and single dashes")).to_be_visible()
    tab.get_by_label("Id").fill("prove-it-is-me")
    tab.get_by_role("button", name="Make the draft").click()
    tab.wait_for_url(re.compile(r"/console/flows/prove-it-is-me"))
    tab.goto(office.url("flows"))
    expect(tab.get_by_role("link", name="Prove it is me")).to_be_visible()


def test_the_colours_follow_the_choice_and_stay_chosen(tab: Page, office: Office) -> None:
    tab.goto(office.url("flows"))
    body = "getComputedStyle(document.body).backgroundColor"
    light = tab.evaluate(body)
    tab.get_by_label("Colours").select_option("dark")
    dark = tab.evaluate(body)
    assert dark != light
    tab.reload()
    expect(tab.locator("h1")).to_have_text("Flows")
    assert tab.evaluate(body) == dark


def test_the_keyboard_goes_past_the_navigation(tab: Page, office: Office) -> None:
    open_page(tab, office, "flows")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to the page")).to_be_focused()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("button", name="New flow")).to_be_focused()


def test_on_a_narrow_screen_the_navigation_folds(tab: Page, office: Office) -> None:
    tab.set_viewport_size(NARROW)
    open_page(tab, office, "flows")
    link = tab.get_by_role("link", name="Connectors", exact=True)
    expect(link).to_be_hidden()
    tab.get_by_role("button", name="Menu").click()
    link.click()
    expect(tab.locator("h1")).to_have_text("Connectors")
    expect(tab.get_by_role("link", name="Keys", exact=True)).to_be_hidden()


def test_leaving_leads_to_a_page_that_says_so_and_the_console_asks_again(
    browser: Browser, office: Office, complaints: list[str]
) -> None:
    # Somebody who has a session of their own: the owner's is shared by the other tests.
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    watch(page, complaints)
    page.goto(office.url("flows"))
    answer_sign_in(page, office, "lena")
    expect(page.locator("h1")).to_have_text("Flows")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("You have left the console")
    page.goto(office.url("flows"))
    expect(page.locator("#email")).to_be_visible()
    context.close()
    assert complaints == []
