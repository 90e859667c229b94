"""Charging the shared rate limits inside a unit of work."""

from collections.abc import Sequence

from idp.application.dependencies import Dependencies
from idp.identity.throttling import Limit, decide
from idp.storage.protocols.unit import UnitOfWork

KEEP_SECONDS = 86400.0


def charge(deps: Dependencies, uow: UnitOfWork, charges: Sequence[tuple[str, Limit]]) -> bool:
    """Charge every key and say whether all allowed it. A refused attempt costs nothing, so nobody is locked out for ever."""
    now = deps.clock.now()
    decisions = [(key, decide(uow.throttles.arrival(key), limit, now)) for key, limit in sorted(charges)]
    if not all(decision.allowed for _, decision in decisions):
        return False
    for key, decision in decisions:
        uow.throttles.put_arrival(key, decision.new_tat, max(decision.new_tat, now) + KEEP_SECONDS)
    return True
