"""Recovery codes: enough chance in them, typed as people type, worthless in another account or without the key."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.identity.recovery_codes import (
    ALPHABET,
    COUNT,
    LENGTH,
    MAX_TYPED,
    clean_code,
    find_code,
    group_code,
    hash_code,
    make_codes,
)

KEY, OLD_KEY = b"k" * 32, b"o" * 32
CODE = "ABCDEFGHJKLM"


def counting(start=0):
    """Bytes that never repeat for long."""
    state = [start]

    def random_bytes(length):
        made = bytes((state[0] + at * 7) % 256 for at in range(length))
        state[0] += 13
        return made

    return random_bytes


def test_a_code_cannot_be_guessed():
    assert LENGTH * math.log2(len(set(ALPHABET))) >= 50
    assert len(ALPHABET) == 32


def test_ten_different_codes_are_made_in_an_alphabet_without_doubles():
    codes = make_codes(counting())
    assert len(set(codes)) == COUNT == 10
    assert all(re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", code) for code in codes)
    assert not set("01IO") & set("".join(codes))


def test_a_source_that_repeats_itself_gives_no_code_twice():
    blocks = iter([bytes(LENGTH), bytes(LENGTH), *(bytes([at] * LENGTH) for at in range(1, COUNT))])
    assert len(set(make_codes(lambda _: next(blocks)))) == COUNT


def test_every_character_is_as_likely_as_the_next():
    drawn = [ALPHABET[byte % 32] for byte in range(256)]
    assert {drawn.count(character) for character in ALPHABET} == {8}


@pytest.mark.parametrize(
    "typed",
    [
        "ABCD-EFGH-JKLM",
        "abcdefghjklm",
        " abcd efgh\tjklm \n",
        "ABCD\u2013EFGH\u00a0JKLM",
        "\uff21\uff22\uff23\uff24efghjklm",
        "ABCD\u200bEFGHJKLM",
    ],
)
def test_a_code_is_understood_however_it_is_typed(typed):
    assert clean_code(typed) == CODE


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH-JKL", "ABCD-EFGH-JKLMN", "ABCD-EFGH-JKL0", "ÀBCDEFGHJKLM", "A" * 100])
def test_what_cannot_be_a_code_is_none(typed):
    assert clean_code(typed) is None
    assert find_code(typed, 7, {1: hash_code(KEY, 7, CODE)}, [KEY]) is None


@given(st.text())
def test_whatever_is_typed_is_read_without_an_error(typed):
    code = clean_code(typed)
    assert code is None or clean_code(group_code(code)) == code


def test_a_code_is_found_among_the_accounts_own():
    other = "MLKJHGFEDCBA"
    stored = {4: hash_code(KEY, 7, other), 9: hash_code(KEY, 7, CODE)}
    assert find_code("abcd-efgh-jklm", 7, stored, [KEY]) == 9
    assert find_code(other, 7, stored, [KEY]) == 4
    assert find_code("M" * LENGTH, 7, stored, [KEY]) is None
    assert find_code(CODE, 7, {}, [KEY]) is None


def test_a_hash_that_was_moved_to_another_account_fits_nothing():
    assert find_code(CODE, 8, {1: hash_code(KEY, 7, CODE)}, [KEY]) is None


def test_codes_outlive_a_change_of_the_key_and_not_its_loss():
    stored = {1: hash_code(OLD_KEY, 7, CODE)}
    assert find_code(CODE, 7, stored, [KEY, OLD_KEY]) == 1
    assert find_code(CODE, 7, stored, [KEY]) is None


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        hash_code(b"short", 7, CODE)


def test_a_code_may_be_typed_with_spaces_up_to_a_limit():
    assert clean_code(CODE + " " * (MAX_TYPED - LENGTH)) == CODE
    assert clean_code(CODE + " " * (MAX_TYPED - LENGTH + 1)) is None
