"""Review: a doubtful verification becomes a case, and people decide it, with reasons.

A reviewer is an active user with the role reviewer or owner, and never the person whose case it is. As many different
reviewers must approve as the operator has asked for when the case was opened; one rejection rejects. What each of them
says is kept and never changes.
"""

from typing import Final

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.review_mail import tell_decided, tell_pending
from idp.errors import Conflict, InvalidInput, NotFound
from idp.flows.events import AwaitReview
from idp.records.accounts import Role, User
from idp.records.journeys import Case, Opinion, Run, Verification
from idp.storage.protocols.unit import UnitOfWork

MAX_REASON: Final = 500
REVIEWING: Final[frozenset[Role]] = frozenset({"owner", "reviewer"})


class MayNotReview(InvalidInput):
    """Who asks is no reviewer, or not of this case."""

    code = "may_not_review"


def take_case(
    deps: Dependencies, uow: UnitOfWork, run: Run, effect: AwaitReview, trace: str, after: frozenset[int] = frozenset()
) -> Case | None:
    """Return the case of the run's newest verification, opening one if there is none but those of `after`.

    None when there is nothing a reviewer could judge. A case past its deadline is closed as expired.
    """
    now = deps.clock.now()
    judged = [item for item in uow.verifications.of_run(run.id) if item.fetched_at is not None]
    if not judged:
        return None
    verification = judged[-1]
    cases = (case for case in uow.cases.of_run(run.id) if case.id not in after)
    known = [case for case in cases if case.verification_id == verification.id]
    if known:
        case = known[-1]
        if case.status == "open" and now >= case.deadline_at:
            uow.cases.decide(case.id, "expired", "system", "deadline", now)
            return uow.cases.get(case.id)
        return case
    case = uow.cases.add(
        Case(
            id=0,
            run_id=run.id,
            verification_id=verification.id,
            queue=effect.queue,
            created_at=now,
            deadline_at=now + effect.deadline,
            user_id=verification.user_id,
            reasons=(f"overall {verification.overall or 'unknown'}", f"owner {verification.owner or 'unknown'}"),
            approvals_needed=deps.policy.review_approvals,
        )
    )
    tell_pending(deps, uow, run)
    note(deps, uow, "review.open", "opened", trace=trace, user_id=verification.user_id, run_id=run.id)
    return case


def decide_case(
    deps: Dependencies, case_id: int, *, approve: bool, reviewer_id: int, reason: str, trace: str = "-"
) -> Case:
    """Say what a reviewer thinks of an open case, and close it if that decides it. The person is told by mail then.

    Returns the case, which stays open while approvals are missing. Raises InvalidInput without a reason, or when a
    mismatch is to be approved: a reviewer judges doubt, and a document of somebody else is none. Raises MayNotReview
    for somebody who may not, NotFound, and Conflict when the case is closed or the reviewer has spoken already.
    """
    if not reason.strip() or len(reason) > MAX_REASON:
        raise InvalidInput(f"A decision needs a reason of at most {MAX_REASON} characters.")
    now = deps.clock.now()
    with deps.storage.write() as uow:
        case, verification = find_case(uow, case_id)
        reviewer = check_reviewer(uow, case, reviewer_id)
        if approve and verification.owner == "mismatch":
            raise InvalidInput("The document belongs to somebody else than the account; this cannot be approved.")
        # Two reviewers at once: the second waits here, and then counts the first one's opinion too.
        if now >= case.deadline_at or not uow.cases.hold(case_id):
            raise Conflict("The case is closed already.")
        if not uow.cases.add_opinion(Opinion(0, case_id, reviewer_id, approve, reason.strip(), now)):
            raise Conflict("You have given your opinion of this case already.")
        approvals = sum(one.approves for one in uow.cases.opinions(case_id))
        decided = not approve or approvals >= case.approvals_needed
        note(
            deps,
            uow,
            "review.opinion",
            "approve" if approve else "reject",
            trace=trace,
            actor=f"reviewer:{reviewer.email}",
            reason=reason.strip(),
            user_id=case.user_id,
            run_id=case.run_id,
            data={"case": case_id, "approvals": approvals, "needed": case.approvals_needed},
        )
        if decided:
            _close(deps, uow, case, approve=approve, reviewer=reviewer, reason=reason.strip(), trace=trace)
        return find_case(uow, case_id)[0]


def find_case(uow: UnitOfWork, case_id: int) -> tuple[Case, Verification]:
    """Return a case with its verification. Raises NotFound."""
    case = uow.cases.get(case_id)
    verification = uow.verifications.get(case.verification_id) if case else None
    if case is None or verification is None:
        raise NotFound(f"There is no case {case_id}.")
    return case, verification


def check_reviewer(uow: UnitOfWork, case: Case, reviewer_id: int) -> User:
    """Return the reviewer. Raises MayNotReview for somebody without the role, blocked, or who is the case's person."""
    reviewer = uow.users.get(reviewer_id)
    roles = {assignment.role for assignment in uow.roles.of_user(reviewer_id)}
    if reviewer is None or reviewer.status != "active" or not roles & REVIEWING:
        raise MayNotReview("A review needs the role reviewer.")
    registration = uow.registrations.of_run(case.run_id)
    if case.user_id == reviewer_id or (registration is not None and registration.email_key == reviewer.email_key):
        raise MayNotReview("Nobody reviews their own case.")
    return reviewer


def _close(
    deps: Dependencies, uow: UnitOfWork, case: Case, *, approve: bool, reviewer: User, reason: str, trace: str
) -> None:
    status = "approved" if approve else "rejected"
    run = uow.runs.get(case.run_id)
    if run is None or not uow.cases.decide(case.id, status, reviewer.email, reason, deps.clock.now()):
        raise Conflict("The case is closed already.")
    tell_decided(deps, uow, run, approved=approve)
    note(
        deps,
        uow,
        "review.decide",
        status,
        trace=trace,
        actor=f"reviewer:{reviewer.email}",
        reason=reason,
        user_id=case.user_id,
        run_id=run.id,
        data={"case": case.id},
    )
