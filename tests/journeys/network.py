"""The network as the provider sees it: applications by origin, reached without a socket."""

from collections.abc import Mapping
from typing import Any

import httpx


class Network(httpx.AsyncBaseTransport):
    """Leads each call to the application of its origin, and remembers what was called."""

    def __init__(self, apps: Mapping[str, Any]) -> None:
        self.apps = dict(apps)
        self.calls: list[httpx.Request] = []
        self._transports = {origin: httpx.ASGITransport(app=app) for origin, app in self.apps.items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        transport = self._transports.get(origin)
        if transport is None:
            raise httpx.ConnectError(f"nobody is at {origin}", request=request)
        return await transport.handle_async_request(request)
