"""Clients for calls that go out, to an answer of the test's own or to a server on loopback."""

from collections.abc import Callable, Sequence

import httpx
import pytest

from idp.clock import SettableClock
from idp.egress import EgressPolicy
from idp.http import CallFailed, HttpClient

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}'
URL = "https://api.example.com/thing"


class Pauses:
    """Records the pauses instead of making them."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


async def no_pause(_seconds: float) -> None:
    """Nobody waits."""


def to(*addresses: str) -> Callable[[str, int], object]:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


def make_client(handler: Callable[[httpx.Request], httpx.Response] | None = None, **options) -> HttpClient:
    options.setdefault("sleep", Pauses())
    options.setdefault("random", lambda: 0.5)
    options.setdefault("clock", SettableClock())
    if handler is not None:
        options["transport"] = httpx.MockTransport(handler)
    return HttpClient(**options)


def loopback_client(port: int, **options) -> HttpClient:
    """Return a client for which api.test is allowed to be on loopback."""
    options.setdefault("resolve", to("127.0.0.1"))
    return make_client(policy=EgressPolicy(frozenset({f"api.test:{port}"})), **options)


async def fail(client: HttpClient, url: str, method: str = "POST", **options) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        await client.request(method, url, **options)
    await client.aclose()
    return caught.value


class Script:
    """Answers with one step after the other; an exception is raised."""

    def __init__(self, *steps: httpx.Response | Exception) -> None:
        self.steps = list(steps)
        self.calls = 0

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.calls += 1
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


class Answers:
    """Answers the n-th request with the n-th answer, the last one for good, and remembers what came."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.came: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.clock = SettableClock()

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.came.append(request)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def client(self) -> HttpClient:
        return make_client(self.answer, clock=self.clock, sleep=self.pause)
