"""The flow builder in a real Chromium with the real provider: several people, lost connections, readers, and axe.

With IDP_SHOTS set to a folder, the pictures of the documentation are made on the way.
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import check_with_axe
from tests.browser.conftest import SLOW
from tests.browser.operators import (
    NEEDS_CONSOLE,
    Office,
    call,
    choose,
    office,
    read_draft,
    settle,
    sign_in,
    step,
    tab,
)

__all__ = ["office", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420), NEEDS_CONSOLE]

SHOTS = os.environ.get("IDP_SHOTS")


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
    # The page is left before the connection is there again, so nothing can have been saved meanwhile.
    tab.once("dialog", lambda dialog: dialog.accept())
    tab.goto("about:blank")
    tab.context.set_offline(False)
    tab.goto(f"{office.live.issuer}/console/flows/recovery")
    banner = tab.get_by_role("region", name="Work that was not saved")
    banner.get_by_role("button", name="Go on with it").click()
    expect(tab.get_by_text("Draft saved")).to_be_visible()
    assert "Typed in a tunnel" in read_draft(tab, "recovery")


def test_who_may_only_read_changes_nothing(office: Office, tab: Page) -> None:
    # A flow that no other test here writes a draft of.
    sign_in(tab, office, office.add_operator("audrey", "auditor"))
    tab.goto(f"{office.live.issuer}/console/flows/sign-up")
    expect(tab.get_by_text("read only")).to_be_visible()
    expect(tab.get_by_role("button", name="Publish …")).to_be_disabled()
    expect(tab.get_by_role("region", name="Steps to add")).to_have_count(0)
    step(tab, "verify").click()
    tab.keyboard.press("Delete")
    expect(step(tab, "verify")).to_be_visible()
    assert call(tab, "GET", "/flows/sign-up/drafts/main")["status"] == 404


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
    # The other scheme begins with the draft that this one leaves.
    settle(page)
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
    page.get_by_role("button", name="Close Dry run").click()
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


def shoot(page: Page, name: str) -> None:
    """Take a picture for the documentation, when everything has come to rest."""
    if SHOTS:
        page.wait_for_timeout(900)
        page.screenshot(path=Path(SHOTS) / f"{name}.png")
