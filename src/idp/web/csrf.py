"""Protection of forms against requests forged by other sites.

Two independent locks. First, the browser says where the request comes from: `Sec-Fetch-Site`, or `Origin` where that is
missing; a request that says neither is refused. Second, each form carries a token: a MAC over the browser cookie, the
session cookie and the form's purpose. Nothing is stored, the token of one browser is worthless in another (login CSRF),
and it changes when the session rotates.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from idp.errors import InvalidInput
from idp.handles import RandomBytes

_NONCE_BYTES: Final = 16
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{64}")
_OWN_SITE: Final = frozenset({"same-origin", "none"})


class ForgedRequest(InvalidInput):
    """A form that did not come from our own page in this browser, or whose session has changed since."""

    code = "form_rejected"


class FormGuard:
    """Makes and checks the tokens of forms, for one issuer."""

    def __init__(self, key: bytes, issuer: str, random_bytes: RandomBytes = secrets.token_bytes) -> None:
        """Take a key of 32 bytes or more, for this alone, and the issuer URL; forms must come from its origin."""
        if len(key) < 32:
            raise ValueError("a form key needs at least 32 bytes")
        self._key = key
        self._origin = origin_of(issuer)
        self._random_bytes = random_bytes

    def make_token(self, browser: str, session: str | None, purpose: str) -> str:
        """Return a token for a form. `browser` and `session` are the cookies' values, `purpose` names the form."""
        if not browser:
            raise ValueError("a form token needs a browser cookie")
        nonce = self._random_bytes(_NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._mac(nonce, browser, session, purpose)).decode()

    def check(
        self,
        headers: Iterable[tuple[bytes, bytes]],
        token: str | None,
        browser: str | None,
        session: str | None,
        purpose: str,
    ) -> None:
        """Let a POST pass or raise ForgedRequest. `headers` are the raw ASGI headers."""
        self.check_source(headers)
        if not browser:
            raise ForgedRequest(detail="no browser cookie", code="cookies_missing")
        raw = _decode(token)
        if raw is None:
            raise ForgedRequest(detail="form token missing or malformed")
        nonce, mac = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        if not hmac.compare_digest(mac, self._mac(nonce, browser, session, purpose)):
            raise ForgedRequest(detail="form token is of another browser, session or purpose")

    def check_source(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Raise ForgedRequest unless the browser itself says that the request comes from our own origin."""
        sites: list[bytes] = []
        origins: list[bytes] = []
        for key, value in headers:
            name = key.lower()
            if name == b"sec-fetch-site":
                sites.append(value)
            elif name == b"origin":
                origins.append(value)
        if len(sites) > 1 or len(origins) > 1 or not (sites or origins):
            raise ForgedRequest(detail="the request does not say, or says twice, where it comes from")
        if origins and origins[0].decode("latin-1") != self._origin:
            raise ForgedRequest(detail="Origin is not ours")
        if sites and sites[0].decode("latin-1") not in _OWN_SITE:
            raise ForgedRequest(detail="Sec-Fetch-Site is not ours")

    def _mac(self, nonce: bytes, browser: str, session: str | None, purpose: str) -> bytes:
        # Each part is hashed first, so that no two lists of parts make the same message.
        parts = (browser, "" if session is None else f"={session}", purpose)
        message = nonce + b"".join(hashlib.sha256(part.encode()).digest() for part in parts)
        return hmac.digest(self._key, message, "sha256")


def origin_of(url: str) -> str:
    """Return the origin of an http or https URL as browsers write it, default ports left out (RFC 6454 section 6.2)."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an origin needs an http or https URL")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{host}" + ("" if parts.port in (None, default) else f":{parts.port}")


def _decode(token: str | None) -> bytes | None:
    # 48 bytes are 64 characters and no padding, so that each token has one spelling.
    return base64.urlsafe_b64decode(token) if token and _TOKEN.fullmatch(token) else None
