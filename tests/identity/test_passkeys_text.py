"""Answers of a passkey ceremony as text: damaged, too large, truncated or hostile."""

import json
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn.helpers import encode_cbor

from idp.identity.passkeys import (
    MAX_ANSWER,
    MAX_ID,
    MIN_ID,
    Answer,
    PasskeyRefused,
    read_answer,
    verify_registration,
    verify_use,
)
from tests.authenticator import EDDSA, ES256, Authenticator, b64, unb64
from tests.identity.ceremony import CREATION, PARTY, REQUEST, refusal, register


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
