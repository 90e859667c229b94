"""Which levels the flows that serve a client can lead to at all."""

from dataclasses import dataclass

from idp.application.dependencies import Dependencies
from idp.application.level_rules import methods_of
from idp.errors import NotFound
from idp.flows.language import RECOVERY, SIGN_IN, STEP_UP
from idp.flows.methods import RECOVERY_LINK
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


def survey(deps: Dependencies, uow: UnitOfWork, policy: ClientPolicy | None) -> Reach:
    """Find out what the client's flows offer.

    All the evidence that the flows can yield is laid before `Levels.earn` at once; a level that even this does not earn
    is out of reach, and a request that insists on it is refused before anybody is asked anything.
    """
    pieces: list[Evidence] = []
    step_ups = set()
    for purpose in (SIGN_IN, RECOVERY):
        try:
            flow, _ = deps.flows.choose(uow, purpose, policy)
        except NotFound:
            continue
        methods = methods_of(flow, deps.flows.catalog) | ({RECOVERY_LINK} if purpose == RECOVERY else frozenset())
        pieces.extend(_pieces(methods, purpose))
    for acr in deps.levels.acrs:
        try:
            flow, _ = deps.flows.choose_step_up(uow, acr, policy)
        except NotFound:
            continue
        step_ups.add(acr)
        pieces.extend(_pieces(methods_of(flow, deps.flows.catalog), STEP_UP))
    reachable = frozenset(acr for acr in deps.levels.acrs if deps.levels.earn(acr, pieces, 0.0))
    return Reach(reachable, frozenset(step_ups) & reachable, deps.flows.offers(uow, policy))


def _pieces(methods: frozenset[str], purpose: str) -> list[Evidence]:
    return [Evidence(0, 0, method, (), 0.0, "", purpose) for method in sorted(methods)]
