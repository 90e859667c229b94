"""Journeys: browser sessions, authorization requests, runs of flows, and what they proved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from idp.records.flows import Variant

RunStatus = Literal["active", "complete", "denied", "error", "expired", "ended"]
RequestStatus = Literal["open", "finished"]
VerificationStatus = Literal["started", "pending", "completed", "expired", "error"]
Owner = Literal["match", "mismatch", "unknown", "enrolling"]
CaseStatus = Literal["open", "approved", "rejected", "expired"]
LinkPurpose = Literal[
    "recovery", "resume", "email_code", "sign_in_link", "sign_in_code", "sms_code", "set_up", "invite"
]


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. The cookie is `<id>.<secret>`; only the digest of the secret is kept.

    `sid` and the secret are both replaced on login and on elevation (DESIGN invariant 6).
    """

    id: int
    sid: str
    secret_digest: bytes
    user_id: int
    created_at: float
    last_seen_at: float
    expires_at: float
    user_agent: str = ""
    address: str = ""
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A validated authorization request, kept until it is answered.

    `params` are the client's own parameters (OIDC Core 3.1.2.1). `attempted` lists acr values whose flow has ended
    without success. `consented` is set when the person has agreed in this request, `denied` is the error that a
    flow or the person ended it with.
    """

    id: int
    client_id: str
    params: Mapping[str, Any]
    browser_digest: bytes
    created_at: float
    expires_at: float
    status: RequestStatus = "open"
    attempted: tuple[str, ...] = ()
    consented: bool = False
    denied: str | None = None
    account_chosen: bool = False
    session_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """One person's journey through one flow version. It opens only to the browser whose cookie it is pinned to.

    `user_id` is the *proved* user, `expected_user_id` the one the journey was pinned to before any proof.
    `state` is the engine's saved state (no secrets). `target_acr` is the level the run was started for. `variant` says
    whether the flow version was the main one of its release or the one on trial. `entered_at` is when the step at which
    the run stands was entered, None for the first one. `hops` counts the steps it has left, as far as they are kept.
    """

    id: int
    flow_id: str
    flow_version: int
    purpose: str
    browser_digest: bytes
    state: Mapping[str, Any]
    created_at: float
    deadline_at: float
    status: RunStatus = "active"
    request_id: int | None = None
    user_id: int | None = None
    expected_user_id: int | None = None
    session_id: int | None = None
    credential_epoch: int = 0
    target_acr: str | None = None
    locale: str = "en"
    finished_at: float | None = None
    reason: str | None = None
    variant: Variant = "main"
    entered_at: float | None = None
    hops: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run proved (append-only; DESIGN invariant 1).

    `method` is the evidence word of `levels.yaml` (`pwd`, `otp`, `email`, `recovery_link`, `identity`, `review`);
    `amr` are the RFC 8176 values it adds; `source_step` is the step that proved it.
    """

    id: int
    run_id: int
    method: str
    amr: tuple[str, ...]
    at: float
    source_step: str
    purpose: str
    user_id: int | None = None
    request_id: int | None = None
    verification_id: int | None = None
    flow_id: str = ""
    flow_version: int = 0


@dataclass(frozen=True, slots=True)
class Verification:
    """One use of an identity connector by a run.

    `visit` is the engine's sequence number at which the step was entered: a result answers one visit of the step only.
    `vendor_ref` is the vendor's session ID and `vendor_secret` its sealed token; both stay in this row. `output` is the
    minimised result conditions see. `document` holds the few document fields the owner check needs, sealed.
    """

    id: int
    run_id: int
    step: str
    connection: str
    subject_ref: str
    created_at: float
    deadline_at: float
    status: VerificationStatus = "started"
    user_id: int | None = None
    vendor_ref: str | None = None
    vendor_secret: bytes | None = None
    vendor_url: bytes | None = None
    state_digest: bytes | None = None
    overall: str | None = None
    owner: Owner | None = None
    owner_reasons: tuple[str, ...] = ()
    output: Mapping[str, Any] = field(default_factory=dict)
    document: bytes | None = None
    vendor_identity_id: str | None = None
    fetched_at: float | None = None
    next_look_at: float | None = None
    error: str | None = None
    visit: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Departure:
    """One visit of a redirect step: a person sent to another site, and what came of it.

    `visit` is the engine's sequence number at which the step was entered. `memory` holds, sealed, the address and what
    the connector must remember; without it nobody has been sent yet. `returned_at` is set once, by whoever takes the
    browser's return. `outcome` closes it. `identity` is, sealed, who the other site says the person is.
    """

    id: int
    run_id: int
    step: str
    visit: int
    connection: str
    state_digest: bytes
    created_at: float
    deadline_at: float
    memory: bytes | None = None
    returned_at: float | None = None
    outcome: str | None = None
    error: str | None = None
    output: Mapping[str, Any] = field(default_factory=dict)
    identity: bytes | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """A doubtful verification that reviewers decide.

    `approvals_needed` is how many different reviewers must approve; one rejection is enough to reject.
    """

    id: int
    run_id: int
    verification_id: int
    queue: str
    created_at: float
    deadline_at: float
    status: CaseStatus = "open"
    user_id: int | None = None
    reasons: tuple[str, ...] = ()
    decided_by: str | None = None
    decided_at: float | None = None
    decision_reason: str | None = None
    approvals_needed: int = 1
    version: int = 1


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one reviewer says of a case. A reviewer has one opinion of a case, and it never changes."""

    id: int
    case_id: int
    reviewer_id: int
    approves: bool
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class MailedLink:
    """A link that was mailed: one purpose, one use, stored as a hash."""

    id: int
    purpose: LinkPurpose
    digest: bytes
    created_at: float
    expires_at: float
    user_id: int | None = None
    request_id: int | None = None
    run_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    consumed_at: float | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """A configured instance of a connector type. `secrets` is a sealed box of its write-only fields."""

    name: str
    type: str
    description: str
    config: Mapping[str, Any]
    secrets: bytes
    updated_at: float
    version: int = 1
