"""The keyring: which key signs, which are published, and how keys are stored."""

import json
from dataclasses import replace

import pytest

from idp.errors import InvalidInput
from idp.oidc.jose import SIGNING_ALGS, sign, verify
from idp.oidc.keys import Keyring, KeyringEntry, NoSigningKey, open_keyring, seal_key
from idp.sealing import BoxBroken, Sealer
from tests.oidc_tokens.signing import ISSUER, NOW, claims, signing_key

SEALER = Sealer([b"k" * 32])


def test_the_active_key_of_the_algorithm_signs() -> None:
    old, current, coming, rsa = (signing_key(which=0), signing_key(which=1), signing_key(which=2), signing_key("RS256"))
    ring = Keyring(
        [
            KeyringEntry(old, "retired"),
            KeyringEntry(current, "active"),
            KeyringEntry(coming, "next"),
            KeyringEntry(rsa, "active"),
        ]
    )
    assert ring.choose("ES256") is current
    assert ring.choose("RS256") is rsa
    assert ring.algs == ("ES256", "RS256")
    assert ring.choose_first("PS256", "RS256", "ES256") is rsa


def test_retired_and_next_keys_are_published_and_still_verify() -> None:
    statuses = {"retired": signing_key(which=0), "active": signing_key(which=1), "next": signing_key(which=2)}
    ring = Keyring(KeyringEntry(key, status) for status, key in statuses.items())  # type: ignore[arg-type]
    assert [key["kid"] for key in ring.jwks()["keys"]] == [statuses[s].kid for s in ("active", "next", "retired")]
    assert json.loads(ring.jwks_bytes) == ring.jwks()
    for key in statuses.values():
        token = sign(claims(), key)
        options = {"algs": SIGNING_ALGS, "issuer": ISSUER, "audience": ("client",), "now": NOW}
        assert verify(token, ring.verification_keys, **options)  # type: ignore[arg-type]


def test_an_algorithm_without_an_active_key_is_refused() -> None:
    ring = Keyring([KeyringEntry(signing_key(), "next")])
    for choose in (lambda: ring.choose("ES256"), lambda: ring.choose_first("ES256", "RS256")):
        with pytest.raises(NoSigningKey):
            choose()
    assert ring.algs == ()


def test_two_active_keys_of_one_algorithm_or_one_kid_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="two active"):
        Keyring([KeyringEntry(signing_key(which=0), "active"), KeyringEntry(signing_key(which=1), "active")])
    with pytest.raises(ValueError, match="one kid"):
        Keyring([KeyringEntry(signing_key(), "active"), KeyringEntry(signing_key(), "retired")])


def test_a_stored_key_is_sealed_and_opens_into_the_same_key() -> None:
    for alg in SIGNING_ALGS:
        key = signing_key(alg)
        record = seal_key(key, SEALER, "active", NOW)
        assert b"PRIVATE KEY" not in record.private
        assert "d" not in record.public_jwk
        ring = open_keyring([record], SEALER, NOW)
        assert ring.choose(alg).kid == key.kid
        assert ring.jwks()["keys"] == [dict(key.public_jwk)]


def test_a_sealed_key_cannot_be_passed_off_under_another_kid() -> None:
    record = seal_key(signing_key(), SEALER, "active", NOW)
    with pytest.raises(BoxBroken):
        open_keyring([replace(record, kid="another")], SEALER, NOW)
    with pytest.raises(BoxBroken):
        open_keyring([record], Sealer([b"z" * 32]), NOW)


def test_a_key_stored_under_the_wrong_algorithm_is_refused() -> None:
    with pytest.raises(InvalidInput):
        open_keyring([replace(seal_key(signing_key(), SEALER, "active", NOW), alg="RS256")], SEALER, NOW)


def test_a_retired_key_is_dropped_when_its_tokens_are_dead() -> None:
    record = replace(seal_key(signing_key(), SEALER, "retired", NOW), retired_at=NOW)
    assert open_keyring([record], SEALER, NOW + 99, retired_seconds=100).jwks()["keys"]
    assert not open_keyring([record], SEALER, NOW + 100, retired_seconds=100).jwks()["keys"]
    assert not open_keyring([replace(record, retired_at=None)], SEALER, NOW).jwks()["keys"]


def test_a_retired_key_is_left_out_and_those_after_it_are_not() -> None:
    dead = replace(seal_key(signing_key(which=0), SEALER, "retired", NOW), retired_at=NOW - 1e9)
    ring = open_keyring([dead, seal_key(signing_key(which=1), SEALER, "active", NOW)], SEALER, NOW)
    assert ring.choose("ES256").kid == signing_key(which=1).kid


def test_the_published_set_is_compact_and_active_keys_stand_before_next_ones_whatever_their_age() -> None:
    entries = [(signing_key(which=0), "next"), (signing_key(which=1), "active"), (signing_key(which=2), "retired")]
    for order in (entries, entries[::-1]):
        ring = Keyring(KeyringEntry(key, status) for key, status in order)  # type: ignore[arg-type]
        kids = [key["kid"] for key in ring.jwks()["keys"]]
        assert kids == [signing_key(which=number).kid for number in (1, 0, 2)]
    assert b" " not in ring.jwks_bytes


def test_a_stored_key_knows_when_it_was_made() -> None:
    assert seal_key(signing_key(), SEALER, "next", NOW).created_at == NOW


def test_a_missing_key_is_named_in_the_log() -> None:
    ring = Keyring([])
    with pytest.raises(NoSigningKey) as caught:
        ring.choose("ES256")
    assert caught.value.detail == "no active signing key for ES256"
    with pytest.raises(NoSigningKey) as caught:
        ring.choose_first("ES256", "RS256")
    assert caught.value.detail == "no active signing key for any of ES256, RS256"
    with pytest.raises(ValueError, match=r"^two keys with one kid$"):
        Keyring([KeyringEntry(signing_key(), "active"), KeyringEntry(signing_key(), "retired")])
