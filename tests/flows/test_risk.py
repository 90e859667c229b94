"""Signals of risk in a dry run: nothing is unusual unless it is said, and what failed in the run is counted."""

import re
from pathlib import Path
from typing import Any

import pytest

from idp.flows.check import check_flow
from idp.flows.engine import build_context
from idp.flows.parse import parse_flow
from idp.flows.setting import Script, Setting
from idp.flows.simulate import simulate
from idp.flows.state import Hop, State
from tests.flows.samples import CATALOG

PAGE = (Path(__file__).parents[2] / "docs" / "flows.md").read_text(encoding="utf-8")


def documented() -> str:
    found = re.search(r"```yaml\n# config/flows/careful-devices.yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


FLOW = parse_flow(documented())


def test_the_documented_flow_is_proved() -> None:
    assert not [problem for problem in check_flow(FLOW, CATALOG) if problem.severity == "error"]


@pytest.mark.parametrize(
    ("risk", "asked"),
    [
        ({}, False),
        ({"new_device": False, "impossible_travel": False}, False),
        ({"new_device": True}, True),
        ({"impossible_travel": True}, True),
    ],
)
def test_what_is_unusual_leads_to_more(risk: dict[str, Any], asked: bool) -> None:
    found = simulate(FLOW, {}, Setting(context={"risk": risk}), CATALOG)
    assert found.end == "complete"
    assert ("code" in found.path) is asked
    assert found.methods == (("email", "pwd") if asked else ("pwd",))


@pytest.mark.parametrize(("wrong", "asked"), [(2, False), (3, True)])
def test_failed_attempts_of_the_run_are_counted(wrong: int, asked: bool) -> None:
    scripts = {"check": [*[Script("wrong")] * wrong, Script("ok")]}
    found = simulate(FLOW, scripts, Setting(), CATALOG)
    assert ("code" in found.path) is asked


def test_no_context_can_say_how_many_attempts_failed() -> None:
    trail = (Hop("a", "wrong"), Hop("b", "ok"), Hop("a", "throttled"))
    state = State("f", 1, "a", trail=trail)
    for context in ({}, {"risk": {"failed_attempts": 0, "new_device": True}}, {"risk": "nothing"}):
        assert build_context(state, context)["risk"]["failed_attempts"] == 2
    assert build_context(state, {"risk": {"new_device": True}})["risk"]["new_device"] is True
