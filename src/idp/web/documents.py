"""Documents that everybody fetches and that hardly ever change: made once, and sent again for a few seconds.

Clients may keep them for minutes (`Cache-Control`), so a few seconds here delay nothing, whichever process answers.
"""

from typing import Final

KEPT_SECONDS: Final = 5.0


class Documents:
    """Bodies by name."""

    def __init__(self) -> None:
        """Start empty."""
        self._bodies: dict[str, tuple[float, bytes]] = {}

    def find(self, name: str, now: float) -> bytes | None:
        """Return the body, unless it is unknown or was made more than `KEPT_SECONDS` before `now` (epoch seconds)."""
        made_at, body = self._bodies.get(name, (now, None))
        return body if 0 <= now - made_at < KEPT_SECONDS else None

    def keep(self, name: str, body: bytes, now: float) -> None:
        """Keep a body that was begun at `now`."""
        self._bodies[name] = (now, body)
