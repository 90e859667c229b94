"""Invariant 10 as a table: kind, verb, what the account holds, what the session has proved."""

from itertools import product

import pytest

from idp.identity.credential_guard import GIVES, OPENING, Verb, leaves_a_way_in, may_change, needed_rank
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
    assert needed_rank("totp", "add", ("passkey",), rank_of) == TWO


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


def test_the_last_way_in_is_not_removed() -> None:
    assert leaves_a_way_in("passkey", ("password", "passkey"))
    assert leaves_a_way_in("passkey", ("passkey", "passkey"))
    assert leaves_a_way_in("totp", ("password", "totp"))
    assert not leaves_a_way_in("passkey", ("passkey",))
    assert not leaves_a_way_in("passkey", ("passkey", "totp"))
    assert not leaves_a_way_in("password", ("password", "recovery_code"))
    assert leaves_a_way_in("totp", ("passkey",))
    assert set(GIVES) > OPENING
