"""Review: a doubtful verification becomes a case, and a person decides it, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.mail import queue_mail
from idp.application.ownership import Person, open_person
from idp.errors import Conflict, InvalidInput, NotFound
from idp.flows.events import AwaitReview
from idp.records.accounts import User
from idp.records.journeys import Case, Run, Verification
from idp.storage.protocols.unit import UnitOfWork

MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with what a reviewer compares: the account's claims beside the document's."""

    case: Case
    verification: Verification
    document: Person
    user: User | None


def take_case(deps: Dependencies, uow: UnitOfWork, run: Run, effect: AwaitReview, trace: str) -> Case | None:
    """Return the case of the run's newest verification, opening one if there is none.

    None when there is nothing a reviewer could judge. A case past its deadline is closed as expired.
    """
    now = deps.clock.now()
    judged = [item for item in uow.verifications.of_run(run.id) if item.fetched_at is not None]
    if not judged:
        return None
    verification = judged[-1]
    known = [case for case in uow.cases.of_run(run.id) if case.verification_id == verification.id]
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
        )
    )
    _tell(deps, uow, run, "verification_pending", {})
    note(deps, uow, "review.open", "opened", trace=trace, user_id=verification.user_id, run_id=run.id)
    return case


def list_cases(deps: Dependencies, status: str | None = "open") -> Sequence[Case]:
    """List cases, oldest first; all of them with None."""
    with deps.storage.read() as uow:
        return uow.cases.list(status)


def show_case(deps: Dependencies, case_id: int) -> CaseFile:
    """Return a case with its evidence. Raises NotFound."""
    with deps.storage.read() as uow:
        return _file(deps, uow, case_id)


def decide_case(deps: Dependencies, case_id: int, *, approve: bool, reviewer: str, reason: str) -> Case:
    """Decide an open case, once, and tell the person by mail.

    Raises InvalidInput without a reason or a reviewer, or when a mismatch is to be approved: a reviewer judges doubt,
    and a document of somebody else is none. Raises Conflict when the case is closed.
    """
    if not reason.strip() or len(reason) > MAX_REASON:
        raise InvalidInput(f"A decision needs a reason of at most {MAX_REASON} characters.")
    if not reviewer.strip():
        raise InvalidInput("A decision needs the reviewer's name.")
    now = deps.clock.now()
    with deps.storage.write() as uow:
        file = _file(deps, uow, case_id)
        if approve and file.verification.owner == "mismatch":
            raise InvalidInput("The document belongs to somebody else than the account; this cannot be approved.")
        run = uow.runs.get(file.case.run_id)
        status = "approved" if approve else "rejected"
        open_still = now < file.case.deadline_at and uow.cases.decide(case_id, status, reviewer, reason.strip(), now)
        if not open_still or run is None:
            raise Conflict("The case is closed already.")
        template = "verification_approved" if approve else "verification_rejected"
        values: dict[str, str | float] = {"link": f"{deps.policy.issuer}/run/{run.id}"}
        if approve:
            values["until"] = run.deadline_at
        _tell(deps, uow, run, template, values)
        note(
            deps,
            uow,
            "review.decide",
            status,
            actor=f"reviewer:{reviewer}",
            reason=reason.strip(),
            user_id=file.case.user_id,
            run_id=run.id,
            data={"case": case_id},
        )
        return _file(deps, uow, case_id).case


def _file(deps: Dependencies, uow: UnitOfWork, case_id: int) -> CaseFile:
    case = uow.cases.get(case_id)
    verification = uow.verifications.get(case.verification_id) if case else None
    if case is None or verification is None:
        raise NotFound(f"There is no case {case_id}.")
    user = uow.users.get(case.user_id) if case.user_id is not None else None
    return CaseFile(case, verification, open_person(deps, verification), user)


def _tell(deps: Dependencies, uow: UnitOfWork, run: Run, template: str, values: dict[str, str | float]) -> None:
    """Mail the person whose run this is: the account's address, or the one being registered."""
    user_id = run.user_id or run.expected_user_id
    user = uow.users.get(user_id) if user_id is not None else None
    registration = uow.registrations.of_run(run.id) if user is None else None
    to = user.email if user else registration.email if registration else None
    if to is not None:
        queue_mail(deps, uow, to, template, (user.locale if user else None) or run.locale, values)
