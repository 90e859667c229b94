"""What a decision of the vendor's own people does to a case of ours that waits for the same result.

A result that is MANUAL goes to our reviewers while the vendor's may still decide it. Whoever decides first closes the
case, by one conditional UPDATE. The vendor's no is a rejection. The vendor's yes closes the case only if it would be
proof; it is no evidence by itself: the run goes back to its condition, which asks `proof.judge_proof`.
"""

from collections.abc import Set
from typing import Final

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.proof import find_refusal
from idp.application.review_mail import tell_decided
from idp.flows.door import weigh_late_result
from idp.records.journeys import Case, Run, Verification
from idp.storage.protocols.unit import UnitOfWork

ACTOR: Final = "vendor:"


def is_vendors(case: Case) -> bool:
    """Say whether the vendor has decided the case."""
    return (case.decided_by or "").startswith(ACTOR)


def follow_vendor(deps: Dependencies, uow: UnitOfWork, run: Run, verification: Verification, trace: str) -> bool:
    """Close the open case of a verification that was pending and is completed now, if the vendor has decided it.

    Anything in between, as a word that neither passes nor rejects, or a pass that may not count here, is noted and
    left to our reviewer. True if the case was decided.
    """
    if verification.status != "completed" or run.status != "active":
        return False
    mine = (case for case in uow.cases.of_run(run.id) if case.verification_id == verification.id)
    case = next((case for case in mine if case.status == "open"), None)
    return case is not None and _decide(deps, uow, run, case, verification, trace)


def settle_cases(deps: Dependencies, uow: UnitOfWork, run: Run, pending: Set[str], trace: str) -> bool:
    """Follow the vendor once more from the run's side: its decision may have come just before the case was opened.

    `pending` names the connections whose result the run has seen as pending and no other way. True if a case was
    decided, which may have moved the run's deadline on.
    """
    for verification in uow.verifications.of_run(run.id):
        if verification.connection in pending and follow_vendor(deps, uow, run, verification, trace):
            return True
    return False


def list_taken_up(uow: UnitOfWork, run: Run, pending: Set[str]) -> frozenset[int]:
    """Return the cases that the vendor decided and the run has been judged by: they answer no other review."""
    found = set()
    for case in uow.cases.of_run(run.id):
        verification = uow.verifications.get(case.verification_id) if is_vendors(case) else None
        if verification is not None and case.status == "approved" and verification.connection not in pending:
            found.add(case.id)
    return frozenset(found)


def _decide(deps: Dependencies, uow: UnitOfWork, run: Run, case: Case, verification: Verification, trace: str) -> bool:
    overall = verification.overall or ""
    status, reason = weigh_late_result(overall, find_refusal(deps, uow, run, verification))
    actor = f"{ACTOR}{verification.connection}"
    now = deps.clock.now()
    if now >= case.deadline_at:
        return False
    if status != "left" and not uow.cases.decide(case.id, status, actor, reason, now):
        return False
    if status != "left":
        tell_decided(deps, uow, run, approved=status == "approved")
    note(
        deps,
        uow,
        "review.decide",
        status,
        actor=actor,
        reason=reason,
        trace=trace,
        user_id=case.user_id,
        run_id=run.id,
        data={"case": case.id, "verification": verification.id, "overall": overall},
    )
    return status != "left"
