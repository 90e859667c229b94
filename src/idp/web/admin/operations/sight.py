"""Operations on what happens: runs, the audit trail, and the numbers of the home page."""

from typing import Final

from idp.web.admin.models import chain, sight
from idp.web.admin.models.shape import Page
from idp.web.admin.operation import Operation

SIGHT: Final[tuple[Operation, ...]] = (
    Operation(
        "GET",
        "/runs",
        "listRuns",
        "What happened to people in flows, newest first",
        "runs:read",
        Page[sight.RunSummary],
        query=sight.RunQuery,
        problems=("not-found",),
    ),
    Operation(
        "GET",
        "/runs/{run_id}",
        "getRun",
        "A run laid over its flow, step by step, with everything that people typed left out",
        "runs:read",
        sight.Run,
        problems=("not-found",),
    ),
    Operation(
        "POST",
        "/runs/{run_id}/release",
        "releaseRun",
        "Let a run go on that waits, if its flow lets operators do that",
        "users:write",
        sight.Run,
        dangerous=True,
        creates=True,
        problems=("not-found", "conflict"),
    ),
    Operation(
        "GET",
        "/audit",
        "listAudit",
        "The audit trail, newest first",
        "audit:read",
        Page[sight.AuditEntry],
        query=sight.AuditQuery,
        problems=("not-found",),
    ),
    Operation(
        "GET",
        "/audit/export",
        "exportAudit",
        "The audit trail, oldest first, a JSON object on each line; the header Link names the part that follows",
        "audit:read",
        str,
        query=sight.AuditExport,
        media="application/x-ndjson",
        problems=("not-found",),
    ),
    Operation(
        "GET",
        "/audit/chain",
        "getAuditChain",
        "Where the chain over the audit trail stands, and what the last check by the worker found",
        "audit:read",
        chain.AuditChain,
    ),
    Operation(
        "GET",
        "/audit/check",
        "checkAudit",
        "Check a part of the chain over the audit trail, and say exactly what is wrong",
        "audit:read",
        chain.AuditCheck,
        query=chain.AuditCheckQuery,
    ),
    Operation(
        "GET", "/home", "getHome", "The numbers that an operator wants", "stats:read", sight.Home, query=sight.HomeQuery
    ),
)
