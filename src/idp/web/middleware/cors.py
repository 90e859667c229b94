"""Cross-origin access (Fetch standard) for endpoints that read no cookie.

Applications that run in a browser may call discovery, the keys, token, userinfo and revocation from any origin: what
protects those is the token or the code, never a cookie, and credentials are not allowed.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REQUEST_HEADERS: Final = "authorization, content-type, dpop"
_EXPOSED: Final = "WWW-Authenticate, DPoP-Nonce, X-Request-ID"


class Cors:
    """Opens the given paths to all origins and leaves every other path closed."""

    def __init__(self, app: ASGIApp, paths: Mapping[str, Sequence[str]]) -> None:
        """Wrap `app`; `paths` maps an exact path to the methods it takes."""
        self._app = app
        self._methods = {path: ", ".join(methods) for path, methods in paths.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer preflights of open paths; add the headers to their other answers, errors too."""
        methods = self._methods.get(scope["path"]) if scope["type"] == "http" else None
        headers = Headers(scope=scope) if methods is not None else None
        if methods is None or headers is None or "origin" not in headers:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            answer = Response(status_code=204)
            answer.headers.update(
                {
                    "Access-Control-Allow-Origin": "*",
                    "Access-Control-Allow-Methods": methods,
                    "Access-Control-Allow-Headers": _REQUEST_HEADERS,
                    "Access-Control-Max-Age": "7200",
                }
            )
            await answer(scope, receive, send)
            return

        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                opened = MutableHeaders(scope=message)
                opened["Access-Control-Allow-Origin"] = "*"
                opened["Access-Control-Expose-Headers"] = _EXPOSED
            await send(message)

        await self._app(scope, receive, send_open)
