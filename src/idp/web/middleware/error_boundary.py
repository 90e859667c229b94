"""The one place where an exception becomes an answer. The log says what went wrong; the client sees a code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idp.errors import Conflict, IdpError, InvalidInput, NotFound, OAuthError, RequestOver
from idp.web.wording import FAILURES

_log = structlog.get_logger("idp.errors")

_OF_CLASS: Final = ((NotFound, 404), (Conflict, 409), (InvalidInput, 400))
_OF_STATUS: Final = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 429: "too_many_requests"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as it is told to a client: a code, an HTTP status, and a description that is safe to show.

    `over` is the authorization request that has ended, if it is that.
    """

    code: str
    status: int
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    over: RequestOver | None = None


class AnswersRefusals(Protocol):
    """Makes the answer for a refusal, as a page or as JSON."""

    def __call__(self, scope: Scope, refusal: Refusal) -> Response:
        """Return the answer."""
        ...


def refuse(error: Exception) -> Refusal:
    """Return what to tell a client about an exception. Anything unforeseen is `server_error` and says nothing more."""
    if isinstance(error, OAuthError):
        return Refusal(error.code, error.status, error.description)
    if isinstance(error, RequestOver):
        return Refusal(error.code, 200 if error.reached else FAILURES[error.code].status, over=error)
    if isinstance(error, IdpError):
        by_class = next((status for kind, status in _OF_CLASS if isinstance(error, kind)), 500)
        status = FAILURES[error.code].status if error.code in FAILURES else by_class
        return Refusal(error.code, status, "" if error.message == error.code else error.message)
    if isinstance(error, HTTPException):
        fallback = "invalid_request" if error.status_code < 500 else "server_error"
        return Refusal(_OF_STATUS.get(error.status_code, fallback), error.status_code, "", dict(error.headers or {}))
    return Refusal("server_error", 500)


class ErrorBoundary:
    """Catches every exception of the application inside it."""

    def __init__(self, app: ASGIApp, answer: AnswersRefusals) -> None:
        """Wrap `app`; `answer` makes the answers."""
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer for it if that raises.

        An exception after the answer has begun is raised again, so that the server cuts the connection: half an answer
        must not look like a whole one.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception as error:
            refusal = refuse(error)
            detail = getattr(error, "detail", "") if isinstance(error, IdpError) else ""
            if refusal.status >= 500 and not isinstance(error, OAuthError):
                _log.exception("request_failed", error_code=refusal.code, detail=detail)
            else:
                _log.info("request_refused", error_code=refusal.code, status=refusal.status, detail=detail)
            if begun:
                raise
            await self._answer(scope, refusal)(scope, receive, send)
