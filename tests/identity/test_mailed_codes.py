"""Mailed codes: unguessable for their limits, and worth nothing outside their run."""

import pytest

from idp.identity.mailed_codes import DIGITS, MIN_KEY_BYTES, fits_code, group_code, hash_code, make_code

KEY = bytes(range(32))
OTHER = bytes(32)


def test_a_code_has_eight_digits_and_keeps_its_zeros() -> None:
    assert make_code(bytes) == "0" * DIGITS
    assert make_code(lambda count: b"\xff" * count) == str((2**128 - 1) % 10**8)
    assert len({make_code(lambda count, step=step: step.to_bytes(count, "big")) for step in range(50)}) == 50


def test_a_code_is_shown_in_groups() -> None:
    assert group_code("12345678") == "1234 5678"


def test_a_code_fits_its_run_and_key_alone() -> None:
    stored = hash_code(KEY, 7, "01234567")
    assert fits_code(KEY, 7, "0123 4567", stored)
    assert not fits_code(KEY, 7, "0123 4568", stored)
    assert not fits_code(KEY, 8, "0123 4567", stored)
    assert not fits_code(OTHER, 7, "0123 4567", stored)
    assert not fits_code(KEY, 7, "no code", stored)


def test_what_is_stored_does_not_show_the_code() -> None:
    assert b"01234567" not in hash_code(KEY, 7, "01234567")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        hash_code(KEY[: MIN_KEY_BYTES - 1], 7, "01234567")
