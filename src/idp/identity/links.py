"""Signed texts that leave us and come back: mailed links, and the state that a vendor returns.

A signature proves that we made the text, for one purpose, not long ago. It does not make the text single-use: that is
one conditional UPDATE on the row the payload names (DESIGN invariant 5).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from idp.clock import Clock
from idp.errors import IdpError

LINK_SECONDS: Final = 900
MIN_KEY_BYTES: Final = 32
MAX_PAYLOAD_BYTES: Final = 1024
MAX_TEXT_LENGTH: Final = 4096
# A text made by a node whose clock is ahead may come back at once.
CLOCK_SKEW: Final = 30


class LinkInvalid(IdpError):
    """Not a text of ours for this purpose: forged, cut off, made with a retired key, or dated in the future."""

    code = "link_invalid"


class LinkExpired(IdpError):
    """A text of ours whose time is over."""

    code = "link_expired"


class _ClockSigner(TimestampSigner):
    """A signer that is told the time; whole seconds, rounded down."""

    def __init__(self, *args: Any, clock: Clock, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock.now())


class LinkSigner:
    """Signs and opens texts, purpose by purpose."""

    def __init__(self, keys: Sequence[bytes], clock: Clock) -> None:
        """Take keys of at least 32 bytes, newest first. The newest signs, all open.

        Keep a retired key for as long as the longest-lived text.
        """
        if not keys or any(len(key) < MIN_KEY_BYTES for key in keys):
            raise ValueError(f"a link signer needs keys of at least {MIN_KEY_BYTES} bytes")
        self._keys = tuple(reversed(keys))
        self._clock = clock

    def sign(self, purpose: str, payload: Mapping[str, Any]) -> str:
        """Return a URL-safe text that carries a small JSON object, readable by anybody who holds it.

        Raises ValueError for an empty purpose and for a payload over `MAX_PAYLOAD_BYTES`.
        """
        if len(json.dumps(dict(payload))) > MAX_PAYLOAD_BYTES:
            raise ValueError("a link's payload is too large")
        text: str = self._serializer(purpose).dumps(dict(payload))
        return text

    def open(self, purpose: str, text: str, max_age: float = LINK_SECONDS) -> dict[str, Any]:
        """Return the payload of a text signed for `purpose` at most `max_age` seconds ago.

        Raises `LinkInvalid` or `LinkExpired`; a text that is both is invalid.
        """
        if not text.isascii() or len(text) > MAX_TEXT_LENGTH:
            raise LinkInvalid("This link is not valid.", detail="not a signed text")
        try:
            payload, signed_at = self._serializer(purpose).loads(text, return_timestamp=True)
        except BadData as error:
            raise LinkInvalid("This link is not valid.", detail=type(error).__name__) from None
        age = self._clock.now() - signed_at.timestamp()
        if age < -CLOCK_SKEW:
            raise LinkInvalid("This link is not valid.", detail="dated in the future")
        # Written so that a limit that is not a number expires everything.
        if not age <= max_age:
            raise LinkExpired("This link has expired.")
        if not isinstance(payload, dict):
            raise LinkInvalid("This link is not valid.", detail="payload is not an object")
        return payload

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        if not purpose:
            raise ValueError("a link has a purpose")
        return URLSafeTimedSerializer(
            list(self._keys),
            salt=f"idp link: {purpose}",
            signer=_ClockSigner,
            signer_kwargs={"clock": self._clock, "key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
