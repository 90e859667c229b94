"""A small provider and a way to the API, over httpx.MockTransport: what the bank and the API talk to in these tests."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from idp.clock import SettableClock
from idp.demo.settings import DemoSettings

SETTINGS = DemoSettings(bank_secret="a-secret-for-tests-that-is-long-enough")
ISSUER, API = SETTINGS.issuer, SETTINGS.api_url


class ProviderDouble:
    """Answers discovery, keys, token, userinfo. `id_changes` and `answer_changes` spoil what it issues."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock = clock
        self.key = ECKey.generate_key("P-256", {"kid": "k1"})
        self.sub, self.acr, self.auth_time = "alice", "urn:idp:acr:1fa", clock.now()
        self.id_changes: dict[str, Any] = {}
        self.answer_changes: dict[str, Any] = {}
        self.id_header: dict[str, Any] = {}
        self.id_token: str | None = None
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh_tokens = {"rt0"}
        self.token_requests: list[dict[str, str]] = []
        self.key_fetches = 0
        self.up = True
        self.api: httpx.AsyncBaseTransport | None = None

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(self.answer)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if f"{request.url.scheme}://{request.url.netloc.decode()}" == API:
            assert self.api is not None
            return await self.api.handle_async_request(request)
        if not self.up:
            raise httpx.ConnectError("down")
        match request.url.path:
            case "/.well-known/openid-configuration":
                return httpx.Response(200, json=self.metadata())
            case "/jwks":
                self.key_fetches += 1
                return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
            case "/token":
                return self.redeem(request)
            case "/userinfo":
                return httpx.Response(200, json={"sub": self.sub, "given_name": "Alice"})
        return httpx.Response(404)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "end_session_endpoint": f"{ISSUER}/logout",
            "authorization_response_iss_parameter_supported": True,
        }

    def authorize(self, location: str) -> dict[str, str]:
        """Act for the person at the authorization endpoint: return the parameters of a good answer."""
        asked = dict(parse_qsl(urlsplit(location).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": ISSUER}

    def redeem(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.token_requests.append(form)
        basic = base64.b64encode(f"{SETTINGS.client_id}:{SETTINGS.bank_secret}".encode()).decode()
        if request.headers["authorization"] != f"Basic {basic}":
            return httpx.Response(401, json={"error": "invalid_client"})
        nonce = {}
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], None)
            challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
            if asked is None or asked["code_challenge"] != base64.urlsafe_b64encode(challenge).rstrip(b"=").decode():
                return httpx.Response(400, json={"error": "invalid_grant"})
            nonce = {"nonce": asked["nonce"]}
        elif form["refresh_token"] not in self.refresh_tokens:
            return httpx.Response(400, json={"error": "invalid_grant"})
        else:
            self.refresh_tokens.remove(form["refresh_token"])
        refresh_token = f"rt{len(self.token_requests)}"
        self.refresh_tokens.add(refresh_token)
        access_token = self.access_token()
        claims = {**self.claims(), "aud": SETTINGS.client_id, **nonce, "at_hash": half_hash(access_token)}
        answer = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": 600,
            "refresh_token": refresh_token,
            "id_token": self.id_token or self.sign({**claims, **self.id_changes}, self.id_header),
        }
        return httpx.Response(200, json={**answer, **self.answer_changes})

    def claims(self) -> dict[str, Any]:
        now = int(self.clock.now())
        return {
            "iss": ISSUER,
            "sub": self.sub,
            "iat": now,
            "exp": now + 600,
            "acr": self.acr,
            "amr": ["pwd"],
            "auth_time": int(self.auth_time),
        }

    def access_token(self, header: dict[str, Any] | None = None, **changes: Any) -> str:
        claims = {**self.claims(), "aud": [API, ISSUER], "client_id": SETTINGS.client_id, "jti": "j1"}
        claims |= {"scope": "openid transfers", **changes}
        present = {name: value for name, value in claims.items() if value is not None}
        return self.sign(present, {"typ": "at+jwt", **(header or {})})

    def sign(self, claims: dict[str, Any], header: dict[str, Any]) -> str:
        whole = {"alg": "ES256", "kid": "k1", **header}
        return jwt.encode({name: value for name, value in whole.items() if value is not None}, claims, self.key)


def unsigned(claims: dict[str, Any], typ: str = "JWT") -> str:
    """Return a token with alg none, which nobody signed."""
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": typ, "kid": "k1"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def half_hash(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()
