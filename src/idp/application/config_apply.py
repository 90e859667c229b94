"""Configuration as code: bring connections, flows and clients to what a folder says, all of it or nothing.

A plan is the same work, undone at its end, so that it finds what an application would find: every fault of every file,
and an administrator who would be locked out. A document is applied when what it asks for differs from what there is.
What the folder does not have is left alone, unless pruning was asked for. Flows are never removed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from idp.application.audit import note
from idp.application.change import Change, check_change
from idp.application.config_documents import (
    Kind,
    actual_connection,
    compare_clients,
    compare_connections,
    digest_client,
    digest_connection,
    wanted_client,
    wanted_connection,
)
from idp.application.dependencies import Dependencies
from idp.application.folder import FolderFault, publish_flows
from idp.application.operators import write_client, write_connection
from idp.application.versions import read_flow
from idp.configuration import Source, says_no_secret
from idp.errors import InvalidInput
from idp.flows.diff import FlowDiff, diff_flows
from idp.flows.language import ConnectorStep
from idp.flows.parse import parse_flow
from idp.records.flows import AppliedDocument
from idp.storage.protocols.unit import UnitOfWork

Act = Literal["create", "change", "remove", "same"]


@dataclass(frozen=True, slots=True)
class Folder:
    """What a configuration folder says: flows as texts by file name, connections and clients as documents."""

    flows: Mapping[str, str]
    connections: Sequence[Source] = ()
    clients: Sequence[Source] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """What happens to one thing. `lines` say what changes, of a flow `diff`.

    `file` is where it is asked for, empty for a removal.
    """

    kind: Kind
    name: str
    act: Act
    file: str = ""
    lines: tuple[str, ...] = ()
    diff: FlowDiff | None = None


class ConfigFault(InvalidInput):
    """Something in the folder is wrong. `faults` has everything, as (file, what); nothing was applied."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        """Make the error."""
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{file}: {what}" for file, what in self.faults))


class _Undo(Exception):
    """Rolls a plan back."""


def plan_folder(deps: Dependencies, folder: Folder, change: Change, *, prune: bool = False) -> tuple[Planned, ...]:
    """Say what applying the folder would do, and change nothing. Raises like `apply_folder`."""
    planned: list[Planned] = []
    try:
        with deps.storage.write() as uow:
            planned.extend(_apply(deps, uow, folder, change, prune=prune))
            raise _Undo
    except _Undo:
        return tuple(planned)


def apply_folder(deps: Dependencies, folder: Folder, change: Change, *, prune: bool = False) -> tuple[Planned, ...]:
    """Bring everything to what the folder says, in one transaction, and say what was done.

    Raises ConfigFault with every fault of every file, InvalidInput, or WouldLockOut; nothing is applied then.
    """
    check_change(change)
    with deps.storage.write() as uow:
        return tuple(_apply(deps, uow, folder, change, prune=prune))


def _apply(deps: Dependencies, uow: UnitOfWork, folder: Folder, change: Change, *, prune: bool) -> list[Planned]:
    faults: list[tuple[str, str]] = []
    done = [
        *_bring_connections(deps, uow, folder.connections, change, faults),
        *_bring_flows(deps, uow, folder.flows, change, faults),
        *_bring_clients(deps, uow, folder.clients, change, faults),
    ]
    if faults:
        raise ConfigFault(faults)
    if prune:
        done.extend(_prune(deps, uow, {(item.kind, item.name) for item in done}, change))
    if any(item.act != "same" for item in done):
        counts = {act: sum(item.act == act for item in done) for act in ("create", "change", "remove")}
        note(deps, uow, "config.apply", "applied", reason=change.message, actor=change.actor, data=counts)
    return done


def _bring_connections(
    deps: Dependencies, uow: UnitOfWork, sources: Sequence[Source], change: Change, faults: list[tuple[str, str]]
) -> Iterator[Planned]:
    names: dict[str, str] = {}
    for source in sources:
        try:
            wanted = wanted_connection(deps, source.document)
            _once(names, wanted.name, source.file)
        except InvalidInput as error:
            faults.append((source.file, error.message))
            continue
        record = uow.connections.get(wanted.name)
        actual = actual_connection(deps, record) if record is not None else None
        _remember(deps, uow, "connection", wanted.name, digest_connection(wanted), source.text)
        if actual == wanted:
            yield Planned("connection", wanted.name, "same", source.file)
            continue
        write_connection(deps, uow, wanted, change.actor)
        act: Act = "change" if actual is not None else "create"
        yield Planned("connection", wanted.name, act, source.file, compare_connections(actual, wanted))


def _bring_flows(
    deps: Dependencies, uow: UnitOfWork, texts: Mapping[str, str], change: Change, faults: list[tuple[str, str]]
) -> Iterator[Planned]:
    try:
        published = publish_flows(deps, uow, texts, change)
    except FolderFault as fault:
        faults.extend((source, str(problem)) for source, problem in fault.problems)
        return
    for file, publication in published:
        name, former = publication.version.flow_id, publication.served
        if not publication.changed:
            yield Planned("flow", name, "same", file)
            continue
        number = publication.version.version
        if former is None:
            yield Planned("flow", name, "create", file, (f"version {number} serves everybody",))
            continue
        _, before = read_flow(uow, name, former)
        diff = diff_flows(before, parse_flow(publication.version.text, file))
        yield Planned("flow", name, "change", file, (f"version {former} -> {number}",), diff)


def _bring_clients(
    deps: Dependencies, uow: UnitOfWork, sources: Sequence[Source], change: Change, faults: list[tuple[str, str]]
) -> Iterator[Planned]:
    names: dict[str, str] = {}
    for source in sources:
        try:
            wanted = wanted_client(deps, source.document)
            _once(names, wanted.client_id, source.file)
        except InvalidInput as error:
            faults.append((source.file, error.message))
            continue
        before = uow.clients.get(wanted.client_id)
        _remember(deps, uow, "client", wanted.client_id, digest_client(wanted), source.text)
        if before is not None and digest_client(before) == digest_client(wanted):
            yield Planned("client", wanted.client_id, "same", source.file)
            continue
        write_client(deps, uow, wanted, change.actor)
        act: Act = "change" if before is not None else "create"
        yield Planned("client", wanted.client_id, act, source.file, compare_clients(before, wanted))


def _once(names: dict[str, str], name: str, file: str) -> None:
    first = names.setdefault(name, file)
    if first != file:
        raise InvalidInput(f"{name} is in {first} already")


def _remember(deps: Dependencies, uow: UnitOfWork, kind: Kind, name: str, digest: bytes, text: str) -> None:
    """Keep the text, so that an export gives it back byte for byte for as long as it says what there is."""
    known = uow.applied.get(kind, name)
    # Whoever writes a secret into a file has it there; it is not kept in clear here as well.
    kept = text if says_no_secret(text) else ""
    if known is None or (known.digest, known.text) != (digest, kept):
        uow.applied.put(AppliedDocument(kind, name, digest, deps.clock.now(), kept))


def _prune(deps: Dependencies, uow: UnitOfWork, kept: set[tuple[str, str]], change: Change) -> Iterator[Planned]:
    for client in uow.clients.all():
        if ("client", client.client_id) not in kept:
            uow.clients.remove(client.client_id)
            note(deps, uow, "client.remove", "removed", actor=change.actor, client_id=client.client_id)
            yield Planned("client", client.client_id, "remove")
    used = _list_used(deps, uow)
    for record in uow.connections.all():
        if ("connection", record.name) in kept:
            continue
        if record.name in used:
            raise InvalidInput(f"The connection {record.name} is used by the flow {used[record.name]}; keep it.")
        uow.connections.remove(record.name)
        note(deps, uow, "connection.remove", "removed", actor=change.actor, data={"connection": record.name})
        yield Planned("connection", record.name, "remove")


def _list_used(deps: Dependencies, uow: UnitOfWork) -> dict[str, str]:
    """Return which connections flows that are live use, each with one of those flows."""
    used = {}
    for latest in uow.flows.all_latest():
        live = uow.releases.live(latest.flow_id)
        for version in {live.version, live.trial} - {None} if live is not None else set():
            flow = deps.flows.get(uow, latest.flow_id, version or 0)
            names = (step.connector for step in flow.steps.values() if isinstance(step, ConnectorStep))
            used.update(dict.fromkeys(names, latest.flow_id))
    return used


def sources_to_apply(deps: Dependencies, uow: UnitOfWork, folder: Folder) -> Folder:
    """Return the part of the folder that says something it did not say before: what is applied at a start.

    What was changed elsewhere since is not overwritten by a folder that says what it always said.
    """
    connections = [item for item in folder.connections if _is_news(deps, uow, "connection", item)]
    clients = [item for item in folder.clients if _is_news(deps, uow, "client", item)]
    return replace(folder, flows={}, connections=connections, clients=clients)


def _is_news(deps: Dependencies, uow: UnitOfWork, kind: Kind, source: Source) -> bool:
    try:
        if kind == "connection":
            connection = wanted_connection(deps, source.document)
            name, digest = connection.name, digest_connection(connection)
        else:
            client = wanted_client(deps, source.document)
            name, digest = client.client_id, digest_client(client)
    except InvalidInput:
        # Applying it says what is wrong.
        return True
    known = uow.applied.get(kind, name)
    return known is None or known.digest != digest
