"""What uses each connection, as operators are told: more than the flows that are live."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from idp.application.connection_uses import list_connection_names, map_users
from idp.application.dependencies import Dependencies
from idp.flows.factors import list_able
from idp.flows.parse import parse_flow
from idp.flows.problems import FlowFault
from idp.flows.step_types import LISTS_BREACHES, SENDS_SMS, Catalog
from idp.storage.protocols.unit import UnitOfWork

#: What takes a connection that can do it, though nothing names it.
Unnamed = Literal["text_codes", "new_passwords"]


@dataclass(frozen=True, slots=True)
class Uses:
    """What uses a connection.

    `live` are the flows whose live versions name it, `running` (flow, version, people) those versions that serve nobody
    anew and still have people in them, `drafts` (flow, draft) what may be published. `unnamed` is what takes it without
    its name: codes to phones, on the account pages and in flows that name no gateway, and the account pages' question
    whether a new password is a leaked one.
    """

    live: tuple[str, ...] = ()
    running: tuple[tuple[str, int, int], ...] = ()
    drafts: tuple[tuple[str, str], ...] = ()
    unnamed: tuple[Unnamed, ...] = ()


def map_uses(deps: Dependencies, uow: UnitOfWork) -> Mapping[str, Uses]:
    """Return what uses which connection. A connection that nothing uses is not in it."""
    catalog = deps.flows.inventory.catalog(uow)
    live = map_users(deps, uow, deps.flows.get)
    running = _map_running(deps, uow, catalog)
    drafts = _map_drafts(uow, catalog)
    unnamed = _map_unnamed(catalog)
    return {
        name: Uses(
            tuple(sorted(live.get(name, ()))),
            tuple(running.get(name, ())),
            tuple(drafts.get(name, ())),
            tuple(unnamed.get(name, ())),
        )
        for name in {*live, *running, *drafts, *unnamed}
    }


def _map_running(deps: Dependencies, uow: UnitOfWork, catalog: Catalog) -> dict[str, list[tuple[str, int, int]]]:
    serving = {(one.flow_id, version) for one in uow.releases.all_live() for version in (one.version, one.trial)}
    found: dict[str, list[tuple[str, int, int]]] = {}
    for flow_id, version, people in uow.runs.count_active():
        if (flow_id, version) not in serving:
            for name in list_connection_names(deps.flows.get(uow, flow_id, version), catalog):
                found.setdefault(name, []).append((flow_id, version, people))
    return found


def _map_drafts(uow: UnitOfWork, catalog: Catalog) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for draft in uow.drafts.all():
        try:
            flow = parse_flow(draft.text)
        except FlowFault:
            # What cannot be read cannot be published either.
            continue
        for name in list_connection_names(flow, catalog):
            found.setdefault(name, []).append((draft.flow_id, draft.name))
    return found


def _map_unnamed(catalog: Catalog) -> dict[str, list[Unnamed]]:
    found: dict[str, list[Unnamed]] = {name: ["text_codes"] for name in list_able(catalog, SENDS_SMS)}
    # Of several lists the account pages ask the first.
    for name in list_able(catalog, LISTS_BREACHES)[:1]:
        found.setdefault(name, []).append("new_passwords")
    return found
