"""What operators see and do: the audit trail, outgoing mail, and answers that are given again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One decision, with its reason. Append-only; never holds a secret or document data."""

    id: int
    at: float
    request_id: str
    action: str
    outcome: str
    reason: str = ""
    actor: str = "system"
    user_id: int | None = None
    client_id: str | None = None
    run_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A message in the outbox. `values` fill the template named `template`, sealed because they can carry a link.

    `connection` is the connection it leaves by, None for the mail server of the settings. A text message has a masked
    number in `to`, and the number itself among its values. `theme` is the id of the theme that it wears, as that is
    when it leaves; None is the default one.
    """

    id: int
    to: str
    template: str
    locale: str
    values: bytes
    created_at: float
    attempts: int = 0
    next_attempt_at: float = 0.0
    claimed_until: float | None = None
    sent_at: float | None = None
    failed_at: float | None = None
    last_error: str | None = None
    connection: str | None = None
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class VendorDeletion:
    """What a vendor is to delete: the session `vendor_ref` of a connection. Tried again until it worked.

    `user_id` is None for a check that no account came of.
    """

    id: int
    user_id: int | None
    connection: str
    vendor_ref: str
    created_at: float
    attempts: int = 0
    next_attempt_at: float = 0.0
    claimed_until: float | None = None
    done_at: float | None = None
    failed_at: float | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What an operator's request was answered, kept under its `Idempotency-Key` so that it is done once.

    `request` is a digest of what was asked. `status` is None while it is being done. `answer` is sealed, for it may
    hold a secret that is shown once.
    """

    caller: str
    key: str
    request: bytes
    created_at: float
    expires_at: float
    status: int | None = None
    answer: bytes | None = None
