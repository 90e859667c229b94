"""Signals of risk for conditions: `risk.*`. Read for each turn, never stored, and never evidence.

They say what is known about this attempt, and nothing about what it is worth: a condition asks for more because of one,
and none of them can prove anything. What is not known counts as the riskier answer where a bool says so by its name
(`new_device`), and is said apart where it does not (`place_known`).
"""

from typing import Any, Final

from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.errors import Conflict
from idp.handles import digest
from idp.identity.places import is_impossible
from idp.identity.throttling import Counter, count_recent, keys_for_password
from idp.records.accounts import KnownDevice, User
from idp.storage.protocols.unit import UnitOfWork

#: How long a browser is remembered that nobody has signed in with, seconds: as long as its cookie.
REMEMBERED: Final = 400 * 86400.0
#: Devices that are remembered of a person.
MOST_DEVICES: Final = 50
_ACCOUNT: Final = "password_per_account"
_ADDRESS: Final = "password_per_address"


def read_risk(deps: Dependencies, uow: UnitOfWork, user: User | None, browser: Browser) -> dict[str, Any]:
    """Return the root variable `risk`, but for what the run itself knows (`failed_attempts`)."""
    counters = {item.limit: item for item in keys_for_password(user.email_key if user else "", browser.address, None)}
    known = uow.devices.of_user(user.id) if user is not None else ()
    here = deps.places.find(browser.address)
    last = known[0] if known else None
    before = deps.places.find(last.address) if last is not None else None
    travelled = last is not None and here is not None and before is not None
    return {
        "new_device": not any(item.device == name_device(user, browser) for item in known if user is not None),
        "account_attempts": _count(deps, uow, counters[_ACCOUNT]) if user is not None else 0,
        "address_attempts": _count(deps, uow, counters[_ADDRESS]),
        "place_known": here is not None and before is not None,
        "impossible_travel": bool(
            travelled
            and before is not None
            and here is not None
            and last is not None
            and is_impossible(before, here, deps.clock.now() - last.last_seen_at)
        ),
    }


def remember_device(deps: Dependencies, uow: UnitOfWork, user: User, browser: Browser) -> None:
    """Note that the user has signed in with this browser, and from where."""
    now, device = deps.clock.now(), name_device(user, browser)
    known = uow.devices.of_user(user.id)
    if not uow.devices.see(user.id, device, now, browser.address):
        try:
            uow.devices.add(KnownDevice(0, user.id, device, now, now, browser.address))
        except Conflict:
            # Two sign-ins at once; the other one has noted it.
            return
        for old in known[MOST_DEVICES - 1 :]:
            uow.devices.remove(old.id)


def name_device(user: User | None, browser: Browser) -> bytes:
    """Return what a browser is known by, for this user alone: rows of two users do not tell that they share one."""
    return digest(f"device {user.sub if user else ''} {browser.digest.hex()}")


def _count(deps: Dependencies, uow: UnitOfWork, counter: Counter) -> int:
    limit = deps.policy.throttles.limit_of(counter.limit)
    return count_recent(uow.throttles.peek(counter.key), limit, deps.clock.now())
