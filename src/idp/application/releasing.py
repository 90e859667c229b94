"""What is live: releasing a version to everybody or to a share of people, and going back.

A release is never changed. The next one replaces it, and all of them together are the history. Runs that have begun
keep their version whatever is released.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from idp.application.audit import note
from idp.application.change import Change, check_change
from idp.application.dependencies import Dependencies
from idp.application.lockout import keep_doors_open
from idp.application.versions import read_flow
from idp.errors import Conflict, InvalidInput, NotFound
from idp.records.flows import FlowRelease, FlowVersion, ReleaseKind
from idp.storage.protocols.unit import UnitOfWork

EVERYBODY: Final = 100


@dataclass(frozen=True, slots=True)
class Released:
    """The release in force, and whether it is a new one."""

    release: FlowRelease
    changed: bool


def roll_out(
    deps: Dependencies, flow_id: str, version: int, percent: int, change: Change, *, expected: int | None = None
) -> Released:
    """Let a version serve a share of people: 100 is everybody, 0 takes a version off trial.

    `expected` is the number of the release that the caller saw. Raises Conflict if another one is in force by now,
    NotFound, InvalidInput, or WouldLockOut.
    """
    check_change(change)
    if not 0 <= percent <= EVERYBODY:
        raise InvalidInput("A share is a whole number from 0 to 100 percent.")
    with deps.storage.write() as uow, keep_doors_open(deps, uow, [flow_id], change):
        _check_levels(deps, uow, flow_id, version)
        live = uow.releases.live(flow_id)
        if live is None:
            return Released(release_first(deps, uow, flow_id, version, percent, change), changed=True)
        _expect(live, expected)
        if percent == EVERYBODY:
            return release(deps, uow, live, version, None, 0, "rollout", change)
        if percent == 0:
            if live.trial != version:
                raise InvalidInput(f"Version {version} of {flow_id} is not on trial.")
            return release(deps, uow, live, live.version, None, 0, "rollout", change)
        if version == live.version:
            raise InvalidInput(
                f"Version {version} of {flow_id} serves everybody who gets no other. "
                "Give the share of the other version, or release this one to 100 percent."
            )
        return release(deps, uow, live, live.version, version, percent, "rollout", change)


def roll_back(
    deps: Dependencies, flow_id: str, version: int | None, change: Change, *, expected: int | None = None
) -> Released:
    """Release an older version again, by default the newest older one that ever served everybody; a trial ends by this.

    With a version on trial and none named, the trial ends and nothing else changes. Raises like `roll_out`.
    """
    check_change(change)
    with deps.storage.write() as uow, keep_doors_open(deps, uow, [flow_id], change):
        live = find_live(uow, flow_id)
        _expect(live, expected)
        if version is None:
            version = live.version if live.trial is not None else _find_former(uow, live)
        _check_levels(deps, uow, flow_id, version)
        return release(deps, uow, live, version, None, 0, "rollback", change)


def list_releases(deps: Dependencies, flow_id: str, limit: int = 100) -> Sequence[FlowRelease]:
    """List the releases of a flow, newest first. Raises NotFound for a flow that has none."""
    with deps.storage.read() as uow:
        find_live(uow, flow_id)
        return uow.releases.of_flow(flow_id, limit)


def _check_levels(deps: Dependencies, uow: UnitOfWork, flow_id: str, version: int) -> None:
    """Raise NotFound without the version, and InvalidInput if it is for a level that went after it was published."""
    _, flow = read_flow(uow, flow_id, version)
    levels = deps.flows.inventory.levels(uow)
    gone = [acr for acr in flow.levels if levels.rank(acr) is None]
    if gone:
        raise InvalidInput(
            f"Version {version} of {flow_id} leads to {', '.join(gone)}, and there is no such level any more."
        )


def find_live(uow: UnitOfWork, flow_id: str) -> FlowRelease:
    """Return the release in force. Raises NotFound."""
    live = uow.releases.live(flow_id)
    if live is None:
        raise NotFound(f"There is no flow {flow_id} that has been released.")
    return live


def release(
    deps: Dependencies,
    uow: UnitOfWork,
    live: FlowRelease,
    version: int,
    trial: int | None,
    percent: int,
    kind: ReleaseKind,
    change: Change,
) -> Released:
    """Append the next release and its audit entry, unless it would be the one in force.

    Raises InvalidInput if a version is for another purpose than what is live: those who use the flow count on that.
    Raises Conflict if somebody else released meanwhile.
    """
    if (live.version, live.trial, live.percent) == (version, trial, percent):
        return Released(live, changed=False)
    purpose = read_flow(uow, live.flow_id, live.version)[1].purpose
    for number in (version, trial):
        if number is not None and (other := read_flow(uow, live.flow_id, number)[1].purpose) != purpose:
            raise InvalidInput(f"Version {number} of {live.flow_id} is for {other}; what is live is for {purpose}.")
    made = append_release(
        deps,
        uow,
        FlowRelease(
            live.flow_id,
            live.number + 1,
            version,
            deps.clock.now(),
            kind,
            change.author,
            change.message.strip(),
            trial,
            percent,
        ),
        change,
        live,
    )
    return Released(made, changed=True)


def append_release(
    deps: Dependencies, uow: UnitOfWork, made: FlowRelease, change: Change, before: FlowRelease | None
) -> FlowRelease:
    """Append a release and its audit entry. Raises Conflict if somebody else released meanwhile."""
    try:
        uow.releases.append(made)
    except Conflict as conflict:
        raise Conflict(
            f"Somebody else released {made.flow_id} meanwhile. Look at it again.", detail=conflict.detail
        ) from conflict
    note(
        deps,
        uow,
        "flow.release",
        made.kind,
        trace=change.trace,
        reason=made.message,
        actor=change.actor,
        data={
            "flow": made.flow_id,
            "release": made.number,
            "version": made.version,
            "trial": made.trial,
            "percent": made.percent,
            "before": before.version if before else None,
            "trial_before": before.trial if before else None,
        },
    )
    return made


def release_to_all(deps: Dependencies, uow: UnitOfWork, version: FlowVersion, change: Change) -> FlowRelease:
    """Let a published version serve everybody, unless it does. Raises like `release`."""
    live = uow.releases.live(version.flow_id)
    if live is None:
        return release_first(deps, uow, version.flow_id, version.version, EVERYBODY, change)
    return release(deps, uow, live, version.version, None, 0, "publish", change).release


def release_first(
    deps: Dependencies, uow: UnitOfWork, flow_id: str, version: int, percent: int, change: Change
) -> FlowRelease:
    """Append the first release of a flow. Raises InvalidInput for a share that leaves others without a version."""
    if percent != EVERYBODY:
        raise InvalidInput(f"No version of {flow_id} serves the others yet: release this one to everybody.")
    message, now = change.message.strip(), deps.clock.now()
    first = FlowRelease(flow_id, 1, version, now, "publish", change.author, message)
    return append_release(deps, uow, first, change, None)


def _expect(live: FlowRelease, expected: int | None) -> None:
    if expected is not None and live.number != expected:
        raise Conflict(
            f"{live.actor} released version {live.version} of {live.flow_id} meanwhile. Look at it again.",
            detail=f"release {live.number}, not {expected}",
        )


def _find_former(uow: UnitOfWork, live: FlowRelease) -> int:
    served = {earlier.version for earlier in uow.releases.of_flow(live.flow_id, limit=1000)}
    older = [version for version in served if version < live.version]
    if not older:
        raise InvalidInput(f"No older version of {live.flow_id} has ever served everybody.")
    return max(older)
