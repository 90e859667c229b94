"""What React draws anew, counted in the built console: the page is told nothing and is not built differently for it."""

from typing import Any

from playwright.sync_api import Page

#: Stands where React looks for its developer tools. Steps, wires and rows are known by what they are given.
WATCH = """
(() => {
  const HAS_WORKED = 1;
  const seen = {commits: 0, steps: [], wires: [], rows: [], all: 0};
  window.__drawn = seen;
  const note = (fiber) => {
    if (![0, 1, 11, 14, 15].includes(fiber.tag)) return;
    seen.all += 1;
    const props = fiber.memoizedProps;
    if (props?.data?.step?.id !== undefined && props.dragging !== undefined) seen.steps.push(props.data.step.id);
    else if (props?.sourceX !== undefined && props.data?.outcome) seen.wires.push([props.source, props.target]);
    else if (props?.step?.id !== undefined && props.isStart !== undefined) seen.rows.push(props.step.id);
  };
  const mount = (fiber) => {
    note(fiber);
    for (let child = fiber.child; child; child = child.sibling) mount(child);
  };
  const update = (next, before) => {
    if (next.flags & HAS_WORKED) note(next);
    if (next.child === before.child) return;
    for (let child = next.child; child; child = child.sibling) {
      if (child.alternate === null) mount(child);
      else if (child.alternate !== child) update(child, child.alternate);
    }
  };
  window.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true,
    renderers: new Map(),
    inject: () => 1,
    onCommitFiberUnmount: () => undefined,
    onPostCommitFiberRoot: () => undefined,
    onCommitFiberRoot: (_, root) => {
      seen.commits += 1;
      const now = root.current;
      if (now.alternate) update(now, now.alternate);
      else mount(now);
    },
  };
})();
"""


#: Three frames in which nothing is drawn: an event has led to all it leads to, and a slow machine has caught up.
REST = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let still = 0, before = -1; still < 3; await frame()) {
    still = window.__drawn.commits === before ? still + 1 : 0;
    before = window.__drawn.commits;
  }
}"""


def watch(page: Page) -> None:
    """Count from the next page on."""
    page.add_init_script(WATCH)


def forget(page: Page) -> None:
    """Count from now on, what is still being drawn left out."""
    page.evaluate(REST)
    page.evaluate("Object.assign(window.__drawn, {commits: 0, steps: [], wires: [], rows: [], all: 0})")


def count(page: Page) -> dict[str, Any]:
    """Return what React has drawn since then.

    `commits` and `all` components are counted; `steps` and `rows` are names, `wires` have both ends.
    """
    page.evaluate(REST)
    found: dict[str, Any] = page.evaluate("window.__drawn")
    return found
