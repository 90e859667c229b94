"""Errors that cross layers. Each has a stable code, a text that is safe to show, and a detail for the log only."""


class IdpError(Exception):
    """Base of every error of ours.

    `code` is stable and machine-readable, `message` is safe for people, `detail` goes to the log and nowhere else.
    """

    code = "server_error"

    def __init__(self, message: str = "", *, detail: str = "", code: str | None = None) -> None:
        """Make an error with a safe `message` and a private `detail`."""
        super().__init__(message or self.code)
        self.message = message or self.code
        self.detail = detail
        if code is not None:
            self.code = code


class Conflict(IdpError):
    """A record changed between load and save (optimistic lock), or a unique value is taken."""

    code = "conflict"


class NotFound(IdpError):
    """No such record."""

    code = "not_found"


class RequestOver(NotFound):
    """An authorization request that is answered (`request_finished`) or too old (`request_expired`).

    `client_name` and `way_back` (a URL of the client, None if it has named none) lead to a fresh one. `reached` is the
    purpose of a flow that was completed for it all the same, empty if there is none.
    """

    code = "request_expired"

    def __init__(self, code: str, client_name: str = "", way_back: str | None = None, reached: str = "") -> None:
        """Say how it ended, and where a fresh one begins."""
        super().__init__(code=code, detail="the authorization request is over")
        self.client_name = client_name
        self.way_back = way_back
        self.reached = reached


class TooMany(IdpError):
    """Something was done too often. It may be done again `retry_after` seconds from now."""

    code = "too_many_requests"

    def __init__(self, message: str, retry_after: float) -> None:
        """Say what, and when to go on."""
        super().__init__(message)
        self.retry_after = retry_after


class InvalidInput(IdpError):
    """Input that is malformed, oversize, or of the wrong type."""

    code = "invalid_request"


class InvalidFields(InvalidInput):
    """Input with faults at known places. `faults` are (JSON Pointer, what is wrong); no value is ever in them."""

    def __init__(self, message: str, faults: tuple[tuple[str, str], ...]) -> None:
        """Say it all in one `message`, and at each place."""
        super().__init__(message)
        self.faults = faults

    def below(self, pointer: str) -> "InvalidFields":
        """Return the same error for input in which all of this stands below `pointer`."""
        return InvalidFields(self.message, tuple((f"{pointer}{place}", what) for place, what in self.faults))


class OAuthError(IdpError):
    """A standard OAuth error for a client (RFC 6749 sections 4.1.2.1 and 5.2, OIDC Core 3.1.2.6)."""

    def __init__(self, code: str, description: str = "", *, status: int = 400, detail: str = "") -> None:
        """Make an error with a registered `code`, a safe `description` and an HTTP `status`."""
        super().__init__(description, detail=detail, code=code)
        self.description = description
        self.status = status
