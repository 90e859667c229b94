"""How long a session lives: a pure rule over times in epoch seconds."""

from dataclasses import dataclass
from typing import Final, Literal

SessionState = Literal["alive", "idle_expired", "expired"]

# Clocks of nodes differ by a little; a session that is younger than that by another node's clock is sound.
CLOCK_SKEW: Final = 60.0


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """Seconds without activity, and seconds altogether, after which a session is over."""

    idle_seconds: float
    absolute_seconds: float

    def __post_init__(self) -> None:
        """Refuse lifetimes that are not positive."""
        if not (self.idle_seconds > 0 and self.absolute_seconds > 0):
            raise ValueError("session lifetimes are positive numbers of seconds")


def session_state(created_at: float, last_seen_at: float, now: float, policy: SessionPolicy) -> SessionState:
    """Return whether a session is alive at `now`. It ends at the very second its lifetime is over.

    "expired" is final: no activity prolongs a session past its absolute lifetime. Times from the future (beyond clock
    skew) or before creation are a broken record, and a broken record is expired.
    """
    plausible = created_at <= last_seen_at + CLOCK_SKEW and max(created_at, last_seen_at) <= now + CLOCK_SKEW
    # Written so that a comparison with NaN, always false, ends in "expired".
    if not plausible or not now < created_at + policy.absolute_seconds:
        return "expired"
    return "alive" if now < last_seen_at + policy.idle_seconds else "idle_expired"


def session_end(created_at: float, last_seen_at: float, policy: SessionPolicy) -> float:
    """Return when the session will end if nothing more happens."""
    return min(created_at + policy.absolute_seconds, last_seen_at + policy.idle_seconds)
