"""The static check of a flow: what must hold before it may be published.

Pure and quick: a flow of 200 steps takes a few milliseconds. Nothing here trusts the document; see `docs/flows.md`.
"""

from collections.abc import Iterable, Mapping

from idp.flows.expand import expand
from idp.flows.facts import FactTable
from idp.flows.findings import Findings
from idp.flows.graph import Edge, Graph
from idp.flows.language import COMPLETE, PURPOSES, ConnectorStep, EndStep, Flow, ReviewStep, ScreenStep
from idp.flows.problems import FlowFault, Problem, escape_pointer, suggest
from idp.flows.proof_rules import LevelRule, check_proof
from idp.flows.step_types import Catalog
from idp.flows.wiring_rules import check_wiring

__all__ = ["LevelRule", "Problem", "check_flow"]


def check_flow(
    flow: Flow,
    catalog: Catalog,
    levels: Mapping[str, LevelRule] | None = None,
    subflows: Mapping[str, Flow] | None = None,
) -> tuple[Problem, ...]:
    """Return everything that is wrong with a flow; a flow may run only if no problem is an `error`.

    `levels` maps each acr to a rule that says whether a set of evidence methods earns it; without it, the flow's
    claims about levels are not looked at. `subflows` are the flows it may embed, by id. Errors come first; each that
    is about a path has the path in its message and in `route`.
    """
    findings = Findings(flow)
    _check_head(flow, findings)
    try:
        flow = expand(flow, subflows or {})
    except FlowFault as fault:
        for problem in fault.problems:
            findings.add(problem.code, problem.message, problem.step)
        return findings.list_problems()
    check_wiring(flow, catalog, findings)
    graph = Graph(flow)
    reachable = graph.reach()
    _check_ways(flow, graph, reachable, findings)
    _check_cycles(graph, catalog, findings)
    check_proof(flow, FactTable(flow, graph, catalog), sorted(reachable), levels, findings)
    return findings.list_problems()


def _check_head(flow: Flow, findings: Findings) -> None:
    if flow.purpose not in PURPOSES:
        message = f"{flow.purpose!r} is not a purpose{suggest(flow.purpose, PURPOSES)}"
        findings.add("unknown-purpose", message, place="/purpose")
    # Written so that not-a-number fails as well.
    if not flow.deadline > 0:
        findings.add("deadline", "a flow needs a deadline", place="/deadline")
    for name in flow.layout:
        if name not in flow.steps:
            message = f"the layout places {name!r}, which is not a step"
            findings.add("layout", message, place=f"/layout/{name}", severity="warning")
    for title, group in flow.groups.items():
        for name in group.steps:
            if name not in flow.steps:
                message = f"the group {title!r} has {name!r}, which is not a step"
                place = f"/groups/{escape_pointer(title)}"
                findings.add("layout", message, place=place, severity="warning")


def _check_ways(flow: Flow, graph: Graph, reachable: Iterable[str], findings: Findings) -> None:
    """Report steps that nothing leads to, and steps that lead to no end."""
    if flow.start not in flow.steps:
        message = f"the start {flow.start!r} is not a step{suggest(flow.start, flow.steps)}"
        findings.add("unknown-start", message, place="/start")
        return
    ends = [name for name, step in flow.steps.items() if isinstance(step, EndStep)]
    ending = graph.reach_back(ends)
    for name in flow.steps:
        if name not in reachable:
            findings.add("unreachable", "nothing leads to this step", name)
        elif name not in ending:
            findings.add("no-end", "no end can be reached from this step", name, route=graph.find_way(name))
    if not any(isinstance(step, EndStep) and step.end == COMPLETE for step in flow.steps.values()):
        findings.add("no-complete", "the flow has no completing end", place="/steps")


def _check_cycles(graph: Graph, catalog: Catalog, findings: Findings) -> None:
    def is_answered(name: str) -> bool:
        """Say whether something outside the flow's logic answers: a person, or a vendor who waits for one."""
        step = graph.flow.steps[name]
        if isinstance(step, ConnectorStep):
            info = catalog.connections.get(step.connector)
            return info is None or info.attended
        return isinstance(step, ScreenStep | ReviewStep)

    def is_limited(name: str) -> bool:
        return getattr(graph.flow.steps[name], "max_visits", None) is not None

    cycle = graph.find_cycle(is_answered)
    if cycle is not None:
        message = f"the flow can go round without anybody doing anything: {_write_cycle(cycle)}"
        findings.add("cycle-unattended", message, cycle[0].source)
    endless = graph.find_cycle(is_limited)
    if endless is not None:
        message = f"nothing limits how often a person can go round: {_write_cycle(endless)}; give a step max_visits"
        findings.add("cycle-unlimited", message, endless[0].source, severity="warning")


def _write_cycle(cycle: Iterable[Edge]) -> str:
    edges = list(cycle)
    return " -> ".join([*(f"{edge.source} ({edge.outcome})" for edge in edges), edges[-1].target])
