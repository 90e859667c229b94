"""Who the person is: names, and the language of pages and mails.

Names that a document has confirmed are not typed over. Who has a new document shows it, and its names are taken.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from idp.application.account.consequences import tell
from idp.application.account.gate import actor, note_act, strongest_act, viewer
from idp.application.account.standing import find_standing
from idp.application.browser import Browser, SignedIn
from idp.application.dependencies import Dependencies
from idp.application.ownership import open_person
from idp.application.registration import as_written
from idp.errors import InvalidInput, NotFound
from idp.flows.door import PERSON_PROOF
from idp.identity.labels import clean_label
from idp.records.accounts import User
from idp.storage.protocols.unit import UnitOfWork

CHANGE_NAME: Final = strongest_act("/account/profile/name")
TAKE_NAME: Final = strongest_act("/account/profile/document")


@dataclass(frozen=True, slots=True)
class Profile:
    """What the profile page shows. `verified`: a document has confirmed the names; `renewable`: a new one can."""

    user: User
    verified: bool
    renewable: bool


class NameVerified(InvalidInput):
    """The name was confirmed by a document and is changed by a document only."""

    code = "name_verified"


def show_profile(deps: Dependencies, person: SignedIn) -> Profile:
    """Return the person's own profile."""
    with deps.storage.read() as uow:
        standing = find_standing(deps, uow, person.user)
        return Profile(person.user, is_verified(uow, person.user), standing.enrolled)


def is_verified(uow: UnitOfWork, user: User) -> bool:
    """Say whether a document has confirmed the user's names."""
    return any(identity.full_name for identity in uow.identities.all_of_user(user.id))


def change_name(deps: Dependencies, given: str, family: str, browser: Browser) -> None:
    """Change the names, unless a document has confirmed them.

    Raises MoreNeeded, NameVerified, and InvalidInput `missing_name` without any.
    """
    given, family = clean_label(given, ""), clean_label(family, "")
    with deps.storage.write() as uow:
        user = actor(deps, uow, CHANGE_NAME, browser).user
        if is_verified(uow, user):
            raise NameVerified("A document has confirmed this name.")
        full = " ".join(part for part in (given, family) if part)
        if not full:
            raise InvalidInput("A name is needed.", code="missing_name")
        _save_name(deps, uow, user, browser, full, given or None, family or None)


def take_name(deps: Dependencies, browser: Browser) -> None:
    """Take the names of the document that the person has just shown in this session, and passed with.

    Raises MoreNeeded, and NotFound when there is no such document.
    """
    with deps.storage.write() as uow:
        person = actor(deps, uow, TAKE_NAME, browser)
        since = deps.clock.now() - deps.policy.account_fresh_seconds
        proofs = [
            item
            for item in uow.evidence.of_session(person.session.id)
            if item.method in PERSON_PROOF and item.user_id == person.user.id and item.at >= since
        ]
        verification = uow.verifications.get(proofs[-1].verification_id or 0) if proofs else None
        document = open_person(deps, verification) if verification else None
        if document is None or not document.full_name:
            raise NotFound("There is no document to take a name from.")
        given, family = as_written(document.given_name), as_written(document.family_name)
        _save_name(deps, uow, person.user, browser, as_written(document.full_name), given, family)


def choose_language(deps: Dependencies, tag: str, known: Collection[str], browser: Browser) -> None:
    """Keep the language that the person wants pages and mails in; an empty tag leaves it to the browser.

    Raises InvalidInput for a language there is not.
    """
    if tag and tag not in known:
        raise InvalidInput("There is no such language.")
    with deps.storage.write() as uow:
        user = viewer(deps, uow, browser).user
        uow.users.save(replace(user, locale=tag or None, updated_at=deps.clock.now()))
        note_act(deps, uow, user, browser, "account.language", "chosen")


def _save_name(
    deps: Dependencies,
    uow: UnitOfWork,
    user: User,
    browser: Browser,
    full: str | None,
    given: str | None,
    family: str | None,
) -> None:
    changed = replace(user, name=full, given_name=given, family_name=family, updated_at=deps.clock.now())
    uow.users.save(changed)
    tell(deps, uow, user, browser, "name_changed")
    note_act(deps, uow, user, browser, "account.name", "changed")
