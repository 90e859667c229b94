"""An HTTP connection over a service that answers as a test says."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from idp.connectors.api import CallRequest, CallResult
from idp.connectors.http.connector import HTTP, HttpConnector
from tests.outbound import Answers

KEY = "5f0c2c8c0d7a4b6e9f3a1b2c3d4e5f60"
SECRET = "canary-credential-41c7"
SIGNING = "canary-signing-key-0aa2"


class Service(Answers):
    """A service that an HTTP connection asks."""

    def __init__(self) -> None:
        super().__init__(httpx.Response(200, json={}))

    def open(self, secrets: dict[str, str] | None = None, **config: Any) -> HttpConnector:
        settings = {"url": "https://crm.example/v1/risk", **config}
        opened = HTTP.open(settings, secrets or {}, self.client(), self.clock, lambda: 0.5)
        assert isinstance(opened, HttpConnector)
        return opened

    async def ask(self, connector: HttpConnector, **inputs: Any) -> CallResult:
        now = self.clock.now()
        return await connector.call(CallRequest(KEY, inputs, "en", now + 10, now))


def reply(body: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=body if isinstance(body, bytes) else json.dumps(body).encode())


Make = Callable[..., HttpConnector]
