"""Another provider, as a few answers that a test can bend, and the connector in front of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from idp.clock import SettableClock
from idp.connectors.api import RedirectCall, Redirected, ReturnCall, Returned
from idp.connectors.oidc.connector import OIDC, OidcConnector
from idp.http import HttpClient
from idp.oidc.jose import SigningKeyMaterial, generate_key, sign

ISSUER = "https://far.example"
CLIENT = "near"
SECRET = "canary client:secret%1"
RETURN = "https://near.example/upstream/far/return"
STATE = "state.d3adb33f"


@dataclass
class Far:
    """Answers for the other provider. `claims` change the ID token, `forge` makes it in place of the signature."""

    clock: SettableClock = field(default_factory=SettableClock)
    keys: list[SigningKeyMaterial] = field(default_factory=lambda: [generate_key("ES256")])
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, httpx.Response | Exception] = field(default_factory=dict)
    forge: Callable[[dict[str, Any]], str] | None = None
    jwks: dict[str, Any] | None = None
    came: list[httpx.Request] = field(default_factory=list)
    nonce: str = ""

    def count(self, path: str) -> int:
        return sum(request.url.path == path for request in self.came)

    def sent(self) -> dict[str, str]:
        """Return the form that the token endpoint got last."""
        (*_, request) = [request for request in self.came if request.url.path == "/token"]
        return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.came.append(request)
        path = request.url.path
        given = self.answers.get(path)
        if isinstance(given, Exception):
            raise given
        if given is not None:
            return httpx.Response(given.status_code, content=given.content)
        return httpx.Response(200, content=json.dumps(self._make(path)).encode())

    def _make(self, path: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            made = {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/jwks",
                "userinfo_endpoint": f"{ISSUER}/userinfo",
                "authorization_response_iss_parameter_supported": True,
            } | self.metadata
            return {name: value for name, value in made.items() if value is not None}
        if path == "/jwks":
            return self.jwks or {"keys": [dict(key.public_jwk) for key in self.keys]}
        if path == "/userinfo":
            return {"sub": "far-1"} | self.more
        return {"access_token": "at", "token_type": "Bearer", "id_token": self.id_token()}

    def id_token(self) -> str:
        now = int(self.clock.now())
        claims = {
            "iss": ISSUER,
            "sub": "far-1",
            "aud": CLIENT,
            "nonce": self.nonce,
            "iat": now,
            "exp": now + 300,
            "auth_time": now - 10,
        } | self.claims
        kept = {name: value for name, value in claims.items() if value is not None}
        return self.forge(kept) if self.forge is not None else sign(kept, self.keys[-1])

    def open(self, secrets: dict[str, str] | None = None, **config: Any) -> OidcConnector:
        async def pause(_seconds: float) -> None:
            """Nobody waits."""

        http = HttpClient(clock=self.clock, sleep=pause, transport=httpx.MockTransport(self.answer))
        settings = {"issuer": ISSUER, "client_id": CLIENT, "display_name": "Far", **config}
        opened = OIDC.open(settings, secrets or {"client_secret": SECRET}, http, self.clock, lambda: 0.5)
        assert isinstance(opened, OidcConnector)
        return opened

    async def leave(self, connector: OidcConnector, **changes: Any) -> tuple[Redirected, dict[str, str]]:
        now = self.clock.now()
        values: dict[str, Any] = {
            "return_url": RETURN,
            "state": STATE,
            "inputs": {},
            "locale": "de",
            "deadline": now + 600,
            "now": now,
            "secret": "a-secret-of-this-departure-alone",
        }
        away = await connector.start(RedirectCall(**(values | changes)))
        asked = {name: found[0] for name, found in parse_qs(urlsplit(away.url).query).items()}
        self.nonce = asked["nonce"]
        return away, asked

    async def come_back(self, connector: OidcConnector, away: Redirected, **params: str) -> Returned:
        given = {"code": "c-1", "state": STATE, "iss": ISSUER} | params
        now = self.clock.now()
        kept = {name: value for name, value in given.items() if value}
        return await connector.resume(ReturnCall(kept, away.memory, RETURN, STATE, now + 600, now))

    async def journey(self, connector: OidcConnector | None = None, **changes: Any) -> Returned:
        connector = connector or self.open()
        away, _ = await self.leave(connector, **changes)
        return await self.come_back(connector, away)
