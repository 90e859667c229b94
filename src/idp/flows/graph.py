"""A flow as a graph: edges, what is reachable, cycles and paths."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from idp.flows.language import LIMIT, ConditionStep, Flow, list_exits


class Edge(NamedTuple):
    """One exit of a step. `proves` is the connection whose proof the exit carries."""

    source: str
    outcome: str
    target: str
    proves: str | None = None


class Graph:
    """The edges of a flow between steps that exist."""

    def __init__(self, flow: Flow) -> None:
        """Collect the edges; those to unknown steps are left out."""
        self.flow = flow
        self.start = flow.start
        self.out: dict[str, list[Edge]] = {name: [] for name in flow.steps}
        self.into: dict[str, list[Edge]] = {name: [] for name in flow.steps}
        for edge in _list_edges(flow):
            if edge.target in self.out:
                self.out[edge.source].append(edge)
                self.into[edge.target].append(edge)

    def reach(self) -> set[str]:
        """Return the steps that can be reached from the start."""
        return _spread([self.start] if self.start in self.out else [], lambda name: (e.target for e in self.out[name]))

    def reach_back(self, targets: Collection[str]) -> set[str]:
        """Return the steps from which one of the targets can be reached, with the targets."""
        return _spread(targets, lambda name: (edge.source for edge in self.into[name]))

    def find_route(
        self, goal: Callable[[str, bool], bool], marks: Callable[[Edge], bool | None] = lambda _: None
    ) -> tuple[Edge, ...] | None:
        """Find a shortest path from the start to a step for which `goal(step, marked)` holds.

        `marks` says what an edge does to the one fact that is followed along the path: True sets it, False clears it,
        None leaves it. The fact is unset at the start. Returns None when there is no such path.
        """
        if self.start not in self.out:
            return None
        first = (self.start, False)
        came: dict[tuple[str, bool], tuple[Edge, tuple[str, bool]] | None] = {first: None}
        queue = deque([first])
        while queue:
            at = queue.popleft()
            if goal(*at):
                return _unwind(came, at)
            for edge in self.out[at[0]]:
                mark = marks(edge)
                to = (edge.target, at[1] if mark is None else mark)
                if to not in came:
                    came[to] = (edge, at)
                    queue.append(to)
        return None

    def find_way(self, step: str) -> tuple[Edge, ...] | None:
        """Find a shortest path from the start to the step; None if there is none."""
        return self.find_route(lambda name, _: name == step)

    def find_cycle(self, without: Callable[[str], bool]) -> tuple[Edge, ...] | None:
        """Find a cycle that avoids every step for which `without` holds; None if there is none."""
        done: set[str] = set()
        for root in self.out:
            if root in done or without(root):
                continue
            trail: list[Edge] = []
            walking: dict[str, int] = {root: 0}
            stack: list[Iterator[Edge]] = [iter(self.out[root])]
            while stack:
                edge = next(stack[-1], None)
                if edge is None:
                    stack.pop()
                    done.add(trail.pop().target if trail else root)
                    walking.popitem()
                elif edge.target in walking:
                    return (*trail[walking[edge.target] :], edge)
                elif edge.target not in done and not without(edge.target):
                    walking[edge.target] = len(walking)
                    trail.append(edge)
                    stack.append(iter(self.out[edge.target]))
        return None


def _list_edges(flow: Flow) -> Iterator[Edge]:
    for name, step in flow.steps.items():
        if isinstance(step, ConditionStep):
            exits = list(list_exits(step))
            for (outcome, target), case in zip(exits, step.cases, strict=False):
                yield Edge(name, outcome, target, case.proves)
            yield Edge(name, exits[-1][0], exits[-1][1])
            continue
        for outcome, target in list_exits(step):
            if outcome != LIMIT or getattr(step, "max_visits", None) is not None:
                yield Edge(name, outcome, target)


def _spread(first: Collection[str], follow: Callable[[str], Iterator[str]]) -> set[str]:
    seen = set(first)
    waiting = list(first)
    while waiting:
        for name in follow(waiting.pop()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def _unwind(
    came: Mapping[tuple[str, bool], tuple[Edge, tuple[str, bool]] | None], at: tuple[str, bool]
) -> tuple[Edge, ...]:
    edges: list[Edge] = []
    step = came[at]
    while step is not None:
        edges.append(step[0])
        step = came[step[1]]
    return tuple(reversed(edges))
