"""Codes of digits are read as people type them, and nothing else is."""

import pytest

from idp.identity.digits import MAX_TYPED, clean_digits


@pytest.mark.parametrize(
    "typed", ["12345678", " 1234 5678 ", "1234-5678", "1234\u20135678", "1234\u00a05678", "\u0661234567\u0668"]
)
def test_a_code_is_read_however_it_is_grouped(typed: str) -> None:
    assert clean_digits(typed, 8) == "12345678"


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "1234567a", "1234567\u00b2", "12345678.", "+12345678"])
def test_anything_else_is_no_code(typed: str) -> None:
    assert clean_digits(typed, 8) is None


def test_what_is_far_too_long_is_not_looked_at() -> None:
    assert clean_digits("12345678".ljust(MAX_TYPED), 8) == "12345678"
    assert clean_digits("12345678".ljust(MAX_TYPED + 1), 8) is None
