"""Which two names are one person's name. Never fuzzy: a letter more or less is another name."""

# ruff: noqa: RUF001  (names in other alphabets)

import pytest

from idp.identity.names import MAX_NAME_LENGTH, PersonName, parse_full_name
from tests.identity.spelled import compare, parted, whole, zone

# ---- what is ignored


@pytest.mark.parametrize(
    ("profile", "document"),
    [
        (("John", "Smith"), ("JOHN", "SMITH")),
        (("José", "Núñez"), ("JOSE", "NUNEZ")),
        (("José", "Núñez"), ("JOSE", "NUNXXEZ")),
        (("Jose\u0301", "Nun\u0303ez"), ("José", "Núñez")),
        (("Jürgen", "Müller"), ("JUERGEN", "MUELLER")),
        (("Jürgen", "Müller"), ("JURGEN", "MULLER")),
        (("Jürgen", "Müller"), ("JUXXRGEN", "MUXXLLER")),
        (("Märta", "Ångström"), ("MAERTA", "AANGSTROEM")),
        (("Märta", "Ångström"), ("MARTA", "ANGSTROM")),
        (("Søren", "Kierkegård"), ("SOEREN", "KIERKEGAARD")),
        (("Søren", "Kierkegård"), ("SOREN", "KIERKEGARD")),
        (("Þór", "Ægisson"), ("THOR", "AEGISSON")),
        (("Guðrún", "Weiß"), ("GUDRUN", "WEISS")),
        (("Łukasz", "Đoković"), ("LUKASZ", "DOKOVIC")),
        (("Işıl", "İnönü"), ("ISIL", "INONU")),
        (("Nguyễn", "Đặng"), ("NGUYEN", "DANG")),
        (("Ştefan", "Œuvrard"), ("STEFAN", "OEUVRARD")),
        (("Jean-Pierre", "Dupont"), ("JEAN PIERRE", "DUPONT")),
        (("Jean\u2010Pierre", "Dupont"), ("JEAN<PIERRE", "DUPONT")),
        (("Sean", "O'Brien"), ("SEAN", "OBRIEN")),
        (("Sean", "O\u2019Brien"), ("SEAN", "O BRIEN")),
        (("Mary", "St. John"), ("MARY", "ST JOHN")),
        (("Mary Ann", "Delacruz"), ("MARYANN", "DE LA CRUZ")),
        (("Ａｎｎａ", "Schmidt"), ("ANNA", "SCHMIDT")),
        (("Dr. Anna", "Schmidt"), ("ANNA", "DR. SCHMIDT")),
        (("Mr John", "Smith Jr."), ("JOHN", "SMITH")),
        (("Henry", "Ford II"), ("HENRY", "FORD")),
        (("Henry", "Ford II"), ("HENRY", "FORD JR")),
        (("John", "Smith"), ("JOHN III", "SMITH")),
        (("Zo\u200be", "Smith"), ("ZOE", "SMITH")),
    ],
)
def test_case_accents_punctuation_titles_and_spelling_styles_do_not_matter(profile, document):
    assert compare(parted(*profile), parted(*document)) == "same"


# ---- what is never ignored


@pytest.mark.parametrize(
    ("profile", "document"),
    [
        (("Ana", "Lopez"), ("ANNA", "LOPEZ")),
        (("John", "Smith"), ("JON", "SMITH")),
        (("J.", "Smith"), ("JOHN", "SMITH")),
        (("John Q", "Public"), ("JOHN QUINCY", "PUBLIC")),
        (("Bill", "Gates"), ("WILLIAM", "GATES")),
        (("John", "Smith"), ("JOHN", "SMYTH")),
        (("John", "Smith"), ("JOHN", "SMITHSON")),
        (("John", "Smithson"), ("JOHN", "SMITH")),
        (("Muller", "Muller"), ("MUELLER", "MUELLER")),
        (("Kai", "Müller"), ("KAI", "MÖLLER")),
        (("Juan", "Lopez"), ("LOPEZ", "JUAN")),
        (("Ann Amaria", "Lopez"), ("ANNA MARIA", "LOPEZ")),
        (("Alexander", "Lopez"), ("ALEX", "LOPEZ")),
        (("Jürgen", "Müller"), ("JUERGEN", "MULLER")),
    ],
)
def test_every_letter_counts(profile, document):
    assert compare(parted(*profile), parted(*document)) == "different"


@pytest.mark.parametrize(
    ("one", "twin"),
    [("Ana", "Eva"), ("Maria Elena", "Maria Jose"), ("Jean-Pierre", "Jean-Paul"), ("Alexander", "Alexandra")],
)
def test_twins_are_told_apart_by_their_given_names(one, twin):
    assert compare(parted(one, "Lopez", "Garcia"), parted(twin, "Lopez", "Garcia")) == "different"
    assert compare(parted(one, "Lopez"), whole(f"{twin} Lopez")) == "different"
    assert compare(whole(f"{one} Lopez"), whole(f"{twin} Lopez")) == "different"


# ---- middle names


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("Maria", "Maria Elena", "same"),
        ("Maria Luz", "Maria Elena Luz", "same"),
        ("Maria Elena", "Elena Maria", "different"),
        ("Elena", "Maria Elena", "different"),
        ("Maria Elena", "Maria Elisa", "different"),
    ],
)
def test_middle_names_may_be_missing_on_one_side_but_the_first_given_name_must_match(one, other, agreement):
    assert compare(parted(one, "Lopez"), parted(other, "Lopez")) == agreement


# ---- two surnames


@pytest.mark.parametrize(
    ("profile", "document", "agreement"),
    [
        (("Garcia",), ("Garcia", "Lopez"), "same"),
        (("Garcia Lopez",), ("Garcia", "Lopez"), "same"),
        (("Lopez Garcia",), ("Garcia", "Lopez"), "same"),
        (("Garcia", "Lopez"), ("Garcia", "Lopez"), "same"),
        (("Lopez", "Garcia"), ("Garcia", "Lopez"), "same"),
        (("Garcia Lopez",), ("Garcia",), "same"),
        (("Garcia",), ("", "Garcia"), "same"),
        (("De la Cruz",), ("De la Cruz", "Perez"), "same"),
        (("De la Cruz Perez",), ("De la Cruz",), "same"),
        (("Lopez",), ("Garcia", "Lopez"), "different"),
        (("Garcia Perez",), ("Garcia", "Lopez"), "different"),
        (("Garcia", "Perez"), ("Garcia", "Lopez"), "different"),
        (("Lopez",), ("Garcia Lopez",), "different"),
        (("De",), ("De la Cruz",), "different"),
        (("De la",), ("De la Cruz",), "different"),
        (("Garcia", "Perez"), ("Perez", "Lopez"), "different"),
        (("Garcia", "Frau Holle"), ("Garcia", "Holle"), "different"),
    ],
)
def test_the_paternal_surname_must_be_there_and_the_second_may_be_missing(profile, document, agreement):
    assert compare(parted("Ana", *profile), parted("Ana", *document)) == agreement


# ---- undivided names


@pytest.mark.parametrize(
    ("text", "agreement"),
    [
        ("ANA LOPEZ", "same"),
        ("LOPEZ ANA", "same"),
        ("ANA MARIA LOPEZ", "same"),
        ("LOPEZ ANA MARIA", "same"),
        ("DRA ANA LOPEZ JR", "same"),
        ("ANA LOPEZ GARCIA", "unclear"),
        ("ANA GARCIA LOPEZ", "same"),
        ("EVA LOPEZ", "different"),
        ("ANA GARCIA", "different"),
        ("ANA", "unclear"),
        ("", "unclear"),
    ],
)
def test_an_undivided_name_is_read_given_first_and_surname_first(text, agreement):
    assert compare(parted("Ana", "Lopez"), whole(text)) == agreement


def test_an_undivided_name_that_lacks_the_second_surname_needs_a_person_to_judge():
    assert compare(parted("Ana", "Lopez", "Garcia"), whole("Ana Lopez")) == "unclear"


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("Ana Maria Lopez", "ANA MARIA LOPEZ", "same"),
        ("Ana Maria Lopez", "LOPEZ ANA MARIA", "same"),
        ("Ana Lopez", "ANA MARIA LOPEZ", "unclear"),
        ("Ana Sol", "ANA MARIA SOL", "unclear"),
        ("Ana Luz Lopez", "ANA LUZ MARIA LOPEZ", "unclear"),
        ("Ana Maria", "ANA MARIA LOPEZ", "different"),
        ("Maria Lopez", "ANA MARIA LOPEZ", "different"),
        ("Ana Lopez", "ANA MARIA GARCIA", "different"),
        ("Ana Lopez", "EVA MARIA LOPEZ", "different"),
        ("Ana Luz Lopez", "ANA MARIA SOL LOPEZ", "different"),
        ("Suharto", "SUHARTO", "unclear"),
    ],
)
def test_two_undivided_names_agree_word_for_word_or_with_the_surname_first(one, other, agreement):
    assert compare(whole(one), whole(other)) == agreement


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lopez, Ana", parted("Ana", "Lopez")),
        ("LOPEZ<<ANA<MARIA<<<<<<<<<", parted("ANA<MARIA", "LOPEZ")),
        ("<LOPEZ<<ANA", parted("ANA", "LOPEZ")),
        ("Ana Lopez", whole("Ana Lopez")),
        ("Smith, Jr.", whole("Smith, Jr.")),
        ("a, b, c", whole("a, b, c")),
        ("SUHARTO<<<<<<<<<", whole("SUHARTO<<<<<<<<<")),
        (", Ana", whole(", Ana")),
        ("", whole("")),
    ],
)
def test_a_comma_or_double_filler_tells_the_parts_of_a_full_name_apart(text, name):
    assert parse_full_name(text) == name


def test_a_full_name_of_the_machine_readable_zone_stays_one():
    assert parse_full_name("LOPEZ<<ANA", mrz=True) == zone("ANA", "LOPEZ")
    assert parse_full_name("SUHARTO", mrz=True) == PersonName(full="SUHARTO", mrz=True)


def test_a_word_that_is_the_whole_name_is_no_title_and_no_suffix():
    assert compare(parted("Miss", "Lopez"), parted("MISS", "LOPEZ")) == "same"
    assert compare(parted("Ana", "Sr"), parted("ANA", "SR")) == "same"
    assert compare(parted("Miss", "Lopez"), parted("ANA", "LOPEZ")) == "different"


def test_a_suffix_after_a_comma_is_not_a_given_name():
    assert compare(parted("John", "Smith"), parse_full_name("John Smith, Jr.")) == "same"


# ---- absent data never matches


@pytest.mark.parametrize(
    "name",
    [
        PersonName(),
        PersonName(given="Ana"),
        PersonName(paternal="Lopez"),
        parted("...", "Lopez"),
        parted("Ana", "'"),
        parted("Ana", "L" * (MAX_NAME_LENGTH + 1)),
    ],
)
def test_an_absent_empty_or_endless_name_is_unclear(name):
    assert compare(name, name) == "unclear"
    assert compare(name, parted("Ana", "Lopez")) == "unclear"


def test_a_name_as_long_as_may_be_is_compared():
    longest = parted("Ana", "L" * MAX_NAME_LENGTH)
    assert compare(longest, longest) == "same"


def test_presence_of_a_name_is_about_letters_not_punctuation():
    assert PersonName(maternal="Lopez").is_present
    assert not PersonName(full=" .'- ").is_present
