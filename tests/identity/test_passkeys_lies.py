"""Every lie of an authenticator, or of whoever speaks for it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from webauthn.helpers import encode_cbor

from idp.identity.passkeys import PasskeyRefused, read_answer, verify_registration, verify_use
from tests.authenticator import (
    AT,
    BS,
    EDDSA,
    ES256,
    PRESENT,
    RS256,
    UP,
    UV,
    Authenticator,
    b64,
    cose_key,
    make_key,
    unb64,
)
from tests.identity.ceremony import ALGORITHMS, CREATION, PARTY, REQUEST, refusal, register


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"client": {"type": "webauthn.get"}}, "type"),
        ({"client": {"origin": "https://evil.example"}}, "origin"),
        ({"client": {"origin": "http://localhost:8001"}}, "origin"),
        ({"client": {"origin": ["http://localhost:8000"]}}, "origin"),
        ({"client": {"origin": ...}}, "origin"),
        ({"client": {"crossOrigin": True}}, "cross_origin"),
        ({"client": {"crossOrigin": "no"}}, "cross_origin"),
        ({"client": {"topOrigin": "https://evil.example"}}, "cross_origin"),
        ({"rp_id": "evil.example"}, "rp_id"),
        ({"rp_id": "LOCALHOST"}, "rp_id"),
        ({"flags": UV}, "user_presence"),
        ({"flags": UP}, "user_verification"),
        ({"flags": PRESENT | BS}, "not_verified"),
    ],
)
def test_a_lie_about_the_ceremony_is_refused_in_both(lies: Mapping[str, Any], reason: str) -> None:
    authenticator = Authenticator()
    made = register(authenticator)
    swapped = {"client": {"type": "webauthn.create"}} if reason == "type" else lies
    assert refusal(lambda: verify_use(PARTY, read_answer(authenticator.use(REQUEST, **swapped)), made.public_key)) == (
        reason
    )
    assert refusal(lambda: register(authenticator, **lies)) == reason


def test_client_data_without_cross_origin_is_taken_as_older_browsers_send_it() -> None:
    authenticator = Authenticator()
    made = register(authenticator, client={"crossOrigin": ...})
    assert verify_use(PARTY, read_answer(authenticator.use(REQUEST, client={"crossOrigin": ...})), made.public_key)


def point(**changes: Any) -> dict[int, Any]:
    names = {"kty": 1, "alg": 3, "crv": -1, "x": -2, "y": -3}
    key = cose_key(make_key(ES256)) | {names[name]: value for name, value in changes.items()}
    return {name: value for name, value in key.items() if value is not ...}


@pytest.mark.parametrize(
    ("public_key", "reason"),
    [
        (point(y=bytes(32)), "not_verified"),
        (point(x=b""), "not_verified"),
        (point(x="text"), "not_verified"),
        (point(y=...), "not_verified"),
        (point(alg=...), "not_verified"),
        (point(kty=99), "not_verified"),
        (point(alg=-257), "public_key"),
        (point(alg=-36), "not_verified"),
        (point(alg=-65535), "not_verified"),
        (cose_key(ec.generate_private_key(ec.SECP384R1())), "public_key"),
        ({1: 3, 3: RS256, -1: b"\xff" * 64, -2: b"\x01\x00\x01"}, "public_key"),
        ({1: 3, 3: RS256, -1: b"\xff" * 1024, -2: b"\x01\x00\x01"}, "public_key"),
        ({1: 3, 3: RS256, -1: b"\xff" * 256, -2: b"\x02"}, "not_verified"),
        ({1: 1, 3: EDDSA, -1: 6, -2: b"short"}, "not_verified"),
        ({1: 1, 3: EDDSA, -1: 7, -2: bytes(57)}, "not_verified"),
        ({}, "not_verified"),
        ([], "not_verified"),
        (4, "public_key"),
        ("text", "not_verified"),
        ({1: None}, "not_verified"),
    ],
)
def test_a_key_that_is_none_or_too_weak_is_refused_before_it_is_stored(public_key: Any, reason: str) -> None:
    assert refusal(lambda: register(Authenticator(), public_key=public_key)) == reason


def test_a_short_rsa_key_is_refused() -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - weak on purpose
    assert refusal(lambda: register(Authenticator(), key=weak)) == "public_key"


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"fmt": "fido-u2f"}, "attestation"),
        ({"fmt": "tpm"}, "attestation"),
        ({"fmt": "android-safetynet"}, "attestation"),
        ({"fmt": 7}, "attestation"),
        ({"fmt": ["none"]}, "attestation"),
        ({"fmt": "packed", "statement": {"alg": ES256, "sig": b"x", "x5c": [b"certificate"]}}, "attestation"),
        ({"statement": {"sig": b"unasked"}}, "not_verified"),
        ({"fmt": "packed"}, "not_verified"),
        ({"named": b"another credential's ID"}, "other_credential"),
        ({"tail": b"\0"}, "not_verified"),
    ],
)
def test_an_attestation_that_browsers_do_not_give_is_refused(lies: Mapping[str, Any], reason: str) -> None:
    assert refusal(lambda: register(Authenticator(), **lies)) == reason


def test_a_registration_without_a_credential_in_it_is_refused() -> None:
    authenticator = Authenticator()
    document = json.loads(authenticator.make(CREATION))
    data = authenticator._head(authenticator.held[0], None, PRESENT)
    assert not PRESENT & AT
    document["response"]["attestationObject"] = b64(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data}))
    assert refusal(lambda: verify_registration(PARTY, read_answer(json.dumps(document)))) == "not_verified"


def test_an_assertion_signed_by_another_key_is_refused() -> None:
    authenticator = Authenticator()
    made = register(authenticator)
    forged = authenticator.use(REQUEST, key=make_key(ES256))
    assert refusal(lambda: verify_use(PARTY, read_answer(forged), made.public_key)) == "not_verified"


@ALGORITHMS
def test_an_assertion_for_another_passkey_of_the_same_authenticator_is_refused(algorithm: int) -> None:
    authenticator = Authenticator(algorithm=algorithm)
    first, second = register(authenticator), register(authenticator)
    assert first.public_key != second.public_key
    answer = read_answer(authenticator.use(REQUEST, authenticator.held[1]))
    assert refusal(lambda: verify_use(PARTY, answer, first.public_key)) == "not_verified"


@pytest.mark.parametrize("part", ["authenticatorData", "clientDataJSON", "signature"])
def test_no_byte_of_an_assertion_can_be_changed(part: str) -> None:
    authenticator = Authenticator()
    made = register(authenticator)
    document = json.loads(authenticator.use(REQUEST))
    for at in range(0, len(unb64(document["response"][part])), 7):
        raw = bytearray(unb64(document["response"][part]))
        raw[at] ^= 0x01
        changed = {**document, "response": {**document["response"], part: b64(bytes(raw))}}
        with pytest.raises(PasskeyRefused):
            verify_use(PARTY, read_answer(json.dumps(changed)), made.public_key)


def test_a_registration_is_no_assertion_and_an_assertion_no_registration() -> None:
    authenticator = Authenticator()
    made = register(authenticator)
    registration = read_answer(authenticator.make(CREATION))
    assertion = read_answer(authenticator.use(REQUEST))
    assert refusal(lambda: verify_use(PARTY, registration, made.public_key)) == "type"
    assert refusal(lambda: verify_registration(PARTY, assertion)) == "type"
    mixed = replace(assertion, client_data={**assertion.client_data, "type": "webauthn.create"})
    assert refusal(lambda: verify_registration(PARTY, mixed)) == "malformed"
