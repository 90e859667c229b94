"""How people fare in a flow version: at each step how many came, left by which exit, wait, or ended, and how long.

The database counts; nothing here grows with the number of runs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from idp.application.dependencies import Dependencies
from idp.application.releasing import find_live
from idp.flows.graph import Graph
from idp.flows.language import EndStep, Flow, name_kind
from idp.records.journeys import RunStatus
from idp.storage.protocols.flows import Passage, Standing
from idp.storage.protocols.unit import UnitOfWork

ACTIVE: RunStatus = "active"


@dataclass(frozen=True, slots=True)
class ExitCount:
    """How often a step was left by an exit, and the median of the seconds spent in it before."""

    outcome: str
    target: str | None
    count: int
    median_seconds: float | None


@dataclass(frozen=True, slots=True)
class StepCount:
    """What happened at a step.

    `entered` is the sum of those who left, wait there now, and ended there. Who ended at a step that is no end dropped
    out: `dropped` counts them by why (`expired`, `ended`).
    """

    step: str
    kind: str
    entered: int
    waiting: int
    ended: int
    dropped: Mapping[str, int]
    median_seconds: float | None
    exits: tuple[ExitCount, ...]


@dataclass(frozen=True, slots=True)
class FlowCounts:
    """What happened in a flow version since a time. `runs` counts them by status, `completed_seconds` is a median."""

    flow_id: str
    version: int
    variant: str
    since: float
    runs: Mapping[str, int]
    completed_seconds: float | None
    steps: tuple[StepCount, ...]


def count_flow(deps: Dependencies, flow_id: str, version: int | None, since: float) -> tuple[FlowCounts, ...]:
    """Count for one version, or for what is live: the main version and, if there is one, the one on trial.

    `since` is a time. Hops and ends from then on count; people who wait now count whenever they came. Raises NotFound.
    """
    with deps.storage.read() as uow:
        if version is not None:
            return (_count(deps, uow, flow_id, version, "", since),)
        live = find_live(uow, flow_id)
        counted = [_count(deps, uow, flow_id, live.version, "main", since)]
        if live.trial is not None:
            counted.append(_count(deps, uow, flow_id, live.trial, "trial", since))
        return tuple(counted)


def _count(deps: Dependencies, uow: UnitOfWork, flow_id: str, version: int, variant: str, since: float) -> FlowCounts:
    flow = deps.flows.get(uow, flow_id, version)
    edges = {name: {edge.outcome: edge.target for edge in out} for name, out in Graph(flow).out.items()}
    passages = {(item.step, item.outcome): item for item in uow.hops.passages(flow_id, version, since)}
    visits = {item.step: item for item in uow.hops.visits(flow_id, version, since)}
    standings = uow.runs.standings(flow_id, version, since)
    runs: dict[str, int] = {}
    for item in standings:
        runs[item.status] = runs.get(item.status, 0) + item.count
    return FlowCounts(
        flow_id,
        version,
        variant,
        since,
        runs,
        uow.runs.time_completed(flow_id, version, since),
        tuple(_count_step(flow, name, edges[name], passages, visits.get(name), standings) for name in flow.steps),
    )


def _count_step(
    flow: Flow,
    name: str,
    edges: Mapping[str, str],
    passages: Mapping[tuple[str, str], Passage],
    visit: Passage | None,
    standings: Sequence[Standing],
) -> StepCount:
    here = {item.status: item.count for item in standings if item.step == name}
    waiting = here.pop(ACTIVE, 0)
    is_end = isinstance(flow.steps[name], EndStep)
    return StepCount(
        step=name,
        kind=name_kind(flow.steps[name]),
        entered=(visit.count if visit is not None else 0) + waiting + sum(here.values()),
        waiting=waiting,
        ended=sum(here.values()) if is_end else 0,
        dropped={} if is_end else here,
        median_seconds=visit.median_seconds if visit is not None else None,
        exits=tuple(_list_exits(name, edges, passages)),
    )


def _list_exits(
    name: str, edges: Mapping[str, str], passages: Mapping[tuple[str, str], Passage]
) -> Iterator[ExitCount]:
    """List every exit of the step, taken or not, and what was taken though it leads nowhere (a limit)."""
    taken = {outcome: passage for (step, outcome), passage in passages.items() if step == name}
    for outcome in dict.fromkeys([*edges, *taken]):
        passage = taken.get(outcome)
        count, median = (passage.count, passage.median_seconds) if passage is not None else (0, None)
        yield ExitCount(outcome, edges.get(outcome), count, median)
