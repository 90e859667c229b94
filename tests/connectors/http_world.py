"""An HTTP connection over a service that answers as a test says."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from idp.clock import SettableClock
from idp.connectors.api import CallRequest, CallResult
from idp.connectors.http.connector import HTTP, HttpConnector
from idp.http import HttpClient

KEY = "5f0c2c8c0d7a4b6e9f3a1b2c3d4e5f60"
SECRET = "canary-credential-41c7"
SIGNING = "canary-signing-key-0aa2"


@dataclass
class Service:
    """Answers the n-th request with the n-th answer, the last one for good, and remembers what came."""

    answers: list[httpx.Response | Exception] = field(default_factory=lambda: [httpx.Response(200, json={})])
    came: list[httpx.Request] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    clock: SettableClock = field(default_factory=SettableClock)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.came.append(request)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def open(self, secrets: dict[str, str] | None = None, **config: Any) -> HttpConnector:
        http = HttpClient(
            clock=self.clock,
            random=lambda: 0.5,
            sleep=self.pause,
            transport=httpx.MockTransport(self.answer),
        )
        settings = {"url": "https://crm.example/v1/risk", **config}
        opened = HTTP.open(settings, secrets or {}, http, self.clock, lambda: 0.5)
        assert isinstance(opened, HttpConnector)
        return opened

    async def ask(self, connector: HttpConnector, **inputs: Any) -> CallResult:
        now = self.clock.now()
        return await connector.call(CallRequest(KEY, inputs, "en", now + 10, now))


def reply(body: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=body if isinstance(body, bytes) else json.dumps(body).encode())


Make = Callable[..., HttpConnector]
