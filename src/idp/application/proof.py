"""The one door for identity proof (DESIGN invariant 2).

Identity evidence is written here and nowhere else. A condition's matching branch only *asks*; this module
looks at the verification row and answers, by the rules of `idp.flows.door`. Whatever is missing, unknown or malformed
is refused.
"""

from dataclasses import dataclass, replace

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.ownership import open_person, vendor_of
from idp.errors import Conflict
from idp.flows.door import PERSON_PROOF, DoorRules, find_fault, find_review_fault
from idp.records.accounts import EnrolledIdentity
from idp.records.journeys import Case, Evidence, Run, Verification
from idp.storage.protocols.unit import UnitOfWork

IDENTITY = "identity"
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a proof was accepted, and why not."""

    accepted: bool
    reason: str


def judge_proof(
    deps: Dependencies, uow: UnitOfWork, run: Run, connection: str, step: str, trace: str
) -> tuple[Judgement, Run]:
    """Judge the newest result of `connection` in this run, and write identity evidence if it is proof.

    Returns the run as well, for a proof makes its expected user the proved one. Audited either way.
    """
    verification = _newest(uow, run, connection)
    reason = "no_verification" if verification is None else find_refusal(deps, uow, run, verification)
    if verification is not None and not reason:
        reason, run = _accept(deps, uow, run, verification, step)
    note(
        deps,
        uow,
        "identity.judge",
        "refused" if reason else "accepted",
        trace=trace,
        reason=reason,
        user_id=run.user_id or run.expected_user_id,
        run_id=run.id,
        data=_describe(verification),
    )
    return Judgement(not reason, reason), run


def accept_review(
    deps: Dependencies, uow: UnitOfWork, run: Run, case: Case, step: str, trace: str
) -> tuple[Judgement, Run]:
    """Turn a reviewer's approval into evidence of its own kind; it is never a vendor's pass.

    The evidence is dated when the person takes the decision up, in the browser that the run is pinned to.
    """
    verification = uow.verifications.get(case.verification_id)
    reason = find_review_fault(run, verification, case)
    if not reason and verification is not None:
        run = _pin_user(run, run.expected_user_id)
        _write(deps, uow, run, verification, step, REVIEW, ())
    note(
        deps,
        uow,
        "identity.review",
        "refused" if reason else "accepted",
        trace=trace,
        reason=reason,
        user_id=run.user_id or run.expected_user_id,
        run_id=run.id,
        data=_describe(verification) | {"case": case.id, "reviewer": case.decided_by or ""},
    )
    return Judgement(not reason, reason), run


def has_owner_proof(uow: UnitOfWork, run: Run) -> bool:
    """Say whether this very run has proved the right person, by the vendor or by a reviewer."""
    return any(item.method in PERSON_PROOF for item in uow.evidence.of_run(run.id))


def proved_verification(uow: UnitOfWork, run: Run) -> Verification | None:
    """Return the verification that this run's owner proof rests on."""
    for item in reversed(uow.evidence.of_run(run.id)):
        if item.method in PERSON_PROOF and item.verification_id is not None:
            return uow.verifications.get(item.verification_id)
    return None


def enrol(deps: Dependencies, uow: UnitOfWork, user_id: int, verification: Verification) -> bool:
    """Keep the verified vendor identity on the account. False if it belongs to somebody else, or there is none."""
    if not verification.vendor_identity_id:
        return False
    person = open_person(deps, verification)
    try:
        uow.identities.add(
            EnrolledIdentity(
                id=0,
                user_id=user_id,
                vendor=vendor_of(uow, verification.connection),
                vendor_identity_id=verification.vendor_identity_id,
                full_name=person.full_name,
                birth_date=person.birth_date,
                verification_id=verification.id,
                enrolled_at=deps.clock.now(),
            )
        )
    except Conflict:
        return False
    return True


def _newest(uow: UnitOfWork, run: Run, connection: str) -> Verification | None:
    mine = [item for item in uow.verifications.of_run(run.id) if item.connection == connection]
    return mine[-1] if mine else None


def find_refusal(deps: Dependencies, uow: UnitOfWork, run: Run, verification: Verification) -> str:
    """Return why this result is no proof, or an empty string, by the connection's settings of today. Writes nothing."""
    settings = deps.switchboard.line(uow, verification.connection).settings
    rules = DoorRules(
        passing=frozenset(settings.passing),
        accept_approved=bool(settings.accept_manual_review_approved),
        freshness=deps.policy.proof_freshness_seconds,
        enrol_on_step_up=deps.policy.enrol_on_step_up,
    )
    return find_fault(run, verification, rules, deps.clock.now())


def _accept(deps: Dependencies, uow: UnitOfWork, run: Run, verification: Verification, step: str) -> tuple[str, Run]:
    if any(item.verification_id == verification.id for item in uow.evidence.of_run(run.id)):
        return "", run
    run = _pin_user(run, run.expected_user_id)
    if verification.owner == "enrolling":
        if not verification.vendor_identity_id:
            return "identity_absent", run
        # Somebody new is enrolled when there is an account; until then the vendor's ID must only be nobody else's.
        if run.user_id is not None and not enrol(deps, uow, run.user_id, verification):
            return "identity_taken", run
    amr = tuple(deps.switchboard.line(uow, verification.connection).settings.amr)
    _write(deps, uow, run, verification, step, IDENTITY, amr)
    return "", run


def _pin_user(run: Run, user_id: int | None) -> Run:
    return replace(run, user_id=user_id) if run.user_id is None else run


def _write(
    deps: Dependencies,
    uow: UnitOfWork,
    run: Run,
    verification: Verification,
    step: str,
    method: str,
    amr: tuple[str, ...],
) -> None:
    at = verification.fetched_at if method == IDENTITY and verification.fetched_at is not None else deps.clock.now()
    uow.evidence.append(
        Evidence(
            id=0,
            run_id=run.id,
            method=method,
            amr=amr,
            at=at,
            source_step=step,
            purpose=run.purpose,
            user_id=run.user_id,
            request_id=run.request_id,
            verification_id=verification.id,
            flow_id=run.flow_id,
            flow_version=run.flow_version,
        )
    )


def _describe(verification: Verification | None) -> dict[str, object]:
    if verification is None:
        return {}
    return {
        "verification": verification.id,
        "connection": verification.connection,
        "status": verification.status,
        "overall": verification.overall or "",
        "owner": verification.owner or "",
        "owner_reasons": list(verification.owner_reasons),
    }
