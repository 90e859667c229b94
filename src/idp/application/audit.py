"""Writing the audit trail. Every decision is an entry, with its reason and the request ID; never a secret."""

from collections.abc import Mapping
from typing import Any

from idp.application.dependencies import Dependencies
from idp.records.journeys import Run
from idp.records.operations import AuditEntry
from idp.storage.protocols.unit import UnitOfWork


def note(
    deps: Dependencies,
    uow: UnitOfWork,
    action: str,
    outcome: str,
    *,
    trace: str = "-",
    reason: str = "",
    actor: str = "system",
    user_id: int | None = None,
    client_id: str | None = None,
    run_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append an entry in the caller's unit of work, so that a decision and its trace stand or fall together."""
    uow.audit.append(
        AuditEntry(
            id=0,
            at=deps.clock.now(),
            request_id=trace,
            action=action,
            outcome=outcome,
            reason=reason,
            actor=actor,
            user_id=user_id,
            client_id=client_id,
            run_id=run_id,
            data=data or {},
        )
    )


def note_run(
    deps: Dependencies, uow: UnitOfWork, run: Run, action: str, outcome: str, *, trace: str = "-", reason: str = ""
) -> None:
    """Append an entry about a run."""
    note(
        deps,
        uow,
        action,
        outcome,
        trace=trace,
        reason=reason,
        user_id=run.user_id or run.expected_user_id,
        run_id=run.id,
        data={"flow": run.flow_id, "version": run.flow_version, "variant": run.variant, "purpose": run.purpose},
    )
