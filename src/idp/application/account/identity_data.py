"""The identity check of an account: what is known from it, and having that deleted."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from idp.application.account.consequences import end_journeys, tell
from idp.application.account.gate import actor, note_act, strongest_act
from idp.application.browser import Browser, SignedIn
from idp.application.dependencies import Dependencies
from idp.errors import Conflict, NotFound
from idp.records.accounts import User
from idp.records.operations import VendorDeletion
from idp.storage.protocols.unit import UnitOfWork

DELETE_IDENTITY: Final = strongest_act("/account/identity/delete")


@dataclass(frozen=True, slots=True)
class Check:
    """One enrolled identity: when, by which connection and vendor, and what its document confirmed."""

    enrolled_at: float
    vendor: str
    connection: str
    full_name: str | None
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class IdentityData:
    """What there is, and what was asked of vendors: sessions still to be deleted, deleted, and given up."""

    checks: tuple[Check, ...]
    kept: bool
    waiting: int
    deleted: int
    failed: int


def show_identity(deps: Dependencies, person: SignedIn) -> IdentityData:
    """Return what is known of the person from identity checks."""
    with deps.storage.read() as uow:
        checks = []
        for identity in uow.identities.all_of_user(person.user.id):
            verification = uow.verifications.get(identity.verification_id)
            connection = uow.connections.get(verification.connection) if verification else None
            kind = deps.switchboard.types.get(identity.vendor)
            checks.append(
                Check(
                    identity.enrolled_at,
                    kind.title if kind else identity.vendor,
                    (connection.description or connection.name) if connection else "",
                    identity.full_name,
                    identity.birth_date,
                )
            )
        asked = uow.vendor_deletions.of_user(person.user.id)
        done = sum(item.done_at is not None for item in asked)
        failed = sum(item.failed_at is not None for item in asked)
        kept = bool(checks) or _is_kept(uow, person.user)
        return IdentityData(tuple(checks), kept, len(asked) - done - failed, done, failed)


def delete_identity(deps: Dependencies, browser: Browser) -> None:
    """Delete what we keep of the person's identity checks, and ask the vendors to delete what they have.

    The account's name and birth date stay. Raises MoreNeeded, and NotFound when there is nothing.
    """
    with deps.storage.write() as uow:
        person = actor(deps, uow, DELETE_IDENTITY, browser)
        if not uow.identities.all_of_user(person.user.id) and not _is_kept(uow, person.user):
            raise NotFound("There is nothing to delete.")
        end_journeys(deps, uow, person.user)
        sessions = forget_identity(deps, uow, person.user)
        tell(deps, uow, person.user, browser, "identity_deleted")
        note_act(deps, uow, person.user, browser, "account.identity", "deleted", sessions=sessions)


def forget_identity(deps: Dependencies, uow: UnitOfWork, user: User) -> int:
    """Erase enrolment and document data of the user and queue the deletions at vendors; return how many."""
    now = deps.clock.now()
    queued = 0
    for verification in uow.verifications.of_user(user.id):
        if verification.vendor_ref is None:
            continue
        try:
            uow.vendor_deletions.add(
                VendorDeletion(0, user.id, verification.connection, verification.vendor_ref, now, next_attempt_at=now)
            )
        except Conflict:
            continue
        queued += 1
    for case in uow.cases.open_of_user(user.id):
        uow.cases.decide(case.id, "expired", "system", "the person had the data deleted", now)
    uow.identities.remove_of_user(user.id)
    uow.verifications.forget_user(user.id)
    return queued


def _is_kept(uow: UnitOfWork, user: User) -> bool:
    """Say whether verifications still hold something of the person, as those that enrolled nothing do."""
    return any(
        item.document is not None or item.vendor_identity_id is not None or item.output
        for item in uow.verifications.of_user(user.id)
    )
