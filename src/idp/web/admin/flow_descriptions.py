"""Flows as the API describes them."""

from typing import Any, cast

from idp.application.admin.flow_overview import FlowOverview
from idp.flows.document import read_document
from idp.flows.problems import FlowFault
from idp.records.flows import FlowDraft, FlowRelease
from idp.web.admin.calls import quote_tag
from idp.web.admin.findings import count_errors
from idp.web.admin.models.drafts import Draft
from idp.web.admin.models.flows import DraftHead, Flow, FlowProblem, FlowSummary, LiveVersion, Release
from idp.web.admin.models.shape import at


def tag_draft(draft: FlowDraft) -> str:
    """Return the tag of a draft. A draft that was discarded and begun anew has another one."""
    return f"{draft.id}.{draft.version}"


def tag_release(live: FlowRelease | None) -> str:
    """Return the tag of what is live of a flow."""
    return f"r{live.number if live is not None else 0}"


def read_plain(text: str) -> dict[str, Any] | None:
    """Return a flow's text as plain data, None if it cannot be read as a mapping."""
    try:
        found = read_document(text).value
    except FlowFault:
        return None
    return found if isinstance(found, dict) else None


def describe_summary(one: FlowOverview) -> FlowSummary:
    """Describe a flow."""
    return FlowSummary(**_summarise(one))


def describe_flow(one: FlowOverview, releases: list[FlowRelease]) -> Flow:
    """Describe a flow with its releases."""
    live = describe_release(one.live) if one.live is not None else None
    return Flow(**_summarise(one), release=live, releases=[describe_release(item) for item in releases])


def describe_release(release: FlowRelease) -> Release:
    """Describe a release."""
    return Release(
        number=release.number,
        version=release.version,
        trial=release.trial,
        percent=release.percent,
        at=at(release.at),
        kind=release.kind,
        actor=release.actor,
        message=release.message,
    )


def describe_head(draft: FlowDraft) -> DraftHead:
    """Describe a draft without its text."""
    return DraftHead(**_head(draft))


def describe_draft(draft: FlowDraft, problems: list[FlowProblem]) -> Draft:
    """Describe a draft."""
    return Draft(
        **_head(draft),
        flow=draft.flow_id,
        text=draft.text,
        document=read_plain(draft.text),
        created_at=at(draft.created_at),
        problems=problems,
    )


def _summarise(one: FlowOverview) -> dict[str, Any]:
    return {
        "id": one.flow_id,
        "title": one.title,
        "purpose": one.purpose,
        "live": _list_live(one.live),
        "newest_version": one.newest.version if one.newest is not None else None,
        "updated_at": at(one.updated_at),
        "drafts": [describe_head(draft) for draft in one.drafts],
        "problems": count_errors(one.problems),
        "default_for": list(cast(Any, one.default_for)),
        "runs_7d": one.runs,
    }


def _list_live(live: FlowRelease | None) -> list[LiveVersion]:
    if live is None:
        return []
    found = [LiveVersion(version=live.version, percent=100 - live.percent, variant="main")]
    if live.trial is not None:
        found.append(LiveVersion(version=live.trial, percent=live.percent, variant="trial"))
    return found


def _head(draft: FlowDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "author": draft.author,
        "base_version": draft.base_version,
        "updated_at": at(draft.updated_at),
        "etag": quote_tag(tag_draft(draft)),
    }
