"""Invariant 10 as a table: kind, verb, what the account holds, what the session has proved."""

from itertools import product
from typing import get_args

import pytest

from idp.identity.credential_guard import (
    BACKED_UP,
    GIVES,
    MATTERS,
    RULES,
    Matter,
    Verb,
    leaves_codes_idle,
    may_change,
    needed_rank,
    strongest_rank,
)
from idp.records.accounts import CredentialKind

NOTHING, ONE, TWO, RESISTANT, IDENTITY = -1, 0, 1, 2, 3
VERBS: tuple[Verb, ...] = ("add", "replace", "rename", "remove")


def rank_of(methods: frozenset[str]) -> int:
    """Rank as the shipped levels do: one factor, two, phishing-resistant, proof of identity."""
    if "identity" in methods:
        return IDENTITY
    if "passkey" in methods:
        return RESISTANT
    if "pwd" in methods and methods & {"otp", "recovery_code"}:
        return TWO
    return ONE if methods else NOTHING


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("kind", "rank"), [("password", ONE), ("totp", TWO), ("recovery_code", TWO), ("passkey", RESISTANT)]
)
def test_a_credential_takes_what_it_gives(kind: CredentialKind, rank: int, verb: Verb) -> None:
    held: tuple[CredentialKind, ...] = ("password", kind)
    assert needed_rank(kind, verb, held, rank_of) == rank
    assert may_change(kind, verb, held, rank, rank_of)
    assert not may_change(kind, verb, held, rank - 1, rank_of)


@pytest.mark.parametrize("verb", ["replace", "rename", "remove"])
@pytest.mark.parametrize("kind", ["totp", "passkey", "recovery_code"])
def test_a_session_of_a_password_alone_touches_no_stronger_credential(kind: CredentialKind, verb: Verb) -> None:
    assert not may_change(kind, verb, ("password", kind), rank_of(frozenset({"pwd"})), rank_of)


def test_a_session_of_a_password_alone_adds_nothing_beside_an_authenticator() -> None:
    one = rank_of(frozenset({"pwd"}))
    assert not may_change("totp", "add", ("password", "totp"), one, rank_of)
    assert not may_change("passkey", "add", ("password", "totp"), one, rank_of)
    assert not may_change("totp", "add", ("password", "passkey"), one, rank_of)
    assert not may_change("passkey", "add", ("password", "passkey"), one, rank_of)


def test_the_first_credential_of_a_strength_takes_the_highest_the_account_can_reach() -> None:
    assert needed_rank("passkey", "add", ("password",), rank_of) == ONE
    assert needed_rank("totp", "add", ("password",), rank_of) == ONE
    assert needed_rank("passkey", "add", ("password", "totp"), rank_of) == TWO
    assert needed_rank("totp", "add", ("passkey",), rank_of) == RESISTANT
    assert needed_rank("totp", "add", ("password", "totp", "passkey"), rank_of) == RESISTANT


def test_proof_of_identity_passes_where_a_passkey_was_lost() -> None:
    assert may_change("passkey", "remove", ("password", "passkey"), IDENTITY, rank_of)


@pytest.mark.parametrize("kind", GIVES)
def test_somebody_who_has_proved_nothing_changes_nothing(kind: CredentialKind) -> None:
    assert not may_change(kind, "add", (), NOTHING, rank_of)
    assert not may_change(kind, "remove", (kind,), NOTHING, lambda _methods: NOTHING)


@pytest.mark.parametrize("verb", ["replace", "rename", "remove"])
def test_what_the_account_does_not_hold_cannot_be_changed(verb: Verb) -> None:
    with pytest.raises(ValueError, match="holds no passkey"):
        needed_rank("passkey", verb, ("password",), rank_of)


def test_more_credentials_never_lower_the_bar() -> None:
    kinds = tuple(GIVES)
    for kind, verb, other in product(kinds, VERBS, kinds):
        assert needed_rank(kind, verb, (kind, other), rank_of) >= needed_rank(kind, verb, (kind,), rank_of)


def test_recovery_codes_stand_in_for_second_factors_only() -> None:
    assert leaves_codes_idle(())
    assert leaves_codes_idle(("password", "recovery_code"))
    assert not leaves_codes_idle(("password", "phone"))
    assert {kind for kind in GIVES if not leaves_codes_idle((kind,))} == BACKED_UP


def test_there_is_a_rule_for_every_kind_and_verb_and_for_every_matter() -> None:
    assert set(RULES) == set(GIVES) == set(get_args(CredentialKind))
    assert all(set(rules) == set(get_args(Verb)) for rules in RULES.values())
    assert set(MATTERS) == set(get_args(Matter))


@pytest.mark.parametrize("kind", GIVES)
def test_no_secret_that_is_kept_is_ever_shown(kind: CredentialKind) -> None:
    assert needed_rank(kind, "reveal", (kind,), rank_of) is None
    assert not may_change(kind, "reveal", (kind,), IDENTITY, rank_of)


def test_what_nobody_has_thought_about_cannot_be_done() -> None:
    assert needed_rank("tattoo", "add", ("password",), rank_of) is None  # type: ignore[arg-type]
    assert needed_rank("totp", "polish", ("totp",), rank_of) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("verb", ["replace", "remove", "rename"])
def test_a_password_that_goes_with_a_second_factor_takes_both(verb: Verb) -> None:
    assert needed_rank("password", verb, ("password", "totp"), rank_of) == TWO
    assert needed_rank("password", verb, ("password", "recovery_code", "passkey"), rank_of) == TWO
    assert needed_rank("password", verb, ("password", "passkey"), rank_of) == ONE


@pytest.mark.parametrize("kind", ["totp", "recovery_code"])
def test_a_new_second_factor_in_place_of_an_old_one_is_an_addition(kind: CredentialKind) -> None:
    held: tuple[CredentialKind, ...] = ("password", kind, "passkey")
    assert needed_rank(kind, "replace", held, rank_of) == RESISTANT
    assert needed_rank(kind, "remove", held, rank_of) == TWO


def test_the_operator_can_ask_for_identity_before_anything_is_added() -> None:
    assert needed_rank("totp", "add", ("password",), rank_of, enrolled=True) == IDENTITY
    assert needed_rank("totp", "replace", ("password", "totp"), rank_of, enrolled=True) == IDENTITY
    assert needed_rank("totp", "remove", ("password", "totp"), rank_of, enrolled=True) == TWO


def test_what_is_not_a_credential_takes_the_strongest_there_is() -> None:
    assert strongest_rank(("password",), rank_of, enrolled=False) == ONE
    assert strongest_rank(("password", "totp"), rank_of, enrolled=False) == TWO
    assert strongest_rank(("password", "totp"), rank_of, enrolled=True) == IDENTITY
    assert strongest_rank((), lambda _methods: NOTHING, enrolled=False) == 0
