"""The end of a run: what it leaves behind.

A completed run opens or rotates the browser's session. It grants nothing by itself: whether the stored request may be
answered is decided anew, from evidence, in `authorize`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from idp.application.audit import note_run
from idp.application.browser import Browser, OpenedSession, open_session
from idp.application.dependencies import Dependencies
from idp.application.risk import remember_device
from idp.flows.door import lacks_evidence
from idp.oidc.levels import Levels
from idp.records.journeys import AuthorizationRequest, Evidence, Run, RunStatus
from idp.storage.protocols.unit import UnitOfWork

STOPPED = "stopped"
DEADLINE = "deadline"
RETRYABLE = frozenset({"sign_in", "sign_up", "recovery"})


def finish_run(
    deps: Dependencies,
    uow: UnitOfWork,
    run: Run,
    end: str,
    reason: str | None,
    browser: Browser,
    status: str | None = None,
) -> tuple[Run, OpenedSession | None]:
    """Close the run and note on its request what it did not reach. Returns the run and the new session, if any."""
    session = None
    if end == "complete":
        lacks = _lacks(deps, uow, run)
        user = uow.users.get(run.user_id) if run.user_id is not None else None
        if lacks or user is None or user.status != "active":
            end, reason = "error", lacks or "user_blocked"
        else:
            session = open_session(deps, uow, browser, user)
            remember_device(deps, uow, user, browser)
            run = replace(run, session_id=session.session_id)
    final = cast(RunStatus, status or end)
    now = deps.clock.now()
    run = uow.runs.save(replace(run, status=final, finished_at=now, reason=reason))
    note_run(deps, uow, run, "run.finish", final, trace=browser.trace, reason=reason or "")
    if final != "complete":
        _note_on_request(uow, run)
    return run, session


def expire_run(deps: Dependencies, uow: UnitOfWork, run: Run, trace: str) -> Run:
    """Close a run whose deadline has passed while nobody was there, just as if its browser had come back too late."""
    run = uow.runs.save(replace(run, status="expired", finished_at=deps.clock.now(), reason=DEADLINE))
    note_run(deps, uow, run, "run.finish", "expired", trace=trace, reason=DEADLINE)
    _note_on_request(uow, run)
    return run


def _lacks(deps: Dependencies, uow: UnitOfWork, run: Run) -> str:
    """Ask the purpose's demand again, of the evidence this time and not of the graph (DESIGN invariant 3)."""
    evidence = uow.evidence.of_run(run.id)
    known = run.user_id is not None
    methods = {item.method for item in evidence}
    lacks = lacks_evidence(run.purpose, methods, user_known=known, reached=_reached(deps, uow, run, evidence))
    return "evidence_missing" if lacks else ""


def _reached(deps: Dependencies, uow: UnitOfWork, run: Run, evidence: Sequence[Evidence]) -> bool:
    if run.session_id is None:
        return False
    levels = deps.flows.inventory.levels(uow)
    return reaches_target(levels, run, uow.evidence.of_session(run.session_id), evidence, deps.clock.now())


def reaches_target(
    levels: Levels, run: Run, before: Sequence[Evidence], evidence: Sequence[Evidence], now: float
) -> bool:
    """Say whether a run has earned its level together with the session it began in, and had a part in that.

    `before` is the session's evidence, `evidence` the run's, `now` epoch seconds. Pure: a dry run asks it too.
    """
    if run.target_acr is None:
        return False
    own = [item for item in (*before, *evidence) if item.user_id == run.user_id]
    earned = levels.earn(run.target_acr, own, now)
    return earned is not None and any(item.id in earned.evidence_ids for item in evidence)


def _note_on_request(uow: UnitOfWork, run: Run) -> None:
    request = uow.requests.get(run.request_id) if run.request_id is not None else None
    if request is None or request.status != "open":
        return
    changed = note_failure(request, run)
    if changed != request:
        uow.requests.save(changed)


def note_failure(request: AuthorizationRequest, run: Run) -> AuthorizationRequest:
    """Return the request with what a run that did not complete means for it. Pure: a dry run asks it too."""
    if run.reason == STOPPED:
        return replace(request, denied="access_denied")
    if run.purpose == "step_up" and run.target_acr and run.reason not in {"session_ended", "other_user"}:
        return replace(request, attempted=(*request.attempted, run.target_acr))
    if run.purpose in RETRYABLE and run.status in {"denied", "error"} and run.reason != "other_user":
        return replace(request, denied="access_denied")
    return request
