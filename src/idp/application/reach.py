"""Which levels the flows that serve a client can lead to at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from idp.application.by_identity import by_identity
from idp.application.dependencies import Dependencies
from idp.application.level_rules import methods_of
from idp.application.rollout import Rider
from idp.errors import NotFound
from idp.flows.language import RECOVERY, SIGN_IN, Flow
from idp.flows.methods import entry_evidence
from idp.flows.step_types import Catalog
from idp.oidc.levels import Levels
from idp.records.clients import ClientPolicy
from idp.records.journeys import Evidence
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Reach:
    """What a client's flows offer.

    `levels` are the canonical acr values that some combination of them can earn, `step_ups` those to which a flow leads
    somebody who is signed in, `purposes` the other purposes that have a flow.
    """

    levels: frozenset[str]
    step_ups: frozenset[str]
    purposes: frozenset[str]


def survey(deps: Dependencies, uow: UnitOfWork, policy: ClientPolicy | None, rider: Rider | None = None) -> Reach:
    """Find out what the client's flows offer a rider, in the versions that are live for them."""
    flows = []
    for purpose in (SIGN_IN, RECOVERY):
        try:
            flow = deps.flows.choose(uow, purpose, policy, rider).flow
        except NotFound:
            continue
        flows.append(flow)
    step_ups = {}
    levels = deps.flows.inventory.levels(uow)
    for acr in levels.acrs:
        try:
            step_ups[acr] = deps.flows.choose_step_up(uow, acr, policy, rider).flow
        except NotFound:
            continue
    return find_reach(flows, step_ups, deps.flows.offers(uow, policy), deps.flows.inventory.catalog(uow), levels)


def find_reach(
    flows: Iterable[Flow], step_ups: Mapping[str, Flow], purposes: frozenset[str], catalog: Catalog, levels: Levels
) -> Reach:
    """Find out what flows offer: those for sign-in and recovery, and by canonical acr those for step-ups. Pure.

    All the evidence that the flows can yield is laid before `Levels.earn` at once; a level that even this does not earn
    is out of reach, and a request that insists on it is refused before anybody is asked anything.
    """
    reachable = _earn_all(levels, catalog, *flows, *step_ups.values())
    return Reach(reachable, frozenset(step_ups) & reachable, purposes)


@by_identity
def _earn_all(levels: Levels, catalog: Catalog, *flows: Flow) -> frozenset[str]:
    pieces: list[Evidence] = []
    for flow in flows:
        methods = methods_of(flow, catalog) | entry_evidence(flow.purpose)
        pieces.extend(Evidence(0, 0, method, (), 0.0, "", flow.purpose) for method in sorted(methods))
    return frozenset(acr for acr in levels.acrs if levels.earn(acr, pieces, 0.0))
