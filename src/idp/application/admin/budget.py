"""How many requests each caller of the admin API may send, over all processes, at hardly any cost.

The counter of a caller is one of the table of all limits (GCRA). A process does not charge it at each request: it takes
a block of turns at once and spends them from memory, so that reading does not turn into writing. What a process has
taken and not spent is lost to the caller after a minute, by when all of it has come back.
"""

import hashlib
import math
import threading
from dataclasses import dataclass
from typing import Final

from idp.application.dependencies import Dependencies
from idp.identity.throttling import Decision, Limit, count_recent, decide
from idp.storage.protocols.unit import UnitOfWork

WINDOW: Final = 60.0
#: A block is this part of what a minute allows.
BLOCKS: Final = 30
#: Callers remembered at once; more of them take their blocks more often.
MOST_CALLERS: Final = 4096


@dataclass(frozen=True, slots=True)
class Spent:
    """What is left after a request: how many more there may be now, and in how many seconds it is all of them again.

    `retry_after` is 0 for a request that may be answered, else how many seconds to wait.
    """

    quota: int
    remaining: int
    reset: int
    retry_after: int = 0


@dataclass(slots=True)
class _Held:
    """What a process has taken for a caller. `shared` were left to others then; `full_at` is when all is back."""

    left: int
    shared: int
    full_at: float
    closed_until: float = 0.0


class Budgets:
    """Spends the turns of callers."""

    def __init__(self, deps: Dependencies) -> None:
        """Take how many requests a minute allows from the policy."""
        self._deps = deps
        self._limit = Limit(deps.policy.admin_requests_per_minute, WINDOW)
        self._block = max(1, self._limit.burst // BLOCKS)
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def spend(self, caller: str) -> Spent:
        """Spend one turn of a caller. `caller` is their `Caller.key`. A request that is refused spends none."""
        now = self._deps.clock.now()
        with self._lock:
            held = self._held.get(caller)
            if held is not None and (now < held.closed_until or (held.left > 0 and now < held.full_at)):
                return self._take(held, now)
        held = self._lease(caller, now)
        with self._lock:
            if len(self._held) >= MOST_CALLERS and caller not in self._held:
                self._held.pop(next(iter(self._held)))
            self._held[caller] = held
            return self._take(held, now)

    def _take(self, held: _Held, now: float) -> Spent:
        quota, reset = self._limit.burst, max(0, math.ceil(held.full_at - now))
        if now < held.closed_until:
            return Spent(quota, 0, reset, math.ceil(held.closed_until - now))
        held.left -= 1
        return Spent(quota, held.left + held.shared, reset)

    def _lease(self, caller: str, now: float) -> _Held:
        """Take a block of the caller's turns, or one if there is no block any more."""
        key = hashlib.sha256(f"admin requests {caller}".encode("utf-8", "surrogatepass")).hexdigest()
        with self._deps.storage.write() as uow:
            arrival = uow.throttles.arrival(key)
            taken, decision = self._block, decide(arrival, self._limit, now, self._block)
            if not decision.allowed:
                taken, decision = 1, decide(arrival, self._limit, now)
            return self._note(uow, key, taken, decision, now)

    def _note(self, uow: UnitOfWork, key: str, taken: int, decision: Decision, now: float) -> _Held:
        until = decision.new_tat if decision.new_tat is not None else now
        shared = self._limit.burst - count_recent(until, self._limit, now)
        if not decision.allowed:
            return _Held(0, 0, until, now + decision.retry_after)
        uow.throttles.put_arrival(key, until, until + WINDOW)
        return _Held(taken, shared, until)
