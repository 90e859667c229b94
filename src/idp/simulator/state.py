"""Everything one running simulator holds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from idp.clock import Clock
from idp.simulator.faces import Faces
from idp.simulator.faults import Faults
from idp.simulator.lifecycle import Lifecycle
from idp.simulator.sessions import Sessions
from idp.simulator.settings import SimulatorSettings
from idp.simulator.shifted import ShiftedClock
from idp.simulator.tokens import Tokens
from idp.simulator.webhooks import Post, Webhooks

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class State:
    """The settings, the clock, the stores and what works on them."""

    settings: SimulatorSettings
    clock: ShiftedClock
    sleep: Sleep
    tokens: Tokens
    sessions: Sessions
    faces: Faces
    faults: Faults
    webhooks: Webhooks
    lifecycle: Lifecycle

    def reset(self) -> None:
        """Forget everything but the settings and the token key, and let the clock be level again."""
        self.lifecycle.plan_next(None)
        self.sessions.clear()
        self.faces.clear()
        self.faults.clear()
        self.webhooks.clear()
        self.clock.reset()


def create_state(
    settings: SimulatorSettings, clock: Clock, post: Post, sleep: Sleep, random_hex: Callable[[int], str]
) -> State:
    """Return an empty simulator; `random_hex(n)` returns 2n unguessable hex characters."""
    shifted = ShiftedClock(clock)
    sessions, faces, faults = Sessions(), Faces(), Faults()
    webhooks = Webhooks(settings, shifted, post, faults)
    lifecycle = Lifecycle(sessions, faces, faults, webhooks, shifted, settings.client_id, random_hex)
    tokens = Tokens(bytes.fromhex(random_hex(32)))
    return State(settings, shifted, sleep, tokens, sessions, faces, faults, webhooks, lifecycle)
