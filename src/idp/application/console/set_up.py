"""The link to the first administrator: made for whoever can read the provider's log, and worth something once.

While nobody has a role, the provider offers a link. The link holds a secret of which only the digest is stored; it
works for an hour, for one account, and no longer than nobody has a role. Nothing else of the console is open before.
What its page says and makes is in `first_owner`.
"""

from typing import Final
from urllib.parse import urlencode

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.handles import decode, encode, matches, mint
from idp.records.journeys import MailedLink
from idp.storage.protocols.unit import UnitOfWork

SET_UP_SECONDS: Final = 3600.0
SET_UP_PATH: Final = "/console/set-up"


def is_set_up(uow: UnitOfWork) -> bool:
    """Say whether anybody operates the provider."""
    return bool(uow.roles.all())


def offer_set_up(deps: Dependencies) -> str | None:
    """Return a fresh link to make the first administrator with, None if there is one. Its URL is a secret."""
    with deps.storage.write() as uow:
        if is_set_up(uow):
            return None
        secret, now = mint(deps.random_bytes), deps.clock.now()
        link = uow.links.add(MailedLink(0, "set_up", secret.digest, now, now + SET_UP_SECONDS))
        note(deps, uow, "console.set_up", "offered")
    return f"{deps.policy.issuer}{SET_UP_PATH}?{urlencode({'link': encode(link.id, secret.text)})}"


def is_good(deps: Dependencies, handle: str) -> bool:
    """Say whether a link still works. Uses nothing up."""
    with deps.storage.read() as uow:
        return find_link(deps, uow, handle) is not None


def find_link(deps: Dependencies, uow: UnitOfWork, handle: str) -> MailedLink | None:
    """Return the link of this handle, None for one that is not good (any more)."""
    parts = decode(handle)
    link = uow.links.get(parts[0]) if parts is not None else None
    if parts is None or link is None or link.purpose != "set_up" or not matches(parts[1], link.digest):
        return None
    late = link.consumed_at is not None or deps.clock.now() >= link.expires_at
    return None if late or is_set_up(uow) else link
