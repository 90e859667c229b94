"""Asking vendors to delete what they hold. Runs in the worker, with retries, outside every request."""

from typing import Final

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.threads import in_thread
from idp.connectors.api import ConnectorError, DeletesData
from idp.errors import Conflict, IdpError
from idp.records.operations import VendorDeletion

CLAIM_SECONDS: Final = 300.0
MAX_ATTEMPTS: Final = 16
FIRST_RETRY: Final = 60.0
#: More than a week of attempts altogether: long enough for an operator to mend a connection.
LONGEST_RETRY: Final = 2 * 86400.0
TRACE: Final = "worker"
ASKED_AT_ONCE: Final = 200


def ask_for_due_deletions(deps: Dependencies) -> int:
    """Queue the deletion of what vendors have held for as long as their connection allows. Returns how many.

    A connection without `delete_after_seconds` in its settings leaves it to the vendor's own rules.
    """
    with deps.storage.read() as uow:
        keeping = {
            record.name: getattr(deps.switchboard.line(uow, record.name).settings, "delete_after_seconds", None)
            for record in uow.connections.all()
        }
    return sum(_ask_for(deps, name, seconds) for name, seconds in keeping.items() if seconds is not None)


def _ask_for(deps: Dependencies, connection: str, seconds: float) -> int:
    now = deps.clock.now()
    count = 0
    with deps.storage.write() as uow:
        for verification in uow.verifications.deletable(connection, now - seconds, ASKED_AT_ONCE):
            run = uow.runs.get(verification.run_id)
            owner = verification.user_id or (run.user_id if run is not None else None)
            reference = verification.vendor_ref or ""
            try:
                deletion = uow.vendor_deletions.add(
                    VendorDeletion(0, owner, connection, reference, now, next_attempt_at=now)
                )
            except Conflict:
                continue
            note(
                deps,
                uow,
                "vendor.delete",
                "asked",
                trace=TRACE,
                reason="retention",
                user_id=owner,
                run_id=verification.run_id,
                data={"connection": connection, "deletion": deletion.id, "verification": verification.id},
            )
            count += 1
    return count


async def delete_at_vendors(deps: Dependencies) -> int:
    """Ask for what is due and return how many were deleted. What fails is asked for again, ever later."""
    deleted = 0
    for deletion in await in_thread(_claim, deps):
        error = await _delete(deps, deletion)
        await in_thread(_settle, deps, deletion, error)
        deleted += error is None
    return deleted


async def _delete(deps: Dependencies, deletion: VendorDeletion) -> str | None:
    try:
        connector = await in_thread(_connector, deps, deletion.connection)
        if connector is None:
            return "not_supported"
        await connector.delete(deletion.vendor_ref)
    except (ConnectorError, IdpError) as error:
        return error.code
    return None


def _connector(deps: Dependencies, connection: str) -> DeletesData | None:
    with deps.storage.read() as uow:
        connector = deps.switchboard.line(uow, connection).connector
    return connector if isinstance(connector, DeletesData) else None


def _claim(deps: Dependencies) -> list[VendorDeletion]:
    now = deps.clock.now()
    with deps.storage.write() as uow:
        return list(uow.vendor_deletions.claim(now, now + CLAIM_SECONDS))


def _settle(deps: Dependencies, deletion: VendorDeletion, error: str | None) -> None:
    now = deps.clock.now()
    with deps.storage.write() as uow:
        if error is None:
            uow.vendor_deletions.done(deletion.id, now)
            outcome = "deleted"
        elif deletion.attempts + 1 >= MAX_ATTEMPTS:
            uow.vendor_deletions.fail(deletion.id, now, error)
            outcome = "given_up"
        else:
            later = min(FIRST_RETRY * 2**deletion.attempts, LONGEST_RETRY)
            uow.vendor_deletions.retry(deletion.id, now + later, error)
            # Once is enough: the reason of the newest attempt is in the row.
            outcome = "" if deletion.attempts else "refused"
        if outcome:
            note(
                deps,
                uow,
                "vendor.delete",
                outcome,
                trace=TRACE,
                reason=error or "",
                user_id=deletion.user_id,
                data={"connection": deletion.connection, "deletion": deletion.id},
            )
