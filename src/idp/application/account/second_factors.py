"""Authenticator apps and recovery codes of an account: add, replace, rename, remove."""

from dataclasses import dataclass
from typing import Final

from idp.application.account.consequences import begin_anew, end_everything_else, tell
from idp.application.account.gate import Act, actor, credential_act, note_act, setting_act
from idp.application.account.ways_in import keep_ways_in
from idp.application.authenticators import (
    TotpOffer,
    accept_totp,
    offer_totp,
    remove_recovery_codes,
    reopen_totp,
    replace_recovery_codes,
)
from idp.application.browser import Browser, OpenedSession, SignedIn
from idp.application.dependencies import Dependencies
from idp.errors import Conflict, NotFound
from idp.handles import digest
from idp.identity.credential_guard import Verb, leaves_codes_idle
from idp.identity.labels import clean_label
from idp.records.accounts import Credential, CredentialKind, User
from idp.storage.protocols.unit import UnitOfWork

ADD_TOTP: Final = credential_act("/account/authenticators/add", "totp", "add")
MAKE_CODES: Final = setting_act("/account/recovery-codes", "recovery_code")
REMOVE_CODES: Final = credential_act("/account/recovery-codes/remove", "recovery_code", "remove")
FORM_SECONDS: Final = 86400.0
MAX_AUTHENTICATORS: Final = 10


@dataclass(frozen=True, slots=True)
class Refused:
    """The code that confirms an authenticator was not right (`wrong`), or the page was open for too long (`expired`).

    `offer` is there while the same authenticator can still be confirmed.
    """

    reason: str
    offer: TotpOffer | None


def totp_act(credential_id: int, verb: Verb) -> Act:
    """Return the act of replacing, renaming or removing one authenticator."""
    return credential_act(f"/account/authenticators/{credential_id}/{verb}", "totp", verb)


def find_credential(uow: UnitOfWork, user: User, kind: CredentialKind, credential_id: int) -> Credential:
    """Return a credential of the person. Raises NotFound, for that of somebody else just as for none."""
    found = next((item for item in uow.credentials.of_user(user.id, kind) if item.id == credential_id), None)
    if found is None:
        raise NotFound("This is not there any more.")
    return found


def show_authenticator(deps: Dependencies, credential_id: int, person: SignedIn) -> str:
    """Return the name of one of the person's authenticators. Raises NotFound."""
    with deps.storage.read() as uow:
        return find_credential(uow, person.user, "totp", credential_id).label


def offer_authenticator(deps: Dependencies, person: SignedIn) -> TotpOffer:
    """Make an offer that this session alone can confirm. For a person whom `gate.open_act` has let in."""
    return offer_totp(deps, person.user, _holder(person))


def confirm_authenticator(
    deps: Dependencies, sealed: str, code: str, label: str, browser: Browser, replacing: int | None = None
) -> OpenedSession | Refused:
    """Add the offered authenticator, or put it in the place of another, once its first code is right.

    The level is asked for again: an offer says what was true when its page was opened. Raises MoreNeeded, NotFound,
    ShutOut.
    """
    with deps.storage.write() as uow:
        act = ADD_TOTP if replacing is None else totp_act(replacing, "replace")
        person = actor(deps, uow, act, browser)
        if replacing is None and len(uow.credentials.of_user(person.user.id, "totp")) >= MAX_AUTHENTICATORS:
            raise Conflict("There are as many authenticators as an account can have.")
        with keep_ways_in(deps, uow, person.user):
            holder = _holder(person)
            outcome = accept_totp(deps, uow, person.user, holder, sealed, code, label=label, replacing=replacing)
        if outcome != "ok":
            return Refused(outcome, reopen_totp(deps, person.user, _holder(person), sealed))
        if replacing is None:
            tell(deps, uow, person.user, browser, "totp_added")
            note_act(deps, uow, person.user, browser, "account.totp", "added")
            return begin_anew(deps, uow, person, browser)
        tell(deps, uow, person.user, browser, "totp_replaced")
        note_act(deps, uow, person.user, browser, "account.totp", "replaced")
        return end_everything_else(deps, uow, person, browser)


def rename_authenticator(deps: Dependencies, credential_id: int, label: str, browser: Browser) -> None:
    """Give an authenticator another name. Raises MoreNeeded, NotFound."""
    with deps.storage.write() as uow:
        person = actor(deps, uow, totp_act(credential_id, "rename"), browser)
        found = find_credential(uow, person.user, "totp", credential_id)
        uow.credentials.rename(found.id, clean_label(label, found.label))
        note_act(deps, uow, person.user, browser, "account.totp", "renamed")


def remove_authenticator(deps: Dependencies, credential_id: int, browser: Browser) -> OpenedSession:
    """Remove an authenticator, and with the last second factor the recovery codes.

    Raises MoreNeeded, NotFound, ShutOut.
    """
    with deps.storage.write() as uow:
        person = actor(deps, uow, totp_act(credential_id, "remove"), browser)
        with keep_ways_in(deps, uow, person.user):
            uow.credentials.remove(find_credential(uow, person.user, "totp", credential_id).id)
            drop_idle_codes(uow, person.user)
        tell(deps, uow, person.user, browser, "totp_removed")
        note_act(deps, uow, person.user, browser, "account.totp", "removed")
        return end_everything_else(deps, uow, person, browser)


def drop_idle_codes(uow: UnitOfWork, user: User) -> None:
    """Remove recovery codes that stand in for nothing any more."""
    if leaves_codes_idle([item.kind for item in uow.credentials.of_user(user.id)]):
        remove_recovery_codes(uow, user.id)


def make_codes(deps: Dependencies, form: str, browser: Browser) -> tuple[tuple[str, ...], OpenedSession] | None:
    """Make new recovery codes in place of the old ones and return them, the only time they can be read.

    `form` is the token of the form that asked. The same form makes codes once: None if it comes again, as on a reload,
    which must not replace codes that somebody is just writing down. Raises MoreNeeded, ShutOut, and Conflict without a
    second factor that the codes could stand in for.
    """
    with deps.storage.write() as uow:
        person = actor(deps, uow, MAKE_CODES, browser)
        if leaves_codes_idle([item.kind for item in uow.credentials.of_user(person.user.id)]):
            raise Conflict("Recovery codes stand in for an authenticator or a passkey, and there is none.")
        if not uow.once.claim("recovery_codes", digest(form), deps.clock.now() + FORM_SECONDS):
            return None
        with keep_ways_in(deps, uow, person.user):
            codes = replace_recovery_codes(deps, uow, person.user.id)
        tell(deps, uow, person.user, browser, "recovery_codes_made")
        note_act(deps, uow, person.user, browser, "account.recovery_codes", "made")
        return codes, begin_anew(deps, uow, person, browser)


def remove_codes(deps: Dependencies, browser: Browser) -> OpenedSession:
    """Remove all recovery codes. Raises MoreNeeded, NotFound, ShutOut."""
    with deps.storage.write() as uow:
        person = actor(deps, uow, REMOVE_CODES, browser)
        with keep_ways_in(deps, uow, person.user):
            if not remove_recovery_codes(uow, person.user.id):
                raise NotFound("There are no recovery codes any more.")
        tell(deps, uow, person.user, browser, "recovery_codes_removed")
        note_act(deps, uow, person.user, browser, "account.recovery_codes", "removed")
        return begin_anew(deps, uow, person, browser)


def _holder(person: SignedIn) -> str:
    return f"session:{person.session.id}"
