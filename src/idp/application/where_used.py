"""Where a flow is used: by clients, as a default, inside other flows, and by people who are in it right now."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from idp.application.dependencies import Dependencies
from idp.application.library import DEFAULT_FLOWS
from idp.application.versions import list_closure
from idp.errors import NotFound
from idp.records.flows import FlowRelease, FlowVersion
from idp.storage.protocols.unit import UnitOfWork

Use = Literal["main", "trial", "running"]


@dataclass(frozen=True, slots=True)
class Embedding:
    """A version of another flow that embeds this one, directly or through others, and how that version is in use.

    `pinned` are the versions it embeds; `outdated` says that what serves everybody now is another one.
    """

    flow_id: str
    version: int
    use: Use
    pinned: tuple[int, ...]
    outdated: bool


@dataclass(frozen=True, slots=True)
class Running:
    """How many people are in a version of the flow, or of one that embeds it."""

    flow_id: str
    version: int
    count: int


@dataclass(frozen=True, slots=True)
class WhereUsed:
    """Everything that uses a flow. `clients` are (client_id, purpose); `default_for` the purposes it serves for all."""

    flow_id: str
    live: FlowRelease | None
    default_for: tuple[str, ...]
    clients: tuple[tuple[str, str], ...]
    embedded_by: tuple[Embedding, ...]
    running: tuple[Running, ...]


def find_uses(deps: Dependencies, flow_id: str) -> WhereUsed:
    """Find everything that uses a flow. Raises NotFound for one that was never published."""
    with deps.storage.read() as uow:
        if uow.flows.latest(flow_id) is None:
            raise NotFound(f"There is no flow {flow_id}.")
        live = uow.releases.live(flow_id)
        embedded_by = tuple(_list_embeddings(uow, flow_id, live))
        inside = {(flow.flow_id, flow.version) for flow in embedded_by}
        return WhereUsed(
            flow_id,
            live,
            tuple(purpose for purpose, name in DEFAULT_FLOWS.items() if name == flow_id),
            tuple(
                (client.client_id, purpose)
                for client in uow.clients.all()
                for purpose, name in sorted(client.policy.flows.items())
                if name == flow_id
            ),
            embedded_by,
            tuple(
                Running(name, version, count)
                for name, version, count in uow.runs.count_active()
                if name == flow_id or (name, version) in inside
            ),
        )


def list_outdated(uow: UnitOfWork, version: FlowVersion) -> tuple[tuple[str, int, int], ...]:
    """List the flows that a version embeds in another version than serves everybody now: (flow, pinned, live)."""
    found = ((name, pinned, uow.releases.live(name)) for name, pinned in sorted(version.embeds.items()))
    return tuple((name, pinned, live.version) for name, pinned, live in found if live and live.version != pinned)


def _list_embeddings(uow: UnitOfWork, flow_id: str, live: FlowRelease | None) -> Iterator[Embedding]:
    for name, version, use in _list_in_use(uow):
        record = uow.flows.get(name, version)
        pinned = list_closure(uow, record.embeds).get(flow_id) if record is not None else None
        if pinned:
            outdated = live is not None and pinned != {live.version}
            yield Embedding(name, version, use, tuple(sorted(pinned)), outdated)


def _list_in_use(uow: UnitOfWork) -> list[tuple[str, int, Use]]:
    """List every version that is live, or that people are in, with the best reason first."""
    found: dict[tuple[str, int], Use] = {}
    for release in uow.releases.all_live():
        found[(release.flow_id, release.version)] = "main"
        if release.trial is not None:
            found.setdefault((release.flow_id, release.trial), "trial")
    for name, version, _ in uow.runs.count_active():
        found.setdefault((name, version), "running")
    return [(name, version, use) for (name, version), use in sorted(found.items())]
