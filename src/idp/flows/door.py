"""The one door for identity proof, as decisions (DESIGN invariants 2 and 3).

`application/proof.py` asks about the rows of a run and writes evidence; a dry run asks the very same questions about
invented ones and writes nothing. Missing, unknown or malformed is refused.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from idp.flows.language import RECOVERY, SIGN_IN, SIGN_UP, STEP_UP
from idp.flows.methods import AUTHENTICATING, EMAIL, IDENTITY, RECOVERY_LINK, REVIEW
from idp.records.journeys import Case, Run, Verification

Weight = Literal["approved", "rejected", "left"]

#: Evidence that stands for "the right person was verified": by the vendor's result, or by a reviewer.
PERSON_PROOF: Final = frozenset({IDENTITY, REVIEW})
#: What the vendor's people say when they refuse.
REJECTED: Final = frozenset({"FAIL", "MANUAL_FAIL"})
#: Faults of a result that no reviewer of ours could make right.
FINAL: Final = frozenset({"owner_mismatch"})
#: Two nodes' clocks may differ a little, in seconds.
CLOCK_SLACK: Final = 5.0
#: Results that the vendor's own reviewer can make pass, if the connection says so.
_DOUBTFUL: Final = frozenset({"MANUAL", "MANUAL_PENDING", "WARN"})


@dataclass(frozen=True, slots=True)
class DoorRules:
    """What an operator decided about a connection's results.

    `passing` are the overall words that pass. `accept_approved` lets a doubtful one pass that the vendor's reviewer
    approved. `freshness` is how old a result may be, in seconds. `enrol_on_step_up` lets a first check by name and
    birth date count in a step-up.
    """

    passing: frozenset[str]
    accept_approved: bool = False
    freshness: float = 600.0
    enrol_on_step_up: bool = True


def find_fault(run: Run, verification: Verification, rules: DoorRules, now: float) -> str:
    """Return why this result is no proof at `now` (epoch seconds), or an empty string.

    The order is the one of invariant 2: fetched, of this run and this user, passing, fresh, in time, the owner.
    """
    age = now - verification.fetched_at if verification.fetched_at is not None else None
    checks = (
        ("not_fetched", verification.status == "completed" and verification.vendor_ref and age is not None),
        ("foreign_run", verification.run_id == run.id),
        ("foreign_user", verification.user_id == (run.user_id or run.expected_user_id)),
        ("not_passing", _passes(verification, rules)),
        ("stale", age is not None and -CLOCK_SLACK <= age <= rules.freshness),
        ("late", verification.fetched_at is not None and verification.fetched_at <= verification.deadline_at),
        (f"owner_{verification.owner or 'unknown'}", verification.owner in _accepted_owners(run, rules)),
    )
    return next((reason for reason, holds in checks if not holds), "")


def find_review_fault(run: Run, verification: Verification | None, case: Case) -> str:
    """Return why a reviewer's decision is no proof for this run, or an empty string."""
    if verification is None or verification.run_id != run.id or case.run_id != run.id:
        return "foreign_case"
    if case.status != "approved" or not case.decided_by:
        return "not_approved"
    if verification.owner == "mismatch":
        return "owner_mismatch"
    return ""


def weigh_late_result(overall: str, fault: str) -> tuple[Weight, str]:
    """Say what a result means for a case of ours that was opened while the vendor's own people still decided, and why.

    `fault` is why the result is no proof, empty if it is. The vendor's no, and a result of somebody else, reject the
    case. What would be proof approves it, to be judged once more. Anything in between is left to our reviewer.
    """
    if overall in REJECTED:
        return "rejected", overall
    if not fault:
        return "approved", overall
    return ("rejected" if fault in FINAL else "left"), fault


def lacks_evidence(purpose: str, methods: Collection[str], *, user_known: bool, reached: bool = False) -> bool:
    """Say whether a run that has come to its completing end lacks what its purpose demands.

    Asked of the evidence that was written, and not of the graph. `reached` says that a step-up has earned the level it
    was started for without proof of identity. A purpose that nobody knows lacks everything.
    """
    person = not PERSON_PROOF.isdisjoint(methods)
    demands = {
        SIGN_IN: not AUTHENTICATING.isdisjoint(methods),
        STEP_UP: person or reached,
        RECOVERY: person and RECOVERY_LINK in methods,
        SIGN_UP: person and EMAIL in methods,
    }
    return not (demands.get(purpose, False) and user_known)


def _passes(verification: Verification, rules: DoorRules) -> bool:
    if verification.overall in rules.passing:
        return True
    data = verification.output.get("data")
    approved = isinstance(data, dict) and data.get("status") == "MANUAL_REVIEW_APPROVED"
    return rules.accept_approved and approved and verification.overall in _DOUBTFUL


def _accepted_owners(run: Run, rules: DoorRules) -> frozenset[str]:
    if run.purpose == SIGN_UP or (run.purpose == STEP_UP and rules.enrol_on_step_up):
        return frozenset({"match", "enrolling"})
    return frozenset({"match"})
