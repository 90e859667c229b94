"""Sealed boxes: AES-256-GCM with a purpose, for secrets at rest (DESIGN invariant 7).

A box is `version || key id || nonce || ciphertext`. The purpose is authenticated, so a box made for one
column does not open as another. Keys come from the environment or a file, newest first; older ones only open.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from idp.errors import IdpError
from idp.handles import RandomBytes

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_ID_BYTES = 4


class BoxBroken(IdpError):
    """A sealed box was not made by us, for this purpose, with a key we hold."""

    code = "sealed_box_broken"


class Sealer:
    """Seals and opens boxes."""

    def __init__(self, keys: Sequence[bytes], random_bytes: RandomBytes = secrets.token_bytes) -> None:
        """Take master keys (at least 32 bytes each), newest first."""
        if not keys:
            raise ValueError("a sealer needs at least one key")
        self._random_bytes = random_bytes
        self._ciphers: dict[bytes, AESGCM] = {}
        for key in keys:
            if len(key) < 32:
                raise ValueError("a sealing key needs at least 32 bytes")
            derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"idp sealing").derive(key)
            self._ciphers[hashlib.sha256(derived).digest()[:KEY_ID_BYTES]] = AESGCM(derived)
        self._current = next(iter(self._ciphers))

    def seal(self, purpose: str, plain: bytes) -> bytes:
        """Return a box that only opens for the same purpose."""
        nonce = self._random_bytes(NONCE_BYTES)
        return VERSION + self._current + nonce + self._ciphers[self._current].encrypt(nonce, plain, purpose.encode())

    def open(self, purpose: str, box: bytes) -> bytes:
        """Return what was sealed. Raises BoxBroken for a foreign, changed or truncated box."""
        start = len(VERSION) + KEY_ID_BYTES
        cipher = self._ciphers.get(box[len(VERSION) : start])
        if box[: len(VERSION)] != VERSION or cipher is None or len(box) < start + NONCE_BYTES + 16:
            raise BoxBroken(detail=f"purpose {purpose}: unknown version or key")
        try:
            return cipher.decrypt(box[start : start + NONCE_BYTES], box[start + NONCE_BYTES :], purpose.encode())
        except InvalidTag as error:
            raise BoxBroken(detail=f"purpose {purpose}: authentication failed") from error

    def seal_json(self, purpose: str, value: Any) -> bytes:
        """Seal a JSON value."""
        return self.seal(purpose, json.dumps(value, separators=(",", ":")).encode())

    def open_json(self, purpose: str, box: bytes) -> Any:
        """Open a box made by `seal_json`."""
        return json.loads(self.open(purpose, box))
