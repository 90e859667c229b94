"""A clock that can be moved ahead of another one, for the control that advances time."""

from idp.clock import Clock


class ShiftedClock:
    """The given clock plus an offset in seconds."""

    def __init__(self, clock: Clock) -> None:
        """Start level with `clock`."""
        self._clock = clock
        self._offset = 0.0

    def now(self) -> float:
        """Return the shifted time in epoch seconds."""
        return self._clock.now() + self._offset

    def advance(self, seconds: float) -> None:
        """Move ahead by `seconds`."""
        self._offset += seconds

    def reset(self) -> None:
        """Be level with the given clock again."""
        self._offset = 0.0
