"""Drafts: flows that people are writing."""

from typing import Any

from pydantic import Field

from idp.flows.document import MAX_BYTES
from idp.web.admin.models.flows import DraftHead, FlowProblem, Release
from idp.web.admin.models.shape import Answer, Body, Time


class DraftText(Body):
    """What a draft shall say. It may be faulty, but not larger than a flow may be."""

    text: str = Field(max_length=MAX_BYTES)
    base_version: int | None = Field(
        default=None,
        ge=0,
        description="The published version it is made from; by default the newest, and later what it was.",
    )


class Draft(DraftHead):
    """A draft with its text and everything the checker has to say about it."""

    flow: str
    text: str
    document: dict[str, Any] | None = Field(description="The flow as plain data, null if it cannot be read.")
    created_at: Time
    problems: list[FlowProblem]


class PublishDraft(Body):
    """Publish a draft."""

    message: str = Field(min_length=1, max_length=500, description="Why.")
    percent: int = Field(default=100, ge=0, le=100, description="100 everybody, 1 to 99 a trial, 0 nobody yet.")


class Publication(Answer):
    """What publishing did. `created` is False where nothing had changed; the draft stays then."""

    created: bool
    version: int
    release: Release | None
    warnings: list[FlowProblem]
