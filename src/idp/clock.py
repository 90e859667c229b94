"""Time as a parameter: every module that needs the time is handed a clock."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> float:
        """Return the current time in seconds since the epoch, UTC, with fractions."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return the machine's time in epoch seconds."""
        return time.time()


class SettableClock:
    """A clock that stands still until it is moved; for tests and dry runs."""

    def __init__(self, at: float = 1_800_000_000.25) -> None:
        """Start at `at`, epoch seconds."""
        self._at = at

    def now(self) -> float:
        """Return the time that was set, in epoch seconds."""
        return self._at

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`."""
        self._at += seconds
