"""JSON Web Signatures: the only module that touches a JOSE library.

Signing takes key objects that were imported once and a header that was encoded once. Verifying never trusts the token's
own header beyond choosing among the keys and algorithms the caller allows (RFC 8725 section 3.1), and always checks
`exp`, `nbf`, `iat`, `iss` and `aud`. Whatever a token contains, the only exception is `TokenInvalid`.
"""

import base64
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from idp.errors import IdpError, InvalidInput

SigningAlg = Literal["ES256", "RS256"]
SIGNING_ALGS: tuple[SigningAlg, ...] = ("ES256", "RS256")
CLIENT_ALGS = ("ES256", "RS256", "PS256")
KEY_TYPES = {"ES256": "EC", "RS256": "RSA", "PS256": "RSA"}

MAX_TOKEN_LENGTH = 16_384
MAX_CLIENT_KEYS = 20
MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_REGISTRIES = {alg: jws.JWSRegistry(algorithms=[alg]) for alg in KEY_TYPES}


class TokenInvalid(IdpError):
    """A token is malformed, not signed by an acceptable key, or not valid here and now.

    `detail` says why, for the log.
    """

    code = "invalid_token"


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key and what it may verify. `alg` None means any algorithm that fits its type."""

    kid: str | None
    alg: str | None
    key: ECKey | RSAKey

    def fits(self, alg: str) -> bool:
        """Say whether a signature made with `alg` may be checked with this key."""
        return KEY_TYPES[alg] == self.key.key_type and self.alg in (None, alg)


@dataclass(frozen=True, slots=True)
class SigningKeyMaterial:
    """A private key, imported once. `public_jwk` is safe to publish."""

    kid: str
    alg: SigningAlg
    key: ECKey | RSAKey
    public_jwk: Mapping[str, str]
    headers: dict[str, bytes]

    def __repr__(self) -> str:
        """Name the key without showing it."""
        return f"SigningKeyMaterial(kid={self.kid!r}, alg={self.alg!r})"

    @property
    def pem(self) -> bytes:
        """The private key as PKCS #8 PEM, in clear: seal it before it is stored."""
        return self.key.as_pem(private=True)

    def verification_key(self) -> VerificationKey:
        """Return the public half, without the private one."""
        return _import_public(self.public_jwk)


def generate_key(alg: SigningAlg) -> SigningKeyMaterial:
    """Make a new P-256 or RSA-2048 key; its `kid` is the RFC 7638 thumbprint."""
    key = ECKey.generate_key("P-256") if alg == "ES256" else RSAKey.generate_key(MIN_RSA_BITS)
    return _material(key, alg)


def import_private_key(pem: bytes, alg: SigningAlg) -> SigningKeyMaterial:
    """Import a PKCS #8 PEM. Raises InvalidInput if it is not a private key that fits `alg`."""
    try:
        key = ECKey.import_key(pem) if alg == "ES256" else RSAKey.import_key(pem)
        jws.JWSRegistry.algorithms[alg].check_key(key)
    except (JoseError, ValueError, TypeError) as error:
        raise InvalidInput("not a usable signing key", detail=f"{alg}: {type(error).__name__}") from error
    if not key.is_private:
        raise InvalidInput("not a usable signing key", detail=f"{alg}: no private part")
    return _material(key, alg)


def sign(claims: Mapping[str, Any], key: SigningKeyMaterial, typ: str = "JWT") -> str:
    """Return a compact JWS of `claims` whose header is exactly `alg`, `kid` and `typ` (RFC 7515 section 7.1)."""
    header = key.headers.get(typ)
    if header is None:
        header = key.headers[typ] = _encode(_json({"alg": key.alg, "kid": key.kid, "typ": typ}))
    signed = header + b"." + _encode(_json(claims))
    return (signed + b"." + _encode(jws.JWSRegistry.algorithms[key.alg].sign(signed, key.key))).decode("ascii")


def verify(
    token: str,
    keys: Sequence[VerificationKey],
    *,
    algs: Collection[str],
    issuer: str,
    audience: Collection[str] | None,
    now: float,
    leeway: float = 0,
    typ: str | None = None,
    required: Collection[str] = (),
) -> dict[str, Any]:
    """Return the claims of a token that is genuine, ours to accept, and valid at `now` (epoch seconds).

    The algorithm must be one of `algs`, the header's `typ` must equal `typ` when that is given (RFC 8725 section 3.11),
    `iss` must be `issuer`, `aud` must hold one of `audience`, `exp` must be there and in the future, `nbf` and `iat`
    must not be, all within `leeway` seconds. Claims in `required` must be there. An `audience` of None asks only that
    there is one: for an issuer that looks at its own tokens. Raises TokenInvalid and nothing else.
    """
    obj, alg = _parse(token, algs, typ)
    key = _select(keys, alg, obj.headers().get("kid"))
    try:
        if not jws.validate_compact(obj, key.key, registry=_REGISTRIES[alg]):
            raise TokenInvalid(detail="signature does not match")
        claims = json.loads(obj.payload)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise TokenInvalid(detail=f"signature or payload: {type(error).__name__}") from error
    if not isinstance(claims, dict):
        raise TokenInvalid(detail="payload is not an object")
    options: dict[str, ClaimsOption] = {name: {"essential": True} for name in {*required, "exp"}}
    options["iss"] = {"essential": True, "value": issuer}
    options["aud"] = {"essential": True}
    if audience is not None:
        options["aud"]["values"] = sorted(audience)
    try:
        JWTClaimsRegistry(int(now), int(leeway), **options).validate(claims)
    except (JoseError, ValueError, TypeError, OverflowError) as error:
        raise TokenInvalid(detail=f"claims: {error}") from error
    return claims


def peek(token: str, name: str) -> str | None:
    """Read one string claim of a token *without* checking anything.

    Only good for looking up whose keys to check with.
    """
    if not isinstance(token, str) or len(token) > MAX_TOKEN_LENGTH or _COMPACT.fullmatch(token) is None:
        return None
    try:
        claims = json.loads(_decode(token.split(".")[1]))
    except (ValueError, RecursionError):
        return None
    value = claims.get(name) if isinstance(claims, dict) else None
    return value if isinstance(value, str) else None


def name_key(token: str) -> str | None:
    """Read which key a token says it was signed with (`kid`), *without* checking anything.

    Only good for finding out whether keys must be fetched anew.
    """
    if not isinstance(token, str) or len(token) > MAX_TOKEN_LENGTH or _COMPACT.fullmatch(token) is None:
        return None
    try:
        header = json.loads(_decode(token.split(".", maxsplit=1)[0]))
    except (ValueError, RecursionError):
        return None
    value = header.get("kid") if isinstance(header, dict) else None
    return value if isinstance(value, str) else None


def import_client_jwks(jwks: object) -> tuple[VerificationKey, ...]:
    """Import the public keys a client registered (RFC 7517 section 5).

    Keys of unknown type or for encryption are skipped. Raises InvalidInput for a set that is malformed, too large,
    holds a weak key, or holds any private or symmetric material.
    """
    entries = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(entries, list) or len(entries) > MAX_CLIENT_KEYS:
        raise InvalidInput(f"jwks must be an object with at most {MAX_CLIENT_KEYS} keys")
    imported = []
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise InvalidInput("each key must be an object")
        if PRIVATE_MEMBERS & set(entry) or entry.get("kty") == "oct":
            raise InvalidInput("a JWK Set must not hold private or symmetric keys")
        if entry.get("kty") in ("RSA", "EC") and entry.get("use", "sig") == "sig":
            imported.append(_import_public(entry))
    kids = [key.kid for key in imported if key.kid is not None]
    if len(kids) != len(set(kids)):
        raise InvalidInput("key ids must be unique")
    return tuple(imported)


def _import_public(entry: Mapping[str, Any]) -> VerificationKey:
    kid, alg = entry.get("kid"), entry.get("alg")
    if not (kid is None or isinstance(kid, str)) or not (alg is None or isinstance(alg, str)):
        raise InvalidInput("kid and alg must be strings")
    names = ("n", "e") if entry["kty"] == "RSA" else ("crv", "x", "y")
    values = {name: value for name in names if isinstance(value := entry.get(name), str) and value}
    if len(values) != len(names):
        raise InvalidInput("a key lacks a member that its type needs")
    if entry["kty"] == "RSA":
        bits = _bits(values["n"])
        if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
            raise InvalidInput(f"an RSA key must have {MIN_RSA_BITS} to {MAX_RSA_BITS} bits")
    try:
        # Only the members checked above reach the library, so nothing else in the entry can steer it.
        public: dict[str, Any] = {"kty": entry["kty"], **values}
        key = RSAKey.import_key(public) if entry["kty"] == "RSA" else ECKey.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise InvalidInput("a key cannot be read", detail=type(error).__name__) from error
    return VerificationKey(kid, alg, key)


def _parse(token: str, algs: Collection[str], typ: str | None) -> tuple[jws.CompactSignature, str]:
    if not isinstance(token, str) or len(token) > MAX_TOKEN_LENGTH or _COMPACT.fullmatch(token) is None:
        raise TokenInvalid(detail="not a compact JWS, or too long")
    try:
        obj = jws.extract_compact(token.encode("ascii"))
        header = obj.headers()
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise TokenInvalid(detail=f"header: {type(error).__name__}") from error
    if not isinstance(header, dict) or "crit" in header or "b64" in header:
        raise TokenInvalid(detail="header is not an object, or asks for an extension")
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in algs or alg not in KEY_TYPES:
        raise TokenInvalid(detail="algorithm is not allowed")
    if typ is not None and _media_type(header.get("typ")) != typ:
        raise TokenInvalid(detail="wrong typ")
    return obj, alg


def _media_type(typ: object) -> str | None:
    # RFC 7515 section 4.1.9: "application/" may be left out, and media types compare without case.
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else None


def _select(keys: Sequence[VerificationKey], alg: str, kid: object) -> VerificationKey:
    fitting = [key for key in keys if key.fits(alg) and (kid is None or key.kid == kid)]
    # Without a kid the choice must be unambiguous (OIDC Core 10.1): a token may not shop among keys.
    if len(fitting) != 1:
        raise TokenInvalid(detail="no key, or more than one, fits the header")
    return fitting[0]


def _material(key: ECKey | RSAKey, alg: SigningAlg) -> SigningKeyMaterial:
    kid = key.thumbprint()
    names = ("kty", "n", "e") if alg == "RS256" else ("kty", "crv", "x", "y")
    public = {name: str(value) for name, value in key.as_dict(private=False).items() if name in names}
    return SigningKeyMaterial(kid, alg, key, {**public, "kid": kid, "alg": alg, "use": "sig"}, {})


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decode(text: str) -> bytes:
    # More padding than is needed does no harm.
    return base64.urlsafe_b64decode(text + "==")


def _bits(number: str) -> int:
    if _BASE64URL.fullmatch(number) is None or len(number) > MAX_TOKEN_LENGTH:
        return 0
    try:
        return int.from_bytes(_decode(number)).bit_length()
    except ValueError:
        return 0
