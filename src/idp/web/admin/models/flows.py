"""Published flows: what is live, versions, differences, where they are used, and how people fare in them."""

from typing import Any, Literal

from pydantic import Field

from idp.web.admin.models.shape import Answer, Body, Query, Time

Purpose = Literal["sign_in", "sign_up", "step_up", "recovery"]


class RouteStep(Answer):
    """One step of a path through a flow, and how it was left; null for the last one."""

    step: str
    outcome: str | None


class FlowProblem(Answer):
    """One finding of the checker."""

    code: str
    severity: Literal["error", "warning"]
    message: str
    step: str | None
    pointer: str = Field(description="The place in the flow's document (RFC 6901).")
    line: int | None
    column: int | None
    path: list[RouteStep] = Field(description="The path that shows the harm, from the start; empty if it is no path.")


class LiveVersion(Answer):
    """A version that new runs get, and which share of people gets it."""

    version: int
    percent: int
    variant: Literal["main", "trial"]


class DraftHead(Answer):
    """A draft, without its text."""

    name: str
    author: str
    base_version: int = Field(description="The published version it was made from, 0 for none.")
    updated_at: Time
    etag: str


class FlowSummary(Answer):
    """A flow, published or only being written."""

    id: str
    title: str
    purpose: str = Field(description="Empty for a draft that cannot be read.")
    live: list[LiveVersion] = Field(description="Empty for a flow that serves nobody yet.")
    newest_version: int | None
    updated_at: Time
    drafts: list[DraftHead]
    problems: int = Field(description="How many errors the checker finds in the version that serves everybody.")
    default_for: list[Purpose] = Field(description="The purposes that it serves where a client names no other flow.")
    runs_7d: int = Field(description="Runs that began in the last seven days.")


class Release(Answer):
    """What new runs got from a time on."""

    number: int
    version: int
    trial: int | None
    percent: int = Field(description="The share of people whom the trial serves.")
    at: Time
    kind: Literal["publish", "rollout", "rollback"]
    actor: str
    message: str


class Flow(FlowSummary):
    """A flow with what is live. Its ETag changes with every release."""

    release: Release | None
    releases: list[Release] = Field(description="The latest releases, newest first.")


class Pin(Answer):
    """A flow that a version embeds, and in which version; `outdated` if another one serves everybody now."""

    flow: str
    version: int
    outdated: bool


class FlowVersionHead(Answer):
    """A published version, without its text."""

    id: str
    version: int
    author: str
    message: str
    created_at: Time
    percent: int = Field(description="The share of people who get it now.")
    running: int = Field(description="How many people are in it now.")
    embeds: list[Pin]


class FlowVersion(FlowVersionHead):
    """A published version. It never changes."""

    text: str
    document: dict[str, Any] = Field(description="The flow as plain data.")
    problems: list[FlowProblem] = Field(description="What the checker of today says about it.")


class DiffQuery(Query):
    """Which two texts to compare: a version's number, or `draft:` and a draft's name."""

    from_: str = Field(alias="from", min_length=1, max_length=80, examples=["3"])
    to: str = Field(min_length=1, max_length=80, examples=["draft:main"])


class FlowChange(Answer):
    """One thing that differs."""

    area: Literal["head", "steps", "edges", "texts", "layout", "groups", "embeds"]
    kind: Literal["added", "removed", "changed"]
    place: list[str] = Field(description="A member of the head; a step; a step and its exit; a locale and a key.")
    before: Any
    after: Any


class FlowDifference(Answer):
    """How two texts of a flow differ."""

    before: str
    after: str
    readable: bool = Field(description="False if one of the two cannot be read as a flow; there are no changes then.")
    changes_runs: bool = Field(
        description="Whether runs could go differently: more than texts, layout and groups differ."
    )
    changes: list[FlowChange]
    text_diff: str = Field(description="A unified diff of the two texts.")


class RollBack(Body):
    """Release an older version again."""

    version: int | None = Field(
        default=None, ge=1, description="Without it: end the trial, else what served everybody before."
    )
    message: str = Field(min_length=1, max_length=500, description="Why.")


class RollOut(Body):
    """Let a version serve a share of people."""

    version: int = Field(ge=1)
    percent: int = Field(ge=0, le=100, description="100 is everybody, 0 takes the version off trial.")
    message: str = Field(min_length=1, max_length=500, description="Why.")


class Released(Answer):
    """What is live now, and whether that is new."""

    changed: bool
    release: Release


class ClientUse(Answer):
    """A client whose policy names the flow."""

    client_id: str
    purpose: str


class Embedding(Answer):
    """A version of another flow that embeds this one."""

    flow: str
    version: int
    use: Literal["main", "trial", "running"]
    pinned: list[int]
    outdated: bool


class Running(Answer):
    """How many people are in a version."""

    flow: str
    version: int
    count: int


class WhereUsed(Answer):
    """Everything that uses a flow."""

    default_for: list[Purpose]
    clients: list[ClientUse]
    embedded_by: list[Embedding]
    running: list[Running]


class StatsQuery(Query):
    """Which time and version to count."""

    days: int = Field(default=7, ge=1, le=365)
    version: int | None = Field(
        default=None, ge=1, description="Without it, what is live: the main version and a trial."
    )


class ExitCount(Answer):
    """How often a step was left by an exit, and the median of the seconds spent in it before."""

    outcome: str
    target: str | None
    count: int
    median_seconds: float | None


class StepCount(Answer):
    """What happened at a step. Who ended at a step that is no end dropped out there."""

    step: str
    kind: str
    entered: int
    waiting: int
    ended: int
    dropped: dict[str, int]
    median_seconds: float | None
    exits: list[ExitCount]


class VersionCounts(Answer):
    """What happened in a version."""

    version: int
    variant: str
    runs: dict[str, int]
    completed_seconds: float | None
    steps: list[StepCount]


class FlowStats(Answer):
    """How people fared in a flow."""

    since: Time
    versions: list[VersionCounts]
