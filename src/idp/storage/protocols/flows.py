"""Stores of the life of flows: versions, drafts, releases, what the folder gave, and where runs went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from idp.records.flows import AppliedDocument, FlowDraft, FlowRelease, FlowVersion, RunHop


class FlowStore(Protocol):
    """Published flow versions; immutable."""

    def publish(
        self,
        flow_id: str,
        text: str,
        digest: bytes,
        at: float,
        message: str = "",
        author: str = "",
        embeds: Mapping[str, int] | None = None,
    ) -> FlowVersion:
        """Add the next version, or return the latest when its digest is the same. Safe under concurrent calls.

        There is no update and no delete; the database refuses both.
        """
        ...

    def get(self, flow_id: str, version: int) -> FlowVersion | None:
        """Find one version."""
        ...

    def latest(self, flow_id: str) -> FlowVersion | None:
        """Find the newest version."""
        ...

    def all_latest(self) -> Sequence[FlowVersion]:
        """List the newest version of each flow, in flow_id order."""
        ...

    def of_flow(self, flow_id: str, before: int | None = None, limit: int = 100) -> Sequence[FlowVersion]:
        """List versions of a flow, newest first, those older than `before`."""
        ...


class DraftStore(Protocol):
    """Drafts, one for each flow and name."""

    def add(self, draft: FlowDraft) -> FlowDraft:
        """Insert. Raises Conflict if the flow has a draft of that name."""
        ...

    def find(self, flow_id: str, name: str) -> FlowDraft | None:
        """Find by flow and name."""
        ...

    def save(self, draft: FlowDraft) -> FlowDraft:
        """Update under the optimistic lock and return it with the next version. Raises Conflict."""
        ...

    def remove(self, draft_id: int, version: int) -> bool:
        """Delete if the draft is still at that version; False otherwise."""
        ...

    def all(self, flow_id: str | None = None) -> Sequence[FlowDraft]:
        """List drafts (of one flow), in order of flow and name."""
        ...


class ReleaseStore(Protocol):
    """Releases; append-only."""

    def append(self, release: FlowRelease) -> FlowRelease:
        """Insert. Raises Conflict if the flow has a release of that number: somebody was faster.

        There is no update and no delete; the database refuses both.
        """
        ...

    def live(self, flow_id: str) -> FlowRelease | None:
        """Find the release in force: the newest."""
        ...

    def all_live(self) -> Sequence[FlowRelease]:
        """List the release in force of each flow, in flow_id order."""
        ...

    def of_flow(self, flow_id: str, limit: int = 100) -> Sequence[FlowRelease]:
        """List releases of a flow, newest first."""
        ...


class AppliedStore(Protocol):
    """What the configuration folder gave last."""

    def get(self, kind: str, name: str) -> AppliedDocument | None:
        """Find."""
        ...

    def put(self, document: AppliedDocument) -> None:
        """Insert or replace."""
        ...


@dataclass(frozen=True, slots=True)
class Passage:
    """How often a step of a flow version was left by an outcome, and the median of the seconds spent in it before."""

    step: str
    outcome: str
    count: int
    median_seconds: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How many runs of a flow version stand at a step, or ended there, in one status."""

    step: str
    status: str
    count: int


@dataclass(frozen=True, slots=True)
class Begun:
    """How many runs of a flow that began in some time are in one status, for one reason, at one step."""

    flow_id: str
    purpose: str
    status: str
    reason: str | None
    step: str
    count: int


class HopStore(Protocol):
    """The hops of runs; append-only."""

    def append(self, hops: Sequence[RunHop]) -> None:
        """Insert, in order. There is no update and no delete; the database refuses both."""
        ...

    def of_run(self, run_id: int) -> Sequence[RunHop]:
        """List a run's hops in order."""
        ...

    def passages(self, flow_id: str, version: int, since: float) -> Sequence[Passage]:
        """Count the hops of a flow version from a time on, for each exit that was taken; the database does it."""
        ...

    def visits(self, flow_id: str, version: int, since: float) -> Sequence[Passage]:
        """Count likewise for each step, whatever the outcome; `outcome` is empty."""
        ...
