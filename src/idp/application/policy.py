"""What the operator decided, as plain values for the use cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from idp.identity.sessions import SessionPolicy
from idp.identity.throttling import ThrottlePolicy


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept after they are over, seconds.

    `requests` also stands for mailed links, departures and registrations, `documents` for what a verification holds
    sealed.
    """

    requests: float = 7 * 86400.0
    runs: float = 30 * 86400.0
    sessions: float = 30 * 86400.0
    documents: float = 3600.0
    mails: float = 7 * 86400.0
    tokens: float = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Policy:
    """Times are seconds. `service` is what people know the provider by, in mails.

    `recovery_unenrolled` says what happens to a person who asks for recovery and has no enrolled identity:
    refused (the default), or sent to a reviewer. `enrol_on_step_up` lets a first identity check, matched by name and
    birth date, become the account's enrolled identity. `review_approvals` is how many different reviewers must approve
    a doubtful result (four eyes: 2). `passkey_rp_id` is the domain that passkeys are bound to, the issuer's host if
    None; `passkey_related_origins` are other sites that may use that domain's passkeys.
    `account_flows` are the flows of the account pages by purpose or acr, as in a client's policy. A proof that changes
    a credential may be `account_fresh_seconds` old; `identity_before_adding` asks people with an enrolled identity for
    it before a credential is added; an account that its person deletes can be kept for `account_grace_seconds`.
    `admin_requests_per_minute` is how many requests each caller of the admin API may send.
    """

    issuer: str
    service: str = "idp"
    request_seconds: float = 3600.0
    link_seconds: float = 900.0
    email_code_seconds: float = 900.0
    registration_seconds: float = 7 * 86400.0
    proof_freshness_seconds: float = 600.0
    recovery_unenrolled: Literal["refuse", "review"] = "refuse"
    enrol_on_step_up: bool = True
    review_approvals: int = 1
    passkey_seconds: float = 900.0
    passkey_rp_id: str | None = None
    passkey_related_origins: tuple[str, ...] = ()
    account_flows: Mapping[str, str] = field(default_factory=dict)
    account_fresh_seconds: float = 900.0
    account_grace_seconds: float = 14 * 86400.0
    identity_before_adding: bool = False
    admin_requests_per_minute: int = 600
    retention: Retention = field(default_factory=Retention)
    session: SessionPolicy = field(default_factory=lambda: SessionPolicy(8 * 3600.0, 24 * 3600.0))
    throttles: ThrottlePolicy = field(default_factory=ThrottlePolicy)
