"""A wait in the checker and in a dry run: it is a step that somebody passes, and its time passes at once."""

import pytest

from idp.flows.check import check_flow
from idp.flows.setting import Script, Setting
from idp.flows.simulate import simulate
from tests.flows.samples import CATALOG, make_flow

STEPS = """\
a: {screen: message, options: {message: hi}, on: {continue: pause}}
pause: {screen: wait, options: {minutes: 600}, on: {elapsed: done, stop: stopped}}
stopped: {end: denied, reason: stopped}
done: {end: complete}
"""


def codes(steps: str) -> list[str]:
    return sorted({problem.code for problem in check_flow(make_flow(steps), CATALOG) if problem.severity == "error"})


def test_a_wait_needs_its_time_and_a_way_on() -> None:
    base = codes(STEPS)
    assert "options" not in base
    assert "options" in codes(STEPS.replace("{minutes: 600}", "{}"))
    assert "options" in codes(STEPS.replace("600", "0"))
    assert "options" in codes(STEPS.replace("600", "100000"))
    assert "outcome-unwired" in codes(STEPS.replace("elapsed: done, ", ""))


@pytest.mark.parametrize(
    ("script", "end", "passed"),
    [
        ([], "complete", 36_000.0),
        ([Script("elapsed", takes=60.0)], "complete", 60.0),
        ([Script("stop")], "denied", 0.0),
    ],
)
def test_in_a_dry_run_the_time_passes_at_once(script: list[Script], end: str, passed: float) -> None:
    flow = make_flow(STEPS)
    setting = Setting()
    found = simulate(flow, {"pause": script} if script else {}, setting, CATALOG)
    assert found.now - setting.start == passed
    assert (found.steps[-1].kind, found.path[-1]) == ("end", "done" if end == "complete" else "stopped")
    # The run outlives the wait, whatever its flow's own deadline is.
    assert found.run.deadline_at >= found.now


@pytest.mark.parametrize(("seconds", "last"), [(86_399.0, "done"), (86_400.0, "after")])
def test_after_a_wait_there_is_a_day_to_go_on(seconds: float, last: str) -> None:
    steps = STEPS.replace("elapsed: done", "elapsed: after")
    flow = make_flow(f"{steps}after: {{screen: message, on: {{continue: done}}}}")
    found = simulate(flow, {"after": [Script("continue", takes=seconds)]}, Setting(), CATALOG)
    assert (found.path[-1], found.steps[-1].note) == (last, "" if last == "done" else "deadline")
