"""Authorization responses: what goes back to the client, and how (RFC 6749 section 4.1.2, RFC 9207, form post mode)."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from idp.oidc.authorization import AuthorizationFault, AuthorizationParams, ResponseMode

# RFC 6749 section 4.1.2.1 allows these characters in error_description.
_NOT_ALLOWED: Final = re.compile(r"[^\x20-\x21\x23-\x5B\x5D-\x7E]")


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """Parameters for a redirect URI. With mode `query` go to `location`; with `form_post` post `params` to it."""

    redirect_uri: str
    response_mode: ResponseMode
    params: tuple[tuple[str, str], ...]

    @property
    def location(self) -> str:
        """Return the redirect URI with the parameters added to its query."""
        return add_query(self.redirect_uri, self.params)


def code_response(params: AuthorizationParams, code: str, issuer: str) -> AuthorizationResponse:
    """Return the answer that carries a code."""
    return _respond(params.redirect_uri, params.response_mode, (("code", code),), params.state, issuer)


def error_response(params: AuthorizationParams, error: str, description: str, issuer: str) -> AuthorizationResponse:
    """Return the answer to a valid request that ends with an error."""
    return _respond(params.redirect_uri, params.response_mode, _error(error, description), params.state, issuer)


def fault_response(fault: AuthorizationFault, issuer: str) -> AuthorizationResponse | None:
    """Return the answer to a faulty request, or None when only a page may tell the person."""
    if fault.redirect_uri is None:
        return None
    return _respond(fault.redirect_uri, fault.response_mode, _error(fault.code, fault.description), fault.state, issuer)


def add_query(uri: str, params: tuple[tuple[str, str], ...]) -> str:
    """Return the URI with more query parameters; its own query stays as it is (RFC 6749 section 3.1.2)."""
    if not params:
        return uri
    if "?" not in uri:
        return f"{uri}?{urlencode(params)}"
    return f"{uri}{'' if uri.endswith(('?', '&')) else '&'}{urlencode(params)}"


def _respond(
    uri: str, mode: ResponseMode, answer: tuple[tuple[str, str], ...], state: str | None, issuer: str
) -> AuthorizationResponse:
    echoed = (("state", state),) if state is not None else ()
    return AuthorizationResponse(uri, mode, (*answer, *echoed, ("iss", issuer)))


def _error(error: str, description: str) -> tuple[tuple[str, str], ...]:
    text = _NOT_ALLOWED.sub(" ", description)
    return (("error", error), ("error_description", text)) if text else (("error", error),)
