"""Phones of an account: add, replace, rename, remove.

A new number is kept once a code that was sent there has come back, in the session that asked for it and not after the
account's credentials have changed. Until then a phone that is to be replaced stays.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final, Literal

from idp.application.account.consequences import begin_anew, end_everything_else, send, tell
from idp.application.account.gate import Act, actor, credential_act, note_act
from idp.application.account.second_factors import drop_idle_codes, find_credential
from idp.application.account.ways_in import keep_ways_in
from idp.application.browser import Browser, OpenedSession, SignedIn
from idp.application.dependencies import Dependencies
from idp.application.gateways import find_gateway
from idp.application.mail import queue_text
from idp.application.phones import MAX_PER_PERSON, add_phone, has_own_name, list_phones, number_key, open_phone
from idp.application.text_codes import DIGITS, PURPOSE, SECONDS, text_of_code
from idp.application.throttle import charge
from idp.errors import Conflict, NotFound
from idp.identity.credential_guard import Verb
from idp.identity.labels import clean_label
from idp.identity.phones import Phone, parse_phone
from idp.identity.throttling import keys_for_code, keys_for_sms
from idp.identity.totp import clean_code
from idp.records.accounts import Credential, User
from idp.records.journeys import MailedLink
from idp.storage.protocols.unit import UnitOfWork

ADD_PHONE: Final = credential_act("/account/phones/add", "phone", "add")
#: What a code is for: a sealed number, and the credential that it takes the place of.
NEW: Final = "account_phone"
REPLACING: Final = "replacing"

Fault = Literal["invalid_phone", "same_phone", "unreachable_phone", "throttled", "wrong_code", "expired_code"]


@dataclass(frozen=True, slots=True)
class Pending:
    """A phone that waits for its code. `masked` are its last digits."""

    link_id: int
    masked: str
    replacing: int | None


def phone_act(credential_id: int, verb: Verb) -> Act:
    """Return the act of replacing, renaming or removing one phone."""
    return credential_act(f"/account/phones/{credential_id}/{verb}", "phone", verb)


def show_phone(deps: Dependencies, credential_id: int, person: SignedIn) -> str:
    """Return the name of one of the person's phones. Raises NotFound."""
    with deps.storage.read() as uow:
        return find_credential(uow, person.user, "phone", credential_id).label


def request_phone(deps: Dependencies, typed: str, browser: Browser, replacing: int | None = None) -> Pending | Fault:
    """Send a code to a new number, for somebody who may add a phone, or replace theirs.

    Messages cost money, so nobody else gets one sent. Raises MoreNeeded, NotFound, and Conflict for more phones than an
    account can have.
    """
    with deps.storage.write() as uow:
        person = actor(deps, uow, ADD_PHONE if replacing is None else phone_act(replacing, "replace"), browser)
        user = person.user
        if replacing is not None:
            find_credential(uow, user, "phone", replacing)
        known = list_phones(deps, uow, user.id)
        phone = parse_phone(typed)
        if phone is None:
            return "invalid_phone"
        if any(one.phone == phone for one in known):
            return "same_phone"
        if replacing is None and len(known) >= MAX_PER_PERSON:
            raise Conflict("There are as many phones as an account can have.")
        return _send_code(deps, uow, person, phone, browser, replacing)


def request_again(deps: Dependencies, link_id: int, browser: Browser) -> Pending | Fault:
    """Send another code to the number that waits for one; the earlier code ends. Raises as `request_phone` does."""
    with deps.storage.write() as uow:
        person, link = _find_for_actor(deps, uow, link_id, browser)
        phone = _open_number(deps, link)
        sent = _send_code(deps, uow, person, phone, browser, link.data.get(REPLACING))
        if isinstance(sent, Pending):
            uow.links.consume(link.id, deps.clock.now())
        return sent


def show_pending(deps: Dependencies, link_id: int, person: SignedIn) -> Pending:
    """Return the phone that this session has asked to add. Raises NotFound."""
    with deps.storage.read() as uow:
        link = _find(uow, link_id, person)
        return Pending(link.id, _open_number(deps, link).masked, link.data.get(REPLACING))


def confirm_phone(deps: Dependencies, link_id: int, typed: str, browser: Browser) -> OpenedSession | Fault:
    """Keep the phone if the code is right, unused and in time. Whether the person may is asked again.

    Raises MoreNeeded, NotFound, ShutOut, and Conflict for more phones than an account can have.
    """
    with deps.storage.write() as uow:
        person, link = _find_for_actor(deps, uow, link_id, browser)
        user, now = person.user, deps.clock.now()
        if not charge(deps, uow, keys_for_code(f"phone of user:{user.id}", browser.address)):
            return "throttled"
        if link.consumed_at is not None or now >= link.expires_at or link.data["epoch"] != user.credential_epoch:
            return "expired_code"
        phone = _open_number(deps, link)
        if not hmac.compare_digest(_digest(deps, user, phone, clean_code(typed) or ""), link.digest):
            return "wrong_code"
        if not uow.links.consume(link.id, now):
            return "expired_code"
        return _keep(deps, uow, person, phone, link.data.get(REPLACING), browser)


def rename_phone(deps: Dependencies, credential_id: int, label: str, browser: Browser) -> None:
    """Give a phone another name. Raises MoreNeeded, NotFound."""
    with deps.storage.write() as uow:
        person = actor(deps, uow, phone_act(credential_id, "rename"), browser)
        found = find_credential(uow, person.user, "phone", credential_id)
        uow.credentials.rename(found.id, clean_label(label, found.label))
        note_act(deps, uow, person.user, browser, "account.phone", "renamed")


def remove_phone(deps: Dependencies, credential_id: int, browser: Browser) -> OpenedSession:
    """Remove a phone, and with the last second factor the recovery codes. Raises MoreNeeded, NotFound, ShutOut."""
    with deps.storage.write() as uow:
        person = actor(deps, uow, phone_act(credential_id, "remove"), browser)
        with keep_ways_in(deps, uow, person.user):
            uow.credentials.remove(find_credential(uow, person.user, "phone", credential_id).id)
            drop_idle_codes(uow, person.user)
        tell(deps, uow, person.user, browser, "phone_removed")
        note_act(deps, uow, person.user, browser, "account.phone", "removed")
        return end_everything_else(deps, uow, person, browser)


def _send_code(
    deps: Dependencies, uow: UnitOfWork, person: SignedIn, phone: Phone, browser: Browser, replacing: int | None
) -> Pending | Fault:
    user, now = person.user, deps.clock.now()
    line = find_gateway(deps, uow, phone)
    if line is None:
        return "unreachable_phone"
    if not charge(deps, uow, keys_for_sms(number_key(deps, phone), f"user:{user.id}", browser.address)):
        return "throttled"
    code = f"{int.from_bytes(deps.random_bytes(8), 'big') % 10**DIGITS:0{DIGITS}d}"
    link = uow.links.add(
        MailedLink(
            id=0,
            purpose=PURPOSE,
            digest=_digest(deps, user, phone, code),
            created_at=now,
            expires_at=now + SECONDS,
            user_id=user.id,
            data={
                NEW: deps.sealer.seal(NEW, phone.number.encode()).hex(),
                REPLACING: replacing,
                "session": person.session.id,
                "epoch": user.credential_epoch,
            },
        )
    )
    queue_text(deps, uow, line.record.name, phone, "sms_code", user.locale or browser.locale, text_of_code(deps, code))
    note_act(deps, uow, user, browser, "account.phone", "requested")
    return Pending(link.id, phone.masked, replacing)


def _keep(
    deps: Dependencies, uow: UnitOfWork, person: SignedIn, phone: Phone, replacing: int | None, browser: Browser
) -> OpenedSession:
    user = person.user
    old = find_credential(uow, user, "phone", replacing) if replacing is not None else None
    with keep_ways_in(deps, uow, user):
        if old is not None:
            uow.credentials.remove(old.id)
        added = add_phone(deps, uow, user.id, phone)
    if added is None:
        raise Conflict("There are as many phones as an account can have.")
    if old is not None:
        _keep_name(deps, uow, old, added)
        tell(deps, uow, user, browser, "phone_replaced")
        note_act(deps, uow, user, browser, "account.phone", "replaced")
        return end_everything_else(deps, uow, person, browser)
    values = {"phone": phone.masked, "recovery_link": f"{deps.policy.issuer}/recover"}
    send(deps, uow, user, browser, "phone_added", values)
    note_act(deps, uow, user, browser, "account.phone", "added")
    return begin_anew(deps, uow, person, browser)


def _keep_name(deps: Dependencies, uow: UnitOfWork, old: Credential, new: Credential) -> None:
    """Keep a name that the person gave. One that was made from the old number would be wrong for the new one."""
    if has_own_name(old, open_phone(deps, old)):
        uow.credentials.rename(new.id, old.label)


def _find_for_actor(deps: Dependencies, uow: UnitOfWork, link_id: int, browser: Browser) -> tuple[SignedIn, MailedLink]:
    """Return who may do what the code is for, and the code's row. Raises MoreNeeded, NotFound."""
    link = uow.links.get(link_id)
    replacing = link.data.get(REPLACING) if link is not None else None
    person = actor(deps, uow, ADD_PHONE if replacing is None else phone_act(replacing, "replace"), browser)
    return person, _find(uow, link_id, person)


def _find(uow: UnitOfWork, link_id: int, person: SignedIn) -> MailedLink:
    link = uow.links.get(link_id)
    mine = link is not None and link.purpose == PURPOSE and link.user_id == person.user.id
    if link is None or not mine or NEW not in link.data or link.data.get("session") != person.session.id:
        raise NotFound("There is no phone to confirm here.")
    return link


def _open_number(deps: Dependencies, link: MailedLink) -> Phone:
    return Phone(deps.sealer.open(NEW, bytes.fromhex(str(link.data[NEW]))).decode())


def _digest(deps: Dependencies, user: User, phone: Phone, code: str) -> bytes:
    # Six digits can be tried out offline; the key, which is not in the database, is what protects them there.
    message = f"account phone {user.id} {phone.number} {code}".encode("utf-8", "replace")
    return hmac.new(deps.code_key, message, hashlib.sha256).digest()
