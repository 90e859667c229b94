"""The flow builder with 200 steps: everything is there, and what one does draws anew only what it changes.

Nothing is timed here, for machines differ; `python -m bench.builder` measures.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.parse import parse_flow
from idp.flows.step_types import identity_connection
from tests.browser.large_flow import write_large_flow
from tests.browser.operators import NEEDS_CONSOLE, Office, choose, office, put_draft, read_draft, settle, sign_in, step
from tests.browser.renders import count, forget, watch

__all__ = ["office"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420), NEEDS_CONSOLE]

STEPS = 200
FLOW = "large"


@pytest.fixture
def large(office: Office, browser: Browser) -> Iterator[Page]:
    """The drawing of a flow of 200 steps, all of it in view; what React draws is counted."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    watch(page)
    sign_in(page, office, office.add_operator(f"laura-{len(office.seeds)}", "editor"))
    put_draft(page, FLOW, write_large_flow(FLOW, STEPS))
    page.goto(f"{office.live.issuer}/console/flows/{FLOW}")
    expect(page.get_by_role("button", name="Proved")).to_be_visible()
    page.get_by_role("button", name="Fit View").click()
    expect(page.locator(".b-step")).to_have_count(STEPS)
    yield page
    context.close()


@pytest.mark.parametrize("steps", [12, 20, 21, STEPS])
def test_the_large_flow_has_so_many_steps_and_is_proved(steps: int) -> None:
    flow = parse_flow(write_large_flow(FLOW, steps), "large.yaml")
    assert len(flow.steps) == steps
    assert check_flow(flow, default_catalog({"incode_verify": identity_connection()})) == ()


def test_a_change_of_one_step_draws_one_step_anew(large: Page) -> None:
    step(large, "intro_0").focus()
    large.keyboard.press("Enter")
    note = large.get_by_label("Note")
    expect(note).to_be_visible()
    settle(large)

    forget(large)
    note.press_sequentially("Typed letter by letter")
    drawn = count(large)
    assert (drawn["steps"], drawn["wires"]) == ([], [])

    note.blur()
    settle(large)
    drawn = count(large)
    assert (drawn["steps"], drawn["wires"]) == (["intro_0"], [])
    assert "# Typed letter by letter\n  intro_0:" in read_draft(large, FLOW)


def test_going_to_another_step_draws_those_two_anew(large: Page) -> None:
    step(large, "intro_0").focus()
    large.keyboard.press("ArrowRight")
    expect(step(large, "verify_0")).to_be_focused()
    settle(large)
    forget(large)
    large.keyboard.press("ArrowRight")
    expect(step(large, "check_0")).to_be_focused()
    drawn = count(large)
    assert set(drawn["steps"]) == {"verify_0", "check_0"}
    # Wires of a selected step lie above the others.
    assert all({"verify_0", "check_0"} & set(ends) for ends in drawn["wires"])


def test_dragging_draws_the_step_and_its_wires_anew_and_dropping_it_those_it_was_put_upon(large: Page) -> None:
    own = {("app_0", "intro_0"), ("intro_0", "verify_0"), ("intro_0", "stopped")}
    box = step(large, "intro_0").bounding_box()
    assert box is not None
    large.mouse.move(box["x"] + 6, box["y"] + 3)
    large.mouse.down()
    large.mouse.move(box["x"] + 12, box["y"] + 9)
    settle(large)
    forget(large)
    large.mouse.move(box["x"] + 40, box["y"] + 30, steps=10)
    drawn = count(large)
    assert set(drawn["steps"]) == {"intro_0"}
    assert {tuple(ends) for ends in drawn["wires"]} == own

    under = list_wires_under(large, "intro_0")
    forget(large)
    large.mouse.up()
    settle(large)
    drawn = count(large)
    assert set(drawn["steps"]) == {"intro_0"}
    assert own <= {tuple(ends) for ends in drawn["wires"]} <= own | under
    assert list_wires_under(large, "intro_0") <= own


def test_at_rest_every_wire_goes_along_and_across_from_afar_as_from_near(large: Page) -> None:
    curves = large.locator('.react-flow__edge-path[d*="C"]')
    expect(large.locator(".b-canvas[data-far]")).to_have_count(1)
    expect(large.locator(".react-flow__edge-path").first).to_be_visible()
    expect(curves).to_have_count(0)
    large.keyboard.press("Escape")
    while large.locator(".b-canvas[data-far]").count():
        large.get_by_role("button", name="Zoom In").click()
    expect(large.locator(".react-flow__edge-path").first).to_be_attached()
    expect(curves).to_have_count(0)
    large.get_by_role("button", name="Fit View").click()
    expect(large.locator(".b-canvas[data-far]")).to_have_count(1)


def list_wires_under(page: Page, name: str) -> set[tuple[str, str]]:
    """Return both ends of each wire in view that runs through a step, or nearer to it than a new wire would."""
    found: list[list[str]] = page.evaluate(
        r"""name => {
            const node = document.querySelector(`.react-flow__node[data-id="${name}"]`);
            const place = new DOMMatrix(getComputedStyle(node).transform);
            const near = 6;
            const [left, top] = [place.e - near, place.f - near];
            const [right, bottom] = [place.e + node.offsetWidth + near, place.f + node.offsetHeight + near];
            const isIn = ({x, y}) => x > left && x < right && y > top && y < bottom;
            return [...document.querySelectorAll(".react-flow__edge")].filter(edge => {
                const path = edge.querySelector(".react-flow__edge-path");
                const box = path.getBBox();
                if (box.x > right || box.x + box.width < left) return false;
                if (box.y > bottom || box.y + box.height < top) return false;
                for (let at = 0; at <= path.getTotalLength(); at += 2) if (isIn(path.getPointAtLength(at))) return true;
                return false;
            }).map(edge => edge.getAttribute("aria-label").match(/^Edge from (\S+) to (\S+)$/).slice(1));
        }""",
        name,
    )
    return {(source, target) for source, target in found}


def test_the_outline_has_every_step_and_draws_one_row_anew(large: Page) -> None:
    large.get_by_role("button", name="Outline").click()
    expect(large.locator("[data-outline]")).to_have_count(STEPS)
    large.locator('[data-outline="intro_0"]').focus()
    settle(large)
    forget(large)
    large.keyboard.press("ArrowDown")
    expect(large.locator('[data-outline="intro_0"]')).not_to_be_focused()
    assert len(set(count(large)["rows"])) == 2

    large.locator('[data-outline="intro_1"]').focus()
    note = large.get_by_label("Note")
    settle(large)
    forget(large)
    note.press("o")
    note.blur()
    settle(large)
    assert set(count(large)["rows"]) == {"intro_1"}


def test_typing_in_the_text_draws_when_it_rests(large: Page) -> None:
    large.get_by_role("button", name="Text", exact=True).click()
    editor = large.locator(".cm-content").first
    editor.click()
    large.keyboard.press("Control+Home")
    large.keyboard.press("ArrowDown")
    large.keyboard.press("End")
    settle(large)
    forget(large)
    large.keyboard.type(", and more")
    expect(large.get_by_role("heading", level=1)).to_have_text("A check for each application, and more")
    assert count(large)["steps"] == []
    # Saving takes over what has only just been typed.
    large.keyboard.type(" of it")
    large.keyboard.press("Control+s")
    expect(large.get_by_text("Draft saved")).to_be_visible()
    assert "title: A check for each application, and more of it\n" in read_draft(large, FLOW)


def test_every_step_is_found_and_every_problem_leads_to_its_step(large: Page) -> None:
    large.keyboard.press("g")
    choose(large, "review_23")
    expect(step(large, "review_23")).to_be_focused()
    expect(step(large, "review_23")).to_be_in_viewport()
    large.get_by_role("button", name="approved: take away the way to done").click()
    large.get_by_role("button", name=re.compile(r"^1 error")).click()
    large.keyboard.press("Escape")
    large.get_by_role("button", name="Fit View").click()
    large.get_by_role("button", name=re.compile(r"^1 error")).click()
    large.get_by_role("region", name="Problems").get_by_role("button", name=re.compile("^review_23")).click()
    expect(step(large, "review_23")).to_be_focused()


def test_tidying_is_one_edit_that_undo_takes_back(large: Page) -> None:
    before = read_draft(large, FLOW)
    large.keyboard.press("t")
    expect(large.get_by_text("The drawing is tidied up.")).to_be_visible()
    settle(large)
    after = read_draft(large, FLOW)
    assert after != before
    assert after.partition("layout:")[0] == before.partition("layout:")[0]
    expect(step(large, "skip_0")).to_be_in_viewport()
    large.keyboard.press("Control+z")
    settle(large)
    assert read_draft(large, FLOW) == before
