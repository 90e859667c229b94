"""Is the verified person the account's owner? (DESIGN invariant 2e)

A passing score says "a genuine person with a genuine document". It never says who. These functions say who:

* An account with an enrolled identity is matched by the vendor's identity ID and by nothing else, since a name may
  change by marriage and a namesake may share it. A contradicting birth date still overrules an equal ID.
* An account without one is matched by name (rules in `names`) AND birth date against the profile, once; the caller then
  enrols the identity. Data that is absent or cannot be compared on either side never counts as a match.
* A vendor that knows the face under another account's ID overrules everything.

Known limit: a profile with a single given name ("Maria") fits any person with that first given name, the same surname
and the same birthday ("Maria Jose"). Keeping all given names in the profile closes it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from idp.identity.birth_dates import compare_birth_dates
from idp.identity.names import Agreement, PersonName, compare_names, parse_full_name
from idp.records.accounts import EnrolledIdentity

Owner = Literal["match", "mismatch", "unknown", "enrolling"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What an account says about its owner. `full_name` counts only when given or family name is missing."""

    given_name: str | None = None
    family_name: str | None = None
    full_name: str | None = None
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class DocumentPerson:
    """The person a document names: as printed, and as in its machine-readable zone. Empty text is absent."""

    full_name: str = ""
    given_names: str = ""
    paternal: str = ""
    maternal: str = ""
    mrz_given: str = ""
    mrz_family: str = ""
    mrz_full: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class VendorFacts:
    """What the vendor says about the face: its identity ID, and whether and under which of our IDs it has seen it."""

    identity_id: str | None = None
    existing_user: bool | None = None
    existing_external_id: str | None = None
    external_customer_id_sent: str | None = None


@dataclass(frozen=True, slots=True)
class OwnerVerdict:
    """Who the person is to the account, with stable reason codes for audit and review (never for the person)."""

    owner: Owner
    reasons: tuple[str, ...] = ()


def judge_owner(
    profile: Profile,
    document: DocumentPerson,
    enrolled: EnrolledIdentity | None,
    facts: VendorFacts,
    *,
    identity_taken: bool = False,
) -> OwnerVerdict:
    """Judge whether the verified person owns an existing account.

    `enrolled` is the identity proved for this account earlier, at the same vendor. `identity_taken` says that
    `facts.identity_id` is enrolled for another account of ours. Returns "match" (the enrolled identity came back),
    "enrolling" (first time; name and birth date agree), "mismatch" (something contradicts) or "unknown" (something is
    absent or cannot be compared).
    """
    strangers = _foreign(facts, identity_taken=identity_taken)
    if strangers:
        return OwnerVerdict("mismatch", strangers)
    if enrolled is not None:
        return _judge_returning(profile, document, enrolled, facts)
    return _judge_person(compare_with_document(profile, document), profile, document)


def judge_newcomer(
    document: DocumentPerson, facts: VendorFacts, claimed: Profile | None, *, identity_taken: bool
) -> OwnerVerdict:
    """Judge whether the verified person may open a new account.

    `claimed` is what the person typed, if anything; each part that was typed must agree with the document. The document
    must name a person and a birth date, and the vendor must give the face an identity ID: without one nobody could be
    recognised later, nor be kept from a second account. Returns "enrolling", "mismatch" or "unknown".
    """
    strangers = _foreign(facts, identity_taken=identity_taken)
    if strangers:
        return OwnerVerdict("mismatch", strangers)
    claimed = claimed or Profile()
    typed_name = claimed.given_name or claimed.family_name or claimed.full_name
    name = compare_with_document(claimed, document) if typed_name else "same"
    claimed_birth = claimed.birth_date or document.birth_date
    verdict = _judge_person(name, Profile(birth_date=claimed_birth), document)
    if verdict.owner == "mismatch":
        return verdict
    missing = list(verdict.reasons)
    if not any(source.is_present for source in _names_of_document(document)):
        missing.append("document_name_absent")
    if not facts.identity_id:
        # Also when the vendor says that the face is new: there is nothing to enrol (invariant 2e).
        missing.append("identity_id_absent")
    return OwnerVerdict("unknown", tuple(missing)) if missing else verdict


def compare_with_document(profile: Profile, document: DocumentPerson) -> Agreement:
    """Compare a profile's name with each name the document carries.

    One carrier that agrees in full is enough (the printed name may be in another script, the machine-readable one cut
    off); given name and surname are never taken from two carriers.
    """
    own = _names_of_profile(profile)
    found = {compare_names(own, source) for source in _names_of_document(document)}
    if "same" in found:
        return "same"
    return "different" if "different" in found else "unclear"


def _foreign(facts: VendorFacts, *, identity_taken: bool) -> tuple[str, ...]:
    reasons = []
    # Whatever `existing_user` says: a vendor that names another customer has recognised somebody else's face.
    if facts.existing_external_id and facts.existing_external_id != facts.external_customer_id_sent:
        reasons.append("known_as_another_customer")
    if identity_taken:
        reasons.append("identity_taken")
    return tuple(reasons)


def _judge_returning(
    profile: Profile, document: DocumentPerson, enrolled: EnrolledIdentity, facts: VendorFacts
) -> OwnerVerdict:
    if not facts.identity_id or not enrolled.vendor_identity_id:
        return OwnerVerdict("unknown", ("identity_id_absent",))
    if facts.identity_id != enrolled.vendor_identity_id:
        return OwnerVerdict("mismatch", ("another_identity",))
    # The enrolled date was proved; the profile's was typed, and counts only when there is no other.
    if compare_birth_dates(enrolled.birth_date or profile.birth_date, document.birth_date) == "different":
        return OwnerVerdict("mismatch", ("birth_date_differs",))
    return OwnerVerdict("match", ("identity_id_equal",))


def _judge_person(name: Agreement, profile: Profile, document: DocumentPerson) -> OwnerVerdict:
    findings = {"name": name, "birth_date": compare_birth_dates(profile.birth_date, document.birth_date)}
    differing = tuple(f"{part}_differs" for part, agreement in findings.items() if agreement == "different")
    if differing:
        return OwnerVerdict("mismatch", differing)
    unclear = tuple(f"{part}_unclear" for part, agreement in findings.items() if agreement == "unclear")
    return OwnerVerdict("unknown", unclear) if unclear else OwnerVerdict("enrolling", ())


def _names_of_profile(profile: Profile) -> PersonName:
    parted = PersonName(given=profile.given_name or "", paternal=profile.family_name or "")
    return parted if parted.parted else parse_full_name(profile.full_name or "")


def _names_of_document(document: DocumentPerson) -> tuple[PersonName, ...]:
    """Return the document's names; undivided ones only when no carrier tells given name and surname apart."""
    printed = PersonName(given=document.given_names, paternal=document.paternal, maternal=document.maternal)
    zone = PersonName(given=document.mrz_given, paternal=document.mrz_family, mrz=True)
    parted = tuple(name for name in (printed, zone) if name.parted)
    return parted or (parse_full_name(document.full_name), parse_full_name(document.mrz_full, mrz=True))
