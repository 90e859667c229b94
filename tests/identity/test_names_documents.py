"""Names as passports print them: cut off where the line is full, and spelled from other alphabets."""

# ruff: noqa: RUF001  (names in other alphabets)

import pytest

from idp.identity.names import read_words
from tests.identity.spelled import compare, parted, whole, zone

LONG_SURNAME = "Papandropoulous Anastassiou"


def test_a_second_given_name_that_is_cut_off_fits_when_the_line_is_full():
    full_line = zone("NIKOLAOS S", LONG_SURNAME)
    assert len(full_line.paternal + "<<" + full_line.given) == 39
    assert compare(parted("Nikolaos Sotirios", LONG_SURNAME), zone("NIKOLAOS SOT", LONG_SURNAME)) == "same"


def test_too_short_a_rest_is_an_initial_and_initials_never_fit():
    assert compare(parted("Nikolaos Sotirios", LONG_SURNAME), zone("NIKOLAOS SO", LONG_SURNAME)) == "different"


def test_a_cut_off_name_does_not_fit_a_name_that_goes_on_differently():
    assert compare(parted("Nikolaos Stavros", LONG_SURNAME), zone("NIKOLAOS SOT", LONG_SURNAME)) == "different"
    assert compare(parted("Andreas Sotirios", LONG_SURNAME), zone("NIKOLAOS SOT", LONG_SURNAME)) == "different"


def test_nothing_is_cut_off_when_the_line_has_room():
    assert compare(parted("Nikolaos Sotirios", "Lopez"), zone("NIKOLAOS SOT", "LOPEZ")) == "different"
    assert compare(parted("Nikolaos Sotirios", LONG_SURNAME), parted("NIKOLAOS SOT", LONG_SURNAME)) == "different"


def test_a_first_name_that_is_cut_off_cannot_tell_siblings_apart():
    line = zone("ALEXAND", "Papandropoulous-Anastassiou-Xyz")
    assert compare(parted("Alexander", line.paternal), line) == "unclear"
    assert compare(parted("Alexandra", line.paternal), line) == "unclear"
    assert compare(parted("Al", line.paternal), line) == "different"


def test_fewer_given_names_than_a_full_line_shows_are_no_continuation():
    assert compare(parted("Nikolaus", LONG_SURNAME), zone("NIKOLAOS SOT", LONG_SURNAME)) == "different"


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        (("Юрий", "Щербаков"), ("IURII", "SHCHERBAKOV")),
        (("Фёдор", "Объедков"), ("FEDOR", "OBIEEDKOV")),
        (("Жанна", "Хохлова"), ("ZHANNA", "KHOKHLOVA")),
        (("Игорь", "Цой"), ("IGOR", "TSOI")),
        (("Юлія", "Ющенко"), ("YULIIA", "YUSHCHENKO")),
        (("Григорій", "Їжак"), ("HRYHORII", "YIZHAK")),
        (("Сёмин", "Ігар"), ("SIOMIN", "IHAR")),
        (("Жељко", "Шћекић"), ("ZELJKO", "SCEKIC")),
        (("Ѓорѓи", "Џамбазов"), ("GJORGJI", "DJAMBAZOV")),
        (("Петър", "Щерев"), ("PETIER", "SHTEREV")),
        (("Ива\u0301н", "Ѐжев"), ("IVAN", "EZHEV")),
        (("Γιώργος", "Παπαδόπουλος"), ("GIORGOS", "PAPADOPOULOS")),
        (("Ευάγγελος", "Μπότσαρης"), ("EVANGELOS", "BOTSARIS")),
        (("Ευτυχία", "Λαμπράκη"), ("EFTYCHIA", "LAMPRAKI")),
        (("Εύα", "Ράλλη"), ("EVA", "RALLI")),
        (("Χριστόδουλος", "Ψαραύ"), ("CHRISTODOULOS", "PSARAF")),
        (("Αϋλα", "Θεμπ"), ("AYLA", "THEB")),
        (("Μάυρα", "Σφίγξ"), ("MAYRA", "SFINX")),
    ],
)
def test_cyrillic_and_greek_names_are_compared_as_passports_spell_them(native, latin):
    assert compare(parted(*native), parted(*latin)) == "same"


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        (("Фёдор", "Ёжев"), ("ФЕДОР", "ЕЖЕВ"), "same"),
        (("Γιώργος", "Ζάχος"), ("ΓΙΩΡΓΟΣ", "ΖΑΧΟΣ"), "same"),
        (("Жан", "Цой"), ("Зан", "Цой"), "different"),  # both are ZAN in one style
        (("Иван", "Хан"), ("Иван", "Ган"), "different"),
        (("Андрей", "Цой"), ("Андрей", "Цои"), "different"),
        (("Νίκη", "Ρίζου"), ("Νίκι", "Ρίζου"), "different"),
    ],
)
def test_names_in_one_alphabet_are_compared_in_it_and_not_by_their_spelling_in_another(one, other, agreement):
    assert compare(parted(*one), parted(*other)) == agreement


def test_one_document_uses_one_spelling_style():
    assert compare(parted("Жанна", "Хохлова"), parted("ZANNA", "KHOKHLOVA")) == "different"


@pytest.mark.parametrize(
    "text",
    [
        "محمد علي",
        "山田 太郎",
        "김 민수",
        "שרה כהן",
        "สมชาย ใจดี",
        "J0hn Smith",
        "Ana (née Ruiz)",
        "A/B Smith",
        "🙂 Smith",
    ],
)
def test_what_cannot_be_read_is_unclear_even_beside_itself(text):
    assert compare(whole(text), whole(text)) == "unclear"
    assert compare(whole(text), whole("John Smith")) == "unclear"


@pytest.mark.parametrize("forged", ["\u0410na", "An\u0430", "\u0391na"])
def test_a_letter_from_another_alphabet_makes_a_name_unreadable_and_not_equal(forged):
    assert compare(parted(forged, "Lopez"), parted("Ana", "Lopez")) == "unclear"


def test_greek_is_not_compared_with_cyrillic():
    assert compare(parted("Άννα", "Κοκα"), parted("Анна", "Кока")) == "unclear"


def test_a_name_in_two_alphabets_is_unreadable():
    assert read_words(("anna", "петрова")).script is None
    assert compare(parted("Anna", "Петрова"), parted("Anna", "Петрова")) == "unclear"
