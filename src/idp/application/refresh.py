"""Fetching a completed result anew, before a run is judged by what the vendor's people decided some time ago.

The person comes back when they read the mail. By then the result that the worker fetched is stale, and stale is no
proof (DESIGN invariant 2d). What counts is what the vendor says at that moment.
"""

from dataclasses import replace
from typing import Final

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.switchboard import Line
from idp.application.threads import in_thread
from idp.application.verify import look_call, take_result
from idp.connectors.api import Concluded, ConnectorError, Waiting
from idp.errors import Conflict
from idp.records.journeys import Verification

WITHDRAWN: Final = "decision_withdrawn"


def is_recent(deps: Dependencies, verification: Verification) -> bool:
    """Say whether a result was fetched so lately that it is still fresh when it is judged, in this very request."""
    age = deps.clock.now() - verification.fetched_at if verification.fetched_at is not None else None
    return age is not None and age < deps.policy.proof_freshness_seconds / 2


async def refresh(deps: Dependencies, verification_id: int, trace: str) -> None:
    """Fetch a completed result anew and keep it. A vendor that cannot be asked changes nothing.

    A result that is no longer there, or not decided any more, leaves the row `expired`: that is no proof.
    """
    verification, line = await in_thread(_find, deps, verification_id)
    call = look_call(deps, verification)
    if call is None or verification.status != "completed":
        return
    try:
        seen = await line.connector.look(call)
    except ConnectorError as error:
        await in_thread(_note, deps, verification, "unreachable", trace, error.code)
        return
    await in_thread(_keep, deps, verification, seen, trace)


def _find(deps: Dependencies, verification_id: int) -> tuple[Verification, Line]:
    with deps.storage.read() as uow:
        verification = uow.verifications.get(verification_id)
        if verification is None:
            raise Conflict(detail="the verification is gone")
        return verification, deps.switchboard.line(uow, verification.connection)


def _keep(deps: Dependencies, before: Verification, seen: Waiting | Concluded, trace: str) -> None:
    with deps.storage.write() as uow:
        verification = uow.verifications.get(before.id)
        if verification is None or verification.version != before.version:
            return
        if isinstance(seen, Concluded) and seen.outcome == "completed" and seen.result is not None:
            uow.verifications.save(take_result(deps, uow, verification, seen.result))
            outcome = "refreshed"
        else:
            uow.verifications.save(replace(verification, status="expired", error=WITHDRAWN))
            outcome = "expired"
    _note(deps, verification, outcome, trace, "" if outcome == "refreshed" else WITHDRAWN)


def _note(deps: Dependencies, verification: Verification, outcome: str, trace: str, reason: str) -> None:
    with deps.storage.write() as uow:
        note(
            deps,
            uow,
            "verification",
            outcome,
            trace=trace,
            reason=reason,
            user_id=verification.user_id,
            run_id=verification.run_id,
            data={"verification": verification.id, "connection": verification.connection},
        )
