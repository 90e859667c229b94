"""A passkey ceremony: its challenge, and what a browser is asked to do (WebAuthn Level 3 sections 5.4, 5.5 and 13.4.3).

Showing a page writes nothing. A challenge carries its own proof instead: a nonce, its deadline, and a MAC over both and
over the place that it was made for. It answers only there, only in time, and the caller spends it once (`spend_key`).
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from webauthn import generate_authentication_options, generate_registration_options
from webauthn.helpers import bytes_to_base64url, options_to_json_dict
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

#: ES256, EdDSA and RS256, the one that every authenticator has first (RFC 9053, RFC 8812).
ALGORITHMS: Final = (
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
NONCE_BYTES: Final = 16
_TIME_BYTES: Final = 8
_MAC_BYTES: Final = 32
_CHALLENGE_BYTES: Final = NONCE_BYTES + _TIME_BYTES + _MAC_BYTES
#: Two nodes' clocks may differ; a spent challenge is remembered that much longer than it lives.
CLOCK_SKEW: Final = 300.0

Kind = Literal["register", "sign_in"]


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks for passkeys: the domain they are bound to, the one origin they are used on, and its name for people."""

    rp_id: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ceremony happens. `owner` names the run or the session, which a browser's cookie opens.

    `user_handle` is whose passkey is to be made; empty where the passkey itself says who signs in.
    """

    kind: Kind
    owner: str
    step: str = ""
    seq: int = 0
    user_handle: bytes = b""


@dataclass(frozen=True, slots=True)
class Known:
    """A passkey that an account has: what a browser must be told to find it, or not to make it twice."""

    credential_id: bytes
    transports: tuple[str, ...] = ()


def relying_party(issuer: str, name: str, rp_id: str | None = None) -> RelyingParty | None:
    """Return who asks for passkeys, or None where browsers have none: at an IP address, and over http off this machine.

    `rp_id` is the issuer's own host unless the operator says otherwise. Browsers insist that it is that host, a parent
    domain of it, or one that lists the issuer among its related origins.
    """
    parts = urlsplit(issuer)
    host = parts.hostname or ""
    local = host == "localhost" or host.endswith(".localhost")
    if not host or _is_address(host) or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        return None
    default = {"https": 443, "http": 80}[parts.scheme]
    port = "" if parts.port in (None, default) else f":{parts.port}"
    return RelyingParty(rp_id or host, f"{parts.scheme}://{host}{port}", name)


def user_handle_of(sub: str) -> bytes:
    """Return the handle that authenticators keep for an account: 32 bytes that say nothing about it.

    It is not the subject itself, so that what an authenticator stores and what clients know cannot be joined.
    """
    return hashlib.sha256(b"passkey user handle\0" + sub.encode()).digest()


def make_challenge(key: bytes, place: Place, expires_at: float, nonce: bytes) -> bytes:
    """Return a challenge for one ceremony at `place`, to be answered before `expires_at` (epoch seconds).

    `nonce` are NONCE_BYTES from a secure source.
    """
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a challenge takes {NONCE_BYTES} random bytes")
    head = nonce + int(expires_at).to_bytes(_TIME_BYTES, "big")
    return head + _mac(key, place, head)


def check_challenge(key: bytes, place: Place, challenge: bytes, now: float) -> str:
    """Return an empty string if we made the challenge for this place and its time is not over, else why not."""
    head, mac = challenge[:-_MAC_BYTES], challenge[-_MAC_BYTES:]
    if len(challenge) != _CHALLENGE_BYTES or not hmac.compare_digest(mac, _mac(key, place, head)):
        return "foreign_challenge"
    return "" if now < expiry_of(challenge) else "expired_challenge"


def expiry_of(challenge: bytes) -> int:
    """Return when a checked challenge ends, epoch seconds."""
    return int.from_bytes(challenge[NONCE_BYTES : NONCE_BYTES + _TIME_BYTES], "big")


def spend_key(challenge: bytes) -> bytes:
    """Return the key under which a spent challenge is remembered."""
    return hashlib.sha256(challenge).digest()


def request_options(
    party: RelyingParty, challenge: bytes, allowed: Sequence[Known], seconds: float
) -> Mapping[str, Any]:
    """Return the JSON for `parseRequestOptionsFromJSON`. Without `allowed`, any passkey of this provider may answer."""
    return options_to_json_dict(
        generate_authentication_options(
            rp_id=party.rp_id,
            challenge=challenge,
            timeout=round(seconds * 1000),
            allow_credentials=[_describe(one) for one in allowed],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def creation_options(
    party: RelyingParty,
    challenge: bytes,
    user_handle: bytes,
    account: str,
    person: str,
    excluded: Sequence[Known],
    seconds: float,
) -> Mapping[str, Any]:
    """Return the JSON for `parseCreationOptionsFromJSON`: discoverable, with user verification, without attestation.

    `account` tells the person's accounts apart, `person` is their name. An authenticator that holds one of `excluded`
    makes no second passkey.
    """
    return options_to_json_dict(
        generate_registration_options(
            rp_id=party.rp_id,
            rp_name=party.name,
            user_id=user_handle,
            user_name=account,
            user_display_name=person,
            challenge=challenge,
            timeout=round(seconds * 1000),
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[_describe(one) for one in excluded],
            supported_pub_key_algs=list(ALGORITHMS),
        )
    )


def accepted_options(party: RelyingParty, user_handle: bytes, known: Sequence[Known]) -> Mapping[str, Any]:
    """Return the JSON for `PublicKeyCredential.signalAllAcceptedCredentials` (WebAuthn Level 3 section 5.1.10)."""
    return {
        "rpId": party.rp_id,
        "userId": bytes_to_base64url(user_handle),
        "allAcceptedCredentialIds": [bytes_to_base64url(one.credential_id) for one in known],
    }


def _describe(known: Known) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(name) for name in known.transports]
    return PublicKeyCredentialDescriptor(known.credential_id, transports=transports or None)


def _mac(key: bytes, place: Place, head: bytes) -> bytes:
    # Each part is hashed first, so that no two lists of parts make the same message.
    parts = (place.kind.encode(), place.owner.encode(), place.step.encode(), str(place.seq).encode(), place.user_handle)
    message = b"passkey challenge" + head + b"".join(hashlib.sha256(part).digest() for part in parts)
    return hmac.digest(key, message, "sha256")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
