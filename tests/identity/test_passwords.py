"""Password hashing and the rules for a new password."""

import hashlib
import hmac
import unicodedata
from contextlib import suppress
from types import SimpleNamespace

import argon2
import pytest
from argon2.low_level import Type, hash_secret
from hypothesis import given, settings
from hypothesis import strategies as st
from zxcvbn.matching import RANKED_DICTIONARIES

from idp.identity.passwords import (
    COMMON_PASSWORDS,
    MAX_LENGTH,
    MAX_MEMORY_KIB,
    MAX_PARALLELISM,
    MAX_TIME_COST,
    MAX_TYPED,
    Argon2Parameters,
    PasswordHasher,
    PasswordRefused,
    Verdict,
    _is_affordable,
    check_strength,
    encode_password,
)

CHEAP = Argon2Parameters(memory_kib=8, time_cost=1, parallelism=1)
PASSWORD = "correct horse battery staple"
OLD_PEPPER, NEW_PEPPER = b"o" * 16, b"n" * 16
HASHER = PasswordHasher(CHEAP)
SURROGATE = "garbage \udcff here"


def stored_as(variant: Type, password: str = PASSWORD, **cost: int) -> str:
    costs = {"time_cost": 1, "memory_cost": 8, "parallelism": 1, **cost}
    return hash_secret(password.encode(), b"salt" * 4, hash_len=32, type=variant, **costs).decode()


# ---- hashing


def test_a_hash_is_argon2id_with_the_default_cost_of_19_mebibytes_two_passes_one_lane():
    assert PasswordHasher().hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_right_password_fits_and_a_wrong_one_does_not():
    stored = HASHER.hash(PASSWORD)
    assert HASHER.verify(stored, PASSWORD) == Verdict(ok=True, needs_rehash=False)
    assert HASHER.verify(stored, PASSWORD + " ") == Verdict(ok=False)
    assert HASHER.verify(stored, PASSWORD.upper()) == Verdict(ok=False)


def test_one_password_has_a_different_hash_each_time():
    assert HASHER.hash(PASSWORD) != HASHER.hash(PASSWORD)


def test_the_salt_comes_from_the_given_source_of_randomness():
    hasher = PasswordHasher(CHEAP, random_bytes=lambda count: b"s" * count)
    assert hasher.hash(PASSWORD) == hasher.hash(PASSWORD)
    assert "$c3Nzc3Nzc3Nzc3Nzc3Nzcw$" in hasher.hash(PASSWORD)


def test_composed_and_decomposed_letters_are_one_password():
    composed = "Pässwörd éclair"
    stored = HASHER.hash(composed)
    assert HASHER.verify(stored, unicodedata.normalize("NFD", composed)).ok


def test_look_alike_characters_are_different_passwords():
    assert not HASHER.verify(HASHER.hash("ﬁnancial-①"), "financial-1").ok


@pytest.mark.parametrize(
    "password", ["a\0b", "\0" * 9, " leading and trailing ", "🙂" * 10, "x" * MAX_LENGTH, "e\u0301" * MAX_LENGTH]
)
def test_any_character_and_any_length_up_to_the_limit_works(password):
    stored = HASHER.hash(password)
    assert HASHER.verify(stored, password).ok
    assert not HASHER.verify(stored, password[:-1]).ok


def test_what_follows_a_nul_and_the_72nd_byte_counts():
    assert not HASHER.verify(HASHER.hash("same\0one"), "same\0two").ok
    assert not HASHER.verify(HASHER.hash("x" * 80 + "one"), "x" * 80 + "two").ok


@pytest.mark.parametrize(
    "password", ["", SURROGATE, "x" * (MAX_LENGTH + 1), "x" * 10_000_000, "\U0001d15e" * MAX_LENGTH]
)
def test_what_cannot_be_a_password_is_refused_and_never_fits(password):
    with pytest.raises(PasswordRefused):
        HASHER.hash(password)
    assert HASHER.verify(HASHER.hash(PASSWORD), password) == Verdict(ok=False)
    assert HASHER.verify_nobody(password) == Verdict(ok=False)


@pytest.mark.parametrize(
    ("password", "detail"),
    [
        ("", "empty or too long"),
        ("x" * (MAX_TYPED + 1), "empty or too long"),
        ("x" * (MAX_LENGTH + 1), "too long"),
        (SURROGATE, "not Unicode"),
    ],
)
def test_a_refusal_tells_the_person_little_and_the_log_why(password, detail):
    with pytest.raises(PasswordRefused) as refused:
        encode_password(password)
    assert (str(refused.value), refused.value.detail) == ("This password cannot be used.", detail)


def test_a_password_as_long_as_may_be_is_taken_however_many_accents_it_is_typed_with():
    typed = "u\u0308\u0304" * MAX_LENGTH
    assert len(typed) == MAX_TYPED
    assert encode_password(typed).decode() == "\u01d6" * MAX_LENGTH
    assert "too_long" not in check_strength(typed, ())
    assert "too_long" in check_strength(typed + "x", ())


# ---- hashes from elsewhere and from earlier


@pytest.mark.parametrize("variant", [Type.I, Type.D])
def test_another_argon2_variant_fits_and_asks_to_be_hashed_again(variant):
    assert HASHER.verify(stored_as(variant), PASSWORD) == Verdict(ok=True, needs_rehash=True)
    assert HASHER.verify(stored_as(variant), "wrong password") == Verdict(ok=False)


def test_a_hash_of_another_cost_asks_to_be_hashed_again():
    dearer = PasswordHasher(Argon2Parameters(memory_kib=16, time_cost=1, parallelism=1))
    assert dearer.verify(HASHER.hash(PASSWORD), PASSWORD) == Verdict(ok=True, needs_rehash=True)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "!",
        "plain text",
        PASSWORD,
        "$2b$12$abcdefghijklmnopqrstuuJ5Yw1E1bJm8S2f9b9VdM6oWw9m1aB1C",
        "$argon2id$",
        "$argon2id$v=19$m=8,t=1,p=1$$",
        "$argon2id$v=19$m=x,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$\udcff",
    ],
)
def test_a_broken_or_foreign_hash_fits_nothing(stored):
    assert HASHER.verify(stored, PASSWORD) == Verdict(ok=False)


@pytest.mark.parametrize("cost", [{"m": 4_194_304}, {"t": 1_000_000}, {"p": 64, "m": 4096}])
def test_an_imported_hash_cannot_make_the_provider_pay_any_cost(cost):
    chosen = {"m": 8, "t": 1, "p": 1, **cost}
    cost_text = f"m={chosen['m']},t={chosen['t']},p={chosen['p']}"
    stored = f"$argon2id$v=19${cost_text}$c2FsdHNhbHRzYWx0c2FsdA$" + "a" * 43
    assert argon2.extract_parameters(stored).memory_cost == chosen["m"]
    assert HASHER.verify(stored, PASSWORD) == Verdict(ok=False)


# ---- pepper


def test_without_the_pepper_the_stored_hash_is_useless():
    stored = PasswordHasher(CHEAP, NEW_PEPPER).hash(PASSWORD)
    assert PasswordHasher(CHEAP, NEW_PEPPER).verify(stored, PASSWORD) == Verdict(ok=True)
    assert not PasswordHasher(CHEAP, OLD_PEPPER).verify(stored, PASSWORD).ok
    assert not HASHER.verify(stored, PASSWORD).ok
    assert not HASHER.verify(stored[stored.index("$") :], PASSWORD).ok


def test_a_stored_hash_starts_with_the_short_id_of_its_pepper():
    stored = PasswordHasher(CHEAP, NEW_PEPPER).hash(PASSWORD)
    assert stored.partition("$")[0] == hashlib.sha256(b"pepper id:" + NEW_PEPPER).hexdigest()[:8]


def test_a_pepper_can_be_introduced_later():
    peppered = PasswordHasher(CHEAP, NEW_PEPPER)
    assert peppered.verify(HASHER.hash(PASSWORD), PASSWORD) == Verdict(ok=True, needs_rehash=True)
    assert peppered.verify(HASHER.hash(PASSWORD), "wrong password") == Verdict(ok=False)


def test_a_pepper_can_be_rotated():
    stored = PasswordHasher(CHEAP, OLD_PEPPER).hash(PASSWORD)
    rotated = PasswordHasher(CHEAP, NEW_PEPPER, former_peppers=[OLD_PEPPER])
    assert rotated.verify(stored, PASSWORD) == Verdict(ok=True, needs_rehash=True)
    assert rotated.verify(rotated.hash(PASSWORD), PASSWORD) == Verdict(ok=True)


@pytest.mark.parametrize("pepper", [b"", b"short"])
def test_a_short_pepper_is_a_configuration_error(pepper):
    with pytest.raises(ValueError, match="pepper"):
        PasswordHasher(CHEAP, pepper)


# ---- accounts that do not exist


class CountingHasher(argon2.PasswordHasher):
    """Counts how often the expensive work is done."""

    verified = 0

    def verify(self, *args, **kwargs):
        type(self).verified += 1
        return super().verify(*args, **kwargs)


@pytest.mark.parametrize("pepper", [None, NEW_PEPPER])
def test_an_unknown_account_costs_as_many_hashes_as_a_known_one(monkeypatch, pepper):
    monkeypatch.setattr("idp.identity.passwords.Argon2Hasher", CountingHasher)
    hasher = PasswordHasher(CHEAP, pepper)
    stored = hasher.hash(PASSWORD)
    attempts = [
        lambda: hasher.verify(stored, "wrong password"),
        lambda: hasher.verify("", "wrong password"),
        lambda: hasher.verify("deadbeef" + stored[-90:], "wrong password"),
        lambda: hasher.verify_nobody("wrong password"),
    ]
    for attempt in attempts:
        CountingHasher.verified = 0
        assert attempt() == Verdict(ok=False)
        assert CountingHasher.verified == 1


@given(st.text(max_size=40))
@settings(max_examples=50)
def test_no_password_is_right_for_nobody(password):
    assert HASHER.verify_nobody(password) == Verdict(ok=False)


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=50)
def test_every_text_that_can_be_hashed_verifies(password):
    assert HASHER.verify(HASHER.hash(password), password) == Verdict(ok=True)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_encoding_a_text_gives_bytes_or_a_refusal(password):
    if password and password.isprintable():
        assert encode_password(password).decode() == unicodedata.normalize("NFC", password)
    else:
        with suppress(PasswordRefused):
            encode_password(password)


# ---- rules for a new password


@pytest.mark.parametrize(
    ("password", "problems"),
    [
        ("correct horse battery staple", ()),
        ("пароль из четырёх слов", ()),
        ("zq8#Lw2p", ()),
        ("zq8#Lw2", ("too_short",)),
        ("", ("too_short", "too_guessable")),
        ("password1", ("common", "too_guessable")),
        ("PassWord1", ("common", "too_guessable")),
        ("aaaaaaaaaaaa", ("too_guessable",)),
        ("abcdefghijkl", ("too_guessable",)),
        ("x" * 1025, ("too_long",)),
        ("e\u0301" * 3000, ("too_long",)),
        ("x" * 5_000_000, ("too_long",)),
        (SURROGATE, ("not_text",)),
    ],
)
def test_what_is_wrong_with_a_password(password, problems):
    assert check_strength(password, ()) == problems


def test_length_counts_characters_not_bytes_and_after_normalising():
    assert "too_short" in check_strength("e\u0301" * 7, ())
    assert "too_short" not in check_strength("🙂🙃😀😁😂🤣😃😄", ())


def test_there_are_no_composition_rules():
    assert check_strength("nurkleinebuchstabenhier", ()) == ()


@pytest.mark.parametrize(
    "password", ["Ana.Lopez@Example.com", "xx-ana.lopez-zq8#", "zq8#ANA.LOPEZ@example.COMzq8#", "Lw2pana.lopez"]
)
def test_a_password_must_not_contain_the_e_mail_address(password):
    assert "contains_email" in check_strength(password, ["ana.lopez@example.com"])


def test_a_very_short_local_part_is_not_looked_for():
    assert "contains_email" not in check_strength("a banana battery staple", ["ana@example.com"])
    assert "contains_email" in check_strength("xx ana@example.com xx", ["ana@example.com"])
    assert "contains_email" in check_strength("a savannah battery staple", ["anna@example.com"])


def test_a_name_makes_a_password_guessable():
    assert check_strength("xerxesquinn", ()) == ()
    assert check_strength("xerxesquinn", ["Xerxes", "Quinn"]) == ("too_guessable",)
    assert check_strength("xerxesquinn", ["xerxesquinn@example.com"]) == ("contains_email", "too_guessable")
    assert check_strength("maximiliano hernandez", ()) == ()
    assert check_strength("maximiliano hernandez", ["Maximiliano Hernandez"]) == ("too_guessable",)


def test_what_is_known_of_one_person_is_not_used_for_the_next():
    before = set(RANKED_DICTIONARIES)
    check_strength("xerxesquinn", ["Xerxes", "Quinn"])
    assert set(RANKED_DICTIONARIES) == before
    assert check_strength("xerxesquinn", ()) == ()


def test_the_list_of_common_passwords_is_a_long_one():
    assert len(COMMON_PASSWORDS) >= 30_000


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_a_password_without_problems_can_be_hashed(password):
    if check_strength(password, ("someone@example.com",)) == ():
        assert encode_password(password)


@pytest.mark.parametrize(
    ("cost", "affordable"),
    [
        ({"memory_cost": MAX_MEMORY_KIB}, True),
        ({"memory_cost": MAX_MEMORY_KIB + 1}, False),
        ({"time_cost": MAX_TIME_COST}, True),
        ({"time_cost": MAX_TIME_COST + 1}, False),
        ({"parallelism": MAX_PARALLELISM, "memory_cost": 8 * MAX_PARALLELISM}, True),
        ({"parallelism": MAX_PARALLELISM + 1, "memory_cost": 8 * (MAX_PARALLELISM + 1)}, False),
    ],
)
def test_a_hash_that_would_cost_too_much_is_not_worked_on(cost, affordable):
    costs = {"memory_cost": 8, "time_cost": 1, "parallelism": 1, **cost}
    text = "$argon2id$v=19$m={memory_cost},t={time_cost},p={parallelism}$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo".format(**costs)
    assert _is_affordable(text) is affordable


def test_what_is_no_hash_is_not_worked_on():
    assert not _is_affordable("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$hÄsh")
    assert not _is_affordable("$2b$12$abcdefghijklmnopqrstuv")


def test_the_work_for_nobody_is_the_work_for_somebody_pepper_and_all(monkeypatch):
    worked: list[bytes] = []
    hasher = PasswordHasher(CHEAP, NEW_PEPPER)
    monkeypatch.setattr(hasher, "_argon2", SimpleNamespace(verify=lambda _stored, secret: worked.append(secret)))
    assert hasher.verify_nobody(PASSWORD) == Verdict(ok=False)
    assert worked == [hmac.digest(NEW_PEPPER, PASSWORD.encode(), "sha256")]
