"""Challenges that answer one place, and the options that browsers are given."""

import hashlib
from dataclasses import replace

import pytest

from idp.identity.ceremonies import (
    ALGORITHMS,
    NONCE_BYTES,
    Known,
    Place,
    accepted_options,
    check_challenge,
    creation_options,
    expiry_of,
    make_challenge,
    relying_party,
    request_options,
    spend_key,
    user_handle_of,
)
from tests.authenticator import b64, unb64

KEY, NONCE = bytes(32), bytes(range(NONCE_BYTES))
PLACE = Place("sign_in", "run:7", "identifier", 3)
NOW = 1_800_000_000.75
CHALLENGE = make_challenge(KEY, PLACE, NOW + 60, NONCE)


@pytest.mark.parametrize(
    ("issuer", "rp_id", "origin"),
    [
        ("https://login.example.com", "login.example.com", "https://login.example.com"),
        ("https://Login.Example.com:443/tenant", "login.example.com", "https://login.example.com"),
        ("https://login.example.com:8443", "login.example.com", "https://login.example.com:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("http://idp.localhost:80", "idp.localhost", "http://idp.localhost"),
        ("https://user@login.example.com", "login.example.com", "https://login.example.com"),
    ],
)
def test_the_relying_party_is_the_issuers_host_and_its_one_origin(issuer: str, rp_id: str, origin: str) -> None:
    party = relying_party(issuer, "Northgate")
    assert party is not None
    assert (party.rp_id, party.origin, party.name) == (rp_id, origin, "Northgate")


@pytest.mark.parametrize(
    "issuer",
    ["http://127.0.0.1:8000", "https://192.0.2.7", "https://[::1]", "http://login.example.com", "ftp://localhost", "x"],
)
def test_where_browsers_have_no_passkeys_there_is_no_relying_party(issuer: str) -> None:
    assert relying_party(issuer, "Northgate") is None


def test_an_operator_can_bind_passkeys_to_a_parent_domain() -> None:
    party = relying_party("https://login.example.com", "Northgate", "example.com")
    assert party is not None
    assert (party.rp_id, party.origin) == ("example.com", "https://login.example.com")


def test_a_user_handle_is_stable_opaque_and_of_one_account() -> None:
    handle = user_handle_of("sub-ada")
    assert handle == user_handle_of("sub-ada")
    assert len(handle) == 32
    assert b"ada" not in handle
    assert handle != user_handle_of("sub-bob")


def test_a_challenge_answers_its_place_in_time() -> None:
    assert check_challenge(KEY, PLACE, CHALLENGE, NOW) == ""
    assert expiry_of(CHALLENGE) == 1_800_000_060
    assert len(CHALLENGE) == 56


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, owner="run:8"),
        replace(PLACE, step="passkey"),
        replace(PLACE, seq=4),
        replace(PLACE, kind="register"),
        replace(PLACE, user_handle=b"somebody"),
        replace(PLACE, owner="run:7identifier", step=""),
        replace(PLACE, step="identifier3", seq=0),
    ],
)
def test_a_challenge_of_another_run_step_moment_kind_or_person_is_foreign(elsewhere: Place) -> None:
    assert check_challenge(KEY, elsewhere, CHALLENGE, NOW) == "foreign_challenge"


def test_a_challenge_under_another_key_is_foreign() -> None:
    assert check_challenge(bytes(31) + b"\1", PLACE, CHALLENGE, NOW) == "foreign_challenge"


def test_a_challenge_whose_end_was_moved_is_foreign() -> None:
    later = CHALLENGE[:NONCE_BYTES] + (2_000_000_000).to_bytes(8, "big") + CHALLENGE[NONCE_BYTES + 8 :]
    assert expiry_of(later) == 2_000_000_000
    assert check_challenge(KEY, PLACE, later, NOW) == "foreign_challenge"


@pytest.mark.parametrize("challenge", [b"", CHALLENGE[:-1], CHALLENGE + b"\0", CHALLENGE[-32:], bytes(56)])
def test_what_is_no_challenge_of_ours_is_foreign(challenge: bytes) -> None:
    assert check_challenge(KEY, PLACE, challenge, NOW) == "foreign_challenge"


def test_a_challenge_ends_at_its_very_second() -> None:
    assert check_challenge(KEY, PLACE, CHALLENGE, 1_800_000_059.99) == ""
    assert check_challenge(KEY, PLACE, CHALLENGE, 1_800_000_060.0) == "expired_challenge"


def test_two_challenges_of_one_place_are_spent_apart() -> None:
    other = make_challenge(KEY, PLACE, NOW + 60, bytes(NONCE_BYTES))
    assert spend_key(other) != spend_key(CHALLENGE)
    assert len(spend_key(other)) == 32


def test_a_challenge_needs_a_whole_nonce() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        make_challenge(KEY, PLACE, NOW, b"short")


def test_a_request_asks_for_user_verification_and_any_passkey() -> None:
    party = relying_party("https://login.example.com", "Northgate")
    assert party is not None
    options = request_options(party, CHALLENGE, (), 300)
    assert options == {
        "challenge": b64(CHALLENGE),
        "timeout": 300_000,
        "rpId": "login.example.com",
        "allowCredentials": [],
        "userVerification": "required",
    }
    known = request_options(party, CHALLENGE, [Known(b"a" * 16, ("internal", "usb")), Known(b"b" * 16)], 1)
    assert known["allowCredentials"] == [
        {"id": b64(b"a" * 16), "type": "public-key", "transports": ["internal", "usb"]},
        {"id": b64(b"b" * 16), "type": "public-key"},
    ]


def test_a_creation_asks_for_a_discoverable_passkey_with_user_verification_and_no_attestation() -> None:
    party = relying_party("https://login.example.com", "Northgate")
    assert party is not None
    handle = user_handle_of("sub-ada")
    options = creation_options(party, CHALLENGE, handle, "ada@example.org", "Ada", [Known(b"a" * 16)], 300)
    assert options["rp"] == {"id": "login.example.com", "name": "Northgate"}
    assert options["user"] == {"id": b64(handle), "name": "ada@example.org", "displayName": "Ada"}
    assert unb64(options["challenge"]) == CHALLENGE
    assert [item["alg"] for item in options["pubKeyCredParams"]] == [-7, -8, -257] == list(ALGORITHMS)
    assert options["attestation"] == "none"
    assert options["timeout"] == 300_000
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert options["excludeCredentials"] == [{"id": b64(b"a" * 16), "type": "public-key"}]


def test_a_browser_is_told_all_that_an_account_accepts() -> None:
    party = relying_party("https://login.example.com", "Northgate")
    assert party is not None
    assert accepted_options(party, b"h" * 32, [Known(b"a" * 16), Known(b"b" * 16)]) == {
        "rpId": "login.example.com",
        "userId": b64(b"h" * 32),
        "allAcceptedCredentialIds": [b64(b"a" * 16), b64(b"b" * 16)],
    }


def test_a_user_handle_is_made_of_the_subject_alone_and_stays_for_good() -> None:
    # Authenticators keep it: another handle for the same person would be another person to them.
    assert user_handle_of("ann").hex() == hashlib.sha256(b"passkey user handle\0ann").hexdigest()
