"""Handles: `<id>.<secret>` strings that name a row and prove the right to it.

The row is found by its rising integer, the secret is compared by its digest in constant time. Only the
digest is stored, so a stolen database holds no usable cookie, code, link or token.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

RandomBytes = Callable[[int], bytes]
SECRET_BYTES = 32
MAX_HANDLE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Secret:
    """A fresh secret: its text goes out once, its digest stays."""

    text: str
    digest: bytes


def digest(text: str) -> bytes:
    """Return the SHA-256 digest (32 bytes) of a random secret. Never for passwords."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def mint(random_bytes: RandomBytes = secrets.token_bytes) -> Secret:
    """Return a new 256-bit secret and its digest."""
    text = random_bytes(SECRET_BYTES).hex()
    return Secret(text, digest(text))


def encode(row_id: int, secret: str) -> str:
    """Return the wire form `<id>.<secret>`."""
    return f"{row_id}.{secret}"


def decode(handle: str | None) -> tuple[int, str] | None:
    """Split a handle into row id and secret, or return None if it is not one."""
    if not handle or len(handle) > MAX_HANDLE_LENGTH or not handle.isascii():
        return None
    number, dot, secret = handle.partition(".")
    if not dot or not secret or not number.isdigit() or len(number) > 18:
        return None
    return int(number), secret


def matches(secret: str, stored: bytes) -> bool:
    """Compare a secret with a stored digest in constant time."""
    return hmac.compare_digest(digest(secret), stored)
