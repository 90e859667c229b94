"""Changing the e-mail address: a code goes to the new one, a notice to the old one.

Whoever has the address can ask for a recovery, so a change takes the strongest that the account can reach. The code
works once, in the session that asked for it, and not after the account's credentials have changed.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import Final, Literal

from idp.application.account.consequences import begin_anew, send, void_links
from idp.application.account.gate import actor, note_act, strongest_act, viewer
from idp.application.browser import Browser, OpenedSession, SignedIn
from idp.application.dependencies import Dependencies
from idp.application.mail import queue_mail
from idp.application.throttle import charge
from idp.errors import NotFound
from idp.identity.email_address import parse_email
from idp.identity.throttling import keys_for_code, keys_for_mail
from idp.identity.totp import clean_code
from idp.records.accounts import User
from idp.records.journeys import MailedLink
from idp.storage.protocols.unit import UnitOfWork

CHANGE_EMAIL: Final = strongest_act("/account/email")
DIGITS: Final = 6
CHANGE: Final = "account_email"

Fault = Literal["invalid_email", "same_email", "throttled", "wrong_code", "expired_code"]


@dataclass(frozen=True, slots=True)
class Pending:
    """A change that waits for its code."""

    link_id: int
    email: str


def request_change(deps: Dependencies, typed: str, browser: Browser) -> Pending | Fault:
    """Mail a code to the new address. Raises MoreNeeded.

    An address that has an account gets a mail that says so instead, and the page looks the same: nobody learns here who
    has an account. No code is ever right then.
    """
    email = parse_email(typed)
    with deps.storage.write() as uow:
        person = actor(deps, uow, CHANGE_EMAIL, browser)
        user = person.user
        if email is None:
            return "invalid_email"
        if email.lookup_key == user.email_key and email.address == user.email:
            return "same_email"
        if not charge(deps, uow, keys_for_mail(email.lookup_key, browser.address)):
            return "throttled"
        now = deps.clock.now()
        code = f"{int.from_bytes(deps.random_bytes(8), 'big') % 10**DIGITS:0{DIGITS}d}"
        uow.links.consume_of_user(user.id, "email_code", now)
        link = uow.links.add(
            MailedLink(
                id=0,
                purpose="email_code",
                digest=_digest(deps, user, email.lookup_key, code),
                created_at=now,
                expires_at=now + deps.policy.email_code_seconds,
                user_id=user.id,
                data={CHANGE: email.address, "session": person.session.id, "epoch": user.credential_epoch},
            )
        )
        owner = uow.users.by_email_key(email.lookup_key)
        language = user.locale or browser.locale
        if owner is not None and owner.id != user.id:
            uow.links.consume(link.id, now)
            queue_mail(deps, uow, email.address, "address_in_use", language, {})
        else:
            values: dict[str, str | int] = {"code": code, "minutes": round(deps.policy.email_code_seconds / 60)}
            queue_mail(deps, uow, email.address, "email_code", language, values)
        note_act(deps, uow, user, browser, "account.email", "requested")
        return Pending(link.id, email.address)


def show_pending(deps: Dependencies, link_id: int, person: SignedIn) -> Pending:
    """Return the change that this session has asked for. Raises NotFound."""
    with deps.storage.read() as uow:
        link = _find(uow, link_id, person)
        return Pending(link.id, str(link.data[CHANGE]))


def confirm_change(deps: Dependencies, link_id: int, typed: str, browser: Browser) -> OpenedSession | Fault:
    """Change the address if the code is right, unused and in time. Raises NotFound, MoreNeeded.

    Journeys that are under way end, and links that were mailed to the old address open nothing any more.
    """
    with deps.storage.write() as uow:
        person = viewer(deps, uow, browser)
        user, now = person.user, deps.clock.now()
        link = _find(uow, link_id, person)
        email = parse_email(str(link.data[CHANGE]))
        if not charge(deps, uow, keys_for_code(f"email of user:{user.id}", browser.address)):
            return "throttled"
        if email is None or link.consumed_at is not None or now >= link.expires_at:
            return "expired_code"
        if link.data["epoch"] != user.credential_epoch:
            return "expired_code"
        code = clean_code(typed) or ""
        if not hmac.compare_digest(_digest(deps, user, email.lookup_key, code), link.digest):
            return "wrong_code"
        owner = uow.users.by_email_key(email.lookup_key)
        if (owner is not None and owner.id != user.id) or not uow.links.consume(link.id, now):
            return "expired_code"
        changed = replace(user, email=email.address, email_key=email.lookup_key, email_verified=True, updated_at=now)
        saved = uow.users.save(changed)
        void_links(uow, user, now)
        send(deps, uow, user, browser, "email_changed", {})
        note_act(deps, uow, user, browser, "account.email", "changed")
        return begin_anew(deps, uow, replace(person, user=saved), browser)


def _find(uow: UnitOfWork, link_id: int, person: SignedIn) -> MailedLink:
    link = uow.links.get(link_id)
    mine = link is not None and link.purpose == "email_code" and link.user_id == person.user.id
    if link is None or not mine or CHANGE not in link.data or link.data.get("session") != person.session.id:
        raise NotFound("There is no change of address to confirm here.")
    return link


def _digest(deps: Dependencies, user: User, lookup_key: str, code: str) -> bytes:
    # Six digits can be tried out offline; the key, which is not in the database, is what protects them there.
    message = f"email change {user.id} {lookup_key} {code}".encode("utf-8", "replace")
    return hmac.new(deps.code_key, message, hashlib.sha256).digest()
