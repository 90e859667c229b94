"""The password of an account: set, change, remove."""

from typing import Final

from idp.application.account.consequences import begin_anew, end_everything_else, tell
from idp.application.account.gate import actor, credential_act, note_act, setting_act
from idp.application.account.ways_in import keep_ways_in
from idp.application.breaches import note_check
from idp.application.browser import Browser, OpenedSession
from idp.application.dependencies import Dependencies
from idp.application.passwords import NewPassword, plan_new_password
from idp.application.steps import Work
from idp.errors import NotFound
from idp.flows.factors import list_able
from idp.flows.step_types import LISTS_BREACHES
from idp.records.accounts import Credential, User
from idp.storage.protocols.unit import UnitOfWork

SET_PASSWORD: Final = setting_act("/account/password", "password")
REMOVE_PASSWORD: Final = credential_act("/account/password/remove", "password", "remove")


def prepare_password(deps: Dependencies, typed: str, browser: Browser) -> Work:
    """Return the checks and the hash of a new password as work, for somebody who may set it. Raises MoreNeeded.

    Where there is a connection to a list of leaked passwords, that list is asked; of several the first by name.
    """
    with deps.storage.read() as uow:
        user = actor(deps, uow, SET_PASSWORD, browser).user
        lists = list_able(deps.flows.inventory.catalog(uow), LISTS_BREACHES)
        return plan_new_password(deps, uow, typed, (user.email, user.name or ""), lists[0] if lists else "")


def set_password(deps: Dependencies, made: NewPassword, browser: Browser) -> OpenedSession | tuple[str, ...]:
    """Set a new password, or return what is wrong with it. Asks again whether the person may.

    Whatever may rest on an old one ends. Raises MoreNeeded, and ShutOut for a first one that would shut its person out.
    """
    with deps.storage.write() as uow:
        person = actor(deps, uow, SET_PASSWORD, browser)
        note_check(deps, uow, made.breach, trace=browser.trace, run_id=None, user_id=person.user.id)
        if made.hashed is None:
            return made.problems
        now = deps.clock.now()
        old = _password_of(uow, person.user)
        if old is None:
            with keep_ways_in(deps, uow, person.user):
                uow.credentials.add(Credential(0, person.user.id, "password", made.hashed, "Password", now))
            tell(deps, uow, person.user, browser, "password_added")
            note_act(deps, uow, person.user, browser, "account.password", "added")
            return begin_anew(deps, uow, person, browser)
        uow.credentials.replace_secret(old.id, made.hashed, now)
        tell(deps, uow, person.user, browser, "password_changed")
        note_act(deps, uow, person.user, browser, "account.password", "changed")
        return end_everything_else(deps, uow, person, browser)


def remove_password(deps: Dependencies, browser: Browser) -> OpenedSession:
    """Remove the password, if there is another way to sign in. Raises ShutOut, NotFound, MoreNeeded."""
    with deps.storage.write() as uow:
        person = actor(deps, uow, REMOVE_PASSWORD, browser)
        old = _password_of(uow, person.user)
        if old is None:
            raise NotFound("There is no password any more.")
        with keep_ways_in(deps, uow, person.user):
            uow.credentials.remove(old.id)
        tell(deps, uow, person.user, browser, "password_removed")
        note_act(deps, uow, person.user, browser, "account.password", "removed")
        return end_everything_else(deps, uow, person, browser)


def _password_of(uow: UnitOfWork, user: User) -> Credential | None:
    found = uow.credentials.of_user(user.id, "password")
    return found[0] if found else None
