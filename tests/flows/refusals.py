"""Flow documents that are refused, and the problems that are told of them."""

import pytest

from idp.flows.parse import FlowFault, Problem, parse_flow

HEAD = "id: f\ntitle: F\npurpose: sign_in\ndeadline: 15m\nstart: a\n"
GOOD = f"{HEAD}steps: {{a: {{end: complete}}}}\n"


def refuse(text: str, source: str = "") -> tuple[Problem, ...]:
    with pytest.raises(FlowFault) as caught:
        parse_flow(text, source)
    assert caught.value.problems
    return caught.value.problems


def refuse_steps(steps: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in refuse(f"{HEAD}steps:\n  {steps}\n")]
