"""What the flow builder costs a browser, with 20 steps and with 200: `make bench-builder`.

The built console in Chromium, the real provider behind it, nothing throttled. Times are the browser's own: script,
style and layout on its main thread, by its performance counters; machines are shared, so what grows with the flow says
more than any figure by itself. What React draws anew is counted as well, and that depends on no machine.
"""

import os
import platform
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import CDPSession, Page, sync_playwright
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.large_flow import write_large_flow
from tests.browser.operators import Office, put_draft, sign_in, step
from tests.browser.renders import count, forget, watch
from tests.journeys.live import serve_live

from idp.observability import set_up_logging

SIZES: Final = (20, 200)
LONG_TASKS: Final = """
window.__long = [];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.__long.push(task.duration);
}).observe({type: 'longtask', buffered: true});
new MutationObserver((_, watcher) => {
  if (!document.querySelector('.b-step')) return;
  watcher.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.__drawnAt = performance.now(); }));
}).observe(document, {childList: true, subtree: true});
"""
#: Until the text has rested, was checked and saved.
REST_MS: Final = 2500


@dataclass(frozen=True, slots=True)
class Cost:
    """What one act cost, on average: milliseconds of script and of style with layout; components; the longest task."""

    script: float
    layout: float
    longest: float
    drawn: float
    steps: float
    wires: float


class Meter:
    """Reads the counters of one page before and after something is done."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def measure(self, act: Callable[[], None], times: int = 1) -> Cost:
        """Return what `act` cost, divided by how often it does what is of interest."""
        forget(self.page)
        self.page.evaluate("window.__long.length = 0")
        before = self._read()
        act()
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        after = self._read()
        drawn = count(self.page)
        longest = self.page.evaluate("Math.max(0, ...window.__long)")
        return Cost(
            script=1000 * (after["ScriptDuration"] - before["ScriptDuration"]) / times,
            layout=1000 * sum(after[name] - before[name] for name in ("LayoutDuration", "RecalcStyleDuration")) / times,
            longest=longest,
            drawn=drawn["all"] / times,
            steps=len(drawn["steps"]) / times,
            wires=len(drawn["wires"]) / times,
        )

    def _read(self) -> dict[str, float]:
        found = self._session.send("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in found}


def measure_builder(page: Page, office: Office, size: int) -> tuple[float, dict[str, Cost]]:
    """Return the milliseconds from the navigation to a drawing that answers, and the cost of each act."""
    flow = f"large-{size}"
    put_draft(page, flow, write_large_flow(flow, size))
    page.goto(f"{office.live.issuer}/console/flows/{flow}")
    page.locator(".b-step").first.wait_for()
    page.wait_for_timeout(REST_MS)
    page.reload()
    page.locator(".b-step").first.wait_for()
    page.get_by_role("button", name="Proved").wait_for()
    page.wait_for_timeout(REST_MS)
    opened: float = page.evaluate("window.__drawnAt")
    # The worst view there is: every step is drawn.
    page.get_by_role("button", name="Fit View").click()
    page.wait_for_timeout(REST_MS)
    return opened, _measure_acts(page, Meter(page))


def _measure_acts(page: Page, meter: Meter) -> dict[str, Cost]:
    return {**_measure_looking(page, meter), **_measure_editing(page, meter), **_measure_views(page, meter)}


def _rest(page: Page) -> None:
    page.wait_for_timeout(REST_MS)


def _press(page: Page, key: str, times: int) -> None:
    for _ in range(times):
        page.keyboard.press(key)


def _turn(page: Page, by: int) -> None:
    """Turn the wheel twenty times, there and back."""
    for at in range(20):
        page.mouse.wheel(0, by if at % 4 in (0, 1) else -by)


def _zoom(page: Page) -> None:
    page.keyboard.down("Control")
    _turn(page, 40)
    page.keyboard.up("Control")


def _select_others(page: Page) -> None:
    for name in ("verify_0", "check_0", "review_0", "explain_0", "intro_0") * 2:
        step(page, name).evaluate("it => { it.focus(); it.click(); }")


def _measure_looking(page: Page, meter: Meter) -> dict[str, Cost]:
    found: dict[str, Cost] = {}
    box = page.locator(".b-canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    found["zoom, per turn of the wheel"] = meter.measure(lambda: _zoom(page), 20)
    found["pan, per turn of the wheel"] = meter.measure(lambda: _turn(page, 60), 20)
    page.get_by_role("button", name="Fit View").click()
    _rest(page)
    step(page, "intro_0").focus()
    found["arrow key to the next step"] = meter.measure(lambda: _press(page, "ArrowDown", 10), 10)
    _select_others(page)
    _rest(page)
    found["select a step"] = meter.measure(lambda: _select_others(page), 10)
    _rest(page)
    return found


def _measure_editing(page: Page, meter: Meter) -> dict[str, Cost]:
    found: dict[str, Cost] = {}
    note = page.get_by_label("Note")
    note.focus()
    found["a key in a field"] = meter.measure(lambda: note.press_sequentially("twenty letters typed"), 20)
    _rest(page)
    note.press("x")
    found["what was typed is taken over"] = meter.measure(note.blur)
    found["and checked, saved, at rest"] = meter.measure(lambda: _rest(page))

    start = step(page, "intro_0").bounding_box()
    assert start is not None
    x, y = start["x"] + start["width"] / 4, start["y"] + start["height"] / 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y + 6)
    found["drag, per move of the mouse"] = meter.measure(lambda: page.mouse.move(x + 36, y + 16, steps=30), 30)
    found["drop"] = meter.measure(page.mouse.up)
    _rest(page)
    step(page, "intro_0").focus()
    _press(page, "Alt+ArrowRight", 5)
    _rest(page)
    found["undo"] = meter.measure(lambda: _press(page, "Control+z", 5), 5)
    _rest(page)

    def tidy() -> None:
        page.keyboard.press("t")
        page.get_by_text("The drawing is tidied up.").wait_for()

    found["tidy up"] = meter.measure(tidy)
    _rest(page)
    page.keyboard.press("Control+z")
    _rest(page)
    return found


def _measure_views(page: Page, meter: Meter) -> dict[str, Cost]:
    found: dict[str, Cost] = {}

    def open_view(name: str, first: str) -> None:
        page.get_by_role("button", name=name, exact=True).click()
        page.locator(first).first.wait_for()

    found["open the outline"] = meter.measure(lambda: open_view("Outline", "[data-outline]"))
    page.locator('[data-outline="intro_0"]').focus()
    found["arrow key in the outline"] = meter.measure(lambda: _press(page, "ArrowDown", 10), 10)
    note = page.get_by_label("Note")
    note.press("y")
    found["a field is taken over in the outline"] = meter.measure(note.blur)
    _rest(page)
    found["open the text"] = meter.measure(lambda: open_view("Text", ".cm-content"))
    page.locator(".cm-content").first.click()
    for key in ("Control+Home", "ArrowDown", "End"):
        page.keyboard.press(key)
    found["a key in the text"] = meter.measure(lambda: page.keyboard.type("ten letters"), 11)
    _rest(page)
    return found


def print_builder(found: dict[int, tuple[float, dict[str, Cost]]]) -> None:
    """Print both sizes beside each other."""
    sizes = list(found)
    print(f"\n{'':38}" + "".join(f"{f'{size} steps':^44}" for size in sizes))
    head = f"{'script':>9}{'layout':>8}{'longest':>9}{'drawn':>7}{'steps':>6}{'wires':>5}"
    print(f"{'milliseconds of the main thread':38}" + head * len(sizes))
    for name in found[sizes[0]][1]:
        costs = [found[size][1][name] for size in sizes]
        print(
            f"{name:38}"
            + "".join(
                f"{c.script:9.1f}{c.layout:8.1f}{c.longest:9.0f}{c.drawn:7.0f}{c.steps:6.1f}{c.wires:5.1f}"
                for c in costs
            )
        )
    print(f"{'until the drawing answers, ms':38}" + "".join(f"{found[size][0]:9.0f}{'':35}" for size in sizes))


def main() -> None:
    """Measure both sizes and print them."""
    # For as long as the process lives: logs are written as in production, and nobody reads them.
    set_up_logging(stream=Path(os.devnull).open("w"))  # noqa: SIM115
    print(f"{platform.system()} {platform.release()}; Chromium {CHROMIUM}")
    with tempfile.TemporaryDirectory(prefix="idp-bench-") as folder, serve_live(Path(folder)) as live:
        office = Office(live)
        email = office.add_operator("bench", "owner")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            page = context.new_page()
            watch(page)
            page.add_init_script(LONG_TASKS)
            sign_in(page, office, email)
            found: dict[int, Any] = {size: measure_builder(page, office, size) for size in SIZES}
            browser.close()
    print_builder(found)


if __name__ == "__main__":
    main()
