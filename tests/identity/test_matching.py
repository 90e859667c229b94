"""The owner check: a genuine person with a genuine document is not yet the account's owner."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.identity.birth_dates import birth_date_from_millis, compare_birth_dates
from idp.identity.matching import (
    DocumentPerson,
    Profile,
    VendorFacts,
    compare_with_document,
    judge_newcomer,
    judge_owner,
)
from idp.records.accounts import EnrolledIdentity

BORN = date(1986, 10, 16)
PROFILE = Profile(given_name="Ana María", family_name="López", birth_date=BORN)
DOCUMENT = DocumentPerson(given_names="ANA MARIA", paternal="LOPEZ", maternal="GARCIA", birth_date=BORN)
TWIN = DocumentPerson(given_names="EVA LUISA", paternal="LOPEZ", maternal="GARCIA", birth_date=BORN)
FACTS = VendorFacts(identity_id="id-ana", existing_user=False, external_customer_id_sent="sub-ana")


def enrolled(identity_id: str = "id-ana", born: date | None = BORN) -> EnrolledIdentity:
    return EnrolledIdentity(
        id=1,
        user_id=1,
        vendor="incode",
        vendor_identity_id=identity_id,
        full_name="ANA MARIA LOPEZ",
        birth_date=born,
        verification_id=1,
        enrolled_at=1.0,
    )


# ---- an account with an enrolled identity


def test_the_enrolled_identity_is_the_owner():
    verdict = judge_owner(PROFILE, DOCUMENT, enrolled(), FACTS)
    assert (verdict.owner, verdict.reasons) == ("match", ("identity_id_equal",))


def test_the_enrolled_identity_with_another_birth_date_is_a_mismatch_that_says_so():
    verdict = judge_owner(PROFILE, DOCUMENT, enrolled(born=date(1986, 10, 20)), FACTS)
    assert (verdict.owner, verdict.reasons) == ("mismatch", ("birth_date_differs",))


def test_another_identity_is_a_mismatch_whatever_the_document_says():
    verdict = judge_owner(PROFILE, DOCUMENT, enrolled("id-other"), FACTS)
    assert (verdict.owner, verdict.reasons) == ("mismatch", ("another_identity",))


@pytest.mark.parametrize("identity_id", [None, ""])
def test_an_absent_identity_id_is_unknown_even_with_the_right_name_and_birth_date(identity_id):
    verdict = judge_owner(PROFILE, DOCUMENT, enrolled(), VendorFacts(identity_id=identity_id))
    assert (verdict.owner, verdict.reasons) == ("unknown", ("identity_id_absent",))


def test_an_empty_enrolment_matches_nobody():
    assert judge_owner(PROFILE, DOCUMENT, enrolled(""), VendorFacts(identity_id="")).owner == "unknown"
    assert judge_owner(PROFILE, DOCUMENT, enrolled(""), FACTS).owner == "unknown"


def test_the_enrolled_person_may_have_married():
    married = DocumentPerson(given_names="ANA MARIA", paternal="SCHMIDT", birth_date=BORN)
    assert judge_owner(PROFILE, married, enrolled(), FACTS).owner == "match"


def test_a_face_check_without_a_document_is_enough_for_the_enrolled_identity():
    assert judge_owner(PROFILE, DocumentPerson(), enrolled(), FACTS).owner == "match"


@pytest.mark.parametrize(
    ("days", "owner"), [(-2, "mismatch"), (-1, "match"), (0, "match"), (1, "match"), (2, "mismatch")]
)
def test_a_contradicting_birth_date_overrules_an_equal_identity_id(days, owner):
    document = DocumentPerson(birth_date=BORN + timedelta(days=days))
    assert judge_owner(PROFILE, document, enrolled(), FACTS).owner == owner
    assert judge_owner(PROFILE, document, enrolled(born=None), FACTS).owner == owner


def test_the_proved_birth_date_counts_and_not_the_typed_one():
    typed = Profile(birth_date=date(1999, 1, 1))
    assert judge_owner(typed, DOCUMENT, enrolled(), FACTS).owner == "match"


# ---- a face that the vendor knows under another customer's ID


@pytest.mark.parametrize("existing_user", [True, False, None])
@pytest.mark.parametrize("sent", ["sub-ana", None, ""])
@pytest.mark.parametrize("enrolment", [None, enrolled()])
def test_a_face_known_as_another_customer_is_always_a_mismatch(existing_user, sent, enrolment):
    facts = VendorFacts("id-ana", existing_user, "sub-eva", sent)
    verdict = judge_owner(PROFILE, DOCUMENT, enrolment, facts)
    assert (verdict.owner, verdict.reasons) == ("mismatch", ("known_as_another_customer",))
    assert judge_newcomer(DOCUMENT, facts, None, identity_taken=False).owner == "mismatch"


def test_a_face_known_as_this_customer_is_no_contradiction():
    facts = VendorFacts(
        "id-ana", existing_user=True, existing_external_id="sub-ana", external_customer_id_sent="sub-ana"
    )
    assert judge_owner(PROFILE, DOCUMENT, enrolled(), facts).owner == "match"
    assert judge_owner(PROFILE, DOCUMENT, None, facts).owner == "enrolling"


def test_an_identity_enrolled_for_another_account_cannot_be_enrolled_again():
    verdict = judge_owner(PROFILE, DOCUMENT, None, FACTS, identity_taken=True)
    assert (verdict.owner, verdict.reasons) == ("mismatch", ("identity_taken",))


# ---- an account with nothing enrolled: name and birth date, both


def test_name_and_birth_date_together_enrol():
    assert judge_owner(PROFILE, DOCUMENT, None, FACTS).owner == "enrolling"


@pytest.mark.parametrize(
    ("document", "owner", "reasons"),
    [
        (TWIN, "mismatch", ("name_differs",)),
        (DocumentPerson(given_names="ANA MARIA", paternal="LOPEZ"), "unknown", ("birth_date_unclear",)),
        (DocumentPerson(birth_date=BORN), "unknown", ("name_unclear",)),
        (DocumentPerson(), "unknown", ("name_unclear", "birth_date_unclear")),
        (DocumentPerson(birth_date=date(1990, 1, 1)), "mismatch", ("birth_date_differs",)),
        (
            DocumentPerson(given_names="EVA", paternal="RUIZ", birth_date=date(1990, 1, 1)),
            "mismatch",
            ("name_differs", "birth_date_differs"),
        ),
        (DocumentPerson(given_names="EVA", paternal="LOPEZ"), "mismatch", ("name_differs",)),
        (DocumentPerson(full_name="محمد علي", birth_date=BORN), "unknown", ("name_unclear",)),
    ],
)
def test_what_contradicts_is_a_mismatch_and_what_is_absent_is_unknown(document, owner, reasons):
    verdict = judge_owner(PROFILE, document, None, FACTS)
    assert (verdict.owner, verdict.reasons) == (owner, reasons)


@pytest.mark.parametrize(
    "profile",
    [
        Profile(),
        Profile(given_name="Ana María", family_name="López"),
        Profile(birth_date=BORN),
        Profile(given_name="Ana María", birth_date=BORN),
        Profile(full_name="Ana", birth_date=BORN),
    ],
)
def test_a_profile_that_says_too_little_never_enrols(profile):
    assert judge_owner(profile, DOCUMENT, None, FACTS).owner == "unknown"


def test_a_good_name_elsewhere_does_not_make_up_for_a_missing_enrolment_id():
    """Every combination of present, absent and contradicting data: only both matching enrols."""
    names = {"yes": DOCUMENT, "no": TWIN, "absent": DocumentPerson()}
    births = {"yes": BORN, "no": date(1990, 1, 1), "absent": None}
    for name, birth in product(names, births):
        source = names[name]
        document = DocumentPerson(given_names=source.given_names, paternal=source.paternal, birth_date=births[birth])
        expected = "mismatch" if "no" in (name, birth) else "unknown" if "absent" in (name, birth) else "enrolling"
        assert judge_owner(PROFILE, document, None, FACTS).owner == expected, (name, birth)


# ---- which of the document's names counts


def test_the_zone_speaks_for_a_printed_name_in_another_alphabet():
    document = DocumentPerson(given_names="آنا", paternal="لوبيز", mrz_given="ANA MARIA", mrz_family="LOPEZ")
    assert compare_with_document(PROFILE, document) == "same"


def test_the_printed_name_speaks_for_a_zone_that_is_cut_off():
    surname = "Papandropoulous Anastassiou Xyz"
    document = DocumentPerson(given_names="ALEXANDER", paternal=surname, mrz_given="ALEXAND", mrz_family=surname)
    assert compare_with_document(Profile("Alexander", surname), document) == "same"
    assert compare_with_document(Profile("Alexandra", surname), document) == "different"


def test_a_second_surname_that_contradicts_the_document_is_another_person():
    assert compare_with_document(Profile("Ana", "Lopez Garcia"), DOCUMENT) == "same"
    assert compare_with_document(Profile("Ana", "Lopez Ruiz"), DOCUMENT) == "different"


@pytest.mark.parametrize(
    "document",
    [
        DocumentPerson(mrz_given="NIKOLAOS<SOT", mrz_family="PAPANDROPOULOUS<ANASTASSIOU"),
        DocumentPerson(mrz_full="PAPANDROPOULOUS<ANASTASSIOU<<NIKOLAOS<SOT"),
    ],
)
def test_a_zone_that_is_cut_off_speaks_for_the_whole_name(document):
    assert compare_with_document(Profile("Nikolaos Sotirios", "Papandropoulous Anastassiou"), document) == "same"
    assert compare_with_document(Profile("Nikolaos Stavros", "Papandropoulous Anastassiou"), document) == "different"


def test_given_name_and_surname_are_never_taken_from_two_carriers():
    document = DocumentPerson(given_names="ANA", paternal="RUIZ", mrz_given="EVA", mrz_family="LOPEZ")
    assert compare_with_document(Profile("Ana", "Lopez"), document) == "different"


def test_an_undivided_name_does_not_overrule_a_divided_one():
    document = DocumentPerson(full_name="ANA LOPEZ", given_names="EVA", paternal="LOPEZ")
    assert compare_with_document(Profile("Ana", "Lopez"), document) == "different"


@pytest.mark.parametrize(
    "document", [DocumentPerson(full_name="LOPEZ ANA"), DocumentPerson(mrz_full="LOPEZ<<ANA<<<<<<")]
)
def test_the_full_name_counts_when_no_carrier_is_divided(document):
    assert compare_with_document(Profile("Ana", "Lopez"), document) == "same"
    assert compare_with_document(Profile(full_name="Ana Lopez"), document) == "same"
    assert compare_with_document(Profile(full_name="Eva Lopez"), document) == "different"


# ---- sign-up


def test_a_newcomer_with_a_document_and_a_new_face_enrols():
    assert judge_newcomer(DOCUMENT, FACTS, None, identity_taken=False).owner == "enrolling"
    assert judge_newcomer(DOCUMENT, FACTS, PROFILE, identity_taken=False).owner == "enrolling"
    assert judge_newcomer(DOCUMENT, FACTS, Profile(), identity_taken=False).owner == "enrolling"


def test_a_person_who_has_an_account_cannot_open_another():
    verdict = judge_newcomer(DOCUMENT, FACTS, None, identity_taken=True)
    assert (verdict.owner, verdict.reasons) == ("mismatch", ("identity_taken",))


@pytest.mark.parametrize(
    "claimed",
    [
        Profile(given_name="Eva", family_name="López"),
        Profile(full_name="Eva López"),
        Profile(birth_date=date(1990, 1, 1)),
        Profile(given_name="Ana María", family_name="López", birth_date=date(1990, 1, 1)),
    ],
)
def test_each_part_that_a_newcomer_typed_must_agree(claimed):
    assert judge_newcomer(DOCUMENT, FACTS, claimed, identity_taken=False).owner == "mismatch"


def test_half_a_typed_name_cannot_be_compared():
    verdict = judge_newcomer(DOCUMENT, FACTS, Profile(given_name="Ana"), identity_taken=False)
    assert (verdict.owner, verdict.reasons) == ("unknown", ("name_unclear",))


@pytest.mark.parametrize(
    ("document", "reasons"),
    [
        (DocumentPerson(birth_date=BORN), ("document_name_absent",)),
        (DocumentPerson(given_names="ANA", paternal="LOPEZ"), ("birth_date_unclear",)),
        (DocumentPerson(), ("birth_date_unclear", "document_name_absent")),
    ],
)
def test_a_document_that_names_nobody_opens_no_account(document, reasons):
    verdict = judge_newcomer(document, FACTS, None, identity_taken=False)
    assert (verdict.owner, verdict.reasons) == ("unknown", reasons)


@pytest.mark.parametrize(
    ("facts", "owner"),
    [
        (VendorFacts(), "unknown"),
        (VendorFacts(existing_user=True), "unknown"),
        (VendorFacts(existing_user=False), "unknown"),
        (VendorFacts(identity_id=""), "unknown"),
        (VendorFacts(identity_id="id-ana"), "enrolling"),
    ],
)
def test_a_face_that_the_vendor_gives_no_identity_opens_no_account(facts, owner):
    verdict = judge_newcomer(DOCUMENT, facts, None, identity_taken=False)
    assert verdict.owner == owner
    assert ("identity_id_absent" in verdict.reasons) is (owner == "unknown")


# ---- birth dates


@pytest.mark.parametrize(
    ("millis", "day"),
    [
        (0, date(1970, 1, 1)),
        (-1, date(1969, 12, 31)),
        (529_873_860_000, date(1986, 10, 16)),  # 19:11 UTC, as published
        (-1_234_567_890_000, date(1930, 11, 18)),  # 00:28:30 UTC
        (951_782_400_000, date(2000, 2, 29)),
        (951_868_799_999, date(2000, 2, 29)),
        (951_868_800_000, date(2000, 3, 1)),
        (-3_786_825_600_000, date(1850, 1, 1)),
        (4_102_444_799_999, date(2099, 12, 31)),
    ],
)
def test_milliseconds_become_a_date_in_utc(millis, day):
    assert birth_date_from_millis(millis) == day


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        "0",
        "529873860000",
        1.0,
        float("nan"),
        [],
        {},
        -3_786_825_600_001,
        4_102_444_800_000,
        10**400,
        -(10**30),
    ],
)
def test_what_is_not_a_plausible_integer_is_no_birth_date(value):
    assert birth_date_from_millis(value) is None


@given(st.dates(date(1850, 1, 2), date(2099, 12, 30)), st.integers(0, 86_399_999))
def test_every_instant_of_a_day_is_that_day(day, millis):
    midnight = (day - date(1970, 1, 1)).days * 86_400_000
    assert birth_date_from_millis(midnight + millis) == day


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        (date(1999, 12, 31), date(2000, 1, 1), "same"),
        (date(2000, 2, 28), date(2000, 3, 1), "different"),
        (date(2000, 2, 29), date(2000, 3, 1), "same"),
        (date(1999, 2, 28), date(1999, 3, 1), "same"),
        (date(1986, 10, 16), date(1987, 10, 16), "different"),
        (date(1986, 10, 6), date(1986, 6, 10), "different"),
        (None, date(2000, 1, 1), "unclear"),
        (None, None, "unclear"),
    ],
)
def test_a_day_either_way_is_the_same_birth_date(one, other, agreement):
    assert compare_birth_dates(one, other) == agreement
    assert compare_birth_dates(other, one) == agreement
