"""The flow builder in a real Chromium with the real provider: from an empty drawing to a token with `idv`.

Needs the built console (`npm run build` in `console/`); without it these tests are skipped, and CI builds it first.
With IDP_SHOTS set to a folder, the pictures of the documentation are made on the way.
"""

import asyncio
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from idp.application.operators import NewUser, add_totp, add_user, put_clients
from idp.records.accounts import RoleAssignment
from idp.web.console.files import CONSOLE_FOLDER
from tests.journeys.live import Live, serve_live
from tests.journeys.relying_party import RelyingParty
from tests.journeys.world import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(420),
    pytest.mark.skipif(not (CONSOLE_FOLDER / "index.html").is_file(), reason="the console is not built"),
]

SLOW = 30_000
SHOTS = os.environ.get("IDP_SHOTS")
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
    """Connect Incode with the session of the console, as its page for connections does, and test it."""
    settings = {"api_url": office.live.simulator, "flow_id": "demo-flow"}
    body = {"name": name, "type": "incode", "settings": settings, "secrets": {"api_key": "demo-incode-key"}}
    made = call(page, "POST", "/connections", body)
    assert made["status"] == 201, made
    assert call(page, "POST", f"/connections/{name}/test")["body"]["ok"] is True


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


def step(page: Page, name: str) -> Locator:
    return page.locator(f'[data-step="{name}"]')


def port(page: Page, name: str, outcome: str) -> Locator:
    """Return the handle of an exit of a step."""
    return page.locator(f'.react-flow__handle.source[data-nodeid="{name}"][data-handleid="{outcome}"]')


def pull_wire(page: Page, start: Locator, end: Locator) -> None:
    """Draw a wire with the mouse from one place to another."""
    source, target = start.bounding_box(), end.bounding_box()
    assert source is not None
    assert target is not None
    page.mouse.move(source["x"] + source["width"] / 2, source["y"] + source["height"] / 2)
    page.mouse.down()
    page.mouse.move(target["x"] - 40, target["y"] + 10, steps=4)
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + target["height"] / 2, steps=4)
    page.mouse.up()


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
    page.locator("#person").select_option("alice")
    page.locator("#act-OK").click()
    page.wait_for_url(CALLBACK)
    url = page.url
    context.close()
    # Playwright's own loop runs in this thread.
    with ThreadPoolExecutor(1) as pool:
        tokens = pool.submit(lambda: asyncio.run(bank.redeem(None, url))).result()
    claims: dict[str, Any] = tokens["claims"]
    return claims


def add_person(office: Office, name: str) -> None:
    add_user(office.live.provider.deps, NewUser(f"{name}@example.com", PASSWORD, "Alice", "Example", date(1990, 4, 12)))


def test_with_the_mouse_from_an_empty_drawing_to_a_token_with_idv(office: Office, browser: Browser, tab: Page) -> None:
    email = office.add_operator("olga", "owner")
    sign_in(tab, office, email)
    connect_incode(tab, office, "incode_branch")

    tab.goto(f"{office.live.issuer}/console/flows/big-payments")
    tab.get_by_label("Title").fill("Big payments")
    tab.get_by_role("button", name="Begin", exact=True).click()

    # The first step is dragged from the palette; the next ones come with the plus of a free exit.
    intro = tab.get_by_role("option", name=re.compile("^Explain the identity check"))
    intro.drag_to(tab.locator(".b-canvas"), target_position={"x": 200, "y": 160})
    expect(step(tab, "verification_intro")).to_be_visible()
    tab.get_by_role("button", name="Add a step after verification_intro, continue").click()
    choose(tab, "incode_branch")
    tab.get_by_role("button", name="Add a step after verify, completed").click()
    choose(tab, "condition")

    # A case by pointing and clicking: the verdict is OK, that is proof, and leads to the end.
    panel = tab.get_by_role("region", name="Properties of check")
    panel.get_by_role("button", name="Add a rule").click()
    path = panel.get_by_role("combobox", name="What is looked at")
    path.fill("connectors.incode_branch.data.score.overall.status")
    path.blur()
    panel.get_by_role("combobox", name="With what").select_option("OK")
    panel.get_by_role("combobox", name="This is proof of identity by").select_option("incode_branch")
    tab.get_by_role("button", name=re.compile("^Add a step after check, case 1")).click()
    choose(tab, "end complete")
    expect(step(tab, "done")).to_be_visible()

    # Somebody who does not want to is let go: the wire is dropped on the canvas and a step is chosen there.
    tab.get_by_role("button", name="Fit View").click()
    empty = tab.locator(".react-flow__pane")
    source = port(tab, "verification_intro", "stop").bounding_box()
    assert source is not None
    tab.mouse.move(source["x"] + 5, source["y"] + 5)
    tab.mouse.down()
    tab.mouse.move(source["x"] + 30, source["y"] + 120, steps=4)
    tab.mouse.move(source["x"] + 40, source["y"] + 190, steps=4)
    tab.mouse.up()
    choose(tab, "end denied")
    expect(step(tab, "denied")).to_be_visible()
    empty.click(position={"x": 10, "y": 10})

    # The rest is wired with the mouse, exit by exit.
    tab.get_by_role("button", name="Fit View").click()
    entry = tab.locator('.react-flow__handle.target[data-nodeid="denied"]')
    for outcome in ("pending", "not_finished", "expired", "error"):
        pull_wire(tab, port(tab, "verify", outcome), entry)
    pull_wire(tab, port(tab, "check", "otherwise"), entry)
    expect(tab.get_by_role("button", name="Proved")).to_be_visible()

    # A way that avoids the proof is refused, and lights up.
    pull_wire(tab, port(tab, "check", "otherwise"), tab.locator('.react-flow__handle.target[data-nodeid="done"]'))
    tab.get_by_role("button", name=re.compile(r"^1 error")).click()
    tab.get_by_role("button", name=re.compile("can complete without proof of identity")).click()
    for name in ("verification_intro", "verify", "check", "done"):
        expect(step(tab, name)).to_have_attribute("data-mark", "offending")
    expect(step(tab, "denied")).not_to_have_attribute("data-mark", "offending")
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_role("button", name="Proved")).to_be_visible()
    expect(step(tab, "check")).not_to_have_attribute("data-mark", "offending")

    # A dry run: the account's person passes, and somebody else does not.
    tab.get_by_role("button", name="Dry run").click()
    tab.get_by_label("Levels asked for").fill(IDV)
    tab.get_by_role("button", name="Run", exact=True).click()
    run = tab.get_by_role("region", name="Dry run")
    expect(run).to_contain_text("gets a code")
    expect(run).to_contain_text(f"{IDV}; amr face, pwd")
    run.get_by_role("button", name="Next step").click()
    expect(step(tab, "verify")).to_have_attribute("data-mark", "current")
    run.get_by_role("combobox", name="Let it answer").select_option("mismatch")
    expect(run).to_contain_text("is refused")
    run.get_by_role("button", name="Close Dry run").click()

    tab.get_by_role("button", name="Publish").click()
    dialog = tab.get_by_role("dialog")
    dialog.get_by_label("Why?").fill("Big payments take a document and a face")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog).to_contain_text("Version 1 is published")
    tab.get_by_role("button", name="Good").click()

    add_person(office, "amelie")
    claims = step_up(browser, office.add_bank("bank-mouse", "big-payments"), "amelie")
    assert claims["acr"] == IDV
    assert "face" in claims["amr"]


def test_with_the_keyboard_alone_from_an_empty_drawing_to_a_token_with_idv(
    office: Office, browser: Browser, tab: Page
) -> None:
    email = office.add_operator("karl", "owner")
    sign_in(tab, office, email)
    connect_incode(tab, office, "incode_keys")
    # From here on nothing is clicked.
    tab.mouse.click = tab.mouse.down = _refuse  # type: ignore[method-assign]
    keys = tab.keyboard

    tab.goto(f"{office.live.issuer}/console/flows/by-keyboard")
    expect(tab.get_by_label("Title")).to_be_focused()
    keys.type("By keyboard")
    keys.press("Enter")

    # The palette: search with the slash key, take with Enter. The new step has the focus.
    expect(tab.locator(".b-canvas")).to_be_visible()
    keys.press("/")
    keys.type("explain the identity")
    keys.press("Enter")
    expect(step(tab, "verification_intro")).to_be_focused()
    add_after(tab, "verification_intro", "incode_keys", "verify")
    add_after(tab, "verify", "condition", "check")

    # Enter goes to the properties. Tab leads through them.
    keys.press("Enter")
    go_to(tab, "button", "Add a rule")
    keys.press("Enter")
    go_to(tab, "combobox", "What is looked at")
    keys.press("Control+a")
    keys.type("connectors.incode_keys.data.score.overall.status")
    go_to(tab, "combobox", "With what")
    keys.type("OK")
    go_to(tab, "combobox", "This is proof of identity by")
    keys.type("incode_keys")
    go_to(tab, "button", "check, case 1: leads to nothing. Change …")
    keys.press("Enter")
    take(tab, "a new step")
    take(tab, "end complete")
    expect(step(tab, "done")).to_be_focused()

    # The outline does everything that the drawing does.
    keys.press("2")
    row = tab.locator('[data-outline="verification_intro"]')
    expect(row).to_be_visible()
    go_to(tab, "button", re.compile("^verification_intro"))
    keys.press("c")
    take(tab, "a new step")
    take(tab, "end denied")
    expect(tab.locator('[data-outline="denied"]')).to_be_focused()
    for name, count in (("verify", 4), ("check", 1)):
        for _ in range(count):
            keys.press("g")
            take(tab, name)
            expect(tab.locator(f'[data-outline="{name}"]')).to_be_focused()
            keys.press("c")
            take(tab, "denied")
    expect(tab.get_by_role("button", name="Proved")).to_be_visible()
    keys.press("1")

    # Undo and redo, and the sheet of keys.
    before = tab.locator(".react-flow__edge").count()
    keys.press("Control+z")
    expect(tab.locator(".react-flow__edge")).to_have_count(before - 1)
    keys.press("Control+Shift+z")
    expect(tab.locator(".react-flow__edge")).to_have_count(before)
    keys.press("?")
    expect(tab.get_by_role("dialog", name="Keys")).to_be_visible()
    keys.press("Escape")

    keys.press("d")
    go_to(tab, "textbox", "Levels asked for")
    keys.type(IDV)
    keys.press("Enter")
    expect(tab.get_by_role("region", name="Dry run")).to_contain_text("gets a code")
    go_to(tab, "button", "Publish …", back=True)
    keys.press("Enter")
    expect(tab.get_by_label("Why?")).to_be_focused()
    keys.type("Made without a mouse")
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Publish", exact=True)).to_be_enabled()
    keys.press("Enter")
    expect(dialog).to_contain_text("Version 1 is published")
    keys.press("Enter")
    expect(dialog).to_have_count(0)

    del tab.mouse.click, tab.mouse.down
    add_person(office, "anouk")
    claims = step_up(browser, office.add_bank("bank-keys", "by-keyboard"), "anouk")
    assert claims["acr"] == IDV


def _refuse(*_args: Any, **_values: Any) -> None:
    raise AssertionError("the mouse was used")


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


def test_two_people_write_and_neither_loses_anything(office: Office, browser: Browser, tab: Page) -> None:
    ann, ben = office.add_operator("ann", "editor"), office.add_operator("ben", "editor")
    sign_in(tab, office, ann)
    tab.goto(f"{office.live.issuer}/console/flows/sign-in")
    title = tab.get_by_role("region", name="Properties of the flow").get_by_label("Title")
    title.fill("Ann's title")
    title.blur()
    expect(tab.get_by_text("Draft saved")).to_be_visible()

    context = browser.new_context(viewport={"width": 1440, "height": 900})
    other = context.new_page()
    sign_in(other, office, ben)
    other.goto(f"{office.live.issuer}/console/flows/sign-in")
    expect(other.get_by_text(re.compile("Draft by ann@example.com"))).to_be_visible()
    theirs = other.get_by_role("region", name="Properties of the flow").get_by_label("Title")
    theirs.fill("Ben's title")
    theirs.blur()
    expect(other.get_by_text("Draft saved")).to_be_visible()
    context.close()

    title.fill("Ann's other title")
    title.blur()
    dialog = tab.get_by_role("alertdialog")
    expect(dialog).to_contain_text("ben@example.com has changed this draft")
    expect(dialog.locator('[data-sign="-"]')).to_contain_text("Ben's title")
    expect(dialog.locator('[data-sign="+"]')).to_contain_text("Ann's other title")
    dialog.get_by_role("button", name="Go on with theirs").click()
    expect(title).to_have_value("Ben's title")
    # What Ann had is one undo away, and is saved over what she has seen.
    tab.get_by_role("button", name="Undo").click()
    expect(title).to_have_value("Ann's other title")
    expect(tab.get_by_text("Draft saved")).to_be_visible()
    assert "title: Ann's other title\n" in read_draft(tab, "sign-in")


def test_a_lost_connection_loses_nothing(office: Office, tab: Page) -> None:
    sign_in(tab, office, office.add_operator("lisa", "editor"))
    tab.goto(f"{office.live.issuer}/console/flows/recovery")
    title = tab.get_by_role("region", name="Properties of the flow").get_by_label("Title")
    expect(title).to_be_visible()
    tab.context.set_offline(True)
    title.fill("Typed in a tunnel")
    title.blur()
    expect(tab.get_by_text("Kept in this browser: no connection")).to_be_visible()
    tab.context.set_offline(False)
    # The window is closed before the connection is used again.
    tab.once("dialog", lambda dialog: dialog.accept())
    tab.goto(f"{office.live.issuer}/console/flows/recovery")
    banner = tab.get_by_role("region", name="Work that was not saved")
    banner.get_by_role("button", name="Go on with it").click()
    expect(tab.get_by_text("Draft saved")).to_be_visible()
    assert "Typed in a tunnel" in read_draft(tab, "recovery")


def test_who_may_only_read_changes_nothing(office: Office, tab: Page) -> None:
    sign_in(tab, office, office.add_operator("audrey", "auditor"))
    tab.goto(f"{office.live.issuer}/console/flows/step-up")
    expect(tab.get_by_text("read only")).to_be_visible()
    expect(tab.get_by_role("button", name="Publish …")).to_be_disabled()
    expect(tab.get_by_role("region", name="Steps to add")).to_have_count(0)
    step(tab, "verify").click()
    tab.keyboard.press("Delete")
    expect(step(tab, "verify")).to_be_visible()
    assert call(tab, "GET", "/flows/step-up/drafts/main")["status"] == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(office: Office, browser: Browser, scheme: Any) -> None:
    # The policy is left out here, for axe's own script could not run under it; the other tests have it.
    context = browser.new_context(viewport={"width": 1360, "height": 820}, color_scheme=scheme, bypass_csp=True)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    sign_in(page, office, office.add_operator(f"axel-{scheme}", "owner"))
    page.goto(f"{office.live.issuer}/console/flows/step-up")
    step(page, "check").click()
    expect(page.get_by_role("region", name="Properties of check").get_by_label("Note")).to_be_visible()
    check_with_axe(page, "drawing")
    shoot(page, f"builder-drawing-{scheme}")
    page.get_by_role("button", name="check, otherwise: leads to rejected. Change …").click()
    choose(page, "done")
    page.get_by_role("button", name=re.compile(r"^1 error")).click()
    page.get_by_role("button", name=re.compile("can complete without proof of identity")).click()
    expect(step(page, "done")).to_have_attribute("data-mark", "offending")
    check_with_axe(page, "problem")
    shoot(page, f"builder-problem-{scheme}")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Close Problems").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Dry run").click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("region", name="Dry run")).to_contain_text("gets a code")
    page.get_by_role("region", name="Dry run").get_by_role("button", name="Next step").dblclick()
    check_with_axe(page, "dry run")
    shoot(page, f"builder-dry-run-{scheme}")
    page.get_by_role("button", name="Outline").click()
    expect(page.locator("[data-outline]").first).to_be_visible()
    check_with_axe(page, "outline")
    shoot(page, f"builder-outline-{scheme}")
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.locator(".cm-content").first).to_be_visible()
    check_with_axe(page, "text")
    shoot(page, f"builder-text-{scheme}")
    page.get_by_role("button", name="Publish …").click()
    expect(page.get_by_role("dialog").get_by_text("Proved")).to_be_visible()
    check_with_axe(page, "publish")
    shoot(page, f"builder-publish-{scheme}")
    page.keyboard.press("Escape")
    page.goto(f"{office.live.issuer}/console/flows/not-yet-there-{scheme}")
    expect(page.get_by_role("button", name="Begin", exact=True)).to_be_visible()
    check_with_axe(page, "beginning")
    shoot(page, f"builder-beginning-{scheme}")
    context.close()


def check_with_axe(page: Page, where: str) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    # Not `generate_report`: it cannot name what is inside a root of its own, as the editors of code are.
    told = [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    assert told == [], where


def shoot(page: Page, name: str) -> None:
    """Take a picture for the documentation, when everything has come to rest."""
    if SHOTS:
        page.wait_for_timeout(900)
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def read_draft(page: Page, flow: str) -> str:
    text: str = call(page, "GET", f"/flows/{flow}/drafts/main")["body"]["text"]
    return text
