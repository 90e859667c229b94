"""The operators' console in a real Chromium with the real provider: every page, dialog and state of it.

Each can be read by everybody, in light, dark and 320 px, works under the console's own policy, and names itself.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.console_doings import prepare
from tests.browser.console_office import (
    NARROW,
    ROOT,
    SLOW,
    WIDE,
    Office,
    answer_sign_in,
    call,
    lead_a_life,
    leave_half_way,
    serve_office,
    tab_of,
    watch,
)
from tests.browser.console_visit import Visit
from tests.browser.console_visits import VISITS
from tests.browser.test_pages import RULES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

SHOTS = os.environ.get("IDP_SHOTS")
SOURCES = ROOT / "console" / "src"
LOOKS: dict[str, tuple[Any, Any]] = {
    "light": ("light", WIDE),
    "dark": ("dark", WIDE),
    "narrow": ("light", NARROW),
    "narrow-dark": ("dark", NARROW),
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]}}
#: What opens a dialog, in the sources, and the parts that others make their dialogs of.
DIALOG = re.compile(r"<(?:Popup|Confirm|AskReason|ModalOverlay)\b")
#: What reaches over the right edge of the window.
WIDEST = """[...document.querySelectorAll("body *")].filter(
    (one) => one.getBoundingClientRect().right > window.innerWidth + 1
).map((one) => one.outerHTML.slice(0, 120)).slice(-3)"""
FRAMES = {"parts/Popup.tsx", "parts/Confirm.tsx", "parts/AskReason.tsx"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Office]:
    """Serve a provider behind which some work is done."""
    with serve_office(tmp_path_factory.mktemp("console"), browser) as made:
        lead_a_life(made)
        made.act(leave_half_way(made, "bob"))
        with tab_of(browser, made) as page:
            page.goto(made.url(""))
            prepare(page)
            failed = call(page, "GET", f"/runs?status=denied&user={made.users['bob'].sub}")["body"]["items"]
            made.names["failed_run"] = failed[0]["id"]
        yield made


@pytest.fixture
def tab(browser: Browser, office: Office) -> Iterator[Page]:
    with tab_of(browser, office) as page:
        yield page


def open_visit(page: Page, office: Office, visit: Visit) -> None:
    if visit.before is not None:
        visit.before(page)
    page.goto(office.url(visit.path))
    expect(page.locator("h1")).to_have_text(office.say(visit.heading) or re.compile("."))
    expect(page.locator(".waiting")).to_have_count(0)
    if visit.shows:
        expect(page.get_by_text(visit.shows).first).to_be_visible()
    if visit.then is not None:
        visit.then(page)
    expect(page.locator(".waiting")).to_have_count(0)


def test_every_route_and_every_dialog_is_visited() -> None:
    """A page or a dialog that is added without a visit of it fails here: see `console_visits.py`."""
    text = (SOURCES / "routes.tsx").read_text(encoding="utf-8")
    routes = {found[1] or "" for found in re.finditer(r'\bpage\((?:undefined|"([^"]*)")', text)}
    routes |= {found[1] for found in re.finditer(r'\bpath: "([^"]*)", Component', text)}
    dialogs = Counter(visit.dialog for visit in VISITS.values())
    missed = {
        name: (opened, dialogs[name])
        for folder in ("pages", "parts", "shell")
        for path in (SOURCES / folder).rglob("*.tsx")
        if (name := path.relative_to(SOURCES).as_posix()) not in FRAMES
        and not name.endswith(".test.tsx")
        and (opened := len(DIALOG.findall(path.read_text(encoding="utf-8")))) > dialogs[name]
    }
    assert len(routes) > 20
    assert routes - {visit.route for visit in VISITS.values()} == set()
    assert {visit.route for visit in VISITS.values()} - routes == set()
    assert missed == {}


@pytest.mark.parametrize("name", VISITS)
def test_everybody_can_read(browser: Browser, office: Office, name: str) -> None:
    """Axe finds nothing, nothing overflows, and nothing breaks the console's policy, in every look."""
    visit, found = VISITS[name], {}
    with tab_of(browser, office, visit.who) as page:
        open_visit(page, office, visit)
        if visit.heading:
            expect(page).to_have_title(f"{office.say(visit.heading)} \u2013 Console")
        for look, (scheme, size) in LOOKS.items():
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            # What a page is made of is the same in the dark; its colours are not.
            rules = COLOURS if scheme == "dark" else RULES
            violations = Axe().run(page, options=rules).response["violations"]
            if violations:
                found[look] = [(item["id"], [node["html"] for node in item["nodes"]][:3]) for item in violations]
            if page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0:
                found[f"{look} overflows"] = page.evaluate(WIDEST)
            if SHOTS:
                file = f"console-{re.sub(r'[^a-z]+', '-', visit.name)}{'' if look == 'light' else f'-{look}'}.png"
                page.screenshot(path=f"{SHOTS}/{file}", full_page=look != "light" and not visit.dialog)
        page.unroute_all()
    assert found == {}


def test_the_colours_follow_the_choice_and_stay_chosen(tab: Page, office: Office) -> None:
    tab.goto(office.url("flows"))
    expect(tab.locator("h1")).to_have_text("Flows")
    body, color = tab.locator("body"), "getComputedStyle(document.body).backgroundColor"
    light = tab.evaluate(color)
    tab.get_by_label("Colours").select_option("dark")
    expect(body).not_to_have_css("background-color", light)
    dark = tab.evaluate(color)
    tab.reload()
    expect(tab.locator("h1")).to_have_text("Flows")
    expect(body).to_have_css("background-color", dark)


def test_the_keyboard_goes_past_the_navigation(tab: Page, office: Office) -> None:
    open_visit(tab, office, VISITS["flows"])
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to the page")).to_be_focused()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("button", name="New flow")).to_be_focused()


def test_on_a_narrow_screen_the_navigation_folds(tab: Page, office: Office) -> None:
    tab.set_viewport_size(NARROW)
    open_visit(tab, office, VISITS["flows"])
    link = tab.get_by_role("link", name="Connectors", exact=True)
    expect(link).to_be_hidden()
    tab.get_by_role("button", name="Menu").click()
    link.click()
    expect(tab.locator("h1")).to_have_text("Connectors")
    expect(tab.get_by_role("link", name="Keys", exact=True)).to_be_hidden()


def test_leaving_leads_to_a_page_that_says_so_and_the_console_asks_again(browser: Browser, office: Office) -> None:
    # Somebody who has a session of their own: the owner's is shared by the other tests.
    complaints: list[str] = []
    office.give_totp("lena")
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
