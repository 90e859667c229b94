"""Trying a text that is not published: what the checker says, what is proved at each step, and how its tests go."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from idp.application.dependencies import Dependencies
from idp.application.dry_run import find_subflows, look_around
from idp.application.flow_tests import FlowTestReport, run_flow_tests
from idp.application.library import DEFAULT_FLOWS, name_step_ups
from idp.application.rehearsal import Surroundings
from idp.application.versions import check_beside, list_embedded, load_flow
from idp.flows.expand import expand
from idp.flows.facts import FactTable
from idp.flows.flow_test import parse_flow_tests
from idp.flows.flow_test_check import check_flow_tests
from idp.flows.graph import Graph
from idp.flows.language import COMPLETE, RECOVERY, SIGN_IN, STEP_UP, EndStep, Flow, SubflowStep
from idp.flows.methods import IDENTITY, IDV, OWNER_PROOF, PWD, RECOVERY_LINK, REVIEW
from idp.flows.parse import parse_flow
from idp.flows.problems import FlowFault, Problem
from idp.flows.step_types import Catalog
from idp.oidc.levels import Levels
from idp.records.journeys import Evidence
from idp.storage.protocols.unit import UnitOfWork

#: What a person who is stepped up has proved at the least, when they signed in.
SIGNED_IN: Final = frozenset({PWD})


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What is surely proved whenever a step is entered: methods, and what they are worth by themselves."""

    evidence: tuple[str, ...]
    amr: tuple[str, ...]
    acr: str | None


@dataclass(frozen=True, slots=True)
class ReachedLevel:
    """A level that the flow declares, or that every completing path earns; a step-up together with a sign-in."""

    acr: str
    declared: bool
    reached: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a text, and what its steps prove; no steps where it cannot be read or expanded."""

    problems: tuple[Problem, ...]
    steps: Mapping[str, StepFacts]
    levels: tuple[ReachedLevel, ...]


def check_draft(deps: Dependencies, text: str, beside: Mapping[str, str]) -> Checked:
    """Check a text as publishing would, with the texts of other flows by id in place of what is live."""
    try:
        flow = parse_flow(text)
    except FlowFault as fault:
        return Checked(fault.problems, {}, ())
    others, faults = _read_beside(beside)
    with deps.storage.read() as uow:
        embeds, subflows = _find_embedded(uow, flow, others)
        standard = deps.flows.inventory.standard(uow)
        levels = deps.flows.inventory.levels(uow)
        problems = check_beside(uow, flow, standard, subflows, embeds)
    try:
        whole = expand(flow, subflows)
    except FlowFault:
        return Checked((*faults, *problems), {}, ())
    table = FactTable(whole, Graph(whole), standard.catalog)
    steps = {name: _weigh(table, _find_entry(flow, name, subflows), levels) for name in flow.steps}
    return Checked((*faults, *problems), steps, tuple(_list_levels(flow, whole, table, levels)))


def run_tests(deps: Dependencies, text: str, tests: str) -> tuple[FlowTestReport | None, tuple[Problem, ...]]:
    """Run tests against a text; with problems of either of them, none is run. Raises FlowFault for what is no flow."""
    whole = parse_flow(text)
    with deps.storage.read() as uow:
        catalog, levels = deps.flows.inventory.catalog(uow), deps.flows.inventory.levels(uow)
        found = parse_flow_tests(tests, catalog)
        flow = expand(whole, find_subflows(uow, whole))
        around = _serve(deps, uow, look_around(deps, uow), flow)
    acrs = [name for level in levels.levels for name in (level.acr, *level.aliases)]
    problems = check_flow_tests(found, flow, catalog, acrs)
    return (None, problems) if problems else (run_flow_tests(found, flow, around), ())


def _serve(deps: Dependencies, uow: UnitOfWork, around: Surroundings, flow: Flow) -> Surroundings:
    """Put the flow where it would serve if it were published."""
    flows, step_ups = dict(around.flows), dict(around.step_ups)
    if flow.purpose != STEP_UP and DEFAULT_FLOWS.get(flow.purpose) == flow.id:
        flows[flow.purpose] = flow
    for level in deps.flows.inventory.levels(uow).levels:
        if flow.id == name_step_ups(level, None)[0] and deps.flows.serves_step_up(uow, flow, level.acr):
            step_ups[level.acr] = flow
    return replace(around, flows=flows, step_ups=step_ups)


def _read_beside(texts: Mapping[str, str]) -> tuple[dict[str, Flow], list[Problem]]:
    flows: dict[str, Flow] = {}
    faults: list[Problem] = []
    for name, text in texts.items():
        try:
            flows[name] = parse_flow(text, name)
        except FlowFault as fault:
            faults.append(Problem("beside", f"the draft of {name!r} cannot be read: {fault.problems[0].message}"))
    return flows, faults


def _find_embedded(uow: UnitOfWork, flow: Flow, others: Mapping[str, Flow]) -> tuple[dict[str, int], dict[str, Flow]]:
    """Return the published versions that the flow would embed by itself, and every flow that it embeds."""
    embeds: dict[str, int] = {}
    found: dict[str, Flow] = {}
    waiting = [(name, True) for name in list_embedded(flow)]
    while waiting:
        name, own = waiting.pop()
        if name in found:
            continue
        if name in others:
            found[name] = others[name]
            waiting.extend((inner, False) for inner in list_embedded(others[name]))
            continue
        live = uow.releases.live(name)
        if live is not None:
            found[name] = load_flow(uow, name, live.version)
            if own:
                embeds[name] = live.version
    return embeds, found


def _find_entry(flow: Flow, name: str, subflows: Mapping[str, Flow]) -> str:
    """Return the step of the expanded flow that is entered first when a step is."""
    step = flow.steps.get(name)
    inner = subflows.get(step.flow) if isinstance(step, SubflowStep) else None
    return name if inner is None else f"{name}.{_find_entry(inner, inner.start, subflows)}"


def _weigh(table: FactTable, step: str, levels: Levels) -> StepFacts:
    facts = table.hold_at(step)
    told = facts & (table.catalog.list_methods() | {IDV})
    ways = [_pieces(table.catalog, way) for way in _list_ways(table, step)]
    earned = [levels.earned(pieces, 0.0) for pieces in ways]
    known = [one for one in earned if one is not None]
    # Whichever way it was proved, it is worth that much at the least.
    least = min(known, key=lambda one: levels.acrs.index(one.acr)) if len(known) == len(earned) else None
    common = frozenset.intersection(*(frozenset(one for piece in pieces for one in piece.amr) for pieces in ways))
    amr = least.amr if least is not None and len(ways) == 1 else tuple(sorted(common))
    return StepFacts(tuple(sorted(told)), amr, least.acr if least is not None else None)


def _list_levels(flow: Flow, whole: Flow, table: FactTable, levels: Levels) -> Iterable[ReachedLevel]:
    reachable = table.graph.reach()
    ends = [
        name
        for name, step in whole.steps.items()
        if isinstance(step, EndStep) and step.end == COMPLETE and name in reachable
    ]
    declared = {levels.canonical(acr) for acr in flow.levels}
    before = SIGNED_IN if flow.purpose == STEP_UP else frozenset()
    proved = [_pieces(table.catalog, way | before) for name in ends for way in _list_ways(table, name)]
    for level in levels.levels:
        reached = bool(proved) and all(levels.earn(level.acr, pieces, 0.0) is not None for pieces in proved)
        if reached or level.acr in declared:
            yield ReachedLevel(level.acr, level.acr in declared, reached)


def _list_ways(table: FactTable, step: str) -> list[frozenset[str]]:
    """Return the evidence that is sure at a step; twice, where identity was proved by the vendor or by a reviewer."""
    facts = table.hold_at(step)
    methods = facts & table.catalog.list_methods()
    if IDV in facts and not methods & OWNER_PROOF:
        return [methods | {IDENTITY}, methods | {REVIEW}]
    return [methods]


def _pieces(catalog: Catalog, methods: Iterable[str]) -> list[Evidence]:
    """Return fresh evidence of these methods, as one run would leave it."""
    names = sorted(methods)
    purpose = RECOVERY if RECOVERY_LINK in names else SIGN_IN
    amr = catalog.list_amr()
    return [Evidence(0, 0, name, amr.get(name, ()), 0.0, "", purpose) for name in names]
