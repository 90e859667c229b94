"""What surely holds at each step of a flow, whatever path led there.

An edge gives facts and takes facts; at a step hold those that hold after *every* edge into it. The largest solution is
found by a work list, in time that grows with edges and facts, not with the number of paths.
"""

from collections import deque
from collections.abc import Mapping
from typing import Final, TypeAlias

from idp.flows.graph import Edge, Graph
from idp.flows.language import (
    APPROVED,
    COMPLETED,
    RECOVERY,
    RESULT_OUTCOMES,
    STEP_UP,
    ActionStep,
    ConditionStep,
    ConnectorStep,
    Flow,
    ReviewStep,
    ScreenStep,
)
from idp.flows.methods import ACCOUNT, AUTHENTICATING, IDV, OWNER_PROOF, REVIEW, UPSTREAM, entry_evidence
from idp.flows.step_types import REDIRECT, Catalog

USER: Final = "a known user"
AUTHENTICATED: Final = "authentication"
SUBJECT: Final = "a known user or an e-mail address"
RESULT: Final = "a result to review"
SECRET: Final = "a secret just typed"

Facts: TypeAlias = frozenset[str]
_NONE: Final[Facts] = frozenset()
_USER: Final = frozenset({USER, SUBJECT})
_SECRET: Final = frozenset({SECRET})


def name_run(connection: str) -> str:
    """Name the fact that the connection has been used."""
    return f"a use of the connection {connection!r}"


def name_field(field: str) -> str:
    """Name the fact that a screen has asked for the field."""
    return f"the form field {field!r}"


_NAMING: Final = frozenset({USER, name_field("email")})


class FactTable:
    """What each edge of a flow gives and takes by the catalogue alone, and what therefore holds at each step."""

    def __init__(self, flow: Flow, graph: Graph, catalog: Catalog) -> None:
        """Work out the facts; steps that cannot be reached have none."""
        self.flow = flow
        self.graph = graph
        self.catalog = catalog
        self.entry = entry_evidence(flow.purpose) | (_USER if flow.purpose in {STEP_UP, RECOVERY} else _NONE)
        self._reviewable: frozenset[str] = frozenset()
        self._edges = self._weigh()
        # An approval is proof only where there is surely a result to review, so those places are found first.
        self._reviewable = frozenset(name for name, facts in self._solve().items() if RESULT in facts)
        self._edges = self._weigh()
        self._at = self._solve()

    def hold_at(self, step: str) -> Facts:
        """Return what surely holds whenever the step is entered."""
        return self._at.get(step, _NONE)

    def prove(self, edge: Edge) -> Facts:
        """Return the evidence methods that the application writes when a run takes this edge."""
        return self._edges[edge][0]

    def mark(self, fact: str, edge: Edge) -> bool | None:
        """Say what the edge does to one fact: give (True), take (False) or leave it (None)."""
        _, given, taken = self._edges[edge]
        if fact in given:
            return True
        return False if fact in taken else None

    def _weigh(self) -> Mapping[Edge, tuple[Facts, Facts, Facts]]:
        """Work out for each edge what it proves, gives and takes."""
        weighed = {}
        for edges in self.graph.out.values():
            for edge in edges:
                proved = self._prove(edge)
                weighed[edge] = (proved, self._give(edge, proved), self._take(edge))
        return weighed

    def _prove(self, edge: Edge) -> Facts:
        step = self.flow.steps[edge.source]
        match step:
            case ActionStep():
                action = self.catalog.actions.get(step.action)
                method = action.proves.get(edge.outcome) if action is not None else None
            case ReviewStep():
                method = REVIEW if edge.outcome == APPROVED and edge.source in self._reviewable else None
            case _:
                info = self.catalog.connections.get(edge.proves) if edge.proves is not None else None
                method = info.proves if info is not None else None
        return frozenset({method}) if method is not None else _NONE

    def _give(self, edge: Edge, proved: Facts) -> Facts:
        """Return the facts that hold after the edge even if they did not before."""
        given = set(proved)
        if proved & AUTHENTICATING:
            given.add(AUTHENTICATED)
        if proved & OWNER_PROOF:
            given.add(IDV)
        step = self.flow.steps[edge.source]
        match step:
            case ScreenStep():
                given |= self._give_by_screen(step, edge.outcome)
            case ActionStep():
                given |= self._give_by_action(step, edge.outcome)
            case ConnectorStep():
                given.add(name_run(step.connector))
                if self._redirects(step) and edge.outcome == COMPLETED:
                    given.add(UPSTREAM)
                if self._verifies(step) and edge.outcome in RESULT_OUTCOMES:
                    given.add(RESULT)
        if given & _NAMING:
            given.add(SUBJECT)
        return frozenset(given)

    def _take(self, edge: Edge) -> Facts:
        """Return the facts that no longer hold after the edge, unless it gives them."""
        step = self.flow.steps[edge.source]
        match step:
            case ConditionStep():
                # A condition between a screen and an action does not use the secret up.
                return _NONE
            case ConnectorStep() if self._verifies(step):
                # After a newer attempt without a result, an older result is nothing to review.
                return frozenset({SECRET, RESULT})
            case _:
                return _SECRET

    def _give_by_screen(self, step: ScreenStep, outcome: str) -> set[str]:
        screen = self.catalog.screens.get(step.screen)
        if screen is None:
            return set()
        carried = screen.list_carried(outcome, step.options)
        given = {name_field(item.name) for item in carried if not item.secret and item.required}
        return given | ({SECRET} if any(item.secret for item in carried) else set())

    def _give_by_action(self, step: ActionStep, outcome: str) -> set[str]:
        action = self.catalog.actions.get(step.action)
        if action is None:
            return set()
        settled = action.settles.get(outcome)
        given = {settled} if settled is not None else set()
        if settled == ACCOUNT or (action.sets_user and outcome in action.proves):
            given.add(USER)
        return given

    def _verifies(self, step: ConnectorStep) -> bool:
        info = self.catalog.connections.get(step.connector)
        return info is not None and info.verifies_owner

    def _redirects(self, step: ConnectorStep) -> bool:
        info = self.catalog.connections.get(step.connector)
        return info is not None and info.use == REDIRECT

    def _solve(self) -> Mapping[str, Facts]:
        if self.graph.start not in self.graph.out:
            return {}
        at: dict[str, Facts] = {self.graph.start: self.entry}
        queue = deque([self.graph.start])
        while queue:
            source = queue.popleft()
            for edge in self.graph.out[source]:
                _, given, taken = self._edges[edge]
                after = (at[source] - taken) | given
                before = at.get(edge.target)
                now = after if before is None else before & after
                if now != before:
                    at[edge.target] = now
                    queue.append(edge.target)
        return at
