"""A relying party written out by hand, so that journeys see every byte of the protocol."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import KeySet


class RelyingParty:
    """Makes authorization requests and checks what comes back. An application of None is reached over the network."""

    def __init__(self, client_id: str, metadata: dict[str, Any], issuer: str) -> None:
        self.client_id, self.metadata, self.issuer = client_id, metadata, issuer
        self.redirect_uri = metadata["redirect_uris"][0]
        self.state = self.nonce = self.verifier = ""

    def authorize(self, **extra: str) -> str:
        """Return an authorization URL; keyword arguments add or replace parameters, an empty one removes."""
        self.state, self.nonce, self.verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")
        params = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid profile email",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | extra
        return f"{self.issuer}/authorize?{urlencode({key: value for key, value in params.items() if value})}"

    def answer(self, url: str) -> dict[str, str]:
        """Return the parameters of an authorization response, after checking whom it is from and for."""
        assert url.startswith(self.redirect_uri), url
        found = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        assert found["state"] == self.state
        assert found["iss"] == self.issuer
        return found

    async def redeem(self, app: Any, url: str) -> dict[str, Any]:
        """Exchange the code of a response for tokens, checked."""
        answer = self.answer(url)
        assert "code" in answer, answer
        tokens = await self.token(
            app,
            grant_type="authorization_code",
            code=answer["code"],
            redirect_uri=self.redirect_uri,
            code_verifier=self.verifier,
        )
        assert "error" not in tokens, tokens
        claims = await self.check(app, tokens["id_token"])
        assert claims["nonce"] == self.nonce
        return tokens | {"claims": claims}

    async def token(self, app: Any, **form: str) -> dict[str, Any]:
        return await self.call(app, "/token", form)

    async def call(self, app: Any, path: str, form: dict[str, str]) -> dict[str, Any]:
        transport = httpx2.ASGITransport(app=app) if app is not None else None
        auth = (self.client_id, self.metadata["client_secret"])
        async with httpx2.AsyncClient(transport=transport, base_url=self.issuer) as client:
            answer = await client.post(path, data=form, auth=auth)
        return dict(answer.json()) if answer.content else {}

    async def userinfo(self, app: Any, access_token: str) -> dict[str, Any]:
        transport = httpx2.ASGITransport(app=app) if app is not None else None
        async with httpx2.AsyncClient(transport=transport, base_url=self.issuer) as client:
            answer = await client.get("/userinfo", headers={"authorization": f"Bearer {access_token}"})
        return {"status": answer.status_code, **answer.json()}

    async def check(self, app: Any, token: str) -> dict[str, Any]:
        transport = httpx2.ASGITransport(app=app) if app is not None else None
        async with httpx2.AsyncClient(transport=transport, base_url=self.issuer) as client:
            keys = KeySet.import_key_set((await client.get("/jwks.json")).json())
        decoded = jwt.decode(token, keys, algorithms=["ES256", "RS256"])
        assert decoded.claims["iss"] == self.issuer
        return dict(decoded.claims)
