"""Passkeys as an honest authenticator makes and uses them, their counters, flags and names."""

import pytest
from webauthn.helpers import encode_cbor

from idp.identity.labels import MAX_LABEL
from idp.identity.passkeys import (
    MAX_PER_PERSON,
    Use,
    amr_of,
    check_use,
    counter_holds,
    pick_label,
    read_answer,
    verify_use,
)
from tests.authenticator import BE, BS, ES256, PRESENT, Authenticator, cose_key, make_key
from tests.identity.ceremony import ALGORITHMS, CHALLENGE, HANDLE, PARTY, REQUEST, refusal, register


@ALGORITHMS
def test_a_passkey_is_made_and_used(algorithm: int) -> None:
    authenticator = Authenticator(algorithm=algorithm)
    made = register(authenticator)
    passkey = authenticator.held[0]
    assert made.credential_id == passkey.credential_id
    assert made.public_key == encode_cbor(cose_key(passkey.key))
    assert (made.algorithm, made.sign_count, made.transports) == (algorithm, 0, ("hybrid", "internal"))
    assert (made.backup_eligible, made.backed_up) == (False, False)
    assert made.aaguid == "00000000-0000-0000-0000-000000000000"

    answer = read_answer(authenticator.use(REQUEST))
    assert (answer.credential_id, answer.challenge, answer.user_handle) == (passkey.credential_id, CHALLENGE, HANDLE)
    use = verify_use(PARTY, answer, made.public_key)
    assert use == Use(1, False, False)
    assert check_use(use, made.sign_count, backup_eligible=False) == ""


def test_the_backup_flags_are_kept() -> None:
    authenticator = Authenticator(flags=PRESENT | BE | BS)
    made = register(authenticator)
    assert (made.backup_eligible, made.backed_up) == (True, True)
    assert verify_use(PARTY, read_answer(authenticator.use(REQUEST)), made.public_key) == Use(1, True, True)


def test_self_attestation_is_taken_and_proved() -> None:
    authenticator = Authenticator()
    assert register(authenticator, fmt="packed", statement="self").algorithm == ES256
    forged = {"alg": ES256, "sig": b"forged"}
    assert refusal(lambda: register(authenticator, fmt="packed", statement=forged)) == "not_verified"


@pytest.mark.parametrize(
    ("stored", "said", "holds"),
    [(0, 0, True), (0, 1, True), (5, 6, True), (5, 4_000_000_000, True), (5, 5, False), (5, 4, False), (5, 0, False)],
)
def test_a_counter_rises_or_is_always_zero(stored: int, said: int, holds: bool) -> None:
    assert counter_holds(stored, said) is holds
    assert check_use(Use(said, False, False), stored, backup_eligible=False) == ("" if holds else "counter")


def test_an_unsigned_counter_is_never_heard() -> None:
    authenticator = Authenticator()
    made = register(authenticator)
    forged = authenticator.use(REQUEST, counter=0, key=make_key(ES256))
    assert refusal(lambda: verify_use(PARTY, read_answer(forged), made.public_key)) == "not_verified"


def test_a_passkey_does_not_become_one_that_can_be_synchronised_or_stop_being_one() -> None:
    assert check_use(Use(1, True, False), 0, backup_eligible=False) == "backup_eligibility"
    assert check_use(Use(1, False, False), 0, backup_eligible=True) == "backup_eligibility"
    assert check_use(Use(1, True, True), 0, backup_eligible=True) == ""


def test_hardware_and_software_keys_are_told_apart() -> None:
    assert amr_of(backup_eligible=False) == ("hwk", "pop", "user")
    assert amr_of(backup_eligible=True) == ("swk", "pop", "user")


def test_a_new_passkey_is_named_after_its_device_with_a_number_if_need_be() -> None:
    assert pick_label("Chrome on Windows", ()) == "Chrome on Windows"
    assert pick_label("Chrome on Windows", {"Chrome on Windows"}) == "Chrome on Windows 2"
    taken = {"Chrome on Windows", *(f"Chrome on Windows {number}" for number in range(2, 5))}
    assert pick_label("Chrome on Windows", taken) == "Chrome on Windows 5"
    assert pick_label("", ()) == "Passkey"
    assert pick_label("x", {"x", *(f"x {number}" for number in range(2, 99))}) == "x"
    assert pick_label("x" * 99, {"x" * MAX_LABEL}) == "x" * (MAX_LABEL - 4) + " 2"
    # Whoever has as many as may be gets one more name, for the time in which one is replaced.
    full = ["x", *(f"x {number}" for number in range(2, MAX_PER_PERSON + 1))]
    assert pick_label("x", full) == f"x {MAX_PER_PERSON + 1}"
    assert pick_label("x", [*full, f"x {MAX_PER_PERSON + 1}"]) == "x"
