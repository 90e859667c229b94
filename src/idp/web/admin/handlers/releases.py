"""Publishing, rolling out and rolling back. The use cases write versions, releases and the audit trail."""

from idp.application import drafts, releasing
from idp.application.admin.flow_overview import find_overview
from idp.application.drafts import DraftConflict
from idp.records.flows import FlowRelease
from idp.web.admin.calls import Call, Reply, refuse_stale
from idp.web.admin.findings import describe_problems
from idp.web.admin.flow_descriptions import describe_flow, describe_release, tag_release
from idp.web.admin.handlers.drafts import describe_now, see_draft
from idp.web.admin.models.drafts import Publication
from idp.web.admin.models.flows import Flow, Released


def publish_draft(call: Call) -> Reply:
    """Publish a draft, if it is as the caller saw it."""
    flow_id, name = call.path["flow_id"], call.path["draft"]
    seen = see_draft(call, flow_id, name)
    change = call.change(call.body.message)
    try:
        done = drafts.publish_draft(call.deps, flow_id, name, change, seen=seen, percent=call.body.percent)
    except DraftConflict as conflict:
        theirs = conflict.theirs
        raise refuse_stale(describe_now(call.deps, flow_id, name) if theirs is not None else None) from None
    return Reply(
        Publication(
            created=done.created,
            version=done.version.version,
            release=describe_release(done.live) if done.live is not None else None,
            warnings=describe_problems(done.warnings),
        )
    )


def roll_back(call: Call) -> Reply:
    """Release an older version again, if what is live is what the caller saw."""
    flow_id = call.path["flow_id"]
    expected = _see_release(call, flow_id)
    done = releasing.roll_back(call.deps, flow_id, call.body.version, call.change(call.body.message), expected=expected)
    return _reply(done)


def roll_out(call: Call) -> Reply:
    """Let a version serve a share of people, if what is live is what the caller saw."""
    flow_id, body = call.path["flow_id"], call.body
    expected = _see_release(call, flow_id)
    done = releasing.roll_out(
        call.deps, flow_id, body.version, body.percent, call.change(body.message), expected=expected
    )
    return _reply(done)


def _see_release(call: Call, flow_id: str) -> int:
    """Return the number of the release that the caller saw, 0 if nothing is live. Raises NotFound, or Refused."""
    overview, releases = find_overview(call.deps, flow_id)
    live = overview.live

    def show() -> Flow:
        return describe_flow(overview, list(releases))

    call.expect(tag_release(live), show)
    return live.number if live is not None else 0


def _reply(done: releasing.Released) -> Reply:
    release: FlowRelease = done.release
    return Reply(Released(changed=done.changed, release=describe_release(release)), tag_release(release))
