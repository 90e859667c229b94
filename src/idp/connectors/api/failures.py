"""What connectors raise, and the stable codes that flows can wire for it (`error:timeout`)."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from idp.egress import RemoteError
from idp.errors import InvalidInput
from idp.flows.language import ERROR_CODE
from idp.http import CallFailed

#: What a connector may raise from any method: the service could not be asked, or gave no answer that can be trusted.
ConnectorError: TypeAlias = RemoteError

#: The codes of calls that failed, the same for every type; a type may have more.
CALL_ERRORS: Final = (
    "timeout",
    "unreachable",
    "rate_limited",
    "credentials_refused",
    "rejected",
    "unavailable",
    "unreadable",
    "not_allowed",
    "circuit_open",
    "input_missing",
    "connection_not_set_up",
    "internal",
)

_KINDS: Final[Mapping[str, str]] = {
    "dns": "unreachable",
    "tls": "unreachable",
    "connect": "unreachable",
    "timeout": "timeout",
    "too_large": "unreadable",
    "not_json": "unreadable",
    "status": "unavailable",
    "refused_by_policy": "not_allowed",
    "circuit_open": "circuit_open",
}


class CredentialsRefused(CallFailed):
    """The service refuses our credentials (HTTP 401 or 403): nothing will work until an operator acts."""

    def __init__(self, detail: str, *, status: int) -> None:
        """Say in `detail` which credential was refused, never its value."""
        super().__init__("status", detail, status=status)
        self.code = "credentials_refused"


class NotSupported(RemoteError):
    """The connection's configuration does not allow this, for example a deletion without an admin login."""

    code = "connection_not_set_up"


class WebhookRefused(InvalidInput):
    """A notification is malformed, or not for this connection."""

    code = "webhook_refused"


def name_failure(error: ConnectorError) -> str:
    """Return the stable code of a failure, for the exit of a step and the audit trail."""
    if isinstance(error, CallFailed) and error.kind == "status" and not isinstance(error, CredentialsRefused):
        if error.status == 429:
            return "rate_limited"
        return "unavailable" if error.is_outage else "rejected"
    return name_code(error.code)


def name_code(code: str) -> str:
    """Return the stable code for an error's own one: `timeout` for `call_timeout`, `internal` for what is none."""
    known = _KINDS.get(code.removeprefix("call_"))
    return known or (code if ERROR_CODE.fullmatch(code) else "internal")
