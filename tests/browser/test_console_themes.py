"""A theme by its fields: colours chosen and taken back, contrast told where it is poor, and the text that is saved."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from idp.themes.tokens import COLOURS
from tests.browser.axe import check_with_axe
from tests.browser.console_office import NARROW, WIDE, Office, call
from tests.browser.working_office import office, tab

__all__ = ["office", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

#: Written in its author's own way, which is to stay.
OURS = """\
# Of Acme, and of nobody else
id:   ours               # as clients name it
name: Acme

tokens:
    # the purple of 2019
    accent: {light: "#5b2a86", dark: "#d9b8ff"}   # seen by the board
    radius: 0.5rem
"""
PURPLE = re.compile("#5b2a86")


@pytest.fixture
def theme(tab: Page, office: Office) -> Iterator[Page]:
    """A tab with a theme by its fields, and a page in it beside."""
    tab.goto(office.url("themes"))
    call(tab, "PUT", "/themes/ours", {"text": OURS, "message": "Made"}, if_none_match="*")
    tab.goto(office.url("themes/ours"))
    expect(preview(tab).locator("html")).to_have_css("--accent", PURPLE)
    yield tab
    tab.unroute_all()
    made = call(tab, "GET", "/themes/ours")
    call(tab, "DELETE", "/themes/ours", if_match=made["etag"])


def preview(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def hexadecimal(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


def write(page: Page, name: str, text: str) -> None:
    """Put another text in a field, by keyboard alone."""
    hexadecimal(page, name).focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(text)


def text_of(page: Page) -> Locator:
    page.get_by_role("button", name="Text", exact=True).click()
    return page.get_by_label("Theme", exact=True)


def save(page: Page, why: str) -> None:
    page.get_by_label("What changes").fill(why)
    page.get_by_role("button", name="Save", exact=True).click()


def test_every_colour_has_its_field_with_the_value_that_pages_wear(theme: Page) -> None:
    for name, shade in COLOURS.items():
        light, dark = ("#5b2a86", "#d9b8ff") if name == "accent" else (str(shade.light), str(shade.dark))
        expect(hexadecimal(theme, f"Light {name}")).to_have_value(light)
        expect(hexadecimal(theme, f"Dark {name}")).to_have_value(dark)
    expect(theme.get_by_text("Default look", exact=True)).to_have_count(len(COLOURS) - 1 + 3)


def test_a_colour_that_nobody_could_read_is_told_at_its_field_and_not_saved(theme: Page) -> None:
    write(theme, "Light accent", "#eeeeee")
    accent = hexadecimal(theme, "Light accent")
    expect(accent).to_have_attribute("aria-invalid", "true")
    expect(accent).to_have_accessible_description(re.compile("accent on raised has a contrast of 1.1[0-9] in light"))
    expect(hexadecimal(theme, "Dark accent")).not_to_have_attribute("aria-invalid", "true")
    save(theme, "Too pale")
    alert = theme.get_by_role("alert")
    expect(alert).to_contain_text("accent on raised has a contrast of 1.1")
    expect(alert).to_be_focused()
    expect(accent).to_have_value("#eeeeee")
    assert call(theme, "GET", "/themes/ours")["body"]["text"] == OURS


def test_a_colour_is_chosen_by_keyboard_and_the_page_beside_follows(theme: Page) -> None:
    write(theme, "Light accent", "#7a1f4b")
    expect(preview(theme).locator("html")).to_have_css("--accent", re.compile("#7a1f4b"))
    theme.keyboard.press("Tab")
    expect(theme.get_by_label("Light accent from a palette")).to_be_focused()
    expect(theme.get_by_label("Light accent from a palette")).to_have_value("#7a1f4b")
    theme.get_by_label("Dark ink from a palette").fill("#ffffff")
    expect(hexadecimal(theme, "Dark ink")).to_have_value("#ffffff")
    expect(preview(theme).locator("html")).to_have_css("--ink", re.compile("#132227, #ffffff"))
    changed = OURS.replace("#5b2a86", "#7a1f4b").replace('"}   # seen', '"} # seen')
    expected = f'{changed}    ink: {{light: "#132227", dark: "#ffffff"}}\n'
    expect(text_of(theme)).to_have_value(expected)
    save(theme, "A warmer one")
    expect(theme.get_by_text("Saved, and in force.")).to_be_visible()
    expect(theme.get_by_label("Theme", exact=True)).to_have_value(expected)
    assert call(theme, "GET", "/themes/ours")["body"]["text"] == expected


def test_the_default_is_taken_again_and_nothing_else_changes(theme: Page) -> None:
    theme.get_by_role("button", name="Take the default again for radius", exact=True).focus()
    theme.keyboard.press("Enter")
    expect(hexadecimal(theme, "Corners of the card")).to_have_value("1.25rem")
    expect(hexadecimal(theme, "Corners of the card")).to_be_focused()
    expect(text_of(theme)).to_have_value(OURS.replace("    radius: 0.5rem\n", ""))


def test_switching_loses_nothing_that_was_typed(theme: Page) -> None:
    theme.get_by_label("What changes").fill("Half way")
    write(theme, "Light accent", "#5b")
    write(theme, "Help (optional)", "https://acme.example/help")
    text = text_of(theme)
    expect(text).to_have_value(re.compile('light: "#5b", dark: "#d9b8ff"'))
    text.fill("tokens: {")
    theme.get_by_role("button", name="Look", exact=True).click()
    expect(theme.get_by_text("This text cannot be edited by fields")).to_be_visible()
    theme.get_by_role("button", name="Edit the text").click()
    expect(text).to_be_focused()
    expect(text).to_have_value("tokens: {")
    text.fill(f'{OURS}links: {{help: "https://acme.example/us"}}\n')
    theme.get_by_role("button", name="Look", exact=True).click()
    expect(hexadecimal(theme, "Help (optional)")).to_have_value("https://acme.example/us")
    expect(theme.get_by_label("What changes")).to_have_value("Half way")


def test_everybody_can_read_the_fields(theme: Page) -> None:
    write(theme, "Dark accent", "#222222")
    expect(hexadecimal(theme, "Dark accent")).to_have_attribute("aria-invalid", "true")
    for scheme in ("light", "dark"):
        theme.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for size in (WIDE, NARROW):
            theme.set_viewport_size(size)  # type: ignore[arg-type]
            expect(hexadecimal(theme, "Dark accent")).to_be_visible()
            # Where the head of the page lies over half of an input, axe takes the other half for all of it.
            theme.evaluate("scrollTo(0, 0)")
            check_with_axe(theme, f"{scheme}, {size['width']} px")
            assert theme.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
