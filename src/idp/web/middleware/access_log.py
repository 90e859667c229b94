"""One log line and one measurement for each request, without anything secret.

Never the query string and never the path as it was sent, because links and runs carry secrets in both: only the route's
pattern, such as `/run/{handle}`.
"""

import time
from collections.abc import Callable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idp.observability import Metrics

_log = structlog.get_logger("idp.access")


class AccessLog:
    """Logs method, route, status and duration of every request, and counts them."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics | None = None, tick: Callable[[], float] = time.perf_counter
    ) -> None:
        """Wrap `app`; `tick` returns seconds of a clock that only moves forward."""
        self._app = app
        self._metrics = metrics
        self._tick = tick

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and write it down when it has ended, well or not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        started = self._tick()

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        finally:
            seconds = self._tick() - started
            route = route_of(scope)
            client = scope.get("client")
            _log.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                milliseconds=round(seconds * 1000, 1),
                client=client[0] if client else None,
            )
            if self._metrics is not None:
                self._metrics.observe_request(scope["method"], route, status, seconds)


def route_of(scope: Scope) -> str:
    """Return the pattern of the route that answered, or `unmatched`."""
    return str(getattr(scope.get("route"), "path", "") or "unmatched")
