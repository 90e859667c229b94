"""What Incode's words mean: the decision table, pure.

Source: the reference on Incode's API, section 12, with sections 4.3 and 5.1 for the words. Differences from that table
come from DESIGN section 5, where `completed` means that there is a result to judge and the flow's condition judges it:
a rejection, a doubtful result and a word nobody knows are all `completed` and never pass. A result that is missing is
`error`. A person's rejection is shown to conditions as the vendor's own word MANUAL_FAIL, whatever the score says.
"""

from dataclasses import dataclass
from typing import Final, Literal

Stage = Literal["not_started", "in_progress", "not_ready", "finished", "approved", "rejected", "expired"]

#: Words that say what the outcome is. UNKNOWN says that there is none (yet).
DECIDED: Final = frozenset({"OK", "WARN", "FAIL", "MANUAL", "MANUAL_PENDING", "MANUAL_OK", "MANUAL_FAIL"})
#: What a person may still decide.
OPEN: Final = frozenset({"MANUAL", "MANUAL_PENDING"})
#: Results that an approval by a person can make pass, if the connection says so. FAIL never.
APPROVABLE: Final = frozenset({"WARN", "MANUAL", "MANUAL_PENDING"})
BY_PERSON: Final = frozenset({"MANUAL_OK", "MANUAL_FAIL"})

_STAGES: Final[dict[str, Stage]] = {
    "UNKNOWN": "not_started",
    "ONBOARDING_FINISHED": "finished",
    "MANUAL_REVIEW_APPROVED": "approved",
    "MANUAL_REVIEW_REJECTED": "rejected",
    "EXPIRED": "expired",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a finished session comes to. `overall` is the word for conditions, `error` a code when there is none."""

    outcome: Literal["completed", "pending", "error"]
    overall: str
    passing: bool = False
    decided_by_person: bool = False
    error: str | None = None


def find_stage(status: str | None) -> Stage:
    """Return how far a session is, by its onboarding status. A word nobody knows is `in_progress`, never an end."""
    return "not_ready" if status is None else _STAGES.get(status, "in_progress")


def is_decided(overall: str | None) -> bool:
    """Tell whether the score has a word to go by; if not, a later read may have."""
    return overall in DECIDED


def decide(stage: Stage, overall: str | None, passing: frozenset[str], *, accept_approved: bool = False) -> Decision:
    """Judge a session that is `finished`, `approved` or `rejected`, with the `overall.status` of its score.

    `passing` is the connection's passing set and `accept_approved` its policy on sessions that a person approved while
    the score still says MANUAL or WARN. Raises ValueError for any other stage: there the score must not be looked at.
    """
    if stage == "rejected":
        return Decision("completed", "MANUAL_FAIL", decided_by_person=True)
    if stage not in {"finished", "approved"}:
        raise ValueError(f"a session that is {stage} has no result")
    if not overall:
        return Decision("error", "", error="score_missing")
    approved = stage == "approved"
    if overall in OPEN and not approved:
        return Decision("pending", overall)
    # The known words only: a passing set that names anything else must not let it pass.
    passes = overall in passing & {"OK", "MANUAL_OK"} or (approved and accept_approved and overall in APPROVABLE)
    return Decision("completed", overall, passes, approved or overall in BY_PERSON)
