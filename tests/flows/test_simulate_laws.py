"""Dry runs at random: the checker and the rule at the end agree."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from idp.flows.check import check_flow
from idp.flows.language import REVIEW_OUTCOMES, ActionStep, ConnectorStep, Flow, ReviewStep, ScreenStep
from idp.flows.setting import NOBODY, Person, Script, Setting
from idp.flows.simulate import simulate
from idp.flows.state import to_json
from tests.flows.drawn_flows import draw_damaged, draw_graphs
from tests.flows.samples import CATALOG


def answer_anyhow(flow: Flow, draw: Any) -> Mapping[str, list[Script]]:
    """Draw a script for some steps: any word that the step has."""
    scripts: dict[str, list[Script]] = {}
    ready_made = sorted(CATALOG.connections["incode_verify"].answers)
    for name, step in flow.steps.items():
        match step:
            case ScreenStep() | ActionStep():
                words = [word for word in step.on if word != "limit"]
            case ConnectorStep():
                words = [*ready_made, "not_finished", "expired", "error"]
            case ReviewStep():
                words = list(REVIEW_OUTCOMES)
            case _:
                continue
        if draw(st.integers(0, 3)):
            scripts[name] = [Script(draw(st.sampled_from(words))) for _ in range(draw(st.integers(1, 3)))]
    return scripts


def test_no_dry_run_of_a_flow_that_passes_the_checker_lacks_evidence_at_its_end() -> None:
    """The static proof and the rule at the end agree, whatever people, vendors and reviewers do."""
    counts = {"passed": 0, "complete": 0, "short": 0}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(draw_graphs() | draw_damaged() | draw_damaged(), st.data())
    def check(flow: Flow, data: st.DataObject) -> None:
        flow = replace(flow, deadline=3600.0)
        person = data.draw(st.sampled_from([Person(), Person().having(["totp"]), NOBODY]))
        scripts = answer_anyhow(flow, data.draw) if data.draw(st.booleans()) else {}
        done = simulate(flow, scripts, Setting(person), CATALOG)
        assert done.refused is None
        assert len(to_json(done.state).encode()) < 8192
        if any(problem.severity == "error" for problem in check_flow(flow, CATALOG)):
            counts["short"] += done.reason == "evidence_missing"
            return
        counts["passed"] += 1
        counts["complete"] += done.end == "complete"
        assert done.reason != "evidence_missing"

    check()
    assert counts["passed"] > 20, counts
    assert counts["complete"] > 3, counts
    assert counts["short"] > 0, counts
