"""What flows use of connections."""

from idp.application.dependencies import Dependencies
from idp.application.doors import Load
from idp.flows.language import ActionStep, ConditionStep, ConnectorStep, Flow
from idp.flows.step_types import Catalog
from idp.storage.protocols.unit import UnitOfWork


def list_connection_names(flow: Flow, catalog: Catalog) -> frozenset[str]:
    """Return the connections that a flow names: in connector steps, proofs, and options of actions."""
    found: set[str] = set()
    for step in flow.steps.values():
        match step:
            case ConnectorStep():
                found.add(step.connector)
            case ConditionStep():
                found.update(case.proves for case in step.cases if case.proves)
            case ActionStep() if step.action in catalog.actions:
                uses = catalog.actions[step.action].uses
                found.update(str(step.options[name]) for name in uses if name in step.options)
    return frozenset(found)


def map_users(deps: Dependencies, uow: UnitOfWork, load: Load) -> dict[str, frozenset[str]]:
    """Return which connections live flows name, on trial or not, each with the ids of those flows.

    `load` is `FlowLibrary.get`, but `load_flow` in a unit of work that publishes.
    """
    catalog = deps.flows.inventory.catalog(uow)
    found: dict[str, set[str]] = {}
    for live in uow.releases.all_live():
        for version in (live.version, live.trial):
            flow = load(uow, live.flow_id, version) if version is not None else None
            for name in list_connection_names(flow, catalog) if flow is not None else ():
                found.setdefault(name, set()).add(live.flow_id)
    return {name: frozenset(users) for name, users in found.items()}


def list_users(deps: Dependencies, uow: UnitOfWork, name: str) -> tuple[str, ...]:
    """Return the ids of the flows whose live versions name the connection, in order."""
    return tuple(sorted(map_users(deps, uow, deps.flows.get).get(name, ())))
