"""The flow library: published versions, parsed once, and the choice of the flow for a journey."""

import hashlib
import threading
from collections.abc import Mapping

from idp.application.level_rules import leads_to, level_rules
from idp.errors import NotFound
from idp.flows.check import check_flow
from idp.flows.language import STEP_UP, Flow
from idp.flows.parse import FlowFault, parse_flow
from idp.flows.step_types import Catalog
from idp.oidc.levels import Levels
from idp.records.clients import ClientPolicy
from idp.records.journeys import FlowVersion
from idp.storage.protocols.unit import UnitOfWork

#: The flow that serves a purpose when the client's policy names no other.
DEFAULT_FLOWS: Mapping[str, str] = {
    "sign_in": "sign-in",
    "sign_up": "sign-up",
    "step_up": "step-up",
    "recovery": "recovery",
}


class FlowLibrary:
    """Flows by id and version. Versions never change, so a parsed one is kept for good."""

    def __init__(self, catalog: Catalog, levels: Levels) -> None:
        """Take the catalogue and the levels that flows are checked against."""
        self.catalog = catalog
        self.levels = levels
        self._rules = level_rules(levels)
        self._parsed: dict[tuple[str, int], Flow] = {}
        self._lock = threading.Lock()

    def publish(self, uow: UnitOfWork, text: str, source: str, at: float, message: str = "") -> FlowVersion:
        """Check a flow document and publish it as the next version, unless nothing changed.

        Raises FlowFault with every problem if it does not pass the checker.
        """
        flow = parse_flow(text, source)
        problems = [problem for problem in check_flow(flow, self.catalog, self._rules) if problem.severity == "error"]
        if problems:
            raise FlowFault(tuple(problems))
        return uow.flows.publish(flow.id, text, hashlib.sha256(text.encode()).digest(), at, message)

    def get(self, uow: UnitOfWork, flow_id: str, version: int) -> Flow:
        """Return one version. Raises NotFound."""
        with self._lock:
            known = self._parsed.get((flow_id, version))
        if known is not None:
            return known
        record = uow.flows.get(flow_id, version)
        if record is None:
            raise NotFound(detail=f"flow {flow_id} version {version}")
        flow = parse_flow(record.text, f"{flow_id}@{version}")
        with self._lock:
            self._parsed[(flow_id, version)] = flow
        return flow

    def choose(self, uow: UnitOfWork, purpose: str, policy: ClientPolicy | None) -> tuple[Flow, int]:
        """Choose the newest version of the flow for a purpose: the client's own choice, else the default one.

        The choice is made on the server alone; nothing the browser sends can name a flow. Raises NotFound.
        """
        return self._newest(uow, (policy.flows.get(purpose) if policy else None) or DEFAULT_FLOWS[purpose], purpose)

    def choose_step_up(self, uow: UnitOfWork, acr: str, policy: ClientPolicy | None) -> tuple[Flow, int]:
        """Choose the flow that brings somebody who is signed in to a level.

        The client's own choice for the level goes first, then its choice for step-ups, then the level's flow, then the
        default one; a flow that does not lead to the level is passed over. Raises NotFound.
        """
        level = self.levels.level(acr)
        if level is None:
            raise NotFound(detail=f"no level {acr}")
        own = policy.flows if policy else {}
        for flow_id in (own.get(level.acr), own.get(STEP_UP), level.step_up, DEFAULT_FLOWS[STEP_UP]):
            if flow_id is None:
                continue
            try:
                flow, version = self._newest(uow, flow_id, STEP_UP)
            except NotFound:
                continue
            if leads_to(flow, level, self.levels, self.catalog):
                return flow, version
        raise NotFound(detail=f"no step-up flow leads to {acr}")

    def _newest(self, uow: UnitOfWork, flow_id: str, purpose: str) -> tuple[Flow, int]:
        latest = uow.flows.latest(flow_id)
        if latest is None:
            raise NotFound(detail=f"no flow {flow_id} for {purpose}")
        flow = self.get(uow, flow_id, latest.version)
        if flow.purpose != purpose:
            raise NotFound(detail=f"flow {flow_id} is for {flow.purpose}, not {purpose}")
        return flow, latest.version

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
