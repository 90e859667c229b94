"""Publishing a flow: check, write an immutable version, and let it serve everybody or a share of people."""

from dataclasses import dataclass

from idp.application.audit import note
from idp.application.change import Change, check_change
from idp.application.comparing import Text, sum_up_changes
from idp.application.dependencies import Dependencies
from idp.application.lockout import keep_doors_open
from idp.application.releasing import EVERYBODY, release, release_first, release_to_all
from idp.application.versions import Proved, prove_flow, publish_version
from idp.errors import Conflict, InvalidInput
from idp.flows.problems import Problem
from idp.records.flows import FlowRelease, FlowVersion
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing did: the version, whether it is a new one, and what is live now (None: nothing yet).

    `before` is the version that was the newest. `warnings` are the checker's.
    """

    version: FlowVersion
    created: bool
    live: FlowRelease | None
    before: FlowVersion | None
    warnings: tuple[Problem, ...] = ()


def publish(
    deps: Dependencies, text: str, source: str, change: Change, *, percent: int = EVERYBODY, base: int | None = None
) -> Publication:
    """Publish a flow document as the next version of its flow. What did not change makes no version and no release.

    `percent` is the share that gets it at once: 100 everybody, 1 to 99 a trial beside what is live, 0 nobody yet.
    `base` is the newest version that the author knew. Raises FlowFault with every problem, Conflict if there is a newer
    version than `base`, InvalidInput, or WouldLockOut.
    """
    check_change(change)
    with deps.storage.write() as uow:
        return publish_in(deps, uow, text, source, change, percent=percent, base=base)


def publish_in(
    deps: Dependencies,
    uow: UnitOfWork,
    text: str,
    source: str,
    change: Change,
    *,
    percent: int = EVERYBODY,
    base: int | None = None,
) -> Publication:
    """Publish in the caller's unit of work. Raises like `publish`."""
    if not 0 <= percent <= EVERYBODY:
        raise InvalidInput("A share is a whole number from 0 to 100 percent.")
    standard = deps.flows.inventory.standard(uow)
    proved = prove_flow(uow, standard, text, source)
    before = uow.flows.latest(proved.flow.id)
    _check_base(before, base)
    with keep_doors_open(deps, uow, [proved.flow.id], change):
        done = write_version(deps, uow, proved, text, change, percent, before)
        if done.created and base is not None and done.version.version != base + 1:
            # Between our reading and our writing somebody published, and the database gave us the number after theirs.
            _check_base(uow.flows.get(proved.flow.id, done.version.version - 1), base)
        if done.created and deps.flows.inventory.standard(uow) is not standard:
            # From our writing on nobody else changes what it was proved with; until then somebody did.
            raise Conflict("Levels or connections changed at this very moment. Publish again.")
        return done


def write_version(
    deps: Dependencies,
    uow: UnitOfWork,
    proved: Proved,
    text: str,
    change: Change,
    percent: int,
    before: FlowVersion | None,
) -> Publication:
    """Write a proved flow as the next version and release it. The caller asks whether doors stay open."""
    flow_id = proved.flow.id
    version, created = publish_version(uow, proved, text, deps.clock.now(), change.message.strip(), change.author)
    live = uow.releases.live(flow_id)
    if not created:
        return Publication(version, created, live, before, proved.warnings)
    note(
        deps,
        uow,
        "flow.publish",
        "published",
        trace=change.trace,
        reason=change.message.strip(),
        actor=change.actor,
        data={
            "flow": flow_id,
            "version": version.version,
            "before": before.version if before else None,
            "before_author": before.author if before else None,
            "embeds": dict(version.embeds),
            "digest": version.digest.hex(),
            "changes": sum_up_changes(_text(before), _text(version)) if before else None,
        },
    )
    if percent:
        live = _release(deps, uow, live, version, percent, change)
    return Publication(version, created, live, before, proved.warnings)


def _text(version: FlowVersion) -> Text:
    return Text(f"{version.flow_id}@{version.version}", version.text, version.embeds)


def _release(
    deps: Dependencies, uow: UnitOfWork, live: FlowRelease | None, version: FlowVersion, percent: int, change: Change
) -> FlowRelease:
    if percent == EVERYBODY:
        return release_to_all(deps, uow, version, change)
    if live is None:
        return release_first(deps, uow, version.flow_id, version.version, percent, change)
    return release(deps, uow, live, live.version, version.version, percent, "publish", change).release


def _check_base(newest: FlowVersion | None, base: int | None) -> None:
    number = newest.version if newest is not None else 0
    if base is not None and base != number:
        who = f"{newest.author or 'somebody'} published version {number}" if newest is not None else "there is none"
        raise Conflict(
            f"This was made from version {base}, and meanwhile {who}. Compare the two and publish again.",
            detail=f"base {base}, newest {number}",
        )
