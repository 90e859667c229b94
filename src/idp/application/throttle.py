"""Charging the shared rate limits inside a unit of work."""

from collections.abc import Sequence

from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.handles import decode, matches
from idp.identity.throttling import Counter, decide_all
from idp.records.accounts import User
from idp.storage.protocols.unit import UnitOfWork

KEEP_SECONDS = 86400.0
_OWN = frozenset(
    {
        "password_per_device",
        "password_per_account_and_address",
        "mailed_code_per_device",
        "mailed_code_per_account_and_address",
    }
)


def charge(deps: Dependencies, uow: UnitOfWork, counters: Sequence[Counter]) -> bool:
    """Charge all counters together and say whether they allow the attempt. A refused attempt moves none of them."""
    return charge_or_wait(deps, uow, counters) == 0.0


def charge_or_wait(deps: Dependencies, uow: UnitOfWork, counters: Sequence[Counter]) -> float:
    """Charge all counters together, and return 0; or charge none, and return how many seconds to wait."""
    now = deps.clock.now()
    ordered = sorted(counters, key=lambda counter: counter.key)
    stored = [(uow.throttles.arrival(item.key), deps.policy.throttles.limit_of(item.limit)) for item in ordered]
    verdict = decide_all(stored, now)
    if not verdict.allowed:
        return verdict.retry_after
    for counter, arrival in zip(ordered, verdict.new_tats, strict=True):
        if arrival is not None:
            uow.throttles.put_arrival(counter.key, arrival, max(arrival, now) + KEEP_SECONDS)
    return 0.0


def has_room(deps: Dependencies, uow: UnitOfWork, counters: Sequence[Counter]) -> bool:
    """Say whether the counters would allow an attempt, and charge nothing: for what is charged only when it fails."""
    ordered = sorted(counters, key=lambda counter: counter.key)
    stored = [(uow.throttles.arrival(item.key), deps.policy.throttles.limit_of(item.limit)) for item in ordered]
    return decide_all(stored, deps.clock.now()).allowed


def find_known_user(uow: UnitOfWork, browser: Browser) -> User | None:
    """Return whose session cookie the browser carries, live or ended."""
    handle = decode(browser.session_handle)
    session = uow.sessions.get(handle[0]) if handle else None
    if handle is None or session is None or not matches(handle[1], session.secret_digest):
        return None
    return uow.users.get(session.user_id)


def find_known_device(uow: UnitOfWork, browser: Browser, email_key: str) -> str | None:
    """Return the browser's ID if it still carries a session cookie of the address's very account."""
    user = find_known_user(uow, browser)
    return browser.digest.hex() if user is not None and user.email_key == email_key else None


def forgive(uow: UnitOfWork, counters: Sequence[Counter]) -> None:
    """Forget this device's and this address's own counters of the account after a success.

    The wide ones stay: an owner who signs in must not hand strangers a fresh budget of guesses.
    """
    for counter in counters:
        if counter.limit in _OWN:
            uow.throttles.forget(counter.key)
