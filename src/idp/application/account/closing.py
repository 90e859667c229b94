"""Deleting an account: everything ends at once, everything personal is erased when the time to undo it is over.

Rows that only numbers point to stay: the audit trail, evidence, runs and grants name a user by a number, and the row
with that number says nothing about anybody any more. Its `sub` is never given out again.
"""

from dataclasses import replace
from typing import Final

from idp.application.account.consequences import send, void_links
from idp.application.account.gate import actor, note_act, strongest_act
from idp.application.account.identity_data import forget_identity
from idp.application.audit import note
from idp.application.browser import Browser
from idp.application.change import Change
from idp.application.dependencies import Dependencies
from idp.application.owners import keep_an_owner
from idp.errors import Conflict, NotFound
from idp.handles import decode, encode, matches, mint
from idp.identity.links import LinkExpired, LinkInvalid
from idp.records.accounts import Closure, User
from idp.storage.protocols.unit import UnitOfWork

CLOSE: Final = strongest_act("/account/close")
LINK_PURPOSE: Final = "keep_account"
TRACE: Final = "worker"
#: How long erasing waits for a mail to the person that is still on its way.
MAIL_SECONDS: Final = 86400.0


def close_account(deps: Dependencies, browser: Browser) -> float:
    """Close the account and end all that goes on in it. Returns when it will be erased.

    Raises MoreNeeded, LastOwner.
    """
    with deps.storage.write() as uow:
        user = actor(deps, uow, CLOSE, browser).user
        keep_an_owner(uow, user)
        now = deps.clock.now()
        due_at = now + deps.policy.account_grace_seconds
        secret = mint(deps.random_bytes)
        closure = uow.closures.add(Closure(0, user.id, secret.digest, now, due_at))
        uow.users.save(replace(user, status="blocked", credential_epoch=user.credential_epoch + 1, updated_at=now))
        _end_all(uow, user, now)
        if deps.policy.account_grace_seconds > 0:
            text = deps.signer.sign(LINK_PURPOSE, {"c": encode(closure.id, secret.text)})
            link = f"{deps.policy.issuer}/account/keep?link={text}"
            send(deps, uow, user, browser, "account_closing", {"link": link, "until": due_at})
        else:
            send(deps, uow, user, browser, "account_closed", {})
        note_act(deps, uow, user, browser, "account.close", "requested")
        return due_at


def erase_account(deps: Dependencies, user: User, change: Change) -> bool:
    """Erase an account at once, for an operator. False if that waits for a mail which is on its way to the person.

    Raises LastOwner, and Conflict if the account is not as it was seen.
    """
    now = deps.clock.now()
    with deps.storage.write() as uow:
        keep_an_owner(uow, user)
        closure = uow.closures.add(Closure(0, user.id, mint(deps.random_bytes).digest, now, now))
        uow.users.save(replace(user, status="blocked", credential_epoch=user.credential_epoch + 1, updated_at=now))
        _end_all(uow, user, now)
        note(
            deps,
            uow,
            "account.close",
            "ordered",
            actor=change.actor,
            reason=change.message.strip(),
            trace=change.trace,
            user_id=user.id,
        )
    return _erase(deps, closure)


def read_keep_link(deps: Dependencies, text: str) -> Closure:
    """Return the closure that a mailed link undoes. Opening it changes nothing. Raises LinkInvalid or LinkExpired."""
    with deps.storage.read() as uow:
        return _closure_of(deps, uow, text)


def keep_account(deps: Dependencies, text: str, browser: Browser) -> None:
    """Take a closure back, once. Nobody is signed in by it. Raises LinkInvalid or LinkExpired."""
    with deps.storage.write() as uow:
        closure = _closure_of(deps, uow, text)
        now = deps.clock.now()
        user = uow.users.get(closure.user_id)
        if user is None or not uow.closures.undo(closure.id, now):
            raise LinkExpired("This link has been used or has expired.")
        uow.users.save(replace(user, status="active", updated_at=now))
        send(deps, uow, user, browser, "account_kept", {"sign_in_link": f"{deps.policy.issuer}/account"})
        note_act(deps, uow, user, browser, "account.close", "undone")


def erase_due_accounts(deps: Dependencies) -> int:
    """Erase closed accounts whose time to undo is over, one unit of work each. Returns how many."""
    now = deps.clock.now()
    with deps.storage.read() as uow:
        due = uow.closures.due(now)
    count = 0
    for closure in due:
        try:
            count += _erase(deps, closure)
        except Conflict:
            # Somebody changed the account at the same moment. It is still due next time.
            continue
    return count


def _erase(deps: Dependencies, closure: Closure) -> bool:
    now = deps.clock.now()
    with deps.storage.write() as uow:
        user = uow.users.get(closure.user_id)
        if user is None:
            raise NotFound(detail=f"closure {closure.id} is of nobody")
        if now - closure.due_at < MAIL_SECONDS and uow.outbox.is_waiting(user.email):
            return False
        if not uow.closures.erased(closure.id, now):
            return False
        _end_all(uow, user, now)
        forget_identity(deps, uow, user)
        for credential in uow.credentials.of_user(user.id):
            uow.credentials.remove(credential.id)
        for assignment in uow.roles.of_user(user.id):
            uow.roles.remove(user.id, assignment.role)
        for consent in uow.consents.of_user(user.id):
            uow.consents.remove(user.id, consent.client_id)
        for request in uow.requests.hinted_of_user(user.id):
            uow.requests.save(replace(request, params={**request.params, "login_hint": None}))
        uow.registrations.remove_of_user(user.id)
        uow.sessions.forget_user(user.id)
        uow.devices.forget_user(user.id)
        uow.runs.forget_user(user.id)
        uow.links.forget_user(user.id)
        uow.outbox.forget(user.email)
        uow.users.save(
            replace(
                user,
                email="",
                email_key=f"erased {user.sub}",
                email_verified=False,
                status="blocked",
                updated_at=now,
                name=None,
                given_name=None,
                family_name=None,
                birth_date=None,
                locale=None,
                claims={},
            )
        )
        note(deps, uow, "account.close", "erased", trace=TRACE, user_id=user.id)
    return True


def _end_all(uow: UnitOfWork, user: User, now: float) -> None:
    uow.sessions.end_of_user(user.id, now)
    uow.grants.revoke_of_user(user.id, now)
    uow.runs.end_of_user(user.id, now, "account_closed")
    void_links(uow, user, now)


def _closure_of(deps: Dependencies, uow: UnitOfWork, text: str) -> Closure:
    payload = deps.signer.open(LINK_PURPOSE, text, deps.policy.account_grace_seconds)
    handle = decode(payload.get("c") if isinstance(payload.get("c"), str) else None)
    closure = uow.closures.get(handle[0]) if handle else None
    if handle is None or closure is None or not matches(handle[1], closure.digest):
        raise LinkInvalid("This link is not valid.")
    if closure.undone_at is not None or closure.erased_at is not None or deps.clock.now() >= closure.due_at:
        raise LinkExpired("This link has been used or has expired.")
    return closure
