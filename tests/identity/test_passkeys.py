"""Passkeys against a software authenticator that tells the truth, and then every lie."""

import json
import string
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn.helpers import encode_cbor

from idp.identity.ceremonies import RelyingParty, creation_options, request_options
from idp.identity.labels import MAX_LABEL
from idp.identity.passkeys import (
    MAX_ANSWER,
    MAX_ID,
    MAX_PER_PERSON,
    MIN_ID,
    Answer,
    NewPasskey,
    PasskeyRefused,
    Use,
    amr_of,
    check_use,
    counter_holds,
    pick_label,
    read_answer,
    verify_registration,
    verify_use,
)
from tests.authenticator import (
    AT,
    BE,
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

PARTY = RelyingParty("localhost", "http://localhost:8000", "Northgate")
HANDLE = b"h" * 32
CHALLENGE = bytes(range(56))
CREATION = creation_options(PARTY, CHALLENGE, HANDLE, "ada@example.org", "Ada", (), 300)
REQUEST = request_options(PARTY, CHALLENGE, (), 300)
ALGORITHMS = pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])


def register(authenticator: Authenticator, **lies: Any) -> NewPasskey:
    return verify_registration(PARTY, read_answer(authenticator.make(CREATION, **lies)))


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(PasskeyRefused) as refused:
        work()
    assert str(refused.value) == refused.value.reason
    return refused.value.reason


# --- what an honest authenticator does --------------------------------------------------------------------------------


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


# --- lies of an authenticator, or of whoever speaks for it ------------------------------------------------------------


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


# --- text that is not even a lie --------------------------------------------------------------------------------------


def an_answer(**changes: Any) -> dict[str, Any]:
    authenticator = Authenticator()
    authenticator.make(CREATION)
    document: dict[str, Any] = json.loads(authenticator.use(REQUEST))
    response = document["response"] | changes.pop("response", {})
    return document | {"response": response} | changes


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "null", "[]", '"text"', "1", "NaN", "{}", '{"type":"public-key"}', "[" * 5000, "9" * 5000),
        *("\ud800", '{"type":"public-key","response":[]}', '{"type":"public-key","response":null}'),
    ],
)
def test_text_that_is_no_answer_is_malformed(text: str) -> None:
    assert refusal(lambda: read_answer(text)) == "malformed"


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "password"},
        {"id": None},
        {"id": ""},
        {"id": 7},
        {"id": "A" * 22},
        {"rawId": None},
        {"id": "A=", "rawId": "A="},
        {"id": "A" * 21, "rawId": "A" * 21},
        {"id": "A" * 20, "rawId": "A" * 20},
        {"id": "A" * 1366, "rawId": "A" * 1366},
        {"response": {"clientDataJSON": None}},
        {"response": {"clientDataJSON": "not base64url!"}},
        {"response": {"clientDataJSON": b64(b"[]")}},
        {"response": {"clientDataJSON": b64(b"\xff\xfe")}},
        {"response": {"clientDataJSON": b64(b"[" * 3000)}},
        {"response": {"clientDataJSON": b64(b"{}")}},
        {"response": {"clientDataJSON": b64(b'{"challenge":5}')}},
        {"response": {"signature": ["A"]}},
        {"response": {"signature": ""}},
        {"response": {"authenticatorData": "+/"}},
        {"response": {"userHandle": ""}},
        {"response": {"userHandle": 5}},
        {"response": {"userHandle": "é"}},
    ],
)
def test_an_answer_with_a_damaged_part_is_malformed(changes: dict[str, Any]) -> None:
    assert refusal(lambda: read_answer(json.dumps(an_answer(**changes)))) == "malformed"


@pytest.mark.parametrize("text", ['{"challenge":"AAAA"}', '{"challenge":"AAAA","x":"\ud800"}'])
def test_client_data_in_another_encoding_than_utf_8_is_malformed(text: str) -> None:
    for encoding in ("utf-16-le", "utf-32-be"):
        data = b64(text.encode(encoding, "surrogatepass"))
        assert refusal(lambda data=data: read_answer(json.dumps(an_answer(response={"clientDataJSON": data})))) == (
            "malformed"
        )


@pytest.mark.parametrize(
    ("length", "taken"), [(MIN_ID - 1, False), (MIN_ID, True), (MAX_ID, True), (MAX_ID + 1, False)]
)
def test_an_id_has_as_many_bytes_as_the_standard_allows(length: int, taken: bool) -> None:
    identifier = b64(bytes(length))
    text = json.dumps(an_answer(id=identifier, rawId=identifier))
    if taken:
        assert read_answer(text).credential_id == bytes(length)
    else:
        assert refusal(lambda: read_answer(text)) == "malformed"


def test_the_largest_answer_is_read_and_one_character_more_is_not() -> None:
    text = json.dumps(an_answer())
    assert read_answer(text.ljust(MAX_ANSWER))
    assert refusal(lambda: read_answer(text.ljust(MAX_ANSWER + 1))) == "too_large"


def test_an_oversize_answer_is_not_even_read() -> None:
    text = json.dumps(an_answer(padding="x" * MAX_ANSWER))
    assert refusal(lambda: read_answer(text)) == "too_large"


def test_an_id_spelled_with_stray_bits_is_refused() -> None:
    # 32 bytes end in a character whose last two bits mean nothing: other spellings decode alike.
    authenticator = Authenticator()
    made = register(authenticator)
    document = json.loads(authenticator.use(REQUEST))
    spellings = [document["id"][:-1] + last for last in string.ascii_letters + string.digits + "-_"]
    twins = [text for text in spellings if unb64(text) == made.credential_id and text != document["id"]]
    assert len(twins) == 3
    for twin in twins:
        answer = read_answer(json.dumps(document | {"id": twin, "rawId": twin}))
        assert refusal(lambda answer=answer: verify_use(PARTY, answer, made.public_key)) == "not_verified"


def test_an_assertion_without_a_user_handle_says_so() -> None:
    authenticator = Authenticator()
    register(authenticator)
    assert read_answer(authenticator.use(REQUEST, user_handle=None)).user_handle is None
    assert read_answer(json.dumps(an_answer(response={"userHandle": None}))).user_handle is None


@pytest.mark.parametrize("transports", [None, "usb", {"usb": 1}, [["usb"]], ["x", 1, None]])
def test_transports_are_hints_and_nothing_else(transports: Any) -> None:
    assert read_answer(json.dumps(an_answer(response={"transports": transports}))).transports == ()


def test_known_transports_are_kept_once_each() -> None:
    answer = read_answer(json.dumps(an_answer(response={"transports": ["usb", "nfc", "usb", "telepathy"]})))
    assert answer.transports == ("nfc", "usb")


def test_what_the_library_never_needs_never_reaches_it() -> None:
    answer = read_answer(json.dumps(an_answer(authenticatorAttachment=["x"], clientExtensionResults={"a": 1})))
    assert set(answer.document) == {"id", "rawId", "type", "response"}
    assert set(answer.document["response"]) == {"clientDataJSON", "authenticatorData", "signature"}


def attestation_of(authenticator: Authenticator) -> bytes:
    return unb64(json.loads(authenticator.make(CREATION))["response"]["attestationObject"])


def with_attestation(attestation: bytes) -> Answer:
    authenticator = Authenticator()
    document = json.loads(authenticator.make(CREATION))
    document["response"]["attestationObject"] = b64(attestation)
    return read_answer(json.dumps(document))


def test_truncated_cbor_is_refused_wherever_it_is_cut() -> None:
    whole = attestation_of(Authenticator())
    for length in range(1, len(whole)):
        answer = with_attestation(whole[:length])
        assert refusal(lambda answer=answer: verify_registration(PARTY, answer)) == "not_verified"


@pytest.mark.parametrize(
    "bomb",
    [
        b"\x9f" * 4000,
        b"\x81" * 4000,
        b"\xbf" * 4000,
        b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x9b\x00\x00\xff\xff\xff\xff\xff\xff",
        b"\xc5\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\xd8\x1c\x81\xd8\x1d\x00",
        b"\xa1\xd8\x1c\x81\xd8\x1d\x00\x00",
        b"\xd8\x23\x6a(a+)+(b+)+$",
        b"\xf6",
        encode_cbor({"fmt": "none"}),
        encode_cbor({"fmt": "none", "attStmt": {}, "authData": "text"}),
        encode_cbor({"fmt": "none", "attStmt": {}, "authData": None}),
        encode_cbor({"fmt": "none", "attStmt": 5, "authData": bytes(37)}),
        encode_cbor({"fmt": "none", "attStmt": {}, "authData": bytes(36)}),
    ],
)
def test_cbor_that_wants_to_be_a_bomb_is_refused(bomb: bytes) -> None:
    answer = with_attestation(bomb)
    with pytest.raises(PasskeyRefused):
        verify_registration(PARTY, answer)


@settings(max_examples=300, derandomize=True, database=None)
@given(st.data())
def test_no_damage_to_a_registration_does_more_than_refuse_it(data: st.DataObject) -> None:
    raw = bytearray(attestation_of(Authenticator(algorithm=data.draw(st.sampled_from([ES256, EDDSA])))))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        made = verify_registration(PARTY, with_attestation(bytes(raw)))
    except PasskeyRefused:
        return
    # A changed AAGUID, counter, ID or point can still be a passkey, but one that nobody has the key of.
    assert made.algorithm in {ES256, EDDSA}


@settings(max_examples=300, derandomize=True, database=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "signature", "userHandle", "x"]),
                inner,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_does_more_than_be_refused(document: Any) -> None:
    with pytest.raises(PasskeyRefused):
        read_answer(json.dumps(document))


# --- counters, flags, names -------------------------------------------------------------------------------------------


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
