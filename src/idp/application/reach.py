"""Which levels the flows that serve a client can lead to at all."""

from idp.application.dependencies import Dependencies
from idp.application.proof import IDENTITY, REVIEW
from idp.errors import NotFound
from idp.flows.language import ActionStep, ConditionStep, Flow, ReviewStep
from idp.records.clients import ClientPolicy
from idp.records.journeys import Evidence
from idp.storage.protocols.unit import UnitOfWork


def reachable_levels(deps: Dependencies, uow: UnitOfWork, policy: ClientPolicy | None) -> frozenset[str]:
    """Return the canonical acr values some combination of the client's flows can earn.

    All the evidence that the flows can yield is laid before `Levels.earn` at once; a level that even this does not earn
    is out of reach, and a request that insists on it is refused before anybody is asked anything.
    """
    pieces: list[Evidence] = []
    for purpose in ("sign_in", "step_up", "recovery"):
        try:
            flow, _ = deps.flows.choose(uow, purpose, policy)
        except NotFound:
            continue
        methods = _methods(deps, flow) | ({"recovery_link"} if purpose == "recovery" else set())
        pieces.extend(Evidence(0, 0, method, (), 0.0, "", purpose) for method in sorted(methods))
    return frozenset(acr for acr in deps.levels.acrs if deps.levels.earn(acr, pieces, 0.0))


def _methods(deps: Dependencies, flow: Flow) -> set[str]:
    methods: set[str] = set()
    for step in flow.steps.values():
        if isinstance(step, ActionStep):
            methods.update(deps.flows.catalog.actions[step.action].proves.values())
        elif isinstance(step, ConditionStep) and any(case.proves for case in step.cases):
            methods.add(IDENTITY)
        elif isinstance(step, ReviewStep):
            methods.add(REVIEW)
    return methods
