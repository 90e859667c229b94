"""Running flow tests: each case is a dry run, compared with what is expected of it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from idp.application.rehearsal import Rehearsal, Surroundings, rehearse
from idp.errors import InvalidInput
from idp.flows.coverage import Coverage, measure_coverage
from idp.flows.flow_test import FlowTest, FlowTests
from idp.flows.language import Flow
from idp.oidc.situation import Needs, Refuse


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that turned out otherwise. `what` is the key of `expect`, or `answers`, or `request`."""

    what: str
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case went. `rehearsal` is None when its request would be refused before any flow."""

    case: FlowTest
    differences: tuple[Difference, ...]
    rehearsal: Rehearsal | None = None

    @property
    def passed(self) -> bool:
        """Say whether everything was as expected."""
        return not self.differences

    @property
    def path(self) -> tuple[str, ...]:
        """Return the steps that were visited."""
        simulation = self.rehearsal.simulation if self.rehearsal is not None else None
        return simulation.path if simulation is not None else ()


@dataclass(frozen=True, slots=True)
class FlowTestReport:
    """How the tests of a flow went, and what of it they have covered."""

    flow: Flow
    results: tuple[CaseResult, ...]
    coverage: Coverage

    @property
    def failed(self) -> int:
        """Return how many cases failed."""
        return sum(not result.passed for result in self.results)


def run_flow_tests(tests: FlowTests, flow: Flow, around: Surroundings) -> FlowTestReport:
    """Run every case against the expanded flow. The tests have been checked against it before."""
    results = tuple(_run_case(case, flow, around) for case in tests.cases)
    taken = {edge for result in results for edge in _list_edges(result)}
    return FlowTestReport(flow, results, measure_coverage(flow, taken))


def _run_case(case: FlowTest, flow: Flow, around: Surroundings) -> CaseResult:
    try:
        rehearsal = rehearse(flow, case.given, case.scripts, around)
    except InvalidInput as fault:
        return CaseResult(case, (Difference("request", "a valid request", fault.message),))
    return CaseResult(case, tuple(_compare(case, rehearsal)), rehearsal)


def _list_edges(result: CaseResult) -> tuple[tuple[str, str], ...]:
    simulation = result.rehearsal.simulation if result.rehearsal is not None else None
    return simulation.edges if simulation is not None else ()


def _compare(case: FlowTest, rehearsal: Rehearsal) -> Iterator[Difference]:
    expected, simulation = case.expected, rehearsal.simulation
    path = simulation.path if simulation is not None else ()
    earned, after = rehearsal.earned, rehearsal.after
    found: dict[str, Any] = {
        "end": rehearsal.result,
        "reason": rehearsal.reason,
        "path": path,
        "evidence": simulation.methods if simulation is not None else (),
        "acr": earned.acr if earned is not None else None,
        "amr": earned.amr if earned is not None else (),
        "error": after.error if isinstance(after, Refuse) else None,
        "needs": after.kind if isinstance(after, Needs) else None,
    }
    wanted: dict[str, Any] = {key: getattr(expected, key) for key in found if key in expected.said}
    for key in ("evidence", "amr"):
        if key in wanted:
            wanted[key] = tuple(sorted(set(wanted[key])))
    for key, value in wanted.items():
        if value != found[key]:
            yield Difference(key, value, found[key])
    if not _passes_through(expected.through, path):
        yield Difference("through", expected.through, path)
    visited = tuple(step for step in expected.never if step in path)
    if visited:
        yield Difference("never", (), visited)
    unused = [step for step in (simulation.unused if simulation is not None else case.own) if step in case.own]
    # An answer to a step that must never be visited is bait: it shows what would have happened there.
    stale = tuple(sorted(step for step in unused if step not in expected.never))
    if stale:
        yield Difference("answers", (), stale)


def _passes_through(steps: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Say whether the steps are in the path, in this order, with anything between them."""
    rest = iter(path)
    return all(step in rest for step in steps)
