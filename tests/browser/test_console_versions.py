"""Levels, themes and flows as documents: what is checked, previewed, saved with a reason, and put back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console_doings import ACME, SVG
from tests.browser.console_office import (
    Office,
    call,
)
from tests.browser.working_office import office, tab

__all__ = ["office", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


def test_levels_are_checked_before_they_are_saved_and_a_change_says_why(tab: Page, office: Office) -> None:
    tab.goto(office.url("levels"))
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


def test_a_theme_is_copied_previewed_saved_compared_put_back_and_removed(tab: Page, office: Office) -> None:
    tab.goto(office.url("themes"))
    tab.get_by_role("button", name="New theme").first.click()
    tab.get_by_label("Name").fill("Acme")
    expect(tab.get_by_label("Id")).to_have_value("acme")
    tab.get_by_role("button", name="Make the theme").click()
    expect(tab.locator("h1")).to_have_text("Acme")
    page = tab.frame_locator("iframe")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    tab.get_by_role("button", name="Text", exact=True).click()
    tab.get_by_label("Logo").set_input_files({"name": "acme.svg", "mimeType": "image/svg+xml", "buffer": SVG.encode()})
    expect(tab.get_by_label("Theme", exact=True)).to_have_value(re.compile("logo: acme.svg"))
    tab.get_by_label("Theme", exact=True).fill(ACME)
    expect(page.get_by_text("Acme Bank").first).to_be_visible()
    expect(page.locator("img").first).to_have_attribute("src", re.compile("^data:image/svg"))
    expect(page.locator("html")).to_have_css("--accent", re.compile("#5b2a86"))
    for option, words in (("Identity check", "identity"), ("Consent", "Example Shop"), ("Error", "cannot go on")):
        tab.get_by_role("combobox", name="Page").select_option(label=option)
        expect(page.locator("body")).to_contain_text(re.compile(words, re.IGNORECASE))
    tab.get_by_label("Language").select_option("ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    tab.get_by_role("button", name="Dark").click()
    expect(page.locator("link[href*=preview-dark]")).to_have_count(1)
    tab.get_by_label("What changes").fill("Our colours")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("Saved, and in force.")).to_be_visible()
    expect(tab.locator("h1")).to_have_text("Acme Bank")
    tab.get_by_role("button", name="Compare version 1").click()
    expect(tab.get_by_role("dialog").locator(".diff-line.new").last).to_contain_text("on-accent")
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Go back to version 1").click()
    tab.get_by_role("button", name="Put it in force").click()
    expect(tab.locator("h1")).to_have_text("Acme")
    expect(tab.get_by_role("table", name="Versions")).to_contain_text("Back to version 1")
    tab.get_by_role("button", name="Make a copy").click()
    tab.get_by_role("dialog").get_by_label("Name").fill("Acme for partners")
    tab.get_by_role("button", name="Make the theme").click()
    expect(tab.locator("h1")).to_have_text("Acme for partners")
    tab.get_by_role("button", name="Remove this theme").click()
    tab.get_by_role("button", name="Remove it").click()
    expect(tab.locator("h1")).to_have_text("Themes")
    expect(tab.get_by_text("Acme for partners")).to_have_count(0)


def test_a_theme_that_a_client_wears_cannot_be_removed(tab: Page, office: Office) -> None:
    tab.goto(office.url("themes"))
    call(tab, "PUT", "/themes/worn", {"text": "id: worn\nname: Worn\n", "message": "Made"}, if_none_match="*")
    tab.goto(office.url("clients/bank"))
    tab.get_by_label("Theme").select_option("worn")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("Saved.", exact=True)).to_be_visible()
    tab.goto(office.url("themes/worn"))
    expect(tab.get_by_text("It can be removed when no client wears it")).to_be_visible()
    expect(tab.get_by_role("button", name="Remove this theme")).to_have_count(0)
    tab.get_by_role("link", name="bank").click()
    expect(tab.locator("h1")).to_have_text("Bank")


def test_levels_go_back_to_a_former_version(tab: Page, office: Office) -> None:
    tab.goto(office.url("levels"))
    levels = call(tab, "GET", "/levels")
    text = levels["body"]["text"].replace("base_age: 12h", "base_age: 9h").replace("base_age: 11h", "base_age: 9h")
    call(tab, "PUT", "/levels", {"text": text, "message": "Too short"}, if_match=levels["etag"])
    tab.reload()
    expect(tab.get_by_text("at most 9 hours old").first).to_be_visible()
    tab.get_by_role("button", name="Go back to version 1").click()
    expect(tab.get_by_role("dialog").locator(".diff-line.gone").last).to_contain_text("base_age: 9h")
    tab.get_by_role("button", name="Put it in force").click()
    expect(tab.get_by_text("at most 12 hours old").first).to_be_visible()
    expect(tab.get_by_role("table", name="Versions")).to_contain_text("Back to version 1")
