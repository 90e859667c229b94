"""Passkeys: reading and verifying what an authenticator said (WebAuthn Level 3 sections 7.1 and 7.2), by py_webauthn.

Whatever arrives is somebody's text. It is bounded, must have exactly the shape that browsers give it, and every fault
is one `PasskeyRefused` with a word for the audit trail. Nothing here is stored or looked up: the caller checks the
challenge, finds the credential, and keeps the counter.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_attestation_object,
    parse_authenticator_data,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticatorData, AuthenticatorTransport, CredentialDeviceType

from idp.identity.ceremonies import ALGORITHMS, RelyingParty
from idp.identity.labels import MAX_LABEL, clean_label

#: A browser's answer is a few hundred bytes, with an RSA key and a long credential ID two thousand.
MAX_ANSWER: Final = 8192
#: WebAuthn sections 4 ("credential ID") and 7.1 step 25.
MIN_ID, MAX_ID = 16, 1023
MAX_PER_PERSON: Final = 20
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+")
_TRANSPORTS: Final = frozenset(item.value for item in AuthenticatorTransport)
#: What the libraries below raise for bytes that are not what they should be.
_FAULTS: Final = (
    *(WebAuthnException, UnsupportedAlgorithm),
    *(ValueError, TypeError, LookupError, AttributeError, OverflowError),
)
_RSA_BITS: Final = range(2048, 4097)


class PasskeyRefused(Exception):
    """What the authenticator said is not accepted. `reason` is for the audit trail, and never a part of the input."""

    def __init__(self, reason: str) -> None:
        """Give the reason as one word."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """A browser's answer, read and not believed. `challenge` is what it claims to answer."""

    credential_id: bytes
    challenge: bytes
    client_data: Mapping[str, Any]
    document: dict[str, Any]
    user_handle: bytes | None = None
    transports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What to keep of a registered passkey.

    `public_key` is a COSE key. A `backup_eligible` one can be synchronised, a `backed_up` one is.
    """

    credential_id: bytes
    public_key: bytes
    sign_count: int
    algorithm: int
    aaguid: str
    transports: tuple[str, ...]
    backup_eligible: bool
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Use:
    """One verified use of a passkey."""

    sign_count: int
    backup_eligible: bool
    backed_up: bool


def read_answer(text: str) -> Answer:
    """Read the JSON that `PublicKeyCredential.toJSON()` gives. Raises PasskeyRefused."""
    if len(text) > MAX_ANSWER:
        raise PasskeyRefused("too_large")
    document = _read_json(text)
    response = document.get("response")
    if document.get("type") != "public-key" or not isinstance(response, dict):
        raise PasskeyRefused("malformed")
    identifier = document.get("id")
    credential_id = _decode(identifier)
    if document.get("rawId") != identifier or not MIN_ID <= len(credential_id) <= MAX_ID:
        raise PasskeyRefused("malformed")
    client_data = _read_json(_decode(response.get("clientDataJSON")))
    handle = response.get("userHandle")
    # Only the parts that are read here reach the library, and all of them are base64url.
    parts = ("clientDataJSON", "attestationObject", "authenticatorData", "signature")
    kept = {name: response[name] for name in parts if name in response and _decode(response[name])}
    return Answer(
        credential_id,
        _decode(client_data.get("challenge")),
        client_data,
        {"id": identifier, "rawId": identifier, "type": "public-key", "response": kept},
        None if handle is None else _decode(handle),
        _read_transports(response.get("transports")),
    )


def verify_registration(party: RelyingParty, answer: Answer) -> NewPasskey:
    """Verify the making of a passkey, whose challenge the caller has found to be ours. Raises PasskeyRefused.

    No attestation is asked for; "none" and self attestation are what browsers then give, and nothing else is taken.
    """
    _check_client_data(party, answer, "webauthn.create")
    try:
        attestation = parse_attestation_object(_part(answer, "attestationObject"))
        if attestation.fmt not in ("none", "packed") or attestation.att_stmt.x5c is not None:
            raise PasskeyRefused("attestation")
        _check_data(party, attestation.auth_data)
        verified = verify_registration_response(
            credential=answer.document,
            expected_challenge=answer.challenge,
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=list(ALGORITHMS),
        )
        algorithm = _check_key(verified.credential_public_key)
    except _FAULTS as fault:
        raise PasskeyRefused("not_verified") from fault
    if verified.credential_id != answer.credential_id:
        raise PasskeyRefused("other_credential")
    return NewPasskey(
        verified.credential_id,
        verified.credential_public_key,
        verified.sign_count,
        algorithm,
        verified.aaguid,
        answer.transports,
        verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        verified.credential_backed_up,
    )


def verify_use(party: RelyingParty, answer: Answer, public_key: bytes) -> Use:
    """Verify an assertion, whose challenge the caller has found to be ours. Raises PasskeyRefused.

    The counter is not judged here (see `counter_holds`): what an unsigned message says about it means nothing.
    """
    _check_client_data(party, answer, "webauthn.get")
    try:
        _check_data(party, parse_authenticator_data(_part(answer, "authenticatorData")))
        verified = verify_authentication_response(
            credential=answer.document,
            expected_challenge=answer.challenge,
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _FAULTS as fault:
        raise PasskeyRefused("not_verified") from fault
    multi_device = verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE
    return Use(verified.new_sign_count, multi_device, verified.credential_backed_up)


def check_use(use: Use, counter: int, *, backup_eligible: bool) -> str:
    """Return why a verified use is refused all the same, or an empty string.

    A counter that does not rise means that there are two copies of the private key (section 6.1.1); synchronised
    passkeys always say zero. Whether a passkey can be synchronised never changes (section 6.1.3).
    """
    if not counter_holds(counter, use.sign_count):
        return "counter"
    return "" if use.backup_eligible == backup_eligible else "backup_eligibility"


def counter_holds(stored: int, said: int) -> bool:
    """Say whether a signature counter is credible after the stored one: both zero, or risen."""
    return stored == said == 0 or said > stored


def amr_of(*, backup_eligible: bool) -> tuple[str, ...]:
    """Return the RFC 8176 values of a use with user verification: possession of a key, and a person who was there.

    A key that can be synchronised leaves its hardware, so it is `swk` and not `hwk`.
    """
    return ("swk" if backup_eligible else "hwk", "pop", "user")


def pick_label(device: str, taken: Collection[str]) -> str:
    """Return a name for a new passkey: that of the device, with a number if it is taken."""
    wanted = clean_label(device, "Passkey")
    numbered = (f"{wanted[: MAX_LABEL - 4]} {number}" for number in range(2, MAX_PER_PERSON + 2))
    return next((label for label in (wanted, *numbered) if label not in taken), wanted)


def _check_client_data(party: RelyingParty, answer: Answer, kind: str) -> None:
    data = answer.client_data
    checks = (
        ("type", data.get("type") == kind),
        ("origin", data.get("origin") == party.origin),
        # No page of ours is ever framed, so nobody can have used a passkey in one.
        ("cross_origin", data.get("crossOrigin", False) is False and "topOrigin" not in data),
    )
    _refuse_first(checks)


def _check_data(party: RelyingParty, data: AuthenticatorData) -> None:
    checks = (
        ("rp_id", data.rp_id_hash == hashlib.sha256(party.rp_id.encode()).digest()),
        ("user_presence", data.flags.up),
        ("user_verification", data.flags.uv),
    )
    _refuse_first(checks)


def _refuse_first(checks: tuple[tuple[str, bool], ...]) -> None:
    for reason, holds in checks:
        if not holds:
            raise PasskeyRefused(reason)


def _check_key(public_key: bytes) -> int:
    """Return the key's algorithm. The library looks at a key only when it is used, which is too late to refuse one."""
    if public_key[0] >> 5 != 5:
        # Not a CBOR map: the bare points of old security keys, of which the library would take any bytes.
        raise PasskeyRefused("public_key")
    decoded = decode_credential_public_key(public_key)
    match decoded_public_key_to_cryptography(decoded), decoded.alg:
        case EllipticCurvePublicKey(curve=SECP256R1()), COSEAlgorithmIdentifier.ECDSA_SHA_256:
            return int(decoded.alg)
        case Ed25519PublicKey(), COSEAlgorithmIdentifier.EDDSA:
            return int(decoded.alg)
        case RSAPublicKey(key_size=size), COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256 if size in _RSA_BITS:
            return int(decoded.alg)
    raise PasskeyRefused("public_key")


def _part(answer: Answer, name: str) -> bytes:
    return _decode(answer.document["response"].get(name))


def _read_json(text: str | bytes) -> dict[str, Any]:
    try:
        read = json.loads(text.decode() if isinstance(text, bytes) else text)
    except (ValueError, RecursionError):
        raise PasskeyRefused("malformed") from None
    if not isinstance(read, dict):
        raise PasskeyRefused("malformed")
    return read


def _decode(value: Any) -> bytes:
    """Decode base64url without padding (RFC 4648 section 5). Empty, and everything else, is malformed."""
    if not isinstance(value, str) or not _BASE64URL.fullmatch(value):
        raise PasskeyRefused("malformed")
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except binascii.Error:
        raise PasskeyRefused("malformed") from None


def _read_transports(value: Any) -> tuple[str, ...]:
    """Return the transports known to us, which are hints and nothing more."""
    given = value if isinstance(value, list) else []
    return tuple(sorted({item for item in given if isinstance(item, str)} & _TRANSPORTS))
