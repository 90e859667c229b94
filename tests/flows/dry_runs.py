"""Dry runs of the strict step-up, or of another flow, for the tests that follow them."""

from typing import Any

from idp.flows.language import Flow
from idp.flows.parse import parse_flow
from idp.flows.setting import Person, Script, Setting
from idp.flows.simulate import Simulation, simulate
from idp.flows.step_types import Catalog
from tests.flows.samples import CATALOG, STRICT_STEP_UP

STEP_UP = parse_flow(STRICT_STEP_UP)


def run(
    flow: Flow = STEP_UP,
    person: Person | None = None,
    catalog: Catalog = CATALOG,
    setting: Setting | None = None,
    **answers: Any,
) -> Simulation:
    """Run dry: each answer is a word, a Script, or a list of them."""
    scripts = {}
    for step, answer in answers.items():
        said = answer if isinstance(answer, list) else [answer]
        scripts[step] = [Script(item) if isinstance(item, str) else item for item in said]
    return simulate(flow, scripts, setting or Setting(person or Person()), catalog)
