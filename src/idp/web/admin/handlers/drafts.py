"""Drafts, written."""

from idp.application import drafts
from idp.application.dependencies import Dependencies
from idp.application.drafts import DraftConflict
from idp.errors import NotFound
from idp.records.flows import FlowDraft
from idp.web.admin.calls import Call, Reply, refuse_stale
from idp.web.admin.findings import describe_problems
from idp.web.admin.flow_descriptions import describe_draft, tag_draft
from idp.web.admin.models.drafts import Draft


def get_draft(call: Call) -> Reply:
    """Show a draft and everything that the checker has to say about it."""
    return _reply(call.deps, call.path["flow_id"], call.path["draft"])


def put_draft(call: Call) -> Reply:
    """Save a draft, if it is as the caller saw it."""
    deps, flow_id, name = call.deps, call.path["flow_id"], call.path["draft"]
    seen = 0 if call.new else see_draft(call, flow_id, name)
    try:
        drafts.save_draft(deps, flow_id, name, call.body.text, call.caller.name, seen=seen, base=call.body.base_version)
    except DraftConflict as conflict:
        raise refuse_stale(_describe(deps, conflict.theirs)) from None
    reply = _reply(deps, flow_id, name)
    return Reply(reply.body, reply.tag, status=201 if call.new else 200)


def discard_draft(call: Call) -> Reply:
    """Discard a draft, if it is as the caller saw it."""
    flow_id, name = call.path["flow_id"], call.path["draft"]
    seen = see_draft(call, flow_id, name)
    try:
        drafts.discard_draft(call.deps, flow_id, name, call.caller.name, seen=seen)
    except DraftConflict as conflict:
        raise refuse_stale(_describe(call.deps, conflict.theirs)) from None
    return Reply()


def see_draft(call: Call, flow_id: str, name: str) -> int:
    """Return the version of the draft that the caller saw, if that is what there is. Raises NotFound, or Refused."""
    with call.deps.storage.read() as uow:
        stored = uow.drafts.find(flow_id, name)
    if stored is None:
        raise NotFound(f"The flow {flow_id[:70]} has no draft {name[:70]}.")
    call.expect(tag_draft(stored), lambda: describe_now(call.deps, flow_id, name))
    return stored.version


def describe_now(deps: Dependencies, flow_id: str, name: str) -> Draft:
    """Describe a draft as it is now. Raises NotFound."""
    draft, problems = drafts.show_draft(deps, flow_id, name)
    return describe_draft(draft, describe_problems(problems))


def _describe(deps: Dependencies, draft: FlowDraft | None) -> Draft | None:
    return describe_now(deps, draft.flow_id, draft.name) if draft is not None else None


def _reply(deps: Dependencies, flow_id: str, name: str) -> Reply:
    draft, problems = drafts.show_draft(deps, flow_id, name)
    return Reply(describe_draft(draft, describe_problems(problems)), tag_draft(draft))
