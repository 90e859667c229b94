"""The static proof: no path reaches a completing end, or a change of credentials, without the evidence for it.

Every refusal prints a shortest path that shows the harm.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from idp.flows.facts import AUTHENTICATED, SECRET, SUBJECT, USER, FactTable, name_field, name_run
from idp.flows.findings import Findings
from idp.flows.graph import Edge
from idp.flows.inputs import list_inputs
from idp.flows.language import (
    COMPLETE,
    SIGN_IN,
    SIGN_UP,
    STEP_UP,
    ActionStep,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    ScreenStep,
)
from idp.flows.methods import (
    ACCOUNT,
    EMAIL,
    IDV,
    OWNER_PROOF,
    PWD,
    REGISTRATION,
    SECOND_FACTOR,
    UPSTREAM,
    demand_evidence,
)
from idp.flows.problems import suggest
from idp.flows.step_types import ActionType

LevelRule = Callable[[frozenset[str]], bool]


def check_proof(
    flow: Flow, table: FactTable, reachable: Iterable[str], levels: Mapping[str, LevelRule] | None, findings: Findings
) -> None:
    """Check every reachable step against what surely holds there."""
    leads = leads_to_levels(flow, levels)
    for name in reachable:
        step = flow.steps[name]
        match step:
            case ConditionStep():
                _check_condition(step, table, findings)
            case ScreenStep():
                screen = table.catalog.screens.get(step.screen)
                if screen is not None and screen.needs_user:
                    message = f"the screen {step.screen!r} can be reached without"
                    _require(USER, name, table, findings, "needs-user", message, "/screen")
            case ActionStep():
                action = table.catalog.actions.get(step.action)
                if action is not None:
                    _check_action(step, action, table, findings)
            case ConnectorStep():
                _check_connector(step, table, findings)
            case EndStep(end=end) if end == COMPLETE:
                for fact in _list_demands(flow, leads=leads):
                    _require(fact, name, table, findings, "missing-evidence", "the flow can complete without")
            case _:
                pass
    _check_demands(flow, table, findings)
    _check_levels(flow, table, levels, findings)
    if leads:
        _check_every_way(flow, table, levels or {}, findings)


def leads_to_levels(flow: Flow, levels: Mapping[str, LevelRule] | None) -> bool:
    """Say whether the flow is a step-up to levels that it names, and whose rules are known.

    Each of its ways must earn one of them then, and proof of identity is demanded only where they demand it.
    """
    return flow.purpose == STEP_UP and bool(flow.levels) and all(acr in (levels or {}) for acr in flow.levels)


def _check_condition(step: ConditionStep, table: FactTable, findings: Findings) -> None:
    for index, case in enumerate(step.cases):
        if case.proves is not None:
            fact = name_run(case.proves)
            place = f"/condition/{index}/proves"
            _require(fact, step.id, table, findings, "proof-not-dominated", "a proof can be reached without", place)


def _check_action(step: ActionStep, action: ActionType, table: FactTable, findings: Findings) -> None:
    needs = [
        *(("needs-user", USER) for _ in range(action.needs_user)),
        *(("needs-account", SUBJECT) for _ in range(action.needs_account)),
        *(("needs-field", name_field(field)) for field in action.needs_fields),
        *(("needs-evidence", method) for method in action.needs_evidence),
        *(("needs-fact", fact) for fact in action.needs_facts),
        *(("needs-secret", SECRET) for _ in range(action.takes_secret)),
    ]
    if action.changes_credentials:
        wanted = demand_evidence(table.flow.purpose)
        extra = {AUTHENTICATED, USER} if table.flow.purpose == SIGN_IN else set()
        needs += [("unproved-change", fact) for fact in sorted((wanted | extra) - set(action.needs_evidence))]
    for code, fact in needs:
        _require(fact, step.id, table, findings, code, f"the action {step.action!r} can be reached without")
    if action.sets_user:
        _check_late_user(step, table, findings)
    if REGISTRATION in action.settles.values():
        _check_late_registration(step, table, findings)


def _check_connector(step: ConnectorStep, table: FactTable, findings: Findings) -> None:
    """Report inputs that may be missing when the step is reached; an optional one (`form.note?`) may be."""
    info = table.catalog.connections.get(step.connector)
    needs = set()
    for text in list_inputs(step, info).values() if info is not None else ():
        match text.split("."):
            case [*_, last] if last.endswith("?"):
                pass
            case ["user", _]:
                needs.add(("needs-user", USER))
            case ["form", field]:
                needs.add(("needs-field", name_field(field)))
            case ["connectors", name, "data", _]:
                needs.add(("needs-call", name_run(name)))
    for code, fact in sorted(needs):
        message = f"the connection {step.connector!r} can be reached without"
        _require(fact, step.id, table, findings, code, message, "/connector")


def _check_late_user(step: ActionStep, table: FactTable, findings: Findings) -> None:
    """Report an action that says who the person is after somebody's identity was proved: it may be somebody else."""

    def mark(edge: Edge) -> bool | None:
        return True if table.prove(edge) & OWNER_PROOF else None

    route = table.graph.find_route(lambda name, proved: name == step.id and proved, mark)
    if route is not None:
        message = f"the action {step.action!r} can change the user after an identity proof"
        findings.add("user-after-proof", message, step.id, "/action", route=route)


def _check_late_registration(step: ActionStep, table: FactTable, findings: Findings) -> None:
    """Report an action that takes an address after one was proved: the account would get an address nobody proved."""

    def mark(edge: Edge) -> bool | None:
        return True if EMAIL in table.prove(edge) else None

    route = table.graph.find_route(lambda name, proved: name == step.id and proved, mark)
    if route is not None:
        message = f"the action {step.action!r} can take another address after one was proved"
        findings.add("registration-after-proof", message, step.id, "/action", route=route)


def _require(
    fact: str, step: str, table: FactTable, findings: Findings, code: str, message: str, place: str = ""
) -> None:
    """Report the fact with a path that lacks it, unless it surely holds at the step."""
    if fact in table.hold_at(step):
        return
    route = table.graph.find_route(
        lambda name, marked: name == step and not marked, lambda edge: table.mark(fact, edge)
    )
    findings.add(code, f"{message} {_DESCRIBE.get(fact, fact)}", step, place, route=route or ())


def _list_demands(flow: Flow, *, leads: bool) -> list[str]:
    demands = set(flow.demands) if leads else set(demand_evidence(flow.purpose)) | set(flow.demands)
    if flow.purpose == SIGN_IN:
        demands |= {AUTHENTICATED, USER}
    if flow.purpose == SIGN_UP:
        demands.add(ACCOUNT)
    return sorted(demands)


def _check_demands(flow: Flow, table: FactTable, findings: Findings) -> None:
    known = table.catalog.list_methods() | {IDV, SECOND_FACTOR}
    for index, word in enumerate(flow.demands):
        if word not in known:
            findings.add("unknown-demand", f"nothing yields {word!r}{suggest(word, known)}", place=f"/demands/{index}")


def _check_levels(flow: Flow, table: FactTable, levels: Mapping[str, LevelRule] | None, findings: Findings) -> None:
    if levels is None or not flow.levels:
        return
    reached = list_evidence(flow, table)
    for index, acr in enumerate(flow.levels):
        rule = levels.get(acr)
        place = f"/levels/{index}"
        if rule is None:
            findings.add("unknown-level", f"there is no level {acr!r}{suggest(acr, levels)}", place=place)
        elif not any(rule(evidence) for evidence in reached):
            findings.add("level-unreachable", f"no path of the flow reaches the level {acr!r}", place=place)


def _check_every_way(flow: Flow, table: FactTable, levels: Mapping[str, LevelRule], findings: Findings) -> None:
    """Report a completing way of a step-up that earns none of the levels the flow names."""
    # A level that the session alone may have earned says nothing about a way through this flow.
    rules = [levels[acr] for acr in flow.levels if not levels[acr](_enter(flow, table))]
    for (name, evidence), route in _walk(flow, table).items():
        if _completes(flow, name) and not any(rule(evidence) for rule in rules):
            named = ", ".join(flow.levels)
            message = f"the flow can complete without evidence for any level it names ({named})"
            findings.add("missing-evidence", message, name, route=route)
            return


def list_evidence(flow: Flow, table: FactTable) -> set[frozenset[str]]:
    """Return each set of evidence methods with which some path completes the flow.

    A step-up is entered in a signed-in session, for which the least there can be, a password, is assumed.
    """
    return {evidence for name, evidence in _walk(flow, table) if _completes(flow, name)}


def _walk(flow: Flow, table: FactTable) -> Mapping[tuple[str, frozenset[str]], tuple[Edge, ...]]:
    """Return every step with every set of evidence that it can be reached with, and a shortest route to each."""
    if table.graph.start not in table.graph.out:
        return {}
    first = (table.graph.start, _enter(flow, table))
    routes: dict[tuple[str, frozenset[str]], tuple[Edge, ...]] = {first: ()}
    queue = deque([first])
    while queue:
        at = queue.popleft()
        name, evidence = at
        for edge in table.graph.out[name]:
            to = (edge.target, evidence | table.prove(edge))
            if to not in routes:
                routes[to] = (*routes[at], edge)
                queue.append(to)
    return routes


def _enter(flow: Flow, table: FactTable) -> frozenset[str]:
    entry = table.entry & table.catalog.list_methods()
    return entry | {PWD} if flow.purpose == STEP_UP else entry


def _completes(flow: Flow, name: str) -> bool:
    step = flow.steps[name]
    return isinstance(step, EndStep) and step.end == COMPLETE


_DESCRIBE: Mapping[str, str] = {
    IDV: "proof of identity (a proving case or an approved review)",
    ACCOUNT: "a created account",
    "registration": "a registration",
    "recovery_link": "the mailed link",
    "email": "a proved e-mail address",
    UPSTREAM: "a sign-in at another provider",
    SECOND_FACTOR: "the question for the second factor",
}
