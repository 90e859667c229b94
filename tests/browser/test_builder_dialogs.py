"""axe finds nothing in any dialog and drawer of the flow builder, light and dark; each closes with Escape."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import check_with_axe
from tests.browser.conftest import SLOW
from tests.browser.operators import NEEDS_CONSOLE, Office, call, office, put_draft, sign_in, step
from tests.journeys.world import CONFIG

__all__ = ["office"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420), NEEDS_CONSOLE]

COLORS = {
    "blue": "intro",
    "teal": "verify",
    "green": "check",
    "amber": "review",
    "red": "explain",
    "violet": "rejected",
    "grey": "done",
}
STEP_UP = (CONFIG / "flows" / "step-up.yaml").read_text(encoding="utf-8")


@pytest.fixture(params=["light", "dark"])
def desk(office: Office, browser: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, str]]:
    """The builder at a flow that has two versions and a draft with colours and a group."""
    scheme: Any = request.param
    # The policy is left out here, for axe's own script could not run under it; the other tests have it.
    context = browser.new_context(viewport={"width": 1360, "height": 820}, color_scheme=scheme, bypass_csp=True)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    flow = f"dialogs-{scheme}-{len(office.seeds)}"
    sign_in(page, office, office.add_operator(flow, "owner"))
    text = STEP_UP.replace("id: step-up\n", f"id: {flow}\n")
    for title in ("One", "Two"):
        put_draft(page, flow, text.replace("Confirm it is you", title))
        page.goto(f"{office.live.issuer}/console/flows/{flow}")
        page.get_by_role("button", name="Publish …").click()
        page.get_by_role("dialog").get_by_label("Why?").fill(title)
        page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
        page.get_by_role("button", name="Good").click()
    for color, name in COLORS.items():
        text = re.sub(rf"(  {name}: \[\d+, \d+)\]", rf"\1, {color}]", text)
    put_draft(
        page, flow, text + "groups: {The vendor: {steps: [verify, check], color: amber}, Ends: {steps: [done]}}\n"
    )
    page.goto(f"{office.live.issuer}/console/flows/{flow}")
    expect(step(page, "verify")).to_have_attribute("data-color", "teal")
    yield page, flow
    context.close()


def menu(item: str) -> Callable[[Page], None]:
    """Return how something of the menu is opened."""

    def choose_item(page: Page) -> None:
        page.get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name=item).click()

    return choose_item


def on_step(key: str) -> Callable[[Page], None]:
    """Return how a key opens something on a step."""

    def press(page: Page) -> None:
        step(page, "verify").focus()
        page.keyboard.press(key)

    return press


DIALOGS: dict[str, Callable[[Page], None]] = {
    "Keys": lambda page: page.keyboard.press("?"),
    "Go to a step": lambda page: page.keyboard.press("g"),
    "Add a step after verify": on_step("a"),
    "Connect verify to …": on_step("c"),
    "Move verify to …": on_step("m"),
    "Rename verify": on_step("r"),
    "Import a flow": menu("Import"),
    "Begin from a template": menu("Begin from a template"),
    "Discard the draft": menu("Discard the draft"),
    "Publish ": lambda page: page.get_by_role("button", name="Publish …").click(),
}


def test_axe_finds_nothing_in_any_dialog_and_escape_closes_each(desk: tuple[Page, str]) -> None:
    page, _ = desk
    check_with_axe(page, "colours and groups")
    for name, show in DIALOGS.items():
        show(page)
        dialog = page.get_by_role("dialog", name=re.compile(f"^{re.escape(name)}"))
        expect(dialog).to_be_visible()
        check_with_axe(page, name)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)


def test_the_small_map_shows_the_colours_that_steps_were_given(desk: tuple[Page, str]) -> None:
    page, _ = desk
    mini = page.locator(".react-flow__minimap-node")
    expect(mini).to_have_count(page.locator(".b-step").count())
    for color in COLORS:
        given, shown = step_of(page, color), page.locator(f".b-mini.in-{color}")
        expect(shown).to_have_count(1)
        wanted = given.evaluate(
            """it => {
                const probe = document.body.appendChild(document.createElement("i"));
                probe.style.color = getComputedStyle(it).getPropertyValue("--b-color");
                const color = getComputedStyle(probe).color;
                probe.remove();
                return color;
            }"""
        )
        assert shown.evaluate("it => getComputedStyle(it).fill") == wanted, color
    fills = mini.evaluate_all("all => all.map(it => getComputedStyle(it).fill)")
    # A step that was given none keeps the colour of its kind.
    assert len(set(fills)) >= len(COLORS)
    step(page, COLORS["teal"]).click()
    page.get_by_role("radio", name="violet").check(force=True)
    expect(page.locator(".b-mini.in-violet")).to_have_count(2)
    page.get_by_role("radio", name="no colour").check(force=True)
    expect(page.locator(".b-mini.coloured")).to_have_count(len(COLORS) - 1)
    # Of several that differ none is chosen, so that any can be.
    for name in list(COLORS.values())[2:]:
        step(page, name).click(modifiers=["Control"])
    several = page.get_by_role("region", name="Several steps")
    expect(several.get_by_role("radio", checked=True)).to_have_count(0)
    several.get_by_role("radio", name="no colour").check(force=True)
    expect(page.locator(".b-mini.coloured")).to_have_count(1)
    expect(mini).to_have_count(len(fills))


def step_of(page: Page, color: str) -> Locator:
    return step(page, COLORS[color])


def test_axe_finds_nothing_in_any_drawer_nor_in_what_it_opens(desk: tuple[Page, str]) -> None:
    page, flow = desk
    menu("Versions")(page)
    drawer = page.get_by_role("region", name="Versions")
    drawer.get_by_role("button", name="Compare").last.click()
    expect(drawer.get_by_role("region", name="What differs")).to_contain_text("One")
    check_with_axe(page, "compare")
    for opener, name in (("Go back to it …", "Go back to version 1"), ("Who gets version 1 …", "Who gets version 1")):
        drawer.get_by_role("button", name=opener).click()
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        check_with_axe(page, name)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    drawer.get_by_role("button", name="Look at it").last.click()
    expect(page.get_by_role("group", name="Where you are")).to_contain_text("version 1")
    check_with_axe(page, "a version")
    page.get_by_role("button", name="Back to the draft").click()
    menu("How people fare")(page)
    expect(page.get_by_role("region", name="Where it is used")).to_contain_text("Nothing uses it.")
    check_with_axe(page, "people")
    page.get_by_role("button", name="Close How people fare").click()

    # Somebody else has saved meanwhile: the dialog of two texts.
    text = call(page, "GET", f"/flows/{flow}/drafts/main")["body"]["text"]
    put_draft(page, flow, text.replace("Confirm it is you", "Theirs"))
    title = page.get_by_role("region", name="Properties of the flow").get_by_label("Title")
    title.fill("Ours")
    title.blur()
    expect(page.get_by_role("alertdialog")).to_contain_text("has changed this draft")
    check_with_axe(page, "conflict")


def test_axe_finds_nothing_where_a_new_flow_is_begun(desk: tuple[Page, str], office: Office) -> None:
    page, flow = desk
    page.goto(f"{office.live.issuer}/console/flows")
    page.get_by_role("button", name="New flow").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check_with_axe(page, "new flow")
    page.goto(f"{office.live.issuer}/console/flows/not-there-{flow}")
    expect(page.get_by_role("button", name=re.compile("Passwordless|Sign in")).first).to_be_visible()
    check_with_axe(page, "beginning")
