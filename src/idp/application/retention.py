"""Forgetting: what is over for long enough is erased, in batches, each in a unit of work of its own."""

from collections.abc import Callable
from typing import Final

from idp.application.dependencies import Dependencies
from idp.storage.protocols.retention import RetentionStore

BATCH: Final = 500
#: At most so many batches of a kind in one go: whoever writes at the same time waits for one batch at most.
MAX_BATCHES: Final = 20

Forget = Callable[[RetentionStore, float, int], int]


def forget_what_is_over(deps: Dependencies) -> int:
    """Erase or delete what the policy no longer keeps. Returns how many rows it was. Evidence and audit stay."""
    return sum(_forget(deps, forget, seconds) for forget, seconds in _list_rules(deps))


def _list_rules(deps: Dependencies) -> tuple[tuple[Forget, float], ...]:
    keep = deps.policy.retention
    return (
        (lambda store, before, limit: store.erase_verifications(before, limit), keep.documents),
        (lambda store, before, limit: store.erase_requests(before, limit), keep.requests),
        (lambda store, before, limit: store.delete_links(before, limit), keep.requests),
        (lambda store, before, limit: store.delete_departures(before, limit), keep.requests),
        (lambda store, before, limit: store.delete_registrations(before, limit), keep.requests),
        (lambda store, before, limit: store.erase_runs(before, limit), keep.runs),
        (lambda store, before, limit: store.erase_sessions(before, limit), keep.sessions),
        (lambda store, before, limit: store.delete_mails(before, limit), keep.mails),
        (lambda store, before, limit: store.delete_tokens(before, limit), keep.tokens),
    )


def _forget(deps: Dependencies, forget: Forget, seconds: float) -> int:
    before = deps.clock.now() - seconds
    total = 0
    for _ in range(MAX_BATCHES):
        with deps.storage.write() as uow:
            count = forget(uow.retention, before, BATCH)
        total += count
        if count < BATCH:
            break
    return total
