"""What happens without a browser: looks that are due, deadlines that have passed, and forgetting."""

from contextlib import suppress

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.finish import DEADLINE, expire_run
from idp.application.risk import REMEMBERED
from idp.application.threads import in_thread
from idp.application.verify import WORKER_PERIOD, look
from idp.errors import Conflict
from idp.records.journeys import Case
from idp.storage.protocols.unit import UnitOfWork

TRACE = "worker"
RUN_OVER = "run_over"


async def look_at_due_verifications(deps: Dependencies) -> int:
    """Look at open verifications whose turn it is, so that a result is known even if the browser never comes back."""
    due = await in_thread(_claim_due, deps)
    for verification_id in due:
        await look(deps, verification_id, TRACE)
    return len(due)


def expire_overdue(deps: Dependencies) -> int:
    """Close runs and review cases whose deadline has passed, and cases whose run is over. Returns how many."""
    now = deps.clock.now()
    count = 0
    with deps.storage.write() as uow:
        count += sum(_close_case(deps, uow, case, DEADLINE) for case in uow.cases.overdue(now))
        count += sum(_close_case(deps, uow, case, RUN_OVER) for case in uow.cases.abandoned())
        overdue = uow.runs.overdue(now)
    for run in overdue:
        # One that a browser has just moved on is left to that.
        with suppress(Conflict), deps.storage.write() as uow:
            expire_run(deps, uow, run, TRACE)
            count += 1
    return count


def _close_case(deps: Dependencies, uow: UnitOfWork, case: Case, reason: str) -> bool:
    if not uow.cases.decide(case.id, "expired", "system", reason, deps.clock.now()):
        return False
    data = {"case": case.id}
    note(
        deps,
        uow,
        "review.decide",
        "expired",
        reason=reason,
        trace=TRACE,
        user_id=case.user_id,
        run_id=case.run_id,
        data=data,
    )
    return True


def forget_expired(deps: Dependencies) -> int:
    """Purge one-time values, throttle counters, kept answers and browsers of long ago that no longer matter."""
    now = deps.clock.now()
    with deps.storage.write() as uow:
        forgotten = uow.devices.forget(now - REMEMBERED)
        return forgotten + uow.once.purge(now) + uow.throttles.purge(now) + uow.answers.purge(now)


def _claim_due(deps: Dependencies) -> list[int]:
    now = deps.clock.now()
    with deps.storage.write() as uow:
        return [item.id for item in uow.verifications.claim_due(now, now + WORKER_PERIOD)]
