"""The flow library: published versions, parsed and expanded once, and the choice of the flow for a journey."""

import threading
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from idp.application.inventory import Inventory
from idp.application.level_rules import leads_to
from idp.application.rollout import Rider, choose_variant
from idp.application.versions import load_flow, prove_flow, publish_version
from idp.errors import NotFound
from idp.flows.language import STEP_UP, Flow
from idp.oidc.levels import Level, Levels
from idp.records.clients import ClientPolicy
from idp.records.flows import FlowRelease, FlowVersion, Variant
from idp.storage.protocols.unit import UnitOfWork

#: The flow that serves a purpose when the client's policy names no other.
DEFAULT_FLOWS: Final[Mapping[str, str]] = {
    "sign_in": "sign-in",
    "sign_up": "sign-up",
    "step_up": "step-up",
    "recovery": "recovery",
}


class Chosen(NamedTuple):
    """The flow for a journey, ready to run, with its version and whether that is the main one or on trial."""

    flow: Flow
    version: int
    variant: Variant


def name_flow(purpose: str, policy: ClientPolicy | None) -> str:
    """Name the flow that serves a purpose: the client's own choice, else the default one."""
    return (policy.flows.get(purpose) if policy else None) or DEFAULT_FLOWS[purpose]


def name_step_ups(level: Level, policy: ClientPolicy | None) -> tuple[str, ...]:
    """Name the flows that may bring somebody to a level, in order.

    The client's own choice for the level goes first, then its choice for step-ups, then the level's flow, then the
    default one.
    """
    own = policy.flows if policy else {}
    named = (own.get(level.acr), own.get(STEP_UP), level.step_up, DEFAULT_FLOWS[STEP_UP])
    return tuple(dict.fromkeys(flow_id for flow_id in named if flow_id is not None))


class FlowLibrary:
    """Flows by id and version. Versions never change, so a parsed one is kept for good."""

    def __init__(self, inventory: Inventory, rollout_key: bytes) -> None:
        """Take the inventory that flows are checked against, and the key that deals people trials."""
        self.inventory = inventory
        self._rollout_key = rollout_key
        self._parsed: dict[tuple[str, int], Flow] = {}
        self._lock = threading.Lock()

    def publish(self, uow: UnitOfWork, text: str, source: str, at: float, message: str = "") -> FlowVersion:
        """Check a flow document, publish it as the next version unless nothing changed, and let it serve everybody.

        This asks nothing about administrators; operators go through `publishing`. Raises FlowFault with every problem.
        """
        proved = prove_flow(uow, self.inventory.standard(uow), text, source)
        version, created = publish_version(uow, proved, text, at, message, "system")
        live = uow.releases.live(version.flow_id)
        if created or live is None:
            number = live.number + 1 if live else 1
            uow.releases.append(FlowRelease(version.flow_id, number, version.version, at, "publish", "system", message))
        return version

    def get(self, uow: UnitOfWork, flow_id: str, version: int) -> Flow:
        """Return one version with the flows it embeds expanded, as it runs. Raises NotFound.

        Not for a version that this very unit of work publishes: if it rolls back, the number becomes another text's.
        """
        with self._lock:
            known = self._parsed.get((flow_id, version))
        if known is not None:
            return known
        flow = load_flow(uow, flow_id, version)
        with self._lock:
            self._parsed[(flow_id, version)] = flow
        return flow

    def choose(self, uow: UnitOfWork, purpose: str, policy: ClientPolicy | None, rider: Rider | None = None) -> Chosen:
        """Choose the version that is live for a purpose; for a rider it may be the one on trial.

        The choice is made on the server alone; nothing the browser sends can name a flow or a version. Raises NotFound.
        """
        return self._pick(uow, name_flow(purpose, policy), rider, lambda flow: flow.purpose == purpose)

    def choose_step_up(
        self, uow: UnitOfWork, acr: str, policy: ClientPolicy | None, rider: Rider | None = None
    ) -> Chosen:
        """Choose the flow that brings somebody who is signed in to a level, as `choose` does.

        Of the flows that `name_step_ups` names, one that does not lead to the level is passed over. Raises NotFound.
        """
        levels = self.inventory.levels(uow)
        level = levels.level(acr)
        for flow_id in name_step_ups(level, policy) if level is not None else ():
            try:
                return self._pick(uow, flow_id, rider, lambda flow: self._serves(uow, flow, level, levels))
            except NotFound:
                continue
        raise NotFound(detail=f"no step-up flow leads to {acr}")

    def serves_step_up(self, uow: UnitOfWork, flow: Flow, acr: str) -> bool:
        """Say whether a flow is a step-up that leads to a level."""
        levels = self.inventory.levels(uow)
        return self._serves(uow, flow, levels.level(acr), levels)

    def _serves(self, uow: UnitOfWork, flow: Flow, level: Level | None, levels: Levels) -> bool:
        if level is None or flow.purpose != STEP_UP:
            return False
        return leads_to(flow, level, levels, self.inventory.catalog(uow))

    def offers(self, uow: UnitOfWork, policy: ClientPolicy | None) -> frozenset[str]:
        """Return the purposes, but for step-up, for which there is a flow."""
        found = set()
        for purpose in DEFAULT_FLOWS.keys() - {STEP_UP}:
            try:
                self.choose(uow, purpose, policy)
            except NotFound:
                continue
            found.add(purpose)
        return frozenset(found)

    def _pick(self, uow: UnitOfWork, flow_id: str, rider: Rider | None, serves: Callable[[Flow], bool]) -> Chosen:
        """Return the version that is live for the rider, or the main one if the one on trial would not serve."""
        live = uow.releases.live(flow_id)
        if live is None:
            raise NotFound(detail=f"no flow {flow_id} is live")
        main = self.get(uow, flow_id, live.version)
        version, variant = choose_variant(self._rollout_key, live, main.purpose, rider)
        flow = self.get(uow, flow_id, version)
        if variant == "trial" and not serves(flow):
            flow, version, variant = main, live.version, "main"
        if not serves(flow):
            raise NotFound(detail=f"flow {flow_id} version {version} does not serve here")
        return Chosen(flow, version, variant)
