"""Is the verified person the account's owner? Joins the vendor's facts with our rows, for `identity.matching`."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from idp.application.dependencies import Dependencies
from idp.connectors.api import VerificationResult
from idp.identity.document import parse_document
from idp.identity.matching import OwnerVerdict, Profile, VendorFacts, judge_newcomer, judge_owner
from idp.records.accounts import User
from idp.records.journeys import Verification
from idp.storage.protocols.unit import UnitOfWork

SEAL = "verification.document"


@dataclass(frozen=True, slots=True)
class Person:
    """The few document fields we keep (sealed) until the run ends."""

    full_name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    birth_date: date | None = None


def vendor_of(uow: UnitOfWork, connection: str) -> str:
    """Return the vendor that identity IDs of this connection belong to: its connector type."""
    record = uow.connections.get(connection)
    return record.type if record else connection


def seal_person(deps: Dependencies, result: VerificationResult) -> bytes:
    """Seal the document fields that the account will be compared with, or made from."""
    document = parse_document(result.person)
    born = document.birth_date.isoformat() if document.birth_date else None
    family = " ".join(part for part in (document.paternal, document.maternal) if part) or document.mrz_family
    given = document.given_names or document.mrz_given
    return deps.sealer.seal_json(
        SEAL,
        {
            "full_name": document.full_name or f"{given} {family}".strip() or None,
            "given_name": given or None,
            "family_name": family or None,
            "birth_date": born,
        },
    )


def open_person(deps: Dependencies, verification: Verification) -> Person:
    """Open what `seal_person` sealed; nothing is known when there is no box."""
    if verification.document is None:
        return Person()
    values: dict[str, Any] = deps.sealer.open_json(SEAL, verification.document)
    born = values.pop("birth_date")
    return Person(**values, birth_date=date.fromisoformat(born) if born else None)


def judge_result(uow: UnitOfWork, verification: Verification, result: VerificationResult) -> OwnerVerdict:
    """Say whose result this is: the account's owner, somebody else, nobody knows, or somebody new."""
    document = parse_document(result.person)
    vendor = vendor_of(uow, verification.connection)
    facts = VendorFacts(
        identity_id=result.identity_id,
        existing_user=result.existing_user,
        existing_external_id=result.existing_external_id,
        external_customer_id_sent=_own_reference(uow, verification, vendor, result.existing_external_id),
    )
    owner = uow.identities.by_vendor_identity(vendor, result.identity_id) if result.identity_id else None
    if verification.user_id is None:
        return judge_newcomer(document, facts, None, identity_taken=owner is not None)
    user = uow.users.get(verification.user_id)
    if user is None:
        return OwnerVerdict("mismatch", ("no_account",))
    taken = owner is not None and owner.user_id != user.id
    return judge_owner(profile_of(user), document, uow.identities.of_user(user.id, vendor), facts, identity_taken=taken)


def profile_of(user: User) -> Profile:
    """Return what an account says of its person."""
    return Profile(
        full_name=user.name, given_name=user.given_name, family_name=user.family_name, birth_date=user.birth_date
    )


def _own_reference(uow: UnitOfWork, verification: Verification, vendor: str, claimed: str | None) -> str:
    """Return the name by which the vendor knows this account: the one just sent, or the one it was enrolled under.

    A sign-up is verified before its account exists, so the vendor first met this person under another name of ours.
    """
    enrolled = uow.identities.of_user(verification.user_id, vendor) if verification.user_id is not None else None
    first = uow.verifications.get(enrolled.verification_id) if enrolled else None
    if first is not None and claimed == first.subject_ref:
        return first.subject_ref
    return verification.subject_ref
