"""Requests and responses of the token endpoints, free of any web framework."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from idp.errors import OAuthError

NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store", "Pragma": "no-cache"}
MAX_PARAMETERS = 64
MAX_VALUE_LENGTH = 20_000
REPEATABLE = frozenset({"resource"})  # RFC 8707 section 2


@dataclass(frozen=True, slots=True)
class EndpointRequest:
    """A request as the web layer received it. `form` and `query` keep every value of a repeated parameter.

    It has no address: where one matters, the issuer is used.
    """

    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    request_id: str = ""

    def header(self, name: str) -> str | None:
        """Return a header's value; names compare without case."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class EndpointResponse:
    """What to answer. A None body is an empty one; any other is sent as JSON."""

    status: int
    body: dict[str, Any] | None
    headers: Mapping[str, str] = field(default_factory=lambda: dict(NO_STORE))


@dataclass(frozen=True, slots=True)
class Form:
    """Form parameters after the rules of RFC 6749 section 3.2: none twice, those without a value left out."""

    values: dict[str, str]
    lists: dict[str, list[str]]

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a parameter that may be repeated."""
        return tuple(self.lists.get(name, ()))


def read_form(parameters: Mapping[str, Sequence[str]]) -> Form:
    """Read form parameters.

    Raises OAuthError `invalid_request` if one is repeated, or they are too many or too long.
    """
    if len(parameters) > MAX_PARAMETERS:
        raise OAuthError("invalid_request", "The request has too many parameters.")
    lists: dict[str, list[str]] = {}
    for name, given in parameters.items():
        if len(given) > (MAX_PARAMETERS if name in REPEATABLE else 1):
            raise OAuthError("invalid_request", "A parameter is repeated.")
        if any(len(value) > MAX_VALUE_LENGTH for value in given):
            raise OAuthError("invalid_request", "A parameter is too long.")
        if kept := [value for value in given if value]:
            lists[name] = kept
    return Form({name: kept[0] for name, kept in lists.items()}, lists)


def refusal(error: OAuthError, challenge: str | None = None) -> EndpointResponse:
    """Turn an error into its response (RFC 6749 section 5.2). `challenge` becomes `WWW-Authenticate`."""
    body = {"error": error.code}
    if error.description:
        body["error_description"] = error.description
    headers = dict(NO_STORE)
    if challenge is not None:
        headers["WWW-Authenticate"] = challenge
    return EndpointResponse(error.status, body, headers)


def quoted(value: str) -> str:
    """Return a quoted-string for a challenge header (RFC 9110 section 5.6.4)."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
