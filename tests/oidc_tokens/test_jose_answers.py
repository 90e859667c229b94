"""Keys as they are made, what the log is told of a refused token or key, and where the bounds are."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from idp.errors import InvalidInput
from idp.oidc.jose import (
    MAX_CLIENT_KEYS,
    MAX_RSA_BITS,
    MAX_TOKEN_LENGTH,
    TokenInvalid,
    generate_key,
    import_client_jwks,
    import_private_key,
    name_key,
    peek,
    sign,
)
from tests.oidc_tokens.signing import b64, claims, header_of, signing_key, unsigned
from tests.oidc_tokens.test_jose import check, refused, sign_raw


def test_an_es256_key_is_a_p256_key_named_by_its_thumbprint() -> None:
    key = generate_key("ES256")
    private = key.key.private_key
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert private.curve.name == "secp256r1"
    assert key.alg == key.public_jwk["alg"] == "ES256"
    assert key.kid == key.public_jwk["kid"] == key.key.thumbprint()
    assert set(key.public_jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}


def test_an_rs256_key_has_2048_bits() -> None:
    key = generate_key("RS256")
    private = key.key.private_key
    assert isinstance(private, rsa.RSAPrivateKey)
    assert private.key_size == 2048
    assert key.alg == key.public_jwk["alg"] == "RS256"
    assert set(key.public_jwk) == {"kty", "n", "e", "kid", "alg", "use"}


@pytest.mark.parametrize(
    ("pem", "detail"),
    [(b"x", "ES256: InvalidKeyTypeError"), (signing_key("RS256").pem, "ES256: InvalidKeyTypeError")],
)
def test_a_key_that_cannot_sign_is_named_in_the_log(pem: bytes, detail: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        import_private_key(pem, "ES256")
    assert caught.value.message == "not a usable signing key"
    assert caught.value.detail.startswith("ES256: ")
    assert caught.value.detail not in ("ES256: NoneType", "ES256: no private part")


def test_a_public_key_cannot_sign() -> None:
    private = signing_key().key.private_key
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(InvalidInput) as caught:
        import_private_key(pem, "ES256")
    assert (caught.value.message, caught.value.detail) == ("not a usable signing key", "ES256: no private part")


def test_the_type_is_jwt_unless_another_is_given_and_a_header_is_encoded_once() -> None:
    key = generate_key("ES256")
    assert header_of(sign(claims(), key))["typ"] == "JWT"
    key.headers["JWT"] = b"kept"
    assert sign(claims(), key).startswith("kept.")
    assert header_of(sign(claims(), key, "at+jwt"))["typ"] == "at+jwt"


def test_a_token_is_compact_and_holds_no_number_that_is_none() -> None:
    payload = sign({"b": [1, 2], "a": "x"}, signing_key()).split(".")[1]
    assert payload == b64(b'{"b":[1,2],"a":"x"}')
    for number in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="JSON compliant"):
            sign({"x": number}, signing_key())


def signed(header: Any, payload: bytes) -> str:
    return sign_raw(signing_key(), b64(json.dumps(header).encode()) + "." + b64(payload))


KID = {"alg": "ES256", "kid": signing_key().kid}


@pytest.mark.parametrize(
    ("token", "detail"),
    [
        ("a.b", "not a compact JWS, or too long"),
        ("x" * (MAX_TOKEN_LENGTH + 1), "not a compact JWS, or too long"),
        (unsigned([], {}), "header: "),
        (unsigned({**KID, "crit": ["exp"]}, claims()), "header is not an object, or asks for an extension"),
        (unsigned({**KID, "b64": False}, claims()), "header: MissingCritHeaderError"),
        (unsigned({**KID, "alg": "HS256"}, claims()), "algorithm is not allowed"),
        (unsigned({**KID, "kid": "other"}, claims()), "no key, or more than one, fits the header"),
        (unsigned(KID, claims()), "signature does not match"),
        (signed(KID, b"{"), "signature or payload: JSONDecodeError"),
        (signed(KID, b"[]"), "payload is not an object"),
    ],
)
def test_the_log_says_why_a_token_is_refused(token: str, detail: str) -> None:
    said = refused(token)
    assert said.startswith(detail)
    assert "NoneType" not in said


@pytest.mark.parametrize("typ", [5, None, ["at+jwt"]])
def test_a_type_that_is_no_text_is_no_type(typ: Any) -> None:
    assert refused(signed({**KID, "typ": typ}, json.dumps(claims()).encode()), typ="at+jwt") == "wrong typ"


def token_of(length: int) -> str:
    """Return a genuine token of exactly so many characters."""
    for blob in range(length * 3 // 4, 0, -1):
        token = sign(claims(blob="x" * blob), signing_key())
        if len(token) <= length:
            break
    assert len(token) == length
    return token


def test_the_longest_token_is_still_read() -> None:
    token = token_of(MAX_TOKEN_LENGTH)
    assert check(token)["sub"] == "u1"
    assert peek(token, "sub") == "u1"
    assert name_key(token) == signing_key().kid
    longer = unsigned({"kid": "k1", "pad": "x" * MAX_TOKEN_LENGTH}, {"sub": "u1"})
    assert (peek(longer, "sub"), name_key(longer)) == (None, None)


def test_peek_takes_anything_and_every_length_of_payload() -> None:
    for nothing in (None, 5, b"a.b.c"):
        assert peek(nothing, "sub") is None  # type: ignore[arg-type]
    for size in range(1, 9):
        assert peek(unsigned({}, {"sub": "x" * size}), "sub") == "x" * size


def modulus(bits: int) -> str:
    return b64(((1 << bits) - 1).to_bytes((bits + 7) // 8))


@pytest.mark.parametrize(
    ("jwks", "message"),
    [
        ({"keys": [{}] * (MAX_CLIENT_KEYS + 1)}, f"jwks must be an object with at most {MAX_CLIENT_KEYS} keys"),
        ([], f"jwks must be an object with at most {MAX_CLIENT_KEYS} keys"),
        ({"keys": ["x"]}, "each key must be an object"),
        ({"keys": [{"kty": "oct"}]}, "a JWK Set must not hold private or symmetric keys"),
        ({"keys": [{"kty": "EC", "d": "AA"}]}, "a JWK Set must not hold private or symmetric keys"),
        ({"keys": [dict(signing_key().public_jwk)] * 2}, "key ids must be unique"),
        ({"keys": [{**signing_key().public_jwk, "kid": 5}]}, "kid and alg must be strings"),
        ({"keys": [{"kty": "RSA", "n": 5, "e": "AQAB"}]}, "a key lacks a member that its type needs"),
        ({"keys": [{"kty": "RSA", "n": modulus(2048), "e": ""}]}, "a key lacks a member that its type needs"),
        ({"keys": [{"kty": "RSA", "n": modulus(2047), "e": "AQAB"}]}, "an RSA key must have 2048 to 8192 bits"),
        ({"keys": [{"kty": "RSA", "n": modulus(8193), "e": "AQAB"}]}, "an RSA key must have 2048 to 8192 bits"),
        ({"keys": [{"kty": "RSA", "n": "AAAA", "e": "AQAB"}]}, "an RSA key must have 2048 to 8192 bits"),
        (
            {"keys": [{"kty": "RSA", "n": "+" + str(signing_key("RS256").public_jwk["n"]), "e": "AQAB"}]},
            "an RSA key must have 2048 to 8192 bits",
        ),
        ({"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}, "a key cannot be read"),
    ],
)
def test_what_is_wrong_with_a_key_set_is_said(jwks: object, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        import_client_jwks(jwks)
    assert caught.value.message == message
    if message == "a key cannot be read":
        assert caught.value.detail not in ("", "NoneType")


def test_the_largest_key_set_and_key() -> None:
    entry = {"kty": "RSA", "n": modulus(MAX_RSA_BITS), "e": "AQAB"}
    assert len(import_client_jwks({"keys": [entry] * MAX_CLIENT_KEYS})) == MAX_CLIENT_KEYS


def test_a_token_invalid_is_the_clients_fault_and_says_so() -> None:
    assert TokenInvalid.code == "invalid_token"
