"""Using an identity connector: start, look, and keep what it said.

Return, webhook, poll and page reload all mean the same: *look now* (DESIGN invariant 4). A look fetches the result
server to server by the vendor reference in our own row. No unit of work is open while the vendor is called
(invariant 9).
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from idp.application.attempts import INTERRUPTED, is_interrupted, is_starting
from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.ownership import judge_result, seal_person
from idp.application.switchboard import Line
from idp.application.threads import in_thread
from idp.application.vendor_decision import follow_vendor
from idp.connectors.api import (
    Concluded,
    ConnectorError,
    LookCall,
    StartCall,
    Started,
    VerificationResult,
    Waiting,
    name_code,
)
from idp.errors import Conflict
from idp.handles import digest, encode, mint
from idp.records.journeys import Run, Verification
from idp.storage.protocols.unit import UnitOfWork

RETURN_PURPOSE: Final = "vendor_return"
SECRET_SEAL: Final = "verification.secret"
URL_SEAL: Final = "verification.url"
ATTEMPT_WINDOW: Final = 86400.0
OPEN: Final = frozenset({"started", "pending"})
FIRST_LOOK: Final = 15.0
WORKER_PERIOD: Final = 30.0
LONGEST_PERIOD: Final = 900.0
LEAST_BETWEEN_LOOKS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Opening:
    """A verification that is about to be started at the vendor."""

    verification: Verification
    line: Line
    return_url: str


async def begin_verification(
    deps: Dependencies, run_id: int, step: str, connection: str, visit: int, trace: str
) -> Verification:
    """Start a verification for this step of the run, or return the open one (a reload resumes, it does not start anew).

    The returned row has status `started`, with a vendor URL unless another request is still starting it, or `error`
    when the vendor could not be asked or the person has no attempts left.
    """
    try:
        opening = await in_thread(_open, deps, run_id, step, connection, visit, trace)
    except Conflict:
        opening = await in_thread(_open, deps, run_id, step, connection, visit, trace)
    if isinstance(opening, Verification):
        return opening
    call = StartCall(
        verification_id=opening.verification.id,
        subject_ref=opening.verification.subject_ref,
        return_url=opening.return_url,
        locale=await in_thread(_locale, deps, run_id),
        deadline=opening.verification.deadline_at,
    )
    try:
        started = await opening.line.connector.start(call)
    except ConnectorError as error:
        return await in_thread(_start_failed, deps, opening.verification.id, error, trace)
    return await in_thread(_started, deps, opening.verification.id, started)


async def look(deps: Dependencies, verification_id: int, trace: str, *, hurry: bool = False) -> Verification | None:
    """Ask the vendor how far a verification is, and keep what it says. Returns the row as it is afterwards.

    `hurry` looks even if the last look was less than a second ago. A vendor that cannot be asked leaves the row open
    until its deadline: nothing is lost, and nothing passes.
    """
    found = await in_thread(_find, deps, verification_id, hurry)
    if found is None:
        return None
    verification, line, over = found
    if is_interrupted(verification, deps.clock.now()):
        return await in_thread(_change, deps, verification.id, partial(_give_up, deps, trace=trace))
    if over:
        return await in_thread(_change, deps, verification.id, _rest)
    call = look_call(deps, verification)
    if line is None or call is None:
        return verification
    try:
        seen: Waiting | Concluded = await line.connector.look(call)
    except ConnectorError as error:
        return await in_thread(_look_failed, deps, verification.id, error, trace)
    return await in_thread(_keep, deps, verification.id, seen, trace)


def look_call(deps: Dependencies, verification: Verification) -> LookCall | None:
    """Return what a connector needs to look at a verification, None for one that has no session at the vendor."""
    if verification.vendor_ref is None or verification.vendor_secret is None:
        return None
    return LookCall(
        vendor_ref=verification.vendor_ref,
        vendor_secret=deps.sealer.open(SECRET_SEAL, verification.vendor_secret).decode(),
        started_at=verification.created_at,
        deadline=verification.deadline_at,
        now=deps.clock.now(),
        subject_ref=verification.subject_ref,
    )


def take_result(
    deps: Dependencies, uow: UnitOfWork, verification: Verification, result: VerificationResult
) -> Verification:
    """Put what the vendor found into the row, minimised and with the owner judged. Saves nothing."""
    verdict = judge_result(uow, verification, result)
    return replace(
        verification,
        overall=result.overall,
        owner=verdict.owner,
        owner_reasons=verdict.reasons,
        output=dict(result.output),
        document=seal_person(deps, result),
        vendor_identity_id=result.identity_id,
        fetched_at=deps.clock.now(),
    )


def return_state(deps: Dependencies, verification: Verification, secret: str) -> str:
    """Sign the state that the vendor's redirect brings back. It names a verification and opens nothing."""
    return deps.signer.sign(RETURN_PURPOSE, {"v": encode(verification.id, secret)})


def vendor_url(deps: Dependencies, verification: Verification) -> str:
    """Return the vendor's page for this verification, empty if there is none."""
    return deps.sealer.open(URL_SEAL, verification.vendor_url).decode() if verification.vendor_url else ""


def outcome_of(verification: Verification) -> str | None:
    """Translate a verification's status into the connector step's outcome, None while it is running."""
    outcomes = {"completed": "completed", "pending": "pending", "expired": "expired", "error": "error"}
    return outcomes.get(verification.status)


def error_of(verification: Verification) -> str | None:
    """Return the code of what failed, as a flow can wire it, None for a verification that did not fail."""
    return name_code(verification.error or "") if verification.status == "error" else None


def output_of(verification: Verification) -> dict[str, Any]:
    """Return what conditions see as `connectors.<name>`, with the owner check in it."""
    return {**verification.output, "owner": verification.owner or "unknown"}


def subject_ref(deps: Dependencies, connection: str, account: str) -> str:
    """Make the name by which the vendor knows this account: stable, and meaningless to anyone else."""
    return hmac.new(deps.code_key, f"subject:{connection}:{account}".encode(), hashlib.sha256).hexdigest()[:32]


def _open(
    deps: Dependencies, run_id: int, step: str, connection: str, visit: int, trace: str
) -> Opening | Verification:
    now = deps.clock.now()
    with deps.storage.write() as uow:
        run = uow.runs.get(run_id)
        if run is None or run.status != "active":
            raise Conflict(detail=f"run {run_id} is not active")
        # Of two requests that start at once, one finds the run at a later version, and then the other's row.
        uow.runs.save(run)
        for earlier in reversed(uow.verifications.of_run(run.id, step)):
            usable = earlier.status == "started" and earlier.vendor_url is not None and earlier.deadline_at > now
            if earlier.visit == visit and (usable or is_starting(earlier, now)):
                return earlier
            if earlier.visit == visit and is_interrupted(earlier, now):
                uow.verifications.save(_give_up(deps, uow, run, earlier, trace))
        line = deps.switchboard.line(uow, connection)
        user = uow.users.get(_subject(run)) if _subject(run) else None
        secret = mint(deps.random_bytes)
        verification = uow.verifications.add(
            Verification(
                id=0,
                run_id=run.id,
                step=step,
                connection=connection,
                subject_ref=subject_ref(deps, connection, user.sub if user else _newcomer(uow, run)),
                created_at=now,
                deadline_at=now + line.settings.deadline_seconds,
                user_id=user.id if user else None,
                state_digest=secret.digest,
                next_look_at=now + FIRST_LOOK,
                visit=visit,
            )
        )
        attempts = uow.verifications.count_since(user.id, connection, now - ATTEMPT_WINDOW) if user else 0
        if attempts > line.settings.attempts_per_day:
            _audit(deps, uow, run, verification, "refused", trace, "too_many_attempts")
            return uow.verifications.save(
                replace(verification, status="error", error="too_many_attempts", next_look_at=None)
            )
        _audit(deps, uow, run, verification, "started", trace)
        url = f"{deps.policy.issuer}/return?state={return_state(deps, verification, secret.text)}"
        return Opening(verification, line, url)


def _give_up(deps: Dependencies, uow: UnitOfWork, run: Run, verification: Verification, trace: str) -> Verification:
    """Close a verification whose start nobody will finish: the process that made the call has died."""
    _audit(deps, uow, run, verification, INTERRUPTED, trace)
    return replace(verification, status="error", error=INTERRUPTED, next_look_at=None)


def _subject(run: Run) -> int:
    return run.user_id or run.expected_user_id or 0


def _newcomer(uow: UnitOfWork, run: Run) -> str:
    """Name somebody who has no account yet by the address being registered, so that a second try is the same person."""
    registration = uow.registrations.of_run(run.id)
    return f"newcomer {registration.email_key}" if registration else f"run {run.id} {run.created_at}"


def _locale(deps: Dependencies, run_id: int) -> str:
    with deps.storage.read() as uow:
        run = uow.runs.get(run_id)
    return run.locale if run else "en"


def _change(
    deps: Dependencies, verification_id: int, change: Callable[[UnitOfWork, Run, Verification], Verification]
) -> Verification | None:
    """Load, change and save a verification that is still open; a lost race changes nothing and returns what won."""
    try:
        with deps.storage.write() as uow:
            verification = uow.verifications.get(verification_id)
            run = uow.runs.get(verification.run_id) if verification else None
            if verification is None or run is None or verification.status not in OPEN:
                return verification
            return uow.verifications.save(change(uow, run, verification))
    except Conflict:
        with deps.storage.read() as uow:
            return uow.verifications.get(verification_id)


def _started(deps: Dependencies, verification_id: int, started: Started) -> Verification:
    def change(_uow: UnitOfWork, _run: Run, verification: Verification) -> Verification:
        return replace(
            verification,
            vendor_ref=started.vendor_ref,
            vendor_secret=deps.sealer.seal(SECRET_SEAL, started.vendor_secret.encode()),
            vendor_url=deps.sealer.seal(URL_SEAL, started.url.encode()),
        )

    return _must(_change(deps, verification_id, change))


def _start_failed(deps: Dependencies, verification_id: int, error: ConnectorError, trace: str) -> Verification:
    def change(uow: UnitOfWork, run: Run, verification: Verification) -> Verification:
        _audit(deps, uow, run, verification, "error", trace, error.code)
        return replace(verification, status="error", error=error.code, next_look_at=None)

    return _must(_change(deps, verification_id, change))


def _find(deps: Dependencies, verification_id: int, hurry: bool) -> tuple[Verification, Line | None, bool] | None:  # noqa: FBT001
    """Return the row, the line to look through if it is time to look, and whether its run is over."""
    now = deps.clock.now()
    with deps.storage.read() as uow:
        verification = uow.verifications.get(verification_id)
        run = uow.runs.get(verification.run_id) if verification is not None else None
        if verification is None or run is None:
            return None
        resting = verification.status not in OPEN
        recent = verification.fetched_at is not None and now - verification.fetched_at < LEAST_BETWEEN_LOOKS
        if resting or (recent and not hurry):
            return verification, None, False
        return verification, deps.switchboard.line(uow, verification.connection), run.status != "active"


def _rest(_uow: UnitOfWork, _run: Run, verification: Verification) -> Verification:
    """Stop looking: whatever comes of it, its run is over and can use nothing."""
    return replace(verification, next_look_at=None)


def _look_failed(deps: Dependencies, verification_id: int, error: ConnectorError, trace: str) -> Verification | None:
    now = deps.clock.now()

    def change(uow: UnitOfWork, run: Run, verification: Verification) -> Verification:
        expired = now >= verification.deadline_at
        _audit(deps, uow, run, verification, "expired" if expired else "unreachable", trace, error.code)
        return replace(
            verification,
            status="expired" if expired else verification.status,
            error=error.code,
            next_look_at=None if expired else now + WORKER_PERIOD,
        )

    return _change(deps, verification_id, change)


def _keep(deps: Dependencies, verification_id: int, seen: Waiting | Concluded, trace: str) -> Verification | None:
    now = deps.clock.now()

    def change(uow: UnitOfWork, run: Run, verification: Verification) -> Verification:
        if isinstance(seen, Waiting):
            late = now >= verification.deadline_at
            if late:
                _audit(deps, uow, run, verification, "expired", trace, "deadline")
            return replace(
                verification,
                status="expired" if late else verification.status,
                next_look_at=None if late else now + WORKER_PERIOD,
            )
        return _conclude(deps, uow, run, verification, seen, trace)

    return _change(deps, verification_id, change)


def _conclude(
    deps: Dependencies, uow: UnitOfWork, run: Run, verification: Verification, seen: Concluded, trace: str
) -> Verification:
    now = deps.clock.now()
    settings = deps.switchboard.line(uow, verification.connection).settings
    changed = replace(verification, error=seen.error, next_look_at=None)
    if seen.result is not None:
        changed = take_result(deps, uow, changed, seen.result)
    if seen.outcome == "pending":
        # The vendor's own reviewers decide; that has a longer deadline, and outlives the browser.
        first = verification.status != "pending"
        changed = replace(
            changed,
            status="pending",
            deadline_at=now + settings.review_deadline_seconds if first else verification.deadline_at,
            next_look_at=now + _pause(now - verification.created_at),
        )
    else:
        changed = replace(changed, status=seen.outcome)
    if changed.status != verification.status:
        _audit(deps, uow, run, changed, changed.status, trace, seen.error or "")
        if verification.status == "pending":
            follow_vendor(deps, uow, run, changed, trace)
    return changed


def _pause(age: float) -> float:
    """Return how long to wait for people at the vendor before the next look: the longer, the older it is."""
    return min(max(age / 10, WORKER_PERIOD), LONGEST_PERIOD)


def _must(verification: Verification | None) -> Verification:
    if verification is None:
        raise Conflict(detail="the verification is gone")
    return verification


def state_matches(verification: Verification, secret: str) -> bool:
    """Say whether a return brought the state that was sent out with this verification."""
    return verification.state_digest is not None and hmac.compare_digest(digest(secret), verification.state_digest)


def _audit(
    deps: Dependencies,
    uow: UnitOfWork,
    run: Run,
    verification: Verification,
    outcome: str,
    trace: str,
    reason: str = "",
) -> None:
    note(
        deps,
        uow,
        "verification",
        outcome,
        trace=trace,
        reason=reason,
        user_id=verification.user_id,
        run_id=run.id,
        data={
            "verification": verification.id,
            "connection": verification.connection,
            "overall": verification.overall or "",
            "owner": verification.owner or "",
            "owner_reasons": list(verification.owner_reasons),
        },
    )
