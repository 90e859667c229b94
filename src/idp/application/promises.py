"""What levels and themes are counted on for: by clients, and by flows that are live.

Whoever takes something away asks here first, within the unit of work and after the change, so that on every store what
others have done meanwhile is seen.
"""

from collections.abc import Collection, Iterator

from idp.application.console.client import CONSOLE_ID
from idp.application.dependencies import Dependencies
from idp.application.versions import Standard, load_flow, read_flow
from idp.flows.check import check_flow
from idp.flows.problems import Problem
from idp.oidc.levels import Levels
from idp.oidc.registration import PURPOSES
from idp.records.clients import Client
from idp.storage.protocols.unit import UnitOfWork
from idp.themes.document import DEFAULT


def list_client_faults(client: Client, levels: Levels, themes: Collection[str]) -> Iterator[tuple[str, str]]:
    """Say what a client counts on that is not there, as (path in its document, what)."""
    policy = client.policy
    named = [(f"default_acr_values[{i}]", acr) for i, acr in enumerate(client.metadata.get("default_acr_values") or ())]
    if policy.minimum_acr is not None:
        named.append(("idp_policy.minimum_acr", policy.minimum_acr))
    yield from ((path, f"there is no level {acr}") for path, acr in named if levels.rank(acr) is None)
    chosen = (name for name in policy.flows if name not in PURPOSES and name not in levels.acrs)
    yield from ((f"idp_policy.flows.{name}", f"there is no level {name}") for name in chosen)
    if policy.theme is not None and policy.theme != DEFAULT and policy.theme not in themes:
        yield "idp_policy.theme", f"there is no theme {policy.theme}"


def list_broken_promises(
    deps: Dependencies, uow: UnitOfWork, former: Standard, *, leaving: Collection[str] = (), flows: bool = True
) -> tuple[str, ...]:
    """Say everything that the levels, as they are now, break.

    `former` is what flows were checked against before the change, `leaving` are clients that are about to go. `flows`
    says whether to check the live ones again.
    """
    levels = deps.flows.inventory.levels(uow)
    themes = list_theme_ids(uow)
    faults = [
        f"client {client.client_id}: {path}: {what}"
        for client in (*_list_built_in(deps, uow), *uow.clients.all())
        if client.client_id not in leaving
        for path, what in list_client_faults(client, levels, themes)
        if not path.endswith(".theme")
    ]
    own = (name for name in deps.policy.account_flows if name not in PURPOSES and name not in levels.acrs)
    faults.extend(f"IDP_ACCOUNT_FLOWS: there is no level {name}" for name in own)
    if flows:
        faults.extend(list_broken_flows(uow, former, deps.flows.inventory.standard(uow)))
    return tuple(faults)


def list_warnings(uow: UnitOfWork, before: Levels, after: Levels) -> tuple[str, ...]:
    """Say what a change of levels means that may not be meant, and is allowed."""
    names = [name for level in before.levels for name in (level.acr, *level.aliases)]
    moved = ((name, before.canonical(name), after.canonical(name)) for name in names)
    return (
        *(f"{name} meant {was} and now means {now}" for name, was, now in moved if now is not None and now != was),
        *(
            f"{level.acr}: there is no flow {level.step_up} that serves anybody yet"
            for level in after.levels
            if level.step_up is not None and uow.releases.live(level.step_up) is None
        ),
    )


def _list_built_in(deps: Dependencies, uow: UnitOfWork) -> tuple[Client, ...]:
    console = deps.oauth.find_client(uow, CONSOLE_ID)
    return (console,) if console is not None else ()


def list_theme_ids(uow: UnitOfWork) -> frozenset[str]:
    """Return the ids of the themes that there are."""
    return frozenset(theme.name for theme in uow.documents.all_latest("theme"))


def list_broken_flows(uow: UnitOfWork, former: Standard, standard: Standard) -> Iterator[str]:
    """Check each live version again; what was wrong with it before is not held against the change."""
    for release in uow.releases.all_live():
        for version in dict.fromkeys((release.version, release.trial)):
            if version is None:
                continue
            before = {(one.code, one.path, one.step) for one in _check(uow, former, release.flow_id, version)}
            for problem in _check(uow, standard, release.flow_id, version):
                if (problem.code, problem.path, problem.step) not in before:
                    yield f"flow {release.flow_id} version {version}: {problem}"


def _check(uow: UnitOfWork, standard: Standard, flow_id: str, version: int) -> list[Problem]:
    record, flow = read_flow(uow, flow_id, version)
    subflows = {name: load_flow(uow, name, pinned) for name, pinned in record.embeds.items()}
    found = check_flow(flow, standard.catalog, standard.levels, subflows)
    return [problem for problem in found if problem.severity == "error"]
