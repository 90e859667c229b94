"""Optional abilities of connectors, each a protocol of its own."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class WebhookHint:
    """What a notification claims. It means "look now" and nothing else (DESIGN invariant 4)."""

    vendor_ref: str
    status: str
    client_id: str | None = None
    flow_id: str | None = None


class HealthCheck(NamedTuple):
    """One line of a health report. `ok` is None for what could not be checked."""

    name: str
    ok: bool | None
    message: str


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What the Test button shows: every check in order, up to the first that failed."""

    ok: bool
    checks: tuple[HealthCheck, ...]


@runtime_checkable
class ReceivesWebhook(Protocol):
    """Understands the vendor's notifications."""

    def read_webhook(self, body: bytes) -> WebhookHint:
        """Read a notification. Raises WebhookRefused."""
        ...


@runtime_checkable
class ChecksHealth(Protocol):
    """Can tell whether the connection works."""

    async def check(self) -> HealthReport:
        """Try the connection without side effects. Never raises for a connection that does not work."""
        ...


@runtime_checkable
class DeletesData(Protocol):
    """Can delete what the vendor holds of one verification."""

    async def delete(self, vendor_ref: str) -> None:
        """Delete; deleting what is gone succeeds. Raises ConnectorError."""
        ...


@runtime_checkable
class ListsBreaches(Protocol):
    """Knows leaked passwords (the ability `lists_breaches`)."""

    async def list_breaches(self, prefix: str) -> frozenset[str]:
        """Return the other 35 digits of the SHA-1 of each leaked password that starts with the five of `prefix`.

        Hexadecimal digits in capitals. Raises ConnectorError when the list cannot be asked.
        """
        ...
