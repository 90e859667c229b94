"""One-time codes: RFC 6238, each code once."""

import base64
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.identity.totp import PERIOD, clean_code, new_seed, provisioning_uri, verify_totp

SEED = base64.b32encode(b"12345678901234567890").decode()  # RFC 6238 appendix B
UNUSED = -1
STEP = 60_000_000
NOW = STEP * PERIOD + 10.5


def code_at(counter: int) -> str:
    return pyotp.TOTP(SEED).generate_otp(counter)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_the_vectors_of_the_rfc_in_six_digits(at, code):
    assert verify_totp(SEED, code, at, UNUSED) == at // PERIOD


@pytest.mark.parametrize(("offset", "accepted"), [(-2, None), (-1, STEP - 1), (0, STEP), (1, STEP + 1), (2, None)])
def test_one_step_either_way_is_accepted(offset, accepted):
    assert verify_totp(SEED, code_at(STEP + offset), NOW, UNUSED) == accepted


@pytest.mark.parametrize(("at", "accepted"), [((STEP + 2) * PERIOD - 0.001, STEP), ((STEP + 2) * PERIOD, None)])
def test_a_code_ends_with_the_step_after_its_own(at, accepted):
    assert verify_totp(SEED, code_at(STEP), at, UNUSED) == accepted


def test_a_code_works_once():
    counter = verify_totp(SEED, code_at(STEP), NOW, UNUSED)
    assert counter == STEP
    assert verify_totp(SEED, code_at(STEP), NOW, counter) is None
    assert verify_totp(SEED, code_at(STEP - 1), NOW, counter) is None
    assert verify_totp(SEED, code_at(STEP + 1), NOW, counter) == STEP + 1


def test_a_code_that_two_steps_share_is_spent_for_both(monkeypatch):
    monkeypatch.setattr(pyotp.TOTP, "generate_otp", lambda _self, _counter: "111111")
    counter = verify_totp(SEED, "111111", NOW, UNUSED)
    assert counter == STEP + 1
    assert verify_totp(SEED, "111111", NOW, counter) is None


@pytest.mark.parametrize(
    "typed", ["123 456", "123-456", " 1 2 3 4 5 6 ", "123\u2009456", "123\u2013456", "123456\r\n", "\u200b123456"]
)
def test_spaces_and_dashes_are_dropped(typed):
    assert clean_code(typed) == "123456"


@pytest.mark.parametrize("typed", ["١٢٣٤٥٦", "\uff11\uff12\uff13\uff14\uff15\uff16", "१२३४५६"])
def test_digits_of_other_scripts_are_digits(typed):
    assert clean_code(typed) == "123456"


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "1234567", "12345a", "12345²", "-", "1" * 1_000_000, " " * 40 + "123456", "\udcff23456", "+12345"],
)
def test_anything_else_is_no_code(typed):
    assert clean_code(typed) is None
    assert verify_totp(SEED, typed, NOW, UNUSED) is None


@pytest.mark.parametrize("seed", ["", "not base32!", "AAAA", "é" * 32])
def test_a_broken_seed_fits_nothing(seed):
    assert verify_totp(seed, "123456", NOW, UNUSED) is None


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -1_000.0])
def test_a_broken_clock_fits_nothing(at):
    assert verify_totp(SEED, code_at(STEP), at, UNUSED) is None


def test_the_very_first_step_has_no_step_before_it():
    assert verify_totp(SEED, code_at(0), 0.0, UNUSED) == 0
    assert verify_totp(SEED, code_at(1), -1.0, UNUSED) is None


def test_a_seed_is_160_bits_of_the_given_randomness():
    assert new_seed(b"12345678901234567890") == SEED
    with pytest.raises(ValueError, match="random bytes"):
        new_seed(b"too short")


@pytest.mark.parametrize(
    ("account", "issuer", "label"),
    [
        ("ana@example.com", "Example", "Example:ana@example.com"),
        ("a:b", "Ex: Inc", "Ex  Inc:a b"),
        ("añ & co", "Ü/?#", "Ü/?#:añ & co"),
    ],
)
def test_the_uri_for_the_qr_code_names_issuer_account_and_seed(account, issuer, label):
    parts = urlsplit(provisioning_uri(SEED, account, issuer))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path.removeprefix("/")) == label
    assert parse_qs(parts.query) == {"secret": [SEED], "issuer": [issuer.replace(":", " ")]}


@given(st.integers(1, 2**40), st.integers(-1, 2**40))
def test_an_accepted_counter_is_always_later_than_the_last(counter, last):
    accepted = verify_totp(SEED, code_at(counter), counter * PERIOD, last)
    assert accepted is None or accepted > last
    assert accepted is not None or last >= counter
