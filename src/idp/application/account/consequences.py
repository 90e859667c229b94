"""What ends when something of an account changes, and the mail that tells its person."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, get_args

from idp.application.browser import Browser, OpenedSession, SignedIn, open_session
from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.application.mail import queue_mail
from idp.records.accounts import User
from idp.records.journeys import LinkPurpose
from idp.storage.protocols.unit import UnitOfWork

Change = Literal[
    "password_added",
    "password_changed",
    "password_removed",
    "totp_added",
    "totp_replaced",
    "totp_removed",
    "recovery_codes_made",
    "recovery_codes_removed",
    "passkey_removed",
    "phone_replaced",
    "phone_removed",
    "name_changed",
    "identity_deleted",
    "upstream_added",
    "upstream_removed",
]


def end_journeys(deps: Dependencies, uow: UnitOfWork, user: User) -> None:
    """End every journey of the user that is under way: it began when the account was another."""
    uow.runs.end_of_user(user.id, deps.clock.now(), "credentials_changed")


def void_links(uow: UnitOfWork, user: User, at: float) -> None:
    """Make every link and code that was mailed to the user worthless."""
    for purpose in get_args(LinkPurpose):
        uow.links.consume_of_user(user.id, purpose, at)


def begin_anew(deps: Dependencies, uow: UnitOfWork, person: SignedIn, browser: Browser) -> OpenedSession:
    """After an addition: end journeys, and give the session that made it a new cookie and `sid`, which are returned."""
    end_journeys(deps, uow, person.user)
    return open_session(deps, uow, browser, person.user)


def end_everything_else(deps: Dependencies, uow: UnitOfWork, person: SignedIn, browser: Browser) -> OpenedSession:
    """End what may rest on a credential that is gone: journeys, other sessions, what applications were given, links.

    The session that made the change goes on under a new cookie and `sid`, which are returned.
    """
    now = deps.clock.now()
    user = uow.users.get(person.user.id) or person.user
    uow.users.save(replace(user, credential_epoch=user.credential_epoch + 1, updated_at=now))
    uow.sessions.end_of_user(user.id, now, except_id=person.session.id)
    uow.grants.revoke_of_user(user.id, now)
    uow.devices.forget_user(user.id)
    void_links(uow, user, now)
    end_journeys(deps, uow, user)
    return open_session(deps, uow, browser, user)


def tell(deps: Dependencies, uow: UnitOfWork, user: User, browser: Browser, change: Change) -> None:
    """Mail the person what was changed, when, and with which device."""
    send(deps, uow, user, browser, "account_changed", {"change": change, "account_link": _account_link(deps)})


def send(
    deps: Dependencies,
    uow: UnitOfWork,
    user: User,
    browser: Browser,
    template: str,
    values: Mapping[str, Any],
) -> None:
    """Mail a notice to the person's address, with the time and the device."""
    stamped = {**values, "device": describe_device(browser.user_agent), "at": deps.clock.now()}
    queue_mail(deps, uow, user.email, template, user.locale or browser.locale, stamped)


def _account_link(deps: Dependencies) -> str:
    return f"{deps.policy.issuer}/account"
