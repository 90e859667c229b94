"""The operations of the design's list, as a relying party and its users do them."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.caller import Caller, Reply
from bench.world import HOST, ISSUER, PASSWORD, SECRET, email_of
from idp.wiring import Provider

CALLBACK: Final = "https://bench.example/callback"
VERIFIER: Final = "v" * 64
CHALLENGE: Final = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
_HIDDEN: Final = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_SAME_SITE: Final = {"origin": ISSUER, "sec-fetch-site": "same-origin"}


class Visitor:
    """A browser and the relying party that it comes from, for one signing algorithm."""

    def __init__(self, provider: Provider, alg: str) -> None:
        """Visit `provider` as the client that registered `alg`."""
        self.caller = Caller(provider.app, HOST)
        basic = base64.b64encode(f"bench-{alg}:{SECRET}".encode()).decode()
        self._client = {"authorization": f"Basic {basic}"}
        self._authorize = "/authorize?" + urlencode(
            {
                "client_id": f"bench-{alg}",
                "redirect_uri": CALLBACK,
                "response_type": "code",
                "scope": "openid email",
                "state": "state-of-the-bench",
                "nonce": "nonce-of-the-bench",
                "code_challenge": CHALLENGE,
                "code_challenge_method": "S256",
            }
        )
        self._refresh = ""
        self._access: dict[str, str] = {}
        self._token = b""

    async def discovery(self) -> None:
        """Fetch the metadata and the keys."""
        for path in ("/.well-known/openid-configuration", "/jwks.json"):
            _expect(await self.caller.get(path), 200)

    async def client_credentials(self) -> None:
        """Get a token for the client itself."""
        await self._redeem({"grant_type": "client_credentials", "scope": "jobs"})

    async def login(self) -> None:
        """Sign in with e-mail and password in a fresh browser, and exchange the code."""
        url = await self.take_first_step()
        tokens = await self._exchange(await self.submit(url, password=PASSWORD))
        self._refresh = tokens["refresh_token"]
        self._access = {"authorization": f"Bearer {tokens['access_token']}"}
        self._token = urlencode({"token": tokens["access_token"]}).encode()

    async def code_with_a_session(self) -> None:
        """Get a code in a browser that is signed in, and exchange it."""
        await self._exchange(await self._follow(await self.caller.get(self._authorize)))

    async def refresh(self) -> None:
        """Rotate a refresh token."""
        tokens = await self._redeem({"grant_type": "refresh_token", "refresh_token": self._refresh})
        self._refresh = tokens["refresh_token"]

    async def userinfo(self) -> None:
        """Read the user's claims."""
        _expect(await self.caller.get("/userinfo", self._access), 200)

    async def introspection(self) -> None:
        """Ask whether the access token is live."""
        answer = _expect(await self.caller.post("/introspect", self._token, self._client), 200)
        if not json.loads(answer.body)["active"]:
            raise RuntimeError("the token is not active")

    async def open_login(self) -> str:
        """Come from the relying party in a fresh browser and stand at the first page; return its address."""
        self.caller.forget()
        url = await self._follow(await self.caller.get(self._authorize))
        self._page = await self.caller.get(url)
        return url

    async def take_first_step(self) -> str:
        """Open a login and give the e-mail address; return the address of the next page."""
        return await self.submit(await self.open_login(), email=email_of(self.caller.number))

    async def submit(self, url: str, **values: str) -> str:
        """Answer the page at `url` and go where that leads: to another page here, or back to the relying party."""
        form = {name: html.unescape(value) for name, value in _HIDDEN.findall(_expect(self._page, 200).body.decode())}
        form |= {"outcome": "submitted", **values}
        target = await self._follow(await self.caller.post(url, urlencode(form).encode(), _SAME_SITE))
        if not target.startswith("https://"):
            self._page = await self.caller.get(target)
        return target

    async def _follow(self, answer: Reply) -> str:
        """Follow redirects to a page of the provider that has not been fetched yet, or to the relying party."""
        while True:
            target = _target(answer)
            if target.startswith(("https://", "/run/")):
                return target
            answer = await self.caller.get(target)

    async def _exchange(self, address: str) -> dict[str, Any]:
        code = parse_qs(urlsplit(address).query).get("code")
        if code is None:
            raise RuntimeError(f"no code in {address}")
        return await self._redeem(
            {
                "grant_type": "authorization_code",
                "code": code[0],
                "redirect_uri": CALLBACK,
                "code_verifier": VERIFIER,
            }
        )

    async def _redeem(self, form: Mapping[str, str]) -> dict[str, Any]:
        answer = _expect(await self.caller.post("/token", urlencode(form).encode(), self._client), 200)
        tokens: dict[str, Any] = json.loads(answer.body)
        return tokens


def _target(answer: Reply) -> str:
    if answer.status in {302, 303}:
        return answer.header(b"location").removeprefix(ISSUER)
    page = _expect(answer, 200).body.decode()
    return html.unescape(page.split('content="0;url=')[1].split('"')[0])


def _expect(answer: Reply, status: int) -> Reply:
    if answer.status != status:
        raise RuntimeError(f"{answer.status} {answer.body[:300]!r}")
    return answer
