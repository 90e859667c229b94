"""What happens without a browser: looks that are due, deadlines that have passed, and forgetting."""

from dataclasses import replace

from idp.application.audit import note_run
from idp.application.dependencies import Dependencies
from idp.application.threads import in_thread
from idp.application.verify import WORKER_PERIOD, look
from idp.errors import Conflict

TRACE = "worker"


async def look_at_due_verifications(deps: Dependencies) -> int:
    """Look at open verifications whose turn it is, so that a result is known even if the browser never comes back."""
    due = await in_thread(_claim_due, deps)
    for verification_id in due:
        await look(deps, verification_id, TRACE)
    return len(due)


def expire_overdue(deps: Dependencies) -> int:
    """Close runs and review cases whose deadline has passed. Returns how many."""
    now = deps.clock.now()
    count = 0
    with deps.storage.write() as uow:
        for case in uow.cases.overdue(now):
            count += uow.cases.decide(case.id, "expired", "system", "deadline", now)
        for run in uow.runs.overdue(now):
            try:
                uow.runs.save(replace(run, status="expired", reason="deadline", finished_at=now))
            except Conflict:
                continue
            note_run(deps, uow, run, "run.finish", "expired", trace=TRACE, reason="deadline")
            count += 1
    return count


def forget_expired(deps: Dependencies) -> int:
    """Purge one-time values and throttle counters that no longer matter."""
    now = deps.clock.now()
    with deps.storage.write() as uow:
        return uow.once.purge(now) + uow.throttles.purge(now)


def _claim_due(deps: Dependencies) -> list[int]:
    now = deps.clock.now()
    with deps.storage.write() as uow:
        return [item.id for item in uow.verifications.claim_due(now, now + WORKER_PERIOD)]
