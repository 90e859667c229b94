"""Every operation of the admin API, in one table. Routes, permissions and the OpenAPI document all come from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel

from idp.application.admin.permissions import Permission
from idp.web.admin.models import connections, drafts, flows, me, steps, trials
from idp.web.admin.models.shape import Page, PageQuery

PREFIX: Final = "/admin/api/v1"

Method = Literal["GET", "PUT", "POST", "DELETE"]
#: `match`: `If-Match` is required. `match-or-new`: that, or `If-None-Match: *` for something that is not there yet.
Guard = Literal["none", "match", "match-or-new"]

#: The parameters of paths, as JSON Schema.
PATH_PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "flow_id": {"type": "string", "maxLength": 64, "description": "The id of a flow.", "example": "sign-in"},
    "draft": {"type": "string", "maxLength": 64, "description": "The name of a draft.", "example": "main"},
    "connection": {"type": "string", "maxLength": 64, "description": "A connection.", "example": "incode_verify"},
    "version": {"type": "integer", "minimum": 1, "maximum": 999_999_999, "description": "The number of a version."},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: what it is called, what it takes and answers, and who may call it.

    `permission` is None where any role will do. A `dangerous` one wants a fresh sign-in. `tagged` answers carry an
    ETag. `creates` is a POST that does something, so that an `Idempotency-Key` counts. `problems` are refusals beside
    those that every operation of its shape can have. `media` is what is answered when that is not JSON.
    """

    method: Method
    path: str
    id: str
    summary: str
    permission: Permission | None
    answer: Any = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    guard: Guard = "none"
    dangerous: bool = False
    tagged: bool = False
    creates: bool = False
    status: int = 200
    problems: tuple[str, ...] = ()
    media: str = "application/json"

    @property
    def tag(self) -> str:
        """The family it belongs to: the first part of its path."""
        return self.path.split("/")[1]


_FLOW: Final = "/flows/{flow_id}"
_CONNECTION: Final = "/connections/{connection}"
_DRAFT: Final = f"{_FLOW}/drafts/{{draft}}"

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("GET", "/me", "getMe", "Who is calling, and what they may do", None, me.Me),
    Operation("GET", "/step-types", "listStepTypes", "What flows can be made of", "flows:read", steps.StepTypes),
    Operation(
        "GET",
        "/expression-variables",
        "listExpressionVariables",
        "What conditions can read",
        "flows:read",
        steps.Variables,
    ),
    Operation(
        "GET",
        "/flows",
        "listFlows",
        "Flows, with what is live and who is writing",
        "flows:read",
        Page[flows.FlowSummary],
        query=PageQuery,
    ),
    Operation(
        "GET",
        _FLOW,
        "getFlow",
        "One flow and its latest releases",
        "flows:read",
        flows.Flow,
        tagged=True,
        problems=("not-found",),
    ),
    Operation(
        "GET",
        f"{_FLOW}/versions",
        "listFlowVersions",
        "The published versions of a flow, newest first",
        "flows:read",
        Page[flows.FlowVersionHead],
        query=PageQuery,
        problems=("not-found",),
    ),
    Operation(
        "GET",
        f"{_FLOW}/versions/{{version}}",
        "getFlowVersion",
        "One published version, with its text",
        "flows:read",
        flows.FlowVersion,
        problems=("not-found",),
    ),
    Operation(
        "GET",
        f"{_FLOW}/diff",
        "diffFlow",
        "How two texts of a flow differ",
        "flows:read",
        flows.FlowDifference,
        query=flows.DiffQuery,
        problems=("not-found",),
    ),
    Operation(
        "GET",
        _DRAFT,
        "getDraft",
        "A draft and what the checker says about it",
        "flows:read",
        drafts.Draft,
        tagged=True,
        problems=("not-found",),
    ),
    Operation(
        "PUT",
        _DRAFT,
        "putDraft",
        "Save a draft; a save that would overwrite another is refused",
        "flows:write",
        drafts.Draft,
        body=drafts.DraftText,
        guard="match-or-new",
        tagged=True,
    ),
    Operation(
        "DELETE",
        _DRAFT,
        "discardDraft",
        "Discard a draft",
        "flows:write",
        guard="match",
        status=204,
        problems=("not-found",),
    ),
    Operation(
        "POST",
        f"{_DRAFT}/publish",
        "publishDraft",
        "Publish a draft as the next version, to everybody or to a share of people",
        "flows:publish",
        drafts.Publication,
        body=drafts.PublishDraft,
        guard="match",
        dangerous=True,
        creates=True,
        problems=("not-found", "conflict", "would-lock-out"),
    ),
    Operation(
        "POST",
        f"{_FLOW}/roll-back",
        "rollBackFlow",
        "Release an older version again",
        "flows:publish",
        flows.Released,
        body=flows.RollBack,
        guard="match",
        dangerous=True,
        creates=True,
        tagged=True,
        problems=("not-found", "conflict", "would-lock-out"),
    ),
    Operation(
        "PUT",
        f"{_FLOW}/rollout",
        "rollOutFlow",
        "Let a version serve a share of people",
        "flows:publish",
        flows.Released,
        body=flows.RollOut,
        guard="match",
        dangerous=True,
        tagged=True,
        problems=("not-found", "conflict", "would-lock-out"),
    ),
    Operation(
        "GET",
        f"{_FLOW}/where-used",
        "listFlowUses",
        "What uses a flow",
        "flows:read",
        flows.WhereUsed,
        problems=("not-found",),
    ),
    Operation(
        "GET",
        f"{_FLOW}/stats",
        "getFlowStats",
        "How people fare in a flow, step by step",
        "stats:read",
        flows.FlowStats,
        query=flows.StatsQuery,
        problems=("not-found",),
    ),
    Operation(
        "POST",
        "/flow-checks",
        "checkFlow",
        "What the checker says about a text; nothing is saved",
        "flows:read",
        trials.FlowChecked,
        body=trials.FlowCheck,
    ),
    Operation(
        "POST",
        "/dry-runs",
        "runFlowDry",
        "Run a flow for an imagined person; nothing is written, sent or called",
        "flows:read",
        trials.DryRun,
        body=trials.DryRunOrder,
        problems=("not-found",),
    ),
    Operation(
        "POST",
        "/flow-tests",
        "testFlow",
        "Run tests against a text; nothing is saved",
        "flows:read",
        trials.FlowTested,
        body=trials.FlowTestOrder,
    ),
    Operation("GET", "/flow-templates", "listFlowTemplates", "Flows to start from", "flows:read", trials.FlowTemplates),
    Operation(
        "POST",
        "/screen-previews",
        "previewScreen",
        "A screen as people see it, with sample values",
        "flows:read",
        str,
        body=trials.ScreenPreview,
        media="text/html",
    ),
    Operation(
        "GET",
        "/connection-types",
        "listConnectionTypes",
        "The kinds of connections there are, with their forms",
        "connections:read",
        connections.ConnectionTypes,
    ),
    Operation(
        "GET",
        "/connections",
        "listConnections",
        "Connections, with health and what uses them",
        "connections:read",
        Page[connections.Connection],
        query=PageQuery,
    ),
    Operation(
        "POST",
        "/connections",
        "createConnection",
        "Make a connection",
        "connections:write",
        connections.Connection,
        body=connections.NewConnection,
        creates=True,
        tagged=True,
        status=201,
    ),
    Operation(
        "GET",
        _CONNECTION,
        "getConnection",
        "A connection, without its secrets",
        "connections:read",
        connections.Connection,
        tagged=True,
        problems=("not-found",),
    ),
    Operation(
        "PUT",
        _CONNECTION,
        "putConnection",
        "Change a connection; secrets that are left out stay",
        "connections:write",
        connections.Connection,
        body=connections.ConnectionChange,
        guard="match",
        tagged=True,
        problems=("not-found", "conflict"),
    ),
    Operation(
        "DELETE",
        _CONNECTION,
        "deleteConnection",
        "Remove a connection that no live flow uses",
        "connections:write",
        guard="match",
        status=204,
        problems=("not-found", "conflict"),
    ),
    Operation(
        "POST",
        f"{_CONNECTION}/test",
        "testConnection",
        "Try a connection, and say exactly what works and what does not",
        "connections:write",
        connections.ConnectionTested,
        problems=("not-found",),
    ),
)
