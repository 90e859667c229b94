"""What operators look at: runs, the audit trail, and numbers."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from idp.web.admin.models.flows import Purpose
from idp.web.admin.models.reviews import CaseState
from idp.web.admin.models.shape import Answer, PageQuery, Query, Time

RunStatus = Literal["active", "complete", "denied", "error", "expired", "ended"]


class RunQuery(PageQuery):
    """Which runs."""

    flow: str | None = Field(default=None, max_length=64)
    purpose: Purpose | None = None
    status: RunStatus | None = None
    reason: str | None = Field(default=None, max_length=500, description="Why it ended, exactly as it is written.")
    step: str | None = Field(default=None, max_length=64, description="Where it stands, or ended.")
    user: str | None = Field(default=None, max_length=80, description="Runs of this person, by `sub`.")


class RunSummary(Answer):
    """A run: one person's way through one version of a flow."""

    id: str
    flow: str
    version: int
    variant: Literal["main", "trial"]
    purpose: str
    status: RunStatus
    reason: str | None
    user: str | None = Field(description="The person's `sub`, as far as it is known.")
    target_acr: str | None
    created_at: Time
    finished_at: Time | None


class VerificationOfVisit(Answer):
    """A use of a connection."""

    id: str
    connection: str
    status: str
    overall: str | None
    owner: str | None
    error: str | None


class CaseOfVisit(Answer):
    """A review case."""

    id: str
    status: CaseState
    decided_by: str | None


class Visit(Answer):
    """One visit of a step; `outcome` and `to` are null where the run stands or ended."""

    seq: int
    step: str
    kind: str
    entered_at: Time
    seconds: float
    outcome: str | None
    to: str | None
    fault: str | None
    evidence: list[str]
    verification: VerificationOfVisit | None
    case: CaseOfVisit | None


class Run(RunSummary):
    """A run with its visits in order. Nothing that anybody typed is in here."""

    deadline_at: Time
    entry: list[str] = Field(description="Evidence that it was entered with, as the mailed link of a recovery.")
    visits: list[Visit]
    complete: bool = Field(description="False when the run left more steps than are kept.")


class AuditFilter(Query):
    """Which entries."""

    user: str | None = Field(default=None, max_length=80, description="About this person, by `sub`.")
    client: str | None = Field(default=None, max_length=255)
    run: int | None = Field(default=None, ge=1, lt=2**63)
    action: str | None = Field(default=None, max_length=100)
    outcome: str | None = Field(default=None, max_length=100)
    actor: str | None = Field(default=None, max_length=300)
    since: datetime | None = Field(default=None, description="RFC 3339, with an offset.")
    until: datetime | None = Field(default=None, description="RFC 3339, with an offset.")


class AuditQuery(AuditFilter, PageQuery):
    """Which page of which entries."""


class AuditExport(AuditFilter):
    """Which part of which entries."""

    limit: int = Field(default=1000, ge=1, le=5000)
    cursor: str | None = Field(default=None, max_length=500)


class AuditEntry(Answer):
    """One decision, with its reason."""

    id: str
    at: Time
    request_id: str
    action: str
    outcome: str
    reason: str
    actor: str
    user: str | None
    client_id: str | None
    run: str | None
    data: dict[str, Any]


class HomeQuery(Query):
    """Which time."""

    days: int = Field(default=7, ge=1, le=90)


class JourneyCount(Answer):
    """How the runs of one purpose fared. `dropped` are those that nobody finished."""

    purpose: Purpose
    begun: int
    complete: int
    refused: int
    dropped: int
    active: int


class ReasonCount(Answer):
    """Why runs of a purpose did not complete."""

    purpose: Purpose
    status: RunStatus
    reason: str
    count: int


class StepLeft(Answer):
    """A step that people left a flow at: time ran out, or a new run, another user or a sign-out `ended` it."""

    flow: str
    purpose: Purpose
    step: str
    expired: int
    ended: int
    begun: int = Field(description="How many began the flow in that time.")


class VendorCount(Answer):
    """How a connection fared."""

    connection: str
    completed: int
    pending: int
    expired: int
    errors: int
    passed: int = Field(description="Results whose verdict was OK or MANUAL_OK.")


class Home(Answer):
    """The numbers that an operator wants."""

    since: Time
    journeys: list[JourneyCount]
    reasons: list[ReasonCount]
    left_at: list[StepLeft] = Field(description="Where the most people left, the most first; at most twenty steps.")
    seconds_to_verify: float | None = Field(description="The median time of a step-up that completed.")
    vendors: list[VendorCount]
    open_reviews: int
    waiting_mails: int
    operators: int
    flows_with_problems: list[str]
