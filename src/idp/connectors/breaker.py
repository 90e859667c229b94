"""A circuit breaker: a service that keeps failing is left alone for a while, and then asked once.

One a connection, in memory: each node finds out for itself. Its state is for the health page and decides nothing but
whether a call is made.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from idp.clock import Clock
from idp.http import CallFailed

T = TypeVar("T")
Position = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class BreakerState:
    """`failures` in a row; `retry_at` (epoch seconds) is when an open breaker lets one call through."""

    position: Position
    failures: int
    retry_at: float | None = None
    last_failure: str | None = None


class Breaker:
    """Opens after `threshold` outages in a row, for `rest` seconds. Then one call is let through, and decides."""

    def __init__(self, clock: Clock, *, threshold: int = 5, rest: float = 30.0) -> None:
        """Start closed."""
        self._clock = clock
        self._threshold = threshold
        self._rest = rest
        self._failures = 0
        self._retry_at: float | None = None
        self._probing = False
        self._last_failure: str | None = None

    @property
    def state(self) -> BreakerState:
        """Return the state as it is now."""
        position: Position = "closed"
        if self._retry_at is not None:
            position = "half_open" if self._clock.now() >= self._retry_at else "open"
        return BreakerState(position, self._failures, self._retry_at, self._last_failure)

    async def guard(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make the call, unless the breaker is open: then CallFailed(circuit_open) is raised without calling."""
        state = self.state
        if state.position == "open" or (state.position == "half_open" and self._probing):
            wait = max(0.0, (state.retry_at or 0.0) - self._clock.now())
            raise CallFailed("circuit_open", f"{state.failures} failures in a row", retry_after=wait)
        self._probing = probing = state.position == "half_open"
        try:
            answer = await call()
        except CallFailed as failed:
            self._record(failed)
            raise
        finally:
            # Also when the call was cancelled or broke: a probe that never ends would keep the breaker open for good.
            if probing:
                self._probing = False
        self._record(None)
        return answer

    def _record(self, failed: CallFailed | None) -> None:
        if failed is None or not failed.is_outage:
            self._failures, self._retry_at = 0, None
            return
        self._failures += 1
        self._last_failure = failed.code
        if self._failures >= self._threshold:
            self._retry_at = self._clock.now() + self._rest
