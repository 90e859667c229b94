"""Session, admin and customer tokens: small HS256 JWTs that only this process can make and read."""

import base64
import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass
from typing import Any


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class InvalidToken(Exception):
    """The token is not ours, is damaged, or has expired."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says. `interview_id` is None in an admin token; `expires_at` is epoch seconds."""

    role: str
    interview_id: str | None
    expires_at: float


class Tokens:
    """Issues and reads tokens with one key."""

    def __init__(self, key: bytes) -> None:
        """Use `key` for the signatures."""
        self._key = key
        self._numbers = itertools.count(1)

    def issue(self, role: str, now: float, seconds: float, **claims: Any) -> str:
        """Return a signed token for `role` that lives `seconds` from `now`, with extra `claims`; no two are equal."""
        header = _encode(b'{"alg":"HS256","typ":"JWT"}')
        payload = {**claims, "role": role, "iat": int(now), "exp": int(now + seconds), "jti": next(self._numbers)}
        signed = f"{header}.{_encode(json.dumps(payload, separators=(',', ':')).encode())}"
        return f"{signed}.{self._sign(signed)}"

    def read(self, text: str) -> Token:
        """Return what the token says, expired or not; raises InvalidToken when it is not one of ours."""
        signed, _, signature = text.rpartition(".")
        if not hmac.compare_digest(self._sign(signed).encode(), signature.encode()):
            raise InvalidToken("signature")
        claims = json.loads(_decode(signed.partition(".")[2]))
        return Token(claims["role"], claims.get("interviewId"), float(claims["exp"]))

    def check(self, text: str, now: float) -> Token:
        """Return what the token says; raises InvalidToken when it is not ours or `now` is past its end."""
        token = self.read(text)
        if now >= token.expires_at:
            raise InvalidToken("expired")
        return token

    def _sign(self, signed: str) -> str:
        return _encode(hmac.new(self._key, signed.encode(), hashlib.sha256).digest())
