"""A caller that speaks ASGI itself, so that no HTTP library's time is counted as the provider's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the provider answered."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> str:
        """Return a header's value, empty when there is none."""
        return next((value.decode() for key, value in self.headers if key == name), "")


class Caller:
    """One browser or one client. Keeps cookies by name; there is one host."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        """Call `app` as `host`."""
        self._app = app
        self._host = host.encode()
        self._cookies: dict[bytes, bytes] = {}
        self.number = 0

    def forget(self) -> None:
        """Lose every cookie and take another address: somebody else's browser. One address may not sign in so often."""
        self._cookies.clear()
        self.number += 1

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a GET."""
        return await self._call("GET", url, headers or {}, b"")

    async def post(self, url: str, form: bytes, headers: Mapping[str, str] | None = None) -> Reply:
        """Send an encoded form."""
        sent = {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(form))}
        return await self._call("POST", url, {**sent, **(headers or {})}, form)

    async def _call(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        parts = urlsplit(url)
        sent: Headers = [(b"host", self._host), (b"user-agent", b"bench"), (b"accept-language", b"en")]
        sent.extend((name.encode(), value.encode()) for name, value in headers.items())
        if self._cookies:
            sent.append((b"cookie", b"; ".join(name + b"=" + value for name, value in self._cookies.items())))
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": sent,
            "client": (f"10.0.{self.number // 250}.{self.number % 250 + 1}", 5000),
            "server": ("127.0.0.1", 8000),
        }
        status, answered, pieces = 0, [], []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], message["headers"]
            else:
                pieces.append(message.get("body", b""))

        await self._app(scope, receive, send)
        for key, value in answered:
            if key.lower() == b"set-cookie":
                name, _, content = value.partition(b";")[0].partition(b"=")
                self._cookies[name] = content
        return Reply(status, answered, b"".join(pieces))
