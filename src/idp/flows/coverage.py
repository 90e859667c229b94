"""Which edges of a flow were taken, and which no test has ever taken."""

from collections.abc import Collection
from dataclasses import dataclass

from idp.flows.graph import Edge, Graph
from idp.flows.language import OTHERWISE, ConditionStep, Flow, case_name
from idp.flows.problems import escape_pointer


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the edges that can be reached were taken, and the ones that were not."""

    taken: int
    total: int
    missing: tuple[Edge, ...]

    @property
    def percent(self) -> float:
        """Return the share of edges taken, in percent, never rounded up to 100."""
        return 100.0 if self.taken == self.total else int(1000 * self.taken / self.total) / 10


def measure_coverage(flow: Flow, taken: Collection[tuple[str, str]]) -> Coverage:
    """Compare the edges of an expanded flow with those that were taken, as (step, outcome)."""
    graph = Graph(flow)
    reachable = graph.reach()
    edges = [edge for step in flow.steps if step in reachable for edge in graph.out[step]]
    missing = tuple(edge for edge in edges if (edge.source, edge.outcome) not in taken)
    return Coverage(len(edges) - len(missing), len(edges), missing)


def find_line(flow: Flow, edge: Edge) -> int | None:
    """Return the line of the flow's document at which the edge is drawn; None for a flow that has no text."""
    step = escape_pointer(edge.source.partition(".")[0])
    places = [f"/steps/{step}/on/{edge.outcome}", f"/steps/{step}/{edge.outcome}", f"/steps/{step}"]
    found = flow.steps[edge.source]
    if isinstance(found, ConditionStep) and edge.outcome != OTHERWISE:
        names = [case_name(index) for index in range(len(found.cases))]
        places.insert(0, f"/steps/{step}/condition/{names.index(edge.outcome)}")
    return next((flow.marks[place][0] for place in places if place in flow.marks), None)
