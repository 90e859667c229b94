"""Mails in the preview of a theme: as they would leave in it, under a policy that shows no style of theirs."""

import base64
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.axe import check_with_axe
from tests.browser.console_office import Office, call
from tests.browser.working_office import office, tab

__all__ = ["office", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

MAILED = """\
id: mailed
name: Acme
logo: acme.png
tokens:
  accent: {light: "#5b2a86", dark: "#d9b8ff"}
  on-accent: {light: "#ffffff", dark: "#1d0b2e"}
  radius: 0.5rem
"""
#: One pixel.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg=="
WHITE, DEEP, PLUM, LILAC = "rgb(255, 255, 255)", "rgb(21, 29, 32)", "rgb(91, 42, 134)", "rgb(217, 184, 255)"


@pytest.fixture
def theme(tab: Page, office: Office) -> Iterator[Page]:
    """A tab with a theme whose preview shows the mail with a link."""
    tab.goto(office.url("themes"))
    call(tab, "PUT", "/themes/mailed", {"text": MAILED, "message": "Made", "logo": PNG}, if_none_match="*")
    tab.goto(office.url("themes/mailed"))
    choose(tab, "Link by mail")
    expect(mail(tab).locator(".button")).to_be_visible()
    yield tab
    made = call(tab, "GET", "/themes/mailed")
    call(tab, "DELETE", "/themes/mailed", if_match=made["etag"])


def mail(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def choose(page: Page, what: str) -> None:
    page.get_by_role("combobox", name="Page").select_option(label=what)


def test_a_mail_wears_the_theme_in_light_and_in_dark_as_the_switch_says(theme: Page) -> None:
    card, button = mail(theme).locator(".card"), mail(theme).locator(".button")
    expect(mail(theme).locator(".name")).to_contain_text("Acme")
    expect(card).to_contain_text("/recover/confirm?link=")
    # Whatever the operator's own browser prefers.
    for preferred in ("light", "dark"):
        theme.emulate_media(color_scheme=preferred)  # type: ignore[arg-type]
        for scheme, ground, accent in (("Dark", DEEP, LILAC), ("Light", WHITE, PLUM)):
            theme.get_by_role("group", name="Colours of the preview").get_by_role("button", name=scheme).click()
            expect(card).to_have_css("background-color", ground)
            expect(button).to_have_css("background-color", accent)
            expect(card).to_have_css("border-radius", "8px")
            expect(mail(theme).locator("html")).to_have_css("color-scheme", scheme.lower())


def test_a_mail_shows_the_png_that_travels_with_it_and_no_svg(theme: Page) -> None:
    image = mail(theme).locator("img")
    expect(image).to_have_attribute("src", f"data:image/png;base64,{PNG}")
    expect(image).to_have_js_property("naturalWidth", 1)
    expect(image).to_have_css("height", "32px")
    drawn = {"name": "acme.svg", "mimeType": "image/svg+xml", "buffer": b'<svg xmlns="http://www.w3.org/2000/svg"/>'}
    theme.get_by_label("Logo").set_input_files(drawn)  # type: ignore[arg-type]
    expect(image).to_have_count(0)
    expect(mail(theme).locator(".name")).to_contain_text("Acme")
    pixel = {"name": "new.png", "mimeType": "image/png", "buffer": base64.b64decode(PNG)}
    theme.get_by_label("Logo").set_input_files(pixel)  # type: ignore[arg-type]
    expect(image).to_have_js_property("naturalWidth", 1)


def test_a_mail_with_a_code_is_shown_in_the_chosen_language(theme: Page) -> None:
    choose(theme, "Code by mail")
    expect(mail(theme).locator(".code")).to_have_text("4829 1375")
    expect(mail(theme).locator(".code")).to_have_css("border-radius", "12px")
    theme.get_by_label("Language").select_option("de")
    expect(mail(theme).locator(".card")).to_contain_text("Code")
    expect(mail(theme).locator("html")).to_have_attribute("lang", "de")
    theme.get_by_label("Language").select_option("ar")
    expect(mail(theme).locator("html")).to_have_attribute("dir", "rtl")
    choose(theme, "Sign-in")
    expect(mail(theme).locator("html")).to_have_css("--accent", re.compile("#5b2a86"))


def test_the_frame_is_as_strict_as_for_pages(theme: Page) -> None:
    """Nothing in it runs, it is a document of the console's own policy, and all that it loads is our style sheet."""
    expect(theme.locator("iframe")).to_have_attribute("sandbox", "allow-same-origin")
    expect(theme.locator("iframe")).to_have_attribute("src", re.compile("^blob:"))
    expect(mail(theme).locator("style, script, form, iframe")).to_have_count(0)
    expect(mail(theme).locator("link")).to_have_count(1)
    expect(mail(theme).locator("link")).to_have_attribute("href", re.compile(r"/static/.*preview-light.*\.css$"))


def test_everybody_can_read_the_page_with_a_mail_in_it(theme: Page) -> None:
    for scheme in ("light", "dark"):
        theme.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        check_with_axe(theme, scheme)
