"""An Incode connection wired to the simulator in process, and to nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from idp.clock import SettableClock
from idp.connectors.api import Concluded, LookCall, StartCall, Started, Waiting
from idp.connectors.incode import INCODE, IncodeConnector
from idp.egress import EgressPolicy
from idp.http import HttpClient
from idp.simulator.app import build
from idp.simulator.settings import SimulatorSettings

API = "http://localhost:8003"
KEY = "demo-incode-key"
SUBJECT = "subject-4f1c"
RETURN = "https://idp.example/return?state=abc"


async def post_nowhere(_url: str, _headers: Mapping[str, str], _body: bytes) -> tuple[int, bytes]:
    return 204, b""


class Network(httpx.AsyncBaseTransport):
    """The simulator as a network; remembers every request in order."""

    def __init__(self, app: Any) -> None:
        self.requests: list[httpx.Request] = []
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return await self._inner.handle_async_request(request)


@dataclass
class World:
    """One connection, one simulator, one clock."""

    config: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=lambda: {"api_key": KEY})

    def __post_init__(self) -> None:
        self.clock = SettableClock()
        self.pauses: list[float] = []
        self.app = build(SimulatorSettings(), self.clock, post_nowhere, sleep=self._pause)
        self.network = Network(self.app)
        self.http = HttpClient(
            policy=EgressPolicy(frozenset({"localhost:8003"})),
            clock=self.clock,
            random=lambda: 0.5,
            sleep=self._pause,
            transport=self.network,
        )
        given = {"api_url": API, "flow_id": "demo-flow", "client_id": "demo", **self.config}
        opened = INCODE.open(given, self.secrets, self.http, self.clock, lambda: 0.5)
        assert isinstance(opened, IncodeConnector)
        self.incode = opened
        self._controls = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=API)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    @property
    def calls(self) -> list[str]:
        """Return the last part of the path of every call the connector made."""
        return [request.url.path.rpartition("/")[2] for request in self.network.requests]

    async def control(self, path: str, **body: Any) -> Any:
        answer = await self._controls.post(f"/__control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def start(self) -> Started:
        deadline = self.clock.now() + 600
        started = await self.incode.start(StartCall(1, SUBJECT, RETURN, "en", deadline))
        self.network.requests.clear()
        return started

    async def finish(self, started: Started, outcome: str, **body: Any) -> None:
        await self.control(f"sessions/{started.vendor_ref}/finish", outcome=outcome, **body)

    async def fault(self, kind: str, call: str | None = None, **body: Any) -> None:
        await self.control("faults", kind=kind, call=call, **body)

    async def look(self, started: Started, *, deadline: float | None = None) -> Waiting | Concluded:
        now = self.clock.now()
        return await self.incode.look(
            LookCall(
                started.vendor_ref,
                started.vendor_secret,
                now,
                now + 600 if deadline is None else deadline,
                now,
                SUBJECT,
            )
        )

    async def finished(self, outcome: str, **body: Any) -> Waiting | Concluded:
        """Start, finish with this outcome, and look."""
        started = await self.start()
        await self.finish(started, outcome, **body)
        return await self.look(started)


@pytest.fixture
def world() -> World:
    return World()
