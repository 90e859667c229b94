"""A bound for request bodies, whatever their Content-Length says."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idp.errors import InvalidInput

DEFAULT_LIMIT: Final = 1024 * 1024


class BodyLimit:
    """Raises InvalidInput with the code `body_too_large` as soon as a body is, or claims to be, too large."""

    def __init__(self, app: ASGIApp, limit: int = DEFAULT_LIMIT) -> None:
        """Wrap `app`; `limit` in bytes."""
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count what is read of its body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        for key, value in scope["headers"]:
            if key == b"content-length":
                self._check_claim(value)
        taken = 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise _too_large()
            return message

        await self._app(scope, receive_counted, send)

    def _check_claim(self, value: bytes) -> None:
        if not value.isdigit() or len(value) > 18:
            raise InvalidInput("Content-Length is not a number.", detail="malformed Content-Length")
        if int(value) > self._limit:
            raise _too_large()


def _too_large() -> InvalidInput:
    return InvalidInput("More was sent than we accept.", code="body_too_large")
