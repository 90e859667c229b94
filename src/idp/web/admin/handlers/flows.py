"""Published flows, read."""

from typing import Any

from idp.application.admin.flow_overview import find_overview, list_overviews, share_of
from idp.application.flow_stats import FlowCounts, StepCount, count_flow
from idp.application.versions import check_text, read_flow
from idp.application.where_used import find_uses, list_outdated
from idp.errors import NotFound
from idp.records.flows import FlowVersion as VersionRecord
from idp.storage.protocols.unit import UnitOfWork
from idp.web.admin import flow_descriptions as describe
from idp.web.admin.calls import Call, Reply
from idp.web.admin.cursors import cut_page, decode_cursor, page_of_names
from idp.web.admin.findings import describe_problems
from idp.web.admin.models import flows as models
from idp.web.admin.models.shape import Page, at
from idp.web.edge import number_of

DAY = 86400.0


def list_flows(call: Call) -> Reply:
    """List flows by id."""
    found, cursor = page_of_names(list_overviews(call.deps), call.query, lambda one: one.flow_id)
    return Reply(Page[models.FlowSummary](items=[describe.describe_summary(one) for one in found], next=cursor))


def get_flow(call: Call) -> Reply:
    """Show one flow."""
    overview, releases = find_overview(call.deps, call.path["flow_id"])
    return Reply(describe.describe_flow(overview, list(releases)), describe.tag_release(overview.live))


def list_versions(call: Call) -> Reply:
    """List the versions of a flow, newest first."""
    flow_id, query = call.path["flow_id"], call.query
    with call.deps.storage.read() as uow:
        if uow.flows.latest(flow_id) is None:
            raise NotFound(f"There is no flow {flow_id[:70]} that was published.")
        before = decode_cursor(query.cursor, int)
        found = uow.flows.of_flow(flow_id, before=before, limit=query.limit + 1)
        shown, cursor = cut_page(found, query.limit, lambda one: one.version)
        items = [models.FlowVersionHead(**_describe_head(uow, one)) for one in shown]
    return Reply(Page[models.FlowVersionHead](items=items, next=cursor))


def get_version(call: Call) -> Reply:
    """Show one version with its text, and what the checker of today says about it."""
    flow_id, number = call.path["flow_id"], number_of(call.path["version"])
    with call.deps.storage.read() as uow:
        if number is None:
            raise NotFound(f"{call.path['version'][:40]!r} is not the number of a version.")
        record, _ = read_flow(uow, flow_id, number)
        problems = check_text(uow, call.deps.flows.inventory.standard(uow), record.text, f"{flow_id}@{number}")
        head = _describe_head(uow, record)
    return Reply(
        models.FlowVersion(
            **head,
            text=record.text,
            document=describe.read_plain(record.text) or {},
            problems=describe_problems(problems),
        )
    )


def list_uses(call: Call) -> Reply:
    """List what uses a flow."""
    used = find_uses(call.deps, call.path["flow_id"])
    return Reply(
        models.WhereUsed.model_validate(
            {
                "default_for": used.default_for,
                "clients": [{"client_id": name, "purpose": purpose} for name, purpose in used.clients],
                "embedded_by": [
                    {
                        "flow": one.flow_id,
                        "version": one.version,
                        "use": one.use,
                        "pinned": one.pinned,
                        "outdated": one.outdated,
                    }
                    for one in used.embedded_by
                ],
                "running": [{"flow": one.flow_id, "version": one.version, "count": one.count} for one in used.running],
            }
        )
    )


def get_stats(call: Call) -> Reply:
    """Count who came, left by which exit, waits or dropped out."""
    since = call.deps.clock.now() - call.query.days * DAY
    counted = count_flow(call.deps, call.path["flow_id"], call.query.version, since)
    return Reply(models.FlowStats(since=at(since), versions=[_describe_counts(one) for one in counted]))


def _describe_head(uow: UnitOfWork, record: VersionRecord) -> dict[str, Any]:
    outdated = {name for name, _, _ in list_outdated(uow, record)}
    running = {(name, number): count for name, number, count in uow.runs.count_active()}
    return {
        "id": record.flow_id,
        "version": record.version,
        "author": record.author,
        "message": record.message,
        "created_at": at(record.created_at),
        "percent": share_of(uow.releases.live(record.flow_id), record.version),
        "running": running.get((record.flow_id, record.version), 0),
        "embeds": [
            models.Pin(flow=name, version=number, outdated=name in outdated)
            for name, number in sorted(record.embeds.items())
        ],
    }


def _describe_counts(counts: FlowCounts) -> models.VersionCounts:
    return models.VersionCounts(
        version=counts.version,
        variant=counts.variant,
        runs=dict(counts.runs),
        completed_seconds=counts.completed_seconds,
        steps=[_describe_step(one) for one in counts.steps],
    )


def _describe_step(step: StepCount) -> models.StepCount:
    return models.StepCount(
        step=step.step,
        kind=step.kind,
        entered=step.entered,
        waiting=step.waiting,
        ended=step.ended,
        dropped=dict(step.dropped),
        median_seconds=step.median_seconds,
        exits=[
            models.ExitCount(outcome=one.outcome, target=one.target, count=one.count, median_seconds=one.median_seconds)
            for one in step.exits
        ],
    )
