"""From an empty drawing to a token with `idv`: an operator connects Incode and draws the step-up, and the bank gets it.

Once with the mouse, once with the keyboard alone, in a real Chromium with the real provider and its real policy.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.operators import (
    IDV,
    NEEDS_CONSOLE,
    Office,
    add_after,
    add_bob,
    choose,
    connect_incode,
    connect_incode_by_keys,
    find_center,
    go_to,
    office,
    port,
    pull_wire,
    settle,
    sign_in,
    step,
    step_up,
    tab,
    take,
)

__all__ = ["office", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420), NEEDS_CONSOLE]


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
    x, y = find_center(port(tab, "verification_intro", "stop"))
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 25, y + 115, steps=4)
    tab.mouse.move(x + 35, y + 185, steps=4)
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

    claims = step_up(browser, office.add_bank("bank-mouse", "big-payments"), "alice")
    assert claims["acr"] == IDV
    assert "face" in claims["amr"]


def test_with_the_keyboard_alone_from_an_empty_drawing_to_a_token_with_idv(
    office: Office, browser: Browser, tab: Page
) -> None:
    email = office.add_operator("karl", "owner")
    sign_in(tab, office, email)
    # From here on nothing is clicked.
    tab.mouse.click = tab.mouse.down = _refuse  # type: ignore[method-assign]
    connect_incode_by_keys(tab, office, "incode_keys")
    keys = tab.keyboard

    tab.goto(f"{office.live.issuer}/console/flows/by-keyboard")
    expect(tab.get_by_label("Title")).to_be_focused()
    keys.type("By keyboard")
    keys.press("Enter")

    # The palette: search with the slash key, take with Enter. The new step has the focus.
    expect(tab.locator(".b-canvas")).to_be_visible()
    settle(tab)
    keys.press("/")
    expect(tab.get_by_role("combobox", name="Search steps")).to_be_focused()
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
    wires = tab.locator(".react-flow__edge")
    # Two of the explanation, five of the check at the vendor, two of the rule.
    expect(wires).to_have_count(9)
    keys.press("Control+z")
    expect(wires).to_have_count(8)
    keys.press("Control+Shift+z")
    expect(wires).to_have_count(9)
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
    add_bob(office)
    claims = step_up(browser, office.add_bank("bank-keys", "by-keyboard"), "bob")
    assert claims["acr"] == IDV


def _refuse(*_args: Any, **_values: Any) -> None:
    raise AssertionError("the mouse was used")
