"""Reviews: doubtful verifications, which people decide."""

from typing import Literal

from pydantic import Field

from idp.web.admin.models.shape import Answer, Body, PageQuery, Time

CaseState = Literal["open", "approved", "rejected", "expired"]


class ReviewQuery(PageQuery):
    """Which cases."""

    state: Literal["open", "approved", "rejected", "expired", "all"] = "open"


class ReviewSummary(Answer):
    """A line of the queue."""

    id: str
    state: CaseState
    queue: str
    created_at: Time
    deadline_at: Time
    purpose: str
    client_id: str = Field(description="The application that the person came from, empty if none.")
    reasons: list[str] = Field(description="Why a person must look.")
    approvals: int
    approvals_needed: int


class ClaimBesideDocument(Answer):
    """What the account claims beside what the document says."""

    what: str
    account: str
    document: str
    agreement: str


class ModuleVerdict(Answer):
    """What the vendor says of one part of the check."""

    module: str
    status: str


class TrailStep(Answer):
    """A step that the person left, and by which exit."""

    step: str
    outcome: str


class EarlierCheck(Answer):
    """An earlier check of the same account."""

    at: Time
    overall: str | None
    owner: str | None
    decided: CaseState | None


class ReviewOpinion(Answer):
    """What one reviewer said."""

    reviewer: str
    approves: bool
    reason: str
    at: Time


class Review(ReviewSummary):
    """A case with what a reviewer needs, and no more: no document numbers, no pictures."""

    email: str
    claims: list[ClaimBesideDocument]
    verdict: str
    modules: list[ModuleVerdict]
    owner: str = Field(description="Whose document it is: match, mismatch, unknown or enrolling.")
    owner_reasons: list[str]
    may_approve: bool = Field(description="False where the document is somebody else's; only a rejection is left.")
    trail: list[TrailStep]
    earlier: list[EarlierCheck]
    opinions: list[ReviewOpinion]
    decided_by: str | None
    decided_at: Time | None
    decision_reason: str | None


class ReviewDecision(Body):
    """What the reviewer says."""

    decision: Literal["approve", "reject"]
    reason: str = Field(min_length=1, max_length=500)


class ReviewDecided(Answer):
    """How the case stands now, and which one could come next."""

    review: ReviewSummary
    next: str | None = Field(description="The oldest case that is still open, null if there is none.")
