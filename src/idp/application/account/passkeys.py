"""Passkeys of an account: add, rename, remove."""

from typing import Final

from idp.application.account.consequences import begin_anew, end_everything_else, send, tell
from idp.application.account.gate import Act, actor, credential_act, note_act
from idp.application.account.second_factors import drop_idle_codes, find_credential
from idp.application.account.ways_in import keep_ways_in
from idp.application.browser import Browser, OpenedSession, SignedIn
from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.application.passkeys import (
    Options,
    accept_passkey,
    accepted_passkeys,
    offer_passkey,
    place_of_adding,
    remove_passkey,
    rename_passkey,
)
from idp.identity.ceremonies import Place
from idp.identity.credential_guard import Verb
from idp.identity.passkeys import PasskeyRefused

ADD_PASSKEY: Final = credential_act("/account/passkeys/add", "passkey", "add")


def passkey_act(credential_id: int, verb: Verb) -> Act:
    """Return the act of renaming or removing one passkey."""
    return credential_act(f"/account/passkeys/{credential_id}/{verb}", "passkey", verb)


def show_passkey(deps: Dependencies, credential_id: int, person: SignedIn) -> str:
    """Return the name of one of the person's passkeys. Raises NotFound."""
    with deps.storage.read() as uow:
        return find_credential(uow, person.user, "passkey", credential_id).label


def offer_new_passkey(deps: Dependencies, person: SignedIn) -> Options | None:
    """Return what the browser needs to make a passkey that this session alone can add; None where there can be none."""
    with deps.storage.read() as uow:
        return offer_passkey(deps, uow, person.user, _place(person))


def show_accepted(deps: Dependencies, person: SignedIn) -> Options | None:
    """Return by what the person's browser forgets passkeys that are not there any more."""
    with deps.storage.read() as uow:
        return accepted_passkeys(deps, uow, person.user)


def add_passkey(deps: Dependencies, said: str, browser: Browser) -> OpenedSession | None:
    """Add the passkey that the browser says it made. None if it is refused, which is audited.

    The challenge is spent either way, but for a passkey that would shut its person out. Raises MoreNeeded, ShutOut.
    """
    with deps.storage.write() as uow:
        person = actor(deps, uow, ADD_PASSKEY, browser)
        device = describe_device(browser.user_agent)
        try:
            with keep_ways_in(deps, uow, person.user):
                added = accept_passkey(deps, uow, person.user, _place(person), said, device)
        except PasskeyRefused as refused:
            note_act(deps, uow, person.user, browser, "account.passkey", "refused", reason=refused.reason)
            return None
        values = {"name": added.label, "recovery_link": f"{deps.policy.issuer}/recover"}
        send(deps, uow, person.user, browser, "passkey_added", values)
        note_act(deps, uow, person.user, browser, "account.passkey", "added", credential=added.id)
        return begin_anew(deps, uow, person, browser)


def change_passkey_name(deps: Dependencies, credential_id: int, label: str, browser: Browser) -> None:
    """Give a passkey another name. Raises MoreNeeded, NotFound."""
    with deps.storage.write() as uow:
        person = actor(deps, uow, passkey_act(credential_id, "rename"), browser)
        rename_passkey(uow, person.user, credential_id, label)
        note_act(deps, uow, person.user, browser, "account.passkey", "renamed", credential=credential_id)


def take_passkey(deps: Dependencies, credential_id: int, browser: Browser) -> OpenedSession:
    """Remove a passkey, and with the last second factor the recovery codes. Raises MoreNeeded, NotFound, ShutOut."""
    with deps.storage.write() as uow:
        person = actor(deps, uow, passkey_act(credential_id, "remove"), browser)
        find_credential(uow, person.user, "passkey", credential_id)
        with keep_ways_in(deps, uow, person.user):
            remove_passkey(uow, person.user, credential_id)
            drop_idle_codes(uow, person.user)
        tell(deps, uow, person.user, browser, "passkey_removed")
        note_act(deps, uow, person.user, browser, "account.passkey", "removed", credential=credential_id)
        return end_everything_else(deps, uow, person, browser)


def _place(person: SignedIn) -> Place:
    return place_of_adding(person.user, f"session:{person.session.id}", "add")
