"""From draft to people and back, in a real Chromium with the real provider.

Publishing to a share, going back, discarding; files in and out; flows within flows; and what a real sign-in leaves on
the drawing.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.operators import (
    IDV,
    NEEDS_CONSOLE,
    Office,
    call,
    office,
    put_draft,
    read_draft,
    settle,
    sign_in,
    step,
    step_up,
    tab,
)
from tests.journeys.world import CONFIG

__all__ = ["office", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420), NEEDS_CONSOLE]

STEP_UP = (CONFIG / "flows" / "step-up.yaml").read_text(encoding="utf-8")
#: Proved, and nobody of these tests has a passkey.
ONLY_PASSKEYS = """\
id: sign-in
title: With a passkey alone
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: passkey}}
  passkey: {screen: passkey, on: {submitted: check_passkey, back: identifier}}
  check_passkey: {action: check_passkey, on: {ok: done, wrong: passkey, throttled: passkey, unknown: passkey}}
  done: {end: complete}
"""


def test_a_version_is_tried_on_a_share_of_people_and_taken_back(office: Office, tab: Page) -> None:
    flow = "tried"
    sign_in(tab, office, office.add_operator("tria", "owner"))
    open_flow(tab, office, flow)
    publish(tab, "The first", version=1)
    rename(tab, "The second title")
    publish(tab, "Try another title", version=2, share="10")
    expect_live(tab, "version 1 live for 90 %", "version 2 live for 10 %")
    open_versions(tab)
    ask_who_gets(tab, 2, "25", "More of it")
    expect_live(tab, "version 1 live for 75 %", "version 2 live for 25 %")
    ask_who_gets(tab, 2, "0", "It confuses people")
    expect_live(tab, "version 1 live")
    ask_who_gets(tab, 2, "100", "It was something else")
    expect_live(tab, "version 2 live")

    row = versions(tab).get_by_role("listitem").filter(has_text="Version 1")
    row.get_by_role("button", name="Go back to it …").click()
    dialog = tab.get_by_role("dialog", name="Go back to version 1")
    dialog.get_by_label("Why?").fill("The first was better")
    dialog.get_by_role("button", name="Go back to it").click()
    expect(dialog).to_have_count(0)
    expect_live(tab, "version 1 live")
    assert [one["version"] for one in call(tab, "GET", f"/flows/{flow}")["body"]["live"]] == [1]
    # All of it is in the trail, with who and why.
    trail = call(tab, "GET", "/audit?limit=50")["body"]["items"]
    assert "The first was better" in str(trail)
    assert "It confuses people" in str(trail)


def test_a_draft_is_discarded_after_a_look_at_what_goes_and_undo_has_it_again(office: Office, tab: Page) -> None:
    flow = "discarded"
    sign_in(tab, office, office.add_operator("dora", "owner"))
    open_flow(tab, office, flow)
    publish(tab, "The first", version=1)
    rename(tab, "Written in vain")
    tab.get_by_role("button", name="More").click()
    tab.get_by_role("menuitem", name="Discard the draft").click()
    dialog = tab.get_by_role("dialog", name="Discard the draft")
    expect(dialog).to_contain_text("Written in vain")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    dialog.get_by_role("button", name="Discard it").click()
    expect(dialog).to_have_count(0)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Confirm it is you")
    assert call(tab, "GET", f"/flows/{flow}/drafts/main")["status"] == 404
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Written in vain")
    expect(tab.get_by_text("Draft saved")).to_be_visible()
    assert "title: Written in vain\n" in read_draft(tab, flow)


def test_a_flow_that_would_lock_the_administrators_out_is_refused_where_it_is_published(
    office: Office, browser: Browser, tab: Page
) -> None:
    """By the button and by the way back to an old version; nothing changes, and what was typed stays."""
    sign_in(tab, office, office.add_operator("lona", "owner"))
    before = call(tab, "GET", "/flows/sign-in")["body"]
    open_flow(tab, office, "sign-in", ONLY_PASSKEYS)
    settle(tab)
    tab.get_by_role("button", name="Publish …").click()
    dialog = tab.get_by_role("dialog", name="Publish sign-in")
    dialog.get_by_label("Why?").fill("Passkeys are better")
    for share in ("100", "10"):
        dialog.get_by_label("For whom").select_option(share)
        dialog.get_by_role("button", name="Publish", exact=True).click()
        refusal = dialog.get_by_role("alert")
        expect(refusal).to_contain_text("No administrator could sign in any more")
        expect(refusal).to_contain_text("idp:console")
        expect(refusal).to_contain_text("Nothing was changed.")
        expect(dialog.get_by_label("Why?")).to_have_value("Passkeys are better")
    assert call(tab, "GET", "/flows/sign-in")["body"]["newest_version"] == before["newest_version"]

    # A version that serves nobody harms nobody; to make it live is refused in its own window.
    dialog.get_by_label("For whom").select_option("0")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    version = before["newest_version"] + 1
    tab.get_by_role("dialog", name=f"Version {version} is published").get_by_role("button", name="Good").click()
    open_versions(tab)
    ask_who_gets(tab, version, "100", "Now", refused="No administrator could sign in any more")
    assert call(tab, "GET", "/flows/sign-in")["body"]["live"] == before["live"]
    trail = call(tab, "GET", "/audit?action=flow.release&limit=50")["body"]["items"]
    mine = [one for one in trail if "lona" in one["actor"]]
    assert [one for one in mine if one["data"].get("flow") == "sign-in"] == []
    other = browser.new_context()
    sign_in(other.new_page(), office, office.add_operator("lono", "owner"))
    other.close()


def test_a_flow_leaves_as_a_file_and_comes_in_byte_for_byte(office: Office, tab: Page, tmp_path: Path) -> None:
    text = STEP_UP.replace("id: step-up\n", "id: carried   # mine\n").replace(
        "  verify: [240, 0]", "  verify: [240, 0, teal]"
    )
    text += "groups: {The vendor: {steps: [verify, check], color: amber}}\n"
    sign_in(tab, office, office.add_operator("exa", "editor"))
    open_flow(tab, office, "carried", text)
    expect(step(tab, "verify")).to_have_attribute("data-color", "teal")
    tab.get_by_role("button", name="More").click()
    with tab.expect_download() as download:
        tab.get_by_role("menuitem", name="Export").click()
    assert download.value.suggested_filename == "carried.yaml"
    download.value.save_as(tmp_path / "carried.yaml")
    assert (tmp_path / "carried.yaml").read_text(encoding="utf-8") == text

    open_flow(
        tab, office, "carried-to", text.replace("id: carried ", "id: carried-to ").replace("Confirm it", "Before it")
    )
    tab.get_by_role("button", name="More").click()
    tab.get_by_role("menuitem", name="Import").click()
    tab.get_by_label("A file").set_input_files(tmp_path / "carried.yaml")
    expect(tab.get_by_role("dialog")).to_have_count(0)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Confirm it is you")
    expect(tab.get_by_text("Draft saved")).to_be_visible()
    assert read_draft(tab, "carried-to") == text
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Before it is you")
    # What is no text is refused at its field, and nothing is lost.
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xd8\xff\xe0")
    tab.get_by_role("button", name="More").click()
    tab.get_by_role("menuitem", name="Import").click()
    tab.get_by_label("A file").set_input_files(tmp_path / "picture.yaml")
    expect(tab.get_by_text("The file is not text in UTF-8.")).to_be_visible()


def test_steps_are_copied_into_another_flow_in_another_tab(office: Office, tab: Page) -> None:
    sign_in(tab, office, office.add_operator("copa", "editor"))
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_flow(tab, office, "copied-from", STEP_UP.replace("id: step-up\n", "id: copied-from\n"))
    step(tab, "verify").click()
    step(tab, "check").click(modifiers=["Control"])
    panel = tab.get_by_role("region", name="Several steps")
    panel.get_by_role("radio", name="violet").check(force=True)
    expect(step(tab, "check")).to_have_attribute("data-color", "violet")
    step(tab, "check").focus()
    tab.keyboard.press("Control+c")
    other = tab.context.new_page()
    put_draft(
        tab,
        "copied-to",
        "id: copied-to\ntitle: To\npurpose: step_up\ndeadline: 15m\nstart: a\nsteps:\n  a: {end: complete}\n",
    )
    other.goto(f"{office.live.issuer}/console/flows/copied-to")
    step(other, "a").click()
    other.keyboard.press("Control+v")
    expect(step(other, "verify")).to_be_visible()
    expect(step(other, "check")).to_have_attribute("data-color", "violet")
    expect(other.get_by_text("Draft saved")).to_be_visible()
    pasted = read_draft(other, "copied-to")
    # Among themselves they are wired as before; what led out of them is free here.
    assert "completed: check" in pasted
    assert "rejected" not in pasted.partition("layout")[0].replace("in [", "")


def test_a_flow_within_a_flow_is_looked_into_in_place(office: Office, tab: Page) -> None:
    sign_in(tab, office, office.add_operator("inga", "owner"))
    open_flow(tab, office, "inner-check", STEP_UP.replace("id: step-up\n", "id: inner-check\n"))
    publish(tab, "To be embedded", version=1)
    outer = (
        "id: outer-check\ntitle: Around it\npurpose: step_up\ndeadline: 15m\nstart: identity\nsteps:\n"
        "  identity: {subflow: inner-check, on: {complete: done, denied: out}}\n"
        "  out: {end: denied}\n  done: {end: complete}\n"
    )
    open_flow(tab, office, "outer-check", outer)
    expect(tab.get_by_role("button", name="Proved")).to_be_visible()
    step(tab, "identity").click()
    tab.get_by_role("button", name="Look into inner-check").click()
    expect(step(tab, "verify")).to_be_visible()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Confirm it is you")
    trail = tab.get_by_role("group", name="Where you are")
    expect(trail).to_contain_text("identity: inner-check, version 1")
    expect(tab.get_by_role("region", name="Steps to add")).to_have_count(0)
    # Nothing of it can be changed here, and nothing was.
    step(tab, "verify").click()
    tab.keyboard.press("Delete")
    expect(step(tab, "verify")).to_be_visible()
    # The outline has it as well.
    tab.get_by_role("button", name="Outline").click()
    expect(tab.locator('[data-outline="verify"]')).to_be_visible()
    tab.get_by_role("button", name="Drawing", exact=True).click()
    trail.get_by_role("button", name="outer-check").click()
    expect(step(tab, "identity")).to_be_focused()
    expect(trail).to_have_count(0)
    step(tab, "identity").dblclick()
    expect(step(tab, "verify")).to_be_visible()
    tab.get_by_role("button", name="Back to the draft").click()
    expect(step(tab, "identity")).to_be_focused()
    assert read_draft(tab, "outer-check") == outer


def test_a_real_sign_in_is_counted_on_the_wires_and_replayed_on_the_drawing(
    office: Office, browser: Browser, tab: Page
) -> None:
    flow = "counted"
    sign_in(tab, office, office.add_operator("cora", "owner"))
    open_flow(tab, office, flow)
    publish(tab, "For the bank", version=1)
    claims = step_up(browser, office.add_bank("bank-counted", flow), "alice")
    assert claims["acr"] == IDV

    tab.reload()
    tab.get_by_role("button", name="More").click()
    tab.get_by_role("menuitem", name="How people fare").click()
    drawer = tab.get_by_role("region", name="How people fare")
    expect(drawer).to_contain_text("Version 1: 1 complete")
    expect(drawer.get_by_role("region", name="Where it is used")).to_contain_text("bank-counted")
    # Each way that was taken has its count on its wire, and no other has.
    expect(tab.locator(".b-count")).to_have_text(["1 · 100 %"] * 3)
    expect(step(tab, "verify")).to_contain_text("1 came")

    runs = drawer.get_by_role("region", name="Runs")
    runs.get_by_role("button", name=re.compile("complete")).click()
    for name in ("intro", "verify", "check"):
        expect(step(tab, name)).to_have_attribute("data-mark", "passed")
    expect(step(tab, "rejected")).not_to_have_attribute("data-mark", re.compile(".+"))
    expect(runs).to_contain_text("continue")
    expect(runs).to_contain_text("identity")
    assert "alice" not in drawer.inner_text()
    runs.get_by_role("button", name=re.compile("^verify")).click()
    expect(step(tab, "verify")).to_be_focused()


# --- What they have in common ----------------------------------------------------------------------------------------


def open_flow(page: Page, office: Office, flow: str, text: str | None = None) -> None:
    """Put a draft, a copy of the shipped step-up unless said otherwise, and open the builder at it."""
    put_draft(page, flow, text or STEP_UP.replace("id: step-up\n", f"id: {flow}\n"))
    page.goto(f"{office.live.issuer}/console/flows/{flow}")
    expect(page.locator(".b-step").first).to_be_visible()


def rename(page: Page, title: str) -> None:
    field = page.get_by_role("region", name="Properties of the flow").get_by_label("Title")
    field.fill(title)
    field.blur()
    settle(page)
    expect(page.get_by_text("Draft saved")).to_be_visible()


def publish(page: Page, why: str, *, version: int, share: str = "100") -> None:
    page.get_by_role("button", name="Publish …").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why?").fill(why)
    dialog.get_by_label("For whom").select_option(share)
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog).to_contain_text(f"Version {version} is published")
    dialog.get_by_role("button", name="Good").click()
    expect(dialog).to_have_count(0)


def versions(page: Page) -> Locator:
    return page.get_by_role("region", name="Versions")


def open_versions(page: Page) -> None:
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Versions").click()
    expect(versions(page)).to_contain_text("Version 1")


def ask_who_gets(page: Page, version: int, share: str, why: str, *, refused: str = "") -> None:
    versions(page).get_by_role("button", name=f"Who gets version {version} …").click()
    dialog = page.get_by_role("dialog", name=f"Who gets version {version}")
    dialog.get_by_label("For whom").select_option(share)
    dialog.get_by_label("Why?").fill(why)
    dialog.get_by_role("button", name="Release").click()
    if refused:
        expect(dialog.get_by_role("alert")).to_contain_text(refused)
        expect(dialog.get_by_label("Why?")).to_have_value(why)
        dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)


def expect_live(page: Page, *chips: str) -> None:
    expect(page.locator(".b-title .chip.good")).to_have_text(list(chips))
