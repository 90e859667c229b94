"""The first administrator: made by whoever can read the provider's log, once.

While nobody has a role, the provider offers a link. The link holds a secret of which only the digest is stored; it
works for an hour, for one account, and no longer than nobody has a role. Nothing else of the console is open before.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.second_factor import SEAL
from idp.handles import decode, encode, matches, mint
from idp.identity.email_address import parse_email
from idp.identity.passwords import check_strength
from idp.identity.totp import SEED_BYTES, new_seed, provisioning_uri, verify_totp
from idp.records.accounts import Credential, RoleAssignment, User
from idp.records.journeys import MailedLink
from idp.storage.protocols.unit import UnitOfWork

SET_UP_SECONDS: Final = 3600.0
SET_UP_PATH: Final = "/console/set-up"
MAX_NAME: Final = 100
#: What the rules for passwords say, as the pages say it.
_WEAKNESSES: Final = {"too_short": "short_password", "too_long": "long_password", "contains_email": "email_in_password"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with what was typed; `code` is one of the pages' problems."""

    field: str
    code: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What the first administrator typed."""

    email: str
    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)


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


def open_set_up(deps: Dependencies, handle: str) -> str | None:
    """Return the seed of the authenticator that goes with a link, None for one that is not good. Uses nothing up."""
    with deps.storage.read() as uow:
        return _seed_of(deps, handle) if _find_link(deps, uow, handle) is not None else None


def describe_authenticator(deps: Dependencies, seed: str) -> str:
    """Return the URI that an authenticator app takes. It names nobody: the address is not known yet."""
    return provisioning_uri(seed, "Console", deps.policy.service)


def finish_set_up(deps: Dependencies, handle: str, typed: Typed) -> tuple[Fault, ...] | None:
    """Make the first administrator. Returns what is wrong with what was typed, empty if they are made.

    None for a link that is not good (any more): used, too old, or there is an administrator by now.
    """
    now = deps.clock.now()
    email, name = parse_email(typed.email), " ".join(typed.name.split())
    counter = verify_totp(_seed_of(deps, handle), typed.code, now, -1)
    faults = [] if email else [Fault("email", "invalid_email" if typed.email.strip() else "missing_email")]
    if not name or len(name) > MAX_NAME:
        faults.append(Fault("name", "missing_name"))
    weak = check_strength(typed.password, [email.address] if email else []) if typed.password else ("missing",)
    if weak:
        missing = "missing_password" if weak == ("missing",) else "weak_password"
        faults.append(Fault("password", _WEAKNESSES.get(weak[0], missing)))
    if counter is None:
        faults.append(Fault("code", "wrong_code" if typed.code.strip() else "missing_code"))
    hashed = deps.hasher.hash(typed.password).encode() if not faults else b""
    with deps.storage.write() as uow:
        link = _find_link(deps, uow, handle)
        if link is None:
            return None
        if email is not None and uow.users.by_email_key(email.lookup_key) is not None:
            faults.append(Fault("email", "taken_email"))
        if faults or email is None or counter is None:
            return tuple(faults)
        if not uow.links.consume(link.id, now):
            return None
        user = uow.users.add(
            User(
                id=0,
                sub=deps.random_bytes(16).hex(),
                email=email.address,
                email_key=email.lookup_key,
                email_verified=True,
                status="active",
                created_at=now,
                updated_at=now,
                name=name,
            )
        )
        uow.credentials.add(Credential(0, user.id, "password", hashed, "Password", now))
        box = deps.sealer.seal(SEAL, _seed_of(deps, handle).encode())
        uow.credentials.add(Credential(0, user.id, "totp", box, "Authenticator", now, counter=counter))
        uow.roles.add(RoleAssignment(user.id, "owner", now, "set-up"))
        note(deps, uow, "console.set_up", "done", user_id=user.id)
    return ()


def _find_link(deps: Dependencies, uow: UnitOfWork, handle: str) -> MailedLink | None:
    parts = decode(handle)
    link = uow.links.get(parts[0]) if parts is not None else None
    if parts is None or link is None or link.purpose != "set_up" or not matches(parts[1], link.digest):
        return None
    late = link.consumed_at is not None or deps.clock.now() >= link.expires_at
    return None if late or is_set_up(uow) else link


def _seed_of(deps: Dependencies, handle: str) -> str:
    """Derive the seed from the link's secret, so that the page can be shown again and nothing is stored before."""
    return new_seed(hmac.digest(deps.code_key, f"set-up\0{handle}".encode(), "sha256")[:SEED_BYTES])
