"""Reading a person out of an OCR body, whatever is missing or misshapen."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.identity.document import parse_document, parse_given_names, parse_mrz_text, parse_text
from idp.identity.matching import DocumentPerson

BODY = {
    "name": {
        "fullName": "ANA MARIA LOPEZ GARCIA",
        "firstName": "ANA",
        "givenName": "ANA MARIA",
        "middleName": "MARIA",
        "paternalLastName": " LOPEZ ",
        "maternalLastName": "GARCIA",
        "machineReadableFullName": "LOPEZ<GARCIA<<ANA<MARIA<<<<<<",
        "givenNameMrz": "ANA MARIA<<<<<<",
        "lastNameMrz": "LOPEZ GARCIA",
        "nickname": {"unknown": "extra"},
    },
    "birthDate": 529_873_860_000,
    "issuedAt": "1600000000000",
    "expirationDate": 2030,
}
PERSON = DocumentPerson(
    full_name="ANA MARIA LOPEZ GARCIA",
    given_names="ANA MARIA",
    paternal="LOPEZ",
    maternal="GARCIA",
    mrz_given="ANA MARIA",
    mrz_family="LOPEZ GARCIA",
    mrz_full="LOPEZ<GARCIA<<ANA<MARIA<<<<<<",
    birth_date=date(1986, 10, 16),
)
JUNK = [None, 0, 1.5, True, [], ["ANA"], {"a": 1}, b"ANA"]


def test_both_versions_of_the_body_give_the_same_person():
    assert parse_document(BODY) == PERSON
    assert parse_document({"ocrData": BODY}) == PERSON


@pytest.mark.parametrize(
    "body", [*JUNK, "text", {}, {"ocrData": None}, {"ocrData": []}, {"name": None}, {"name": "ANA LOPEZ"}]
)
def test_a_body_without_data_gives_an_empty_person(body):
    assert parse_document(body) == DocumentPerson()


def test_a_broken_wrapper_does_not_fall_back_to_data_beside_it():
    assert parse_document({**BODY, "ocrData": None}) == DocumentPerson()


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("fullName", "full_name"),
        ("paternalLastName", "paternal"),
        ("maternalLastName", "maternal"),
        ("givenNameMrz", "mrz_given"),
        ("lastNameMrz", "mrz_family"),
        ("machineReadableFullName", "mrz_full"),
    ],
)
def test_a_field_of_another_type_is_absent_and_harms_no_other(key, field, junk):
    found = parse_document({**BODY, "name": {**BODY["name"], key: junk}})
    assert getattr(found, field) == ""
    assert found.birth_date == PERSON.birth_date
    assert found.given_names == "ANA MARIA"


@pytest.mark.parametrize("junk", ["529873860000", None, 529873860000.0, True, 10**30])
def test_a_birth_date_that_is_no_integer_of_milliseconds_is_absent(junk):
    assert parse_document({**BODY, "birthDate": junk}).birth_date is None


def test_a_birth_date_before_1970_is_negative():
    assert parse_document({"birthDate": -86_400_000}).birth_date == date(1969, 12, 31)


@pytest.mark.parametrize(
    ("value", "text"), [(" ANA ", "ANA"), ("", ""), ("x" * 300, "x" * 300), ("x" * 301, ""), (7, "")]
)
def test_a_text_is_trimmed_and_an_endless_one_is_absent(value, text):
    assert parse_text(value) == text


def test_fillers_end_with_the_name():
    assert parse_mrz_text("ANA<MARIA<<<<< ") == "ANA<MARIA"


@pytest.mark.parametrize(
    ("first", "given_name", "middle", "joined"),
    [
        ("ANA", None, None, "ANA"),
        (None, "ANA MARIA", None, "ANA MARIA"),
        ("ANA", "ANA MARIA", None, "ANA MARIA"),
        ("ANA MARIA", "ANA", None, "ANA MARIA"),
        ("ANA", None, "MARIA", "ANA MARIA"),
        ("ANA MARIA", "ANA MARIA", "MARIA", "ANA MARIA"),
        ("Ana", "ANA MARIA", None, "ANA MARIA"),
        ("ANA LUZ MARIA", None, "MARIA", "ANA LUZ MARIA"),
        (None, None, "MARIA", "MARIA"),
        ("ANA", "EVA", None, ""),
        ("ANA", "MARIA ANA", None, ""),
        ("ANA", "ANABEL", None, ""),
        (None, None, None, ""),
    ],
)
def test_the_given_names_are_joined_first_one_first_or_absent_when_in_doubt(first, given_name, middle, joined):
    assert parse_given_names({"firstName": first, "givenName": given_name, "middleName": middle}) == joined


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*BODY, *BODY["name"], "ocrData"]), inner),
)


@given(ANY_JSON)
def test_no_body_makes_it_fail(body):
    assert isinstance(parse_document(body), DocumentPerson)
