"""Connectors that verify who a person is, in a vendor's pages.

The application keeps what a connector returns, decides whose identity it is, and asks again until the attempt's
deadline when a call fails: a connector raises `ConnectorError` then and concludes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

Outcome = Literal["completed", "pending", "expired", "error"]
WaitReason = Literal["not_started", "in_progress", "review", "not_ready"]
#: The exits of a step that uses an identity connection (DESIGN section 5).
OUTCOMES = ("completed", "pending", "not_finished", "expired", "error")
#: Codes that the application itself gives to a verification that it does not start.
IDENTITY_ERRORS = ("too_many_attempts",)


@dataclass(frozen=True, slots=True)
class StartCall:
    """Start a verification. `subject_ref` is the opaque name by which the vendor may know the account.

    `return_url` is where the browser comes back, `deadline` epoch seconds.
    """

    verification_id: int
    subject_ref: str
    return_url: str
    locale: str
    deadline: float


@dataclass(frozen=True, slots=True)
class Started:
    """A started verification: where the browser goes, and what we look with. The last two never leave the server."""

    url: str = field(repr=False)
    vendor_ref: str
    vendor_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LookCall:
    """Look how far a verification is. All times are epoch seconds.

    `deadline` is the attempt's, or the longer one of a review once the attempt is pending.
    """

    vendor_ref: str
    vendor_secret: str = field(repr=False)
    started_at: float
    deadline: float
    now: float
    subject_ref: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing to judge yet. `vendor_status` is the vendor's word, `retry_after` seconds until a look makes sense."""

    reason: WaitReason
    vendor_status: str
    retry_after: float


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """What the vendor found, minimised.

    `overall` is the vendor's word, "" when absent, and `vendor_status` the word for its session. `output` is what
    conditions see: `{"status", "data": {"status", "score": {"overall": {"status"}, "<module>": {"overall":
    {"status"}}}}, "manual"}` with status words only. `person` holds the name fields and birth date of the document, in
    the vendor's form. `existing_user` is None when the vendor does not say whether it knows the face. `passing` says
    that `overall` is in the connection's passing set: a genuine person, NOT yet the account's owner.
    """

    overall: str
    vendor_status: str
    output: Mapping[str, Any]
    person: Mapping[str, Any] = field(repr=False)
    identity_id: str | None
    existing_user: bool | None
    existing_external_id: str | None
    decided_by_person: bool
    passing: bool
    fetched_at: float


@dataclass(frozen=True, slots=True)
class Concluded:
    """The vendor is done, for now (`pending`: people decide, keep looking) or for good.

    `completed` always has a result, whatever it says; `error` is a stable code.
    """

    outcome: Outcome
    result: VerificationResult | None = None
    error: str | None = None


@runtime_checkable
class IdentityConnector(Protocol):
    """Verifies who a person is, in the vendor's pages."""

    async def start(self, call: StartCall) -> Started:
        """Open a session at the vendor. Raises ConnectorError."""
        ...

    async def look(self, call: LookCall) -> Waiting | Concluded:
        """Fetch how far it is, server to server. Raises ConnectorError, which concludes nothing."""
        ...
