"""The first administrator: who they are, and the passkey or the password and authenticator that they sign in with.

Nothing is stored before the account is made. The seed of the authenticator, and the subject that the passkey is made
for, are derived from the secret of the link, so the page can be shown again, and an answer fits one link alone. Either
way of signing in reaches the level that the console takes.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final

from idp.application.audit import note
from idp.application.console.set_up import find_link
from idp.application.dependencies import Dependencies
from idp.application.owners import hold_operators
from idp.application.passkeys import Options, check_new_passkey, keep_passkey, offer_passkey, place_of_adding
from idp.application.second_factor import SEAL
from idp.identity.ceremonies import Place
from idp.identity.email_address import EmailAddress, parse_email
from idp.identity.passkeys import PasskeyRefused
from idp.identity.passwords import check_strength
from idp.identity.totp import SEED_BYTES, new_seed, provisioning_uri, verify_totp
from idp.records.accounts import Credential, RoleAssignment, User
from idp.records.journeys import MailedLink
from idp.storage.protocols.unit import UnitOfWork

MAX_NAME: Final = 100
#: The faults of these fields are about who the person is, and not about how they sign in.
PERSON_FIELDS: Final = frozenset({"name", "email"})
#: What the rules for passwords say, as the pages say it.
_WEAKNESSES: Final = {"too_short": "short_password", "too_long": "long_password", "contains_email": "email_in_password"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with what was typed; `code` is one of the pages' problems. An empty field is the passkey."""

    field: str
    code: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What the first administrator typed. `credential` is what a browser says about the passkey that it made."""

    email: str
    name: str
    password: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    credential: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody may sign in: what a browser needs to make a passkey, and the authenticator's seed and its URI.

    `passkey` is None where there can be none.
    """

    passkey: Options | None = field(repr=False)
    seed: str = field(repr=False)
    uri: str = field(repr=False)


def offer_ways(deps: Dependencies, handle: str, typed: Typed) -> Ways | tuple[Fault, ...] | None:
    """Return what can be chosen from, or what is wrong with the name and the address. None for a link that is over."""
    with deps.storage.read() as uow:
        link = find_link(deps, uow, handle)
        if link is None:
            return None
        user, faults = _describe_person(deps, uow, handle, typed)
        if user is None:
            return faults
        seed = _seed_of(deps, handle)
        uri = provisioning_uri(seed, "Console", deps.policy.service)
        return Ways(offer_passkey(deps, uow, user, _place(user, link)), seed, uri)


def finish_with_password(deps: Dependencies, handle: str, typed: Typed) -> tuple[Fault, ...] | None:
    """Make the first administrator, with a password and an authenticator.

    Returns what is wrong with what was typed, empty if they are made. None for a link that is not good (any more):
    used, too old, or there is an administrator by now.
    """
    now = deps.clock.now()
    counter = verify_totp(_seed_of(deps, handle), typed.code, now, -1)
    faults = _check_password(typed.password, parse_email(typed.email))
    if counter is None:
        faults += (Fault("code", "wrong_code" if typed.code.strip() else "missing_code"),)
    hashed = deps.hasher.hash(typed.password).encode() if not faults else b""
    with deps.storage.write() as uow:
        hold_operators(uow)
        link = find_link(deps, uow, handle)
        if link is None:
            return None
        user, wrong = _describe_person(deps, uow, handle, typed)
        if user is None or counter is None or faults:
            return wrong + faults
        if not uow.links.consume(link.id, now):
            return None
        made = _make_owner(deps, uow, user, "password")
        uow.credentials.add(Credential(0, made.id, "password", hashed, "Password", now))
        box = deps.sealer.seal(SEAL, _seed_of(deps, handle).encode())
        uow.credentials.add(Credential(0, made.id, "totp", box, "Authenticator", now, counter=counter))
    return ()


def finish_with_passkey(deps: Dependencies, handle: str, typed: Typed, device: str) -> tuple[Fault, ...] | None:
    """Make the first administrator, with a passkey. Returns as `finish_with_password` does.

    A challenge is spent by its first answer, whatever that says; the link only by one that is right.
    """
    now = deps.clock.now()
    with deps.storage.write() as uow:
        hold_operators(uow)
        link = find_link(deps, uow, handle)
        if link is None:
            return None
        user, wrong = _describe_person(deps, uow, handle, typed)
        if user is None:
            return wrong
        try:
            passkey = check_new_passkey(deps, uow, _place(user, link), typed.credential)
        except PasskeyRefused as refused:
            note(deps, uow, "console.set_up", "refused", reason=refused.reason)
            return (Fault("", "refused_passkey"),)
        if not uow.links.consume(link.id, now):
            return None
        keep_passkey(deps, uow, _make_owner(deps, uow, user, "passkey"), passkey, device)
    return ()


def _describe_person(
    deps: Dependencies, uow: UnitOfWork, handle: str, typed: Typed
) -> tuple[User | None, tuple[Fault, ...]]:
    """Return the account that would be made, or what is wrong with the name and the address."""
    now, email, name = deps.clock.now(), parse_email(typed.email), " ".join(typed.name.split())
    faults: tuple[Fault, ...] = ()
    if not name or len(name) > MAX_NAME:
        faults += (Fault("name", "missing_name"),)
    if email is None:
        faults += (Fault("email", "invalid_email" if typed.email.strip() else "missing_email"),)
    elif uow.users.by_email_key(email.lookup_key) is not None:
        faults += (Fault("email", "taken_email"),)
    if faults or email is None:
        return None, faults
    sub = _derive(deps, "subject", f"{handle}\0{email.lookup_key}")[:16].hex()
    return User(0, sub, email.address, email.lookup_key, True, "active", now, now, name=name), ()


def _check_password(password: str, email: EmailAddress | None) -> tuple[Fault, ...]:
    if not password:
        return (Fault("password", "missing_password"),)
    weak = check_strength(password, [email.address] if email else [])
    return (Fault("password", _WEAKNESSES.get(weak[0], "weak_password")),) if weak else ()


def _make_owner(deps: Dependencies, uow: UnitOfWork, user: User, way: str) -> User:
    made = uow.users.add(user)
    uow.roles.add(RoleAssignment(made.id, "owner", made.created_at, "set-up"))
    note(deps, uow, "console.set_up", "done", user_id=made.id, data={"way": way})
    return made


def _place(user: User, link: MailedLink) -> Place:
    return place_of_adding(user, f"set_up:{link.id}", "first")


def _seed_of(deps: Dependencies, handle: str) -> str:
    return new_seed(_derive(deps, "set-up", handle)[:SEED_BYTES])


def _derive(deps: Dependencies, what: str, text: str) -> bytes:
    return hmac.digest(deps.code_key, f"{what}\0{text}".encode(), "sha256")
