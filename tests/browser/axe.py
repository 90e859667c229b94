"""axe-core in a page: what is not accessible, by the rules of WCAG 2.2 A and AA."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def check_with_axe(page: Page, where: str) -> None:
    """Insist that axe finds nothing, as soon as nothing fades in any longer: axe would see half of a colour."""
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    # Not `generate_report`: it cannot name what is inside a root of its own, as the editors of code are.
    told = [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    assert told == [], where
