"""Inviting somebody, and taking an invitation back, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from idp.application.invitations import list_invitations
from tests.browser.console_office import Office
from tests.browser.console_visits import VISITS
from tests.browser.test_console_pages import office, open_visit, tab

__all__ = ["office", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


def test_somebody_is_invited_and_the_invitation_taken_back_with_the_keyboard(tab: Page, office: Office) -> None:
    open_visit(tab, office, VISITS["users"])
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
    expect(tab.get_by_role("button", name="Revoke the invitation of ann@example.com")).to_have_count(0)
    tab.get_by_role("checkbox", name=re.compile("accepted or revoked")).check()
    expect(tab.get_by_text("Revoked", exact=True)).to_be_visible()
    states = {one.email: one.state for one in list_invitations(office.live.provider.deps, ended=True)}
    assert states["ann@example.com"] == "revoked"
