"""Levels as the flow checker sees them, and which level a step-up flow leads to."""

from collections.abc import Iterable, Mapping

from idp.application.by_identity import by_identity
from idp.flows.language import ActionStep, ConditionStep, Flow, ReviewStep
from idp.flows.methods import RECOVERY_LINK, REVIEW
from idp.flows.proof_rules import LevelRule
from idp.flows.step_types import Catalog
from idp.oidc.levels import AnyOf, Level, Levels
from idp.records.journeys import Evidence


def level_rules(levels: Levels) -> Mapping[str, LevelRule]:
    """Return for each acr and alias the rule that says whether evidence of these methods, all fresh, earns it."""

    def rule(acr: str) -> LevelRule:
        return lambda methods: levels.earn(acr, pieces_of(methods), 0.0) is not None

    return {name: rule(name) for level in levels.levels for name in (level.acr, *level.aliases)}


def pieces_of(methods: Iterable[str]) -> list[Evidence]:
    """Return fresh evidence of these methods, as one run would leave it, of a recovery if the mailed link is there."""
    names = sorted(methods)
    purpose = "recovery" if RECOVERY_LINK in names else "sign_in"
    return [Evidence(0, 0, method, (), 0.0, "", purpose) for method in names]


def reached_rank(levels: Levels, evidence: Iterable[Evidence], now: float) -> int:
    """Return the rank of the highest level that the evidence earns at `now`; -1 for none."""
    earned = levels.earned(evidence, now)
    return -1 if earned is None else levels.acrs.index(earned.acr)


@by_identity
def methods_of(flow: Flow, catalog: Catalog) -> frozenset[str]:
    """Return the evidence methods that some step of the flow can yield."""
    found: set[str] = set()
    for step in flow.steps.values():
        match step:
            case ActionStep() if step.action in catalog.actions:
                found.update(catalog.actions[step.action].proves.values())
            case ConditionStep():
                used = [catalog.connections.get(case.proves) for case in step.cases if case.proves]
                found.update(info.proves for info in used if info is not None and info.proves)
            case ReviewStep():
                found.add(REVIEW)
    return frozenset(found)


@by_identity
def leads_to(flow: Flow, level: Level, levels: Levels, catalog: Catalog) -> bool:
    """Say whether a step-up flow is meant for a level.

    A flow that declares levels is meant for those. One that does not is meant for the levels whose defining evidence it
    can yield by itself, such as proof of identity.
    """
    if flow.levels:
        return any(levels.canonical(acr) == level.acr for acr in flow.levels)
    defining = level.defining
    return isinstance(defining, AnyOf) and bool(methods_of(flow, catalog) & set(defining.methods))
