"""What the checker finds, as the API says it."""

from collections.abc import Iterable
from typing import Literal, cast

from idp.flows.problems import Problem
from idp.web.admin.models.flows import FlowProblem, RouteStep


def describe_problems(problems: Iterable[Problem]) -> list[FlowProblem]:
    """Describe the checker's findings, in their order."""
    return [
        FlowProblem(
            code=one.code,
            severity=cast(Literal["error", "warning"], one.severity),
            message=one.message,
            step=one.step,
            pointer=one.path,
            line=one.line,
            column=one.column,
            path=[_read_step(step) for step in one.route],
        )
        for one in problems
    ]


def count_errors(problems: Iterable[Problem]) -> int:
    """Count what keeps a flow from being published."""
    return sum(one.severity == "error" for one in problems)


def _read_step(text: str) -> RouteStep:
    """Read `explain (retry)`, or the step alone where the path ends. A step's id has no space."""
    step, _, outcome = text.partition(" ")
    return RouteStep(step=step, outcome=outcome[1:-1] if outcome else None)
