"""Phone numbers are read as people type them, and shown as little as possible."""

import pytest

from idp.identity.phones import MAX_TYPED, Phone, may_be_sent_to, parse_phone


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("+491511234567", "", "+491511234567"),
        ("+49 (151) 123-45.67", "", "+491511234567"),
        ("+49\u00a0151\u20111234567", "", "+491511234567"),
        ("0049 151 1234567", "", "+491511234567"),
        ("0151 1234567", "49", "+491511234567"),
        ("0049 151 1234567", "43", "+491511234567"),
        ("+1 415 555 2671", "49", "+14155552671"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, country: str, number: str) -> None:
    assert parse_phone(typed, country) == Phone(number)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "0151 1234567",
        "151 1234567",
        "+49151",
        "+0491511234567",
        "+49151123456789012",
        "+49 151 CALL-ME",
        "+49 151 1234567 ext 9",
        "++491511234567",
        "+491511234567\u0660",
        "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
        "+4915" + " " * 60 + "11234567",
        "+491511234567,+491511234568",
        "+491511234567;ext=1",
    ],
)
def test_anything_else_is_no_number(typed: str) -> None:
    assert parse_phone(typed) is None


def test_a_number_shows_its_last_digits_alone() -> None:
    phone = Phone("+491511234567")
    assert phone.masked == "\u2022\u2022\u2022 567"
    assert "1511234" not in f"{phone!r}{phone}"


def test_messages_go_where_they_may() -> None:
    phone = Phone("+491511234567")
    assert may_be_sent_to(phone, ())
    assert may_be_sent_to(phone, ("+43", "+49"))
    assert not may_be_sent_to(phone, ("+43", "+1"))


def test_the_longest_that_is_read_and_the_shortest_that_is_not():
    spaced = "+49 170 1234567" + " " * (MAX_TYPED - 15)
    assert parse_phone(spaced) == Phone("+491701234567")
    assert parse_phone(spaced + " ") is None


def test_digits_of_other_scripts_are_no_number():
    assert parse_phone("+٤٩١٧٠١٢٣٤٥٦٧") is None
