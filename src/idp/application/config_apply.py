"""Configuration as code: bring levels, themes, connections, flows and clients to what a folder says, all or nothing.

A plan is the same work, undone at its end, so that it finds what an application would find: every fault of every file,
and an administrator who would be locked out. A document is applied when what it asks for differs from what there is.
What the folder does not have is left alone, unless pruning was asked for. Flows and levels are never removed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack

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
from idp.application.config_plan import Act, ConfigFault, Faults, Planned, check_once, remember_text
from idp.application.config_texts import bring_levels, bring_themes, digest_text
from idp.application.connection_guard import guard_connections
from idp.application.connection_uses import map_users
from idp.application.dependencies import Dependencies
from idp.application.documents import find_document
from idp.application.folder import Brought, FolderFault, publish_flows
from idp.application.lockout import keep_doors_open
from idp.application.operators import write_client, write_connection
from idp.application.promises import list_broken_promises
from idp.application.themes import remove_theme_in
from idp.application.versions import load_flow, read_flow
from idp.configuration import Configuration, Source
from idp.errors import InvalidInput
from idp.flows.diff import diff_flows
from idp.flows.parse import parse_flow
from idp.records.documents import LEVELS, THEME
from idp.storage.protocols.unit import UnitOfWork

PublishFlows = Callable[[Dependencies, UnitOfWork, Mapping[str, str], Change], list[tuple[str, Brought]]]


class _Undo(Exception):
    """Rolls a plan back."""


def plan_folder(
    deps: Dependencies, folder: Configuration, change: Change, *, prune: bool = False
) -> tuple[Planned, ...]:
    """Say what applying the folder would do, and change nothing. Raises like `apply_folder`."""
    planned: list[Planned] = []
    try:
        with deps.storage.write() as uow:
            planned.extend(apply_in(deps, uow, folder, change, prune=prune))
            raise _Undo
    except _Undo:
        return tuple(planned)


def apply_folder(
    deps: Dependencies, folder: Configuration, change: Change, *, prune: bool = False
) -> tuple[Planned, ...]:
    """Bring everything to what the folder says, in one transaction, and say what was done.

    Raises ConfigFault with every fault of every file, InvalidInput, or WouldLockOut; nothing is applied then.
    """
    check_change(change)
    with deps.storage.write() as uow:
        return tuple(apply_in(deps, uow, folder, change, prune=prune))


def apply_in(
    deps: Dependencies,
    uow: UnitOfWork,
    folder: Configuration,
    change: Change,
    *,
    prune: bool = False,
    publish: PublishFlows = publish_flows,
) -> list[Planned]:
    """Apply in the caller's unit of work; `publish` brings the flows. Raises like `apply_folder`."""
    faults: Faults = []
    former = deps.flows.inventory.standard(uow)
    with ExitStack() as guards:
        if _changes_levels(uow, folder.levels):
            guards.enter_context(keep_doors_open(deps, uow, None, change))
        guards.enter_context(guard_connections(deps, uow, _list_leaving(uow, folder, prune=prune), change))
        # Levels go first, because flows and clients name them, and what they would break is asked last, because the
        # folder's flows and clients may no longer count on it.
        levels = [*bring_levels(deps, uow, folder.levels, change, faults)]
        done = [
            *levels,
            *bring_themes(deps, uow, folder.themes, change, faults),
            *_bring_connections(deps, uow, folder.connections, change, faults),
            *_bring_flows(deps, uow, folder.flows, change, faults, publish),
            *_bring_clients(deps, uow, folder.clients, change, faults),
        ]
        kept = {(item.kind, item.name) for item in done}
        if any(item.act != "same" for item in levels):
            leaving = {one.client_id for one in uow.clients.all() if prune and ("client", one.client_id) not in kept}
            broken = list_broken_promises(deps, uow, former, leaving=leaving, flows=not faults)
            faults.extend((levels[0].file, what) for what in broken)
        if faults:
            raise ConfigFault(faults)
        if prune:
            done.extend(_prune(deps, uow, kept, change))
    if any(item.act != "same" for item in done):
        counts = {act: sum(item.act == act for item in done) for act in ("create", "change", "remove")}
        note(deps, uow, "config.apply", "applied", reason=change.message, actor=change.actor, data=counts)
    return done


def _bring_connections(
    deps: Dependencies, uow: UnitOfWork, sources: Sequence[Source], change: Change, faults: Faults
) -> Iterator[Planned]:
    names: dict[str, str] = {}
    for source in sources:
        try:
            wanted = wanted_connection(deps, source.document)
            check_once(names, wanted.name, source.file)
        except InvalidInput as error:
            faults.append((source.file, error.message))
            continue
        record = uow.connections.get(wanted.name)
        actual = actual_connection(deps, record) if record is not None else None
        remember_text(deps, uow, "connection", wanted.name, digest_connection(wanted), source.text)
        if actual == wanted:
            yield Planned("connection", wanted.name, "same", source.file)
            continue
        write_connection(deps, uow, wanted, change.actor)
        act: Act = "change" if actual is not None else "create"
        yield Planned("connection", wanted.name, act, source.file, compare_connections(actual, wanted))


def _bring_flows(
    deps: Dependencies,
    uow: UnitOfWork,
    texts: Mapping[str, str],
    change: Change,
    faults: Faults,
    publish: PublishFlows,
) -> Iterator[Planned]:
    try:
        published = publish(deps, uow, texts, change)
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
    deps: Dependencies, uow: UnitOfWork, sources: Sequence[Source], change: Change, faults: Faults
) -> Iterator[Planned]:
    names: dict[str, str] = {}
    for source in sources:
        try:
            wanted = wanted_client(deps, uow, source.document)
            check_once(names, wanted.client_id, source.file)
            before = uow.clients.get(wanted.client_id)
            same = before is not None and digest_client(before) == digest_client(wanted)
            if not same:
                write_client(deps, uow, wanted, change.actor)
        except InvalidInput as error:
            faults.append((source.file, error.message))
            continue
        remember_text(deps, uow, "client", wanted.client_id, digest_client(wanted), source.text)
        if same:
            yield Planned("client", wanted.client_id, "same", source.file)
            continue
        act: Act = "change" if before is not None else "create"
        yield Planned("client", wanted.client_id, act, source.file, compare_clients(before, wanted))


def _prune(deps: Dependencies, uow: UnitOfWork, kept: set[tuple[Kind, str]], change: Change) -> Iterator[Planned]:
    for client in uow.clients.all():
        if ("client", client.client_id) not in kept:
            uow.clients.remove(client.client_id)
            note(deps, uow, "client.remove", "removed", actor=change.actor, client_id=client.client_id)
            yield Planned("client", client.client_id, "remove")
    for theme in uow.documents.all_latest(THEME):
        if (THEME, theme.name) not in kept:
            remove_theme_in(deps, uow, theme.name, change)
            yield Planned(THEME, theme.name, "remove")
    used = map_users(deps, uow, load_flow)
    for record in uow.connections.all():
        if ("connection", record.name) in kept:
            continue
        if record.name in used:
            users = ", ".join(sorted(used[record.name]))
            raise InvalidInput(f"The connection {record.name} is used by the flow {users}; keep it.")
        uow.connections.remove(record.name)
        note(deps, uow, "connection.remove", "removed", actor=change.actor, data={"connection": record.name})
        yield Planned("connection", record.name, "remove")


def _list_leaving(uow: UnitOfWork, folder: Configuration, *, prune: bool) -> set[str]:
    """Return the connections that the folder takes away, or makes another type of."""
    wanted = {str(source.document.get("name")): str(source.document.get("type")) for source in folder.connections}
    there = {record.name: record.type for record in uow.connections.all()}
    return {name for name, kind in there.items() if (wanted[name] != kind if name in wanted else prune)}


def _changes_levels(uow: UnitOfWork, source: Source | None) -> bool:
    before = find_document(uow, LEVELS, LEVELS)
    return source is not None and (before is None or before.digest != digest_text(source))
