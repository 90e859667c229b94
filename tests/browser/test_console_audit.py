"""The audit page in a real Chromium: the chain is checked, and what somebody did to the trail is said to everybody."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from idp.application.chain.sealing import seal_entries
from idp.application.chain.watching import ChainWatch
from idp.application.change import Change
from idp.application.publishing import publish
from tests.browser.console_office import NARROW, SLOW, WIDE, Office, tab_of
from tests.browser.test_console_pages import SHOTS, office, tab
from tests.browser.test_pages import RULES
from tests.journeys.world import CONFIG
from tests.storage.intruder import Intruder

__all__ = ["office", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


def open_audit(page: Page, office: Office) -> None:
    page.goto(office.url("audit"))
    expect(page.get_by_role("heading", name="Is the trail as it was written?")).to_be_visible(timeout=SLOW)
    expect(page.locator(".waiting")).to_have_count(0)


def test_the_chain_is_checked_with_the_keyboard_and_a_kept_head_is_compared(tab: Page, office: Office) -> None:
    seal_entries(office.live.provider.deps)
    ChainWatch(office.live.provider.deps).look()
    open_audit(tab, office)
    tab.get_by_role("button", name="Check the chain").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("All good")).to_be_visible()
    head = tab.locator(".note.good code").inner_text()
    number, _, digest = head.partition(":")
    assert len(digest) == 43
    tab.get_by_text("Compare with a head that you kept").click()
    tab.get_by_label("Head").fill(f"{int(number) + 6}:{digest}")
    tab.get_by_role("button", name="Check again").click()
    said = f"The chain ends at seal {number}, and went up to seal {int(number) + 6} before."
    expect(tab.get_by_text(said)).to_be_visible()
    tab.get_by_label("Head").fill("nonsense")
    tab.get_by_role("button", name="Check again").click()
    expect(tab.get_by_role("alert")).to_contain_text("A head is a number, a colon and 43 characters.")


def test_an_entry_of_a_publication_leads_to_what_changed(tab: Page, office: Office) -> None:
    text = (CONFIG / "flows" / "step-up.yaml").read_text(encoding="utf-8")
    changed = text.replace("title: Confirm", "title: Please confirm")
    publish(office.live.provider.deps, changed, "step-up.yaml", Change("olga", "Friendlier"))
    tab.goto(office.url("audit") + "?action=flow.publish")
    expect(tab.get_by_text("1 property changed")).to_be_visible()
    tab.get_by_role("link", name="step-up: version 1 to 2").click()
    expect(tab.get_by_role("heading", name="From version 1 to version 2")).to_be_visible()
    expect(tab.get_by_role("region", name="What differs")).to_contain_text("Please confirm")
    if SHOTS:
        tab.screenshot(path=f"{SHOTS}/audit-comparison.png")
    for width, height in ((320, 700), (1280, 900)):
        tab.set_viewport_size({"width": width, "height": height})
        assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize(
    ("scheme", "viewport"),
    [("light", WIDE), ("dark", WIDE), ("light", NARROW)],
    ids=["light", "dark", "narrow"],
)
def test_everybody_can_read_what_a_check_says(browser: Browser, office: Office, scheme: Any, viewport: Any) -> None:
    seal_entries(office.live.provider.deps)
    with tab_of(browser, office, viewport=viewport, color_scheme=scheme) as page:
        open_audit(page, office)
        page.get_by_role("button", name="Check the chain").click()
        expect(page.get_by_text("All good")).to_be_visible()
        check_look(page, f"good-{scheme}-{viewport['width']}")
        intruder = Intruder(f"sqlite:///{office.live.provider.storage._database._path}")  # type: ignore[union-attr]
        kept = [intruder.entry(3), intruder.entry(4)]
        intruder.run("UPDATE audit SET actor = 'nobody' WHERE id = 3")
        intruder.run("DELETE FROM audit WHERE id = 4")
        page.get_by_role("button", name="Check again").click()
        expect(page.get_by_text("The trail is not as it was sealed")).to_be_visible()
        check_look(page, f"bad-{scheme}-{viewport['width']}")
        intruder.run("DELETE FROM audit WHERE id = 3")
        for entry in kept:
            intruder.insert(entry)


def check_look(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/audit-{name}.png")
    assert Axe().run(page, options=RULES).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
