"""What reviewers see: the queue, and one case with its evidence side by side. Nothing here changes a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.ownership import Person, open_person, profile_of
from idp.application.review import check_reviewer, find_case
from idp.identity.birth_dates import compare_birth_dates
from idp.identity.matching import DocumentPerson, Profile, compare_with_document
from idp.identity.names import Agreement
from idp.records.accounts import User
from idp.records.journeys import Case, Run, Verification
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class QueuedCase:
    """One line of the queue. `approvals` of `case.approvals_needed` are there. Times are epoch seconds."""

    case: Case
    purpose: str
    client_id: str
    approvals: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing that the account claims beside what the document says, and whether the two agree."""

    what: str
    account: str
    document: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Attempt:
    """An earlier verification of the same account, and how its case was decided, if there was one."""

    verification: Verification
    case: Case | None


@dataclass(frozen=True, slots=True)
class Said:
    """One reviewer's opinion."""

    reviewer: str
    approves: bool
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with what a reviewer needs, and no more: no document numbers, no pictures, no vendor's tokens.

    `modules` are the vendor's verdicts by module, `verdict` its overall one. `trail` is the way through the flow.
    """

    case: Case
    verification: Verification
    purpose: str
    client_id: str
    email: str
    comparisons: tuple[Comparison, ...]
    verdict: str
    modules: Mapping[str, str]
    trail: tuple[tuple[str, str], ...]
    earlier: tuple[Attempt, ...]
    opinions: tuple[Said, ...]


def list_cases(
    deps: Dependencies,
    status: str | None = "open",
    queue: str | None = None,
    *,
    after_id: int = 0,
    limit: int = 100,
) -> Sequence[QueuedCase]:
    """List cases of a status and a queue, oldest first; of all with None. Of `limit` cases after `after_id`."""
    with deps.storage.read() as uow:
        cases = [case for case in uow.cases.list(status, limit, after_id) if queue is None or case.queue == queue]
        return [_line(uow, case) for case in cases]


def show_case(deps: Dependencies, case_id: int, reviewer_id: int, trace: str = "-") -> CaseFile:
    """Return a case with its evidence. That somebody has looked at it is noted: it holds what a document says.

    Raises NotFound, and MayNotReview for somebody who is no reviewer, or not of this case.
    """
    with deps.storage.write() as uow:
        case, verification = find_case(uow, case_id)
        reviewer = check_reviewer(uow, case, reviewer_id)
        note(
            deps,
            uow,
            "review.view",
            "shown",
            trace=trace,
            actor=f"reviewer:{reviewer.email}",
            user_id=case.user_id,
            run_id=case.run_id,
            data={"case": case_id},
        )
        return _file(deps, uow, case, verification)


def _line(uow: UnitOfWork, case: Case) -> QueuedCase:
    run = uow.runs.get(case.run_id)
    approvals = sum(one.approves for one in uow.cases.opinions(case.id))
    return QueuedCase(case, run.purpose if run else "", _client_of(uow, run), approvals)


def _client_of(uow: UnitOfWork, run: Run | None) -> str:
    request = uow.requests.get(run.request_id) if run is not None and run.request_id is not None else None
    return request.client_id if request else ""


def _file(deps: Dependencies, uow: UnitOfWork, case: Case, verification: Verification) -> CaseFile:
    line = _line(uow, case)
    run = uow.runs.get(case.run_id)
    user = uow.users.get(case.user_id) if case.user_id is not None else None
    registration = uow.registrations.of_run(case.run_id) if user is None else None
    data = verification.output.get("data")
    score = data.get("score") if isinstance(data, Mapping) else None
    return CaseFile(
        case=case,
        verification=verification,
        purpose=line.purpose,
        client_id=line.client_id,
        email=user.email if user else registration.email if registration else "",
        comparisons=_compare(user, open_person(deps, verification)),
        verdict=verification.overall or "",
        modules=_modules(score),
        trail=_trail(run),
        earlier=_earlier(uow, case),
        opinions=tuple(_said(uow, case)),
    )


def _compare(user: User | None, document: Person) -> tuple[Comparison, ...]:
    """Put the account's claims beside the document's. Nobody is claimed to be anybody before there is an account."""
    own = profile_of(user) if user else Profile()
    printed = DocumentPerson(
        full_name=document.full_name or "", given_names=document.given_name or "", paternal=document.family_name or ""
    )
    account_name = own.full_name or f"{own.given_name or ''} {own.family_name or ''}".strip()
    born = own.birth_date
    return (
        Comparison("name", account_name, document.full_name or "", compare_with_document(own, printed)),
        Comparison("birth_date", _day(born), _day(document.birth_date), compare_birth_dates(born, document.birth_date)),
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _modules(score: Any) -> Mapping[str, str]:
    """Return each module's own verdict, whatever shape the rest has."""
    found = {}
    for name, module in score.items() if isinstance(score, Mapping) else ():
        overall = module.get("overall") if isinstance(module, Mapping) else None
        status = overall.get("status") if isinstance(overall, Mapping) else None
        if name != "overall" and isinstance(status, str):
            found[str(name)] = status
    return found


def _trail(run: Run | None) -> tuple[tuple[str, str], ...]:
    hops = run.state.get("trail", ()) if run is not None else ()
    return tuple((str(hop[0]), str(hop[1])) for hop in hops)


def _earlier(uow: UnitOfWork, case: Case) -> tuple[Attempt, ...]:
    if case.user_id is None:
        return ()
    cases = {one.verification_id: one for one in uow.cases.of_user(case.user_id)}
    others = (one for one in uow.verifications.of_user(case.user_id) if one.id != case.verification_id)
    return tuple(Attempt(one, cases.get(one.id)) for one in others)


def _said(uow: UnitOfWork, case: Case) -> list[Said]:
    found = []
    for one in uow.cases.opinions(case.id):
        reviewer = uow.users.get(one.reviewer_id)
        found.append(Said(reviewer.email if reviewer else "", one.approves, one.reason, one.at))
    return found
