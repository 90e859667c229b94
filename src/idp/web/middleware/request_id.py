"""A name for each request, which joins its log lines and is shown on error pages."""

import re
import secrets
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from idp.handles import RandomBytes

HEADER: Final = b"x-request-id"
# W3C Trace Context section 3.2: version ff, and all-zero ids, are invalid. Later versions may append fields.
_TRACEPARENT: Final = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]*)?"
)


class RequestId:
    """Takes the trace id of a valid `traceparent`, or makes a new id, and sends it back as `X-Request-ID`."""

    def __init__(self, app: ASGIApp, random_bytes: RandomBytes = secrets.token_bytes) -> None:
        """Wrap `app`; `random_bytes` makes new ids."""
        self._app = app
        self._random_bytes = random_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bind the id to the log context, put it into the request's state, and add the header to the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = read_trace_id(scope["headers"]) or self._random_bytes(16).hex()
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [header for header in message["headers"] if header[0] != HEADER]
                message = {**message, "headers": [*others, (HEADER, request_id.encode())]}
            await send(message)

        with bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_named)


def read_trace_id(headers: list[tuple[bytes, bytes]]) -> str | None:
    """Return the trace id of a `traceparent` header that occurs once and is valid, else None."""
    found = [value for key, value in headers if key == b"traceparent"]
    match = _TRACEPARENT.fullmatch(found[0]) if len(found) == 1 and len(found[0]) <= 128 else None
    return match[1].decode() if match else None


def request_id_of(scope: Scope) -> str:
    """Return the id of this request, empty if none was given."""
    return str(scope.get("state", {}).get("request_id", ""))
