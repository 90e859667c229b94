"""A software authenticator: real keys, real CBOR, real signatures, and every lie that an attacker could tell.

It plays the authenticator and the browser together: given the options of a page, it answers with the JSON that
`PublicKeyCredential.toJSON()` gives (WebAuthn Level 3 sections 5.1, 6.1 and 6.5).
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
PRESENT = UP | UV
ES256, EDDSA, RS256 = -7, -8, -257
NO_AAGUID = bytes(16)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def make_key(algorithm: int) -> Any:
    if algorithm == ES256:
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate() if algorithm == EDDSA else rsa.generate_private_key(65537, 2048)


def cose_key(key: Any) -> dict[int, Any]:
    """Return the public half as a COSE key (RFC 9053 section 7, RFC 8230 section 4)."""
    public = key.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        curves = {"secp256r1": (1, 32), "secp384r1": (2, 48)}
        curve, size = curves[public.curve.name]
        numbers = public.public_numbers()
        return {1: 2, 3: ES256, -1: curve, -2: numbers.x.to_bytes(size, "big"), -3: numbers.y.to_bytes(size, "big")}
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        return {1: 3, 3: RS256, -1: numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big"), -2: b"\x01\x00\x01"}
    return {1: 1, 3: EDDSA, -1: 6, -2: public.public_bytes_raw()}


def sign(key: Any, data: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(SHA256()))
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), SHA256())
    return bytes(key.sign(data))


@dataclass
class Passkey:
    """One passkey, as an authenticator holds it."""

    key: Any
    credential_id: bytes
    user_handle: bytes
    rp_id: str
    counter: int = 0


@dataclass
class Authenticator:
    """Makes and uses passkeys. `flags` are what it says of itself beside what a message needs; `counts` by how much."""

    origin: str = "http://localhost:8000"
    algorithm: int = ES256
    flags: int = PRESENT
    counts: int = 1
    held: list[Passkey] = field(default_factory=list)

    def make(self, options: Mapping[str, Any], **lies: Any) -> str:
        """Answer `navigator.credentials.create()`. Lies replace parts: see `attest`."""
        credential_id = lies.pop("credential_id", None) or secrets.token_bytes(32)
        key = lies.pop("key", None) or make_key(self.algorithm)
        passkey = Passkey(key, credential_id, unb64(options["user"]["id"]), options["rp"]["id"])
        self.held.append(passkey)
        return self.attest(passkey, options["challenge"], **lies)

    def attest(
        self,
        passkey: Passkey,
        challenge: str,
        *,
        client: Mapping[str, Any] | None = None,
        fmt: Any = "none",
        statement: Any = None,
        public_key: Any = None,
        rp_id: str | None = None,
        flags: int | None = None,
        named: bytes | None = None,
        tail: bytes = b"",
        document: Mapping[str, Any] | None = None,
    ) -> str:
        """Return a registration. `client` changes client data, `named` the ID beside the attested one."""
        client_data = self._client_data("webauthn.create", challenge, client)
        attested = NO_AAGUID + len(passkey.credential_id).to_bytes(2, "big") + passkey.credential_id
        attested += encode_cbor(cose_key(passkey.key) if public_key is None else public_key)
        data = self._head(passkey, rp_id, (self.flags if flags is None else flags) | AT) + attested + tail
        if statement == "self":
            signature = sign(passkey.key, data + hashlib.sha256(client_data).digest())
            statement = {"alg": cose_key(passkey.key)[3], "sig": signature}
        attestation = encode_cbor({"fmt": fmt, "attStmt": statement or {}, "authData": data})
        response = {
            "clientDataJSON": b64(client_data),
            "attestationObject": b64(attestation),
            "transports": ["internal", "hybrid"],
        }
        return self._say(named or passkey.credential_id, response, document)

    def use(self, options: Mapping[str, Any], passkey: Passkey | None = None, **lies: Any) -> str:
        """Answer `navigator.credentials.get()` with a passkey, the last one unless said otherwise."""
        return self.answer(passkey or self._find(options), options["challenge"], **lies)

    def answer(
        self,
        passkey: Passkey,
        challenge: str,
        *,
        client: Mapping[str, Any] | None = None,
        rp_id: str | None = None,
        flags: int | None = None,
        counter: int | None = None,
        user_handle: bytes | None = b"",
        key: Any = None,
        document: Mapping[str, Any] | None = None,
    ) -> str:
        """Return an assertion. A `user_handle` of None is left out."""
        passkey.counter = passkey.counter + self.counts if counter is None else counter
        client_data = self._client_data("webauthn.get", challenge, client)
        data = self._head(passkey, rp_id, self.flags if flags is None else flags)
        response = {
            "clientDataJSON": b64(client_data),
            "authenticatorData": b64(data),
            "signature": b64(sign(key or passkey.key, data + hashlib.sha256(client_data).digest())),
        }
        if user_handle is not None:
            response["userHandle"] = b64(user_handle or passkey.user_handle)
        return self._say(passkey.credential_id, response, document)

    def _find(self, options: Mapping[str, Any]) -> Passkey:
        allowed = {unb64(one["id"]) for one in options.get("allowCredentials", [])}
        mine = [
            one for one in self.held if one.rp_id == options["rpId"] and (not allowed or one.credential_id in allowed)
        ]
        return mine[-1]

    def _client_data(self, kind: str, challenge: str, changes: Mapping[str, Any] | None) -> bytes:
        data = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **(changes or {})}
        return json.dumps({name: value for name, value in data.items() if value is not ...}).encode()

    def _head(self, passkey: Passkey, rp_id: str | None, flags: int) -> bytes:
        digest = hashlib.sha256((rp_id or passkey.rp_id).encode()).digest()
        return digest + bytes([flags]) + passkey.counter.to_bytes(4, "big")

    def _say(self, credential_id: bytes, response: Mapping[str, Any], changes: Mapping[str, Any] | None) -> str:
        document = {
            "id": b64(credential_id),
            "rawId": b64(credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {name: value for name, value in response.items() if value is not ...},
        }
        return json.dumps(document | dict(changes or {}))
