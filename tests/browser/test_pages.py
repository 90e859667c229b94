"""Every page in a real browser: accessible, readable at any width and in both colour schemes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.gallery import LEAVES_BY_ITSELF, SAMPLES

pytestmark = pytest.mark.browser

AXE = Axe()
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 800}
# Pages that leave by themselves are held still: their scripts do not run, and refreshes to elsewhere go nowhere.
SCHEMES = {
    "light": ({"color_scheme": "light", "forced_colors": "none"}, WIDE),
    "dark": ({"color_scheme": "dark", "forced_colors": "none"}, WIDE),
    "narrow": ({"color_scheme": "light", "forced_colors": "none"}, NARROW),
    "narrow dark": ({"color_scheme": "dark", "forced_colors": "none"}, NARROW),
}
TOO_SMALL = """() => [...document.querySelectorAll('button, summary, input:not([type=hidden]), a')]
  .filter((item) => item.checkVisibility() && !item.closest('.summary') && item.getClientRects().length)
  .filter((item) => item.getBoundingClientRect().height < 43.9 || item.getBoundingClientRect().width < 43.9)
  .map((item) => item.outerHTML.slice(0, 120))"""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll('body *')]
    .filter((item) => item.checkVisibility() && !item.closest('.hidden, svg'))
    .filter((item) => item.getBoundingClientRect().right > width + 0.5 || item.getBoundingClientRect().left < -0.5)
    .map((item) => item.outerHTML.slice(0, 120));
}"""


def open_page(browser: Browser, url: str, **options):
    # The policy forbids the inspecting script, so it is set aside here; other tests run with it in force.
    context = browser.new_context(bypass_csp=True, **options)
    page = context.new_page()
    name = url.rpartition("/")[2].partition("?")[0]
    if name in LEAVES_BY_ITSELF:
        page.route("**/submit.*.js", lambda route: route.abort())
        page.route(
            lambda target: not target.startswith(url.rpartition("/")[0]), lambda route: route.fulfill(status=204)
        )
    page.goto(url)
    return context, page


@pytest.mark.parametrize("name", SAMPLES)
def test_page_is_accessible_in_every_scheme(browser, gallery, name):
    context, page = open_page(browser, f"{gallery}/{name}")
    try:
        for scheme, (media, viewport) in SCHEMES.items():
            page.emulate_media(**media)
            page.set_viewport_size(viewport)
            result = AXE.run(page, options=RULES).response
            findings = [
                (found["id"], [node["html"][:160] for node in found["nodes"]]) for found in result["violations"]
            ]
            allowed = "meta-refresh" if name in LEAVES_BY_ITSELF else None
            assert [finding for finding in findings if finding[0] != allowed] == [], scheme
            assert page.evaluate(TOO_SMALL) == [], scheme
            assert page.evaluate(TOO_WIDE) == [], scheme
    finally:
        context.close()


@pytest.mark.parametrize("name", SAMPLES)
def test_page_fits_a_narrow_screen_in_every_language(browser, gallery, name):
    context, page = open_page(browser, f"{gallery}/{name}", viewport=NARROW)
    try:
        for locale in ("de", "en-XA", "ar-XB"):
            page.goto(f"{gallery}/{name}?ui_locales={locale}")
            assert page.evaluate(TOO_WIDE) == [], locale
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            direction = page.evaluate("getComputedStyle(document.documentElement).direction")
            assert direction == ("rtl" if locale == "ar-XB" else "ltr")
    finally:
        context.close()


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - LEAVES_BY_ITSELF))
def test_page_keeps_its_own_policy(page, gallery, name):
    """Styles and scripts load, nothing is blocked, nothing comes from elsewhere."""
    complaints, hosts = [], set()
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(f"{gallery}/{name}")
    assert complaints == []
    assert hosts == {gallery.split("/")[2]}
    assert page.evaluate("getComputedStyle(document.querySelector('main')).display") == "grid"


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - LEAVES_BY_ITSELF))
def test_everything_can_be_reached_by_keyboard_and_shows_it(page, gallery, name):
    page.goto(f"{gallery}/{name}")
    expected = page.evaluate(
        "() => { window.stops = [...document.querySelectorAll("
        "'a[href], button, select, input:not([type=hidden]), summary')]"
        ".filter((item) => item.checkVisibility()); return stops.length }"
    )
    # A date has a stop for each of its parts, and one for its calendar.
    parts = 4 * page.locator("input[type=date]").count()
    reached = {}
    # One more for the browser's own frame, and one because a page may begin with a field in focus.
    for _ in range(expected + 2 + parts):
        page.keyboard.press("Tab")
        stop, line, width = page.evaluate(
            "() => { const style = getComputedStyle(document.activeElement);"
            " return [stops.indexOf(document.activeElement), style.outlineStyle, parseFloat(style.outlineWidth)] }"
        )
        if stop >= 0:
            reached[stop] = reached.get(stop, False) or (line == "solid" and width >= 2)
    assert reached == dict.fromkeys(range(expected), True)


def test_a_wrong_field_is_where_typing_begins(page, gallery):
    page.goto(f"{gallery}/password-wrong")
    field = page.locator("#password")
    expect(field).to_be_focused()
    page.get_by_role("alert").get_by_role("link").click()
    expect(field).to_be_focused()
