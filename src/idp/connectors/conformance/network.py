"""A network that fails in every way there is, one way at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from idp.clock import SettableClock
from idp.egress import CallFailed, FailureKind
from idp.http import Answer, HttpClient

_KINDS: Final[tuple[FailureKind, ...]] = (
    "dns",
    "tls",
    "connect",
    "timeout",
    "too_large",
    "not_json",
    "refused_by_policy",
)
_STATUSES: Final = (204, 301, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503)
_BODIES: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "text": b"<!doctype html><title>Sorry</title>",
    "an empty object": b"{}",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1e400",
    "text as JSON": b'"OK"',
    "twice the same name": b'{"a": 1, "a": 2}',
    "endless nesting": b"[" * 100_000,
    "half a character": b'{"a": "\xff"}',
    "an object of wrong types": b'{"status": [], "data": 1, "token": {}, "id": null, "access_token": 1, "keys": "x"}',
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to fail: no answer, for the reason `kind`, or an answer that is no good."""

    name: str
    kind: FailureKind | None = None
    status: int = 200
    body: bytes = b""


#: Every way to fail.
BROKEN: Final = (
    *(Scenario(f"no answer ({kind})", kind) for kind in _KINDS),
    *(Scenario(f"HTTP {status}", None, status, b'{"error": "no"}') for status in _STATUSES),
    *(Scenario(f"HTTP 200 with {name}", None, 200, body) for name, body in _BODIES.items()),
)


class ScriptedHttp(HttpClient):
    """A client that answers every call in one way and remembers what it was asked to send."""

    def __init__(self, scenario: Scenario) -> None:
        """Take the way to fail."""
        clock = SettableClock()
        super().__init__(clock=clock, random=lambda: 0.5)
        self.clock = clock
        self.scenario = scenario
        self.sent: list[tuple[str, str, Mapping[str, Any]]] = []

    async def pause(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.clock.advance(seconds)

    async def request(self, method: str, url: str, **given: Any) -> Answer:
        """Answer, or fail, as the scenario says."""
        self.policy.check_url(url)
        self.sent.append((method, url, given))
        if self.scenario.kind is not None:
            raise CallFailed(self.scenario.kind, "scripted")
        return Answer(self.scenario.status, {"content-type": "application/json"}, self.scenario.body)
