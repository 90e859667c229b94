"""Inviting somebody, and taking an invitation back, in a real Chromium."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from idp.application.invitations import list_invitations
from idp.application.invite import invite
from tests.browser.test_console_pages import (
    NARROW,
    PAGES,
    SHOTS,
    SLOW,
    WIDE,
    Office,
    complaints,
    office,
    open_page,
    tab,
)
from tests.browser.test_pages import RULES

__all__ = ["complaints", "office", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


def test_somebody_is_invited_and_the_invitation_taken_back_with_the_keyboard(tab: Page, office: Office) -> None:
    open_page(tab, office, "users")
    tab.get_by_role("button", name="Invite somebody").focus()
    tab.keyboard.press("Enter")
    tab.get_by_label("E-mail address").focus()
    tab.keyboard.type("ann@example.com")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("An invitation is on its way to ann@example.com.")).to_be_visible()
    tab.get_by_role("tab", name="Accounts").focus()
    tab.keyboard.press("ArrowRight")
    tab.get_by_role("button", name="Revoke the invitation of ann@example.com").focus()
    tab.keyboard.press("Enter")
    tab.get_by_label("Reason").focus()
    tab.keyboard.type("Wrong address")
    tab.get_by_role("button", name="Revoke it").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("No invitation waits")).to_be_visible()
    tab.get_by_role("checkbox", name=re.compile("accepted or revoked")).check()
    expect(tab.get_by_text("Revoked", exact=True)).to_be_visible()
    assert [one.state for one in list_invitations(office.live.provider.deps, ended=True)] == ["revoked"]


@pytest.mark.parametrize(
    ("scheme", "viewport"), [("light", WIDE), ("dark", WIDE), ("light", NARROW)], ids=["light", "dark", "narrow"]
)
def test_everybody_can_read_invitations(browser: Browser, office: Office, scheme: Any, viewport: Any) -> None:
    invite(
        office.live.provider.deps, "somebody.with.a.long.name@department.example.com", "en", "operator:olga@example.com"
    )
    context = browser.new_context(
        viewport=viewport, color_scheme=scheme, storage_state=office.state, bypass_csp=True, reduced_motion="reduce"
    )
    context.set_default_timeout(SLOW)
    page = context.new_page()
    open_page(page, office, "users")
    page.get_by_role("tab", name="Invitations").click()
    expect(page.get_by_text("Waits for an answer").first).to_be_visible()
    check_look(page, f"list-{scheme}-{viewport['width']}")
    page.get_by_role("button", name="Invite somebody").click()
    expect(page.get_by_label("Language of the mail")).to_be_visible()
    check_look(page, f"invite-{scheme}-{viewport['width']}")
    context.close()


def check_look(page: Page, name: str) -> None:
    assert page.locator("h1").inner_text() == PAGES["users"]
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/invitations-{name}.png")
    assert Axe().run(page, options=RULES).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
