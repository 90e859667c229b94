"""Signing and verifying: what is accepted, and every way a token is refused."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from idp.errors import InvalidInput
from idp.oidc.jose import (
    CLIENT_ALGS,
    SIGNING_ALGS,
    SigningAlg,
    SigningKeyMaterial,
    TokenInvalid,
    VerificationKey,
    generate_key,
    import_client_jwks,
    import_private_key,
    name_key,
    peek,
    sign,
    verify,
)
from tests.oidc_tokens.signing import ISSUER, NOW, b64, claims, header_of, signing_key, unsigned


def check(token: Any, *keys: SigningKeyMaterial | VerificationKey, **changes: Any) -> dict[str, Any]:
    public = [
        key.verification_key() if isinstance(key, SigningKeyMaterial) else key for key in keys or (signing_key(),)
    ]
    options = {"algs": SIGNING_ALGS, "issuer": ISSUER, "audience": ("client",), "now": NOW, **changes}
    return verify(token, public, **options)


def refused(token: Any, *keys: SigningKeyMaterial | VerificationKey, **changes: Any) -> str:
    with pytest.raises(TokenInvalid) as caught:
        check(token, *keys, **changes)
    assert caught.value.code == "invalid_token"
    return caught.value.detail


@pytest.mark.parametrize("alg", SIGNING_ALGS)
def test_what_is_signed_verifies_and_carries_only_alg_kid_and_typ(alg: SigningAlg) -> None:
    key = signing_key(alg)
    token = sign(claims(name="Zoë"), key, "at+jwt")
    assert header_of(token) == {"alg": alg, "kid": key.kid, "typ": "at+jwt"}
    assert check(token, key, typ="at+jwt") == claims(name="Zoë")
    assert check(sign(claims(), key, "at+jwt"), key) == claims()


def test_alg_none_is_refused_with_and_without_a_signature() -> None:
    for alg in ("none", "None", "NONE", ""):
        refused(unsigned({"alg": alg, "kid": signing_key().kid}, claims()))
    head, body = b64(json.dumps({"alg": "none"}).encode()), b64(json.dumps(claims()).encode())
    refused(f"{head}.{body}.", algs=("none", "ES256"))
    refused(f"{head}.{body}", algs=("none",))


def test_a_public_key_used_as_an_hmac_secret_is_refused() -> None:
    key = signing_key("RS256")
    pem = key.key.as_pem(private=False)
    for secret in (pem, pem.strip(), json.dumps(dict(key.public_jwk)).encode()):
        head = b64(json.dumps({"alg": "HS256", "kid": key.kid}).encode())
        body = b64(json.dumps(claims()).encode())
        forged = hmac.new(secret, f"{head}.{body}".encode(), hashlib.sha256).digest()
        refused(f"{head}.{body}.{b64(forged)}", key)
        refused(f"{head}.{body}.{b64(forged)}", key, algs=("HS256", "RS256"))


def test_an_algorithm_outside_the_allowed_ones_is_refused_though_the_signature_is_right() -> None:
    token = sign(claims(), signing_key("RS256"))
    assert "algorithm" in refused(token, signing_key("RS256"), algs=("ES256",))


def test_a_key_registered_for_one_algorithm_does_not_verify_another() -> None:
    key = signing_key("RS256")
    signed = b64(json.dumps({"alg": "PS256", "kid": key.kid}).encode()) + "." + b64(json.dumps(claims()).encode())
    private = key.key.private_key
    assert isinstance(private, rsa.RSAPrivateKey)
    pss = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)
    token = f"{signed}.{b64(private.sign(signed.encode(), pss, SHA256()))}"
    refused(token, key, algs=CLIENT_ALGS)
    free = VerificationKey(key.kid, None, key.key)
    assert check(token, free, algs=CLIENT_ALGS)["sub"] == "u1"


def test_a_foreign_key_an_unknown_kid_and_a_changed_payload_are_refused() -> None:
    token = sign(claims(), signing_key())
    refused(token, signing_key(which=1))
    other = signing_key(which=1)
    stolen_kid = VerificationKey(signing_key().kid, "ES256", other.key)
    assert "signature" in refused(token, stolen_kid)
    head, _, signature = token.split(".")
    refused(f"{head}.{b64(json.dumps(claims(sub='admin')).encode())}.{signature}")
    refused(f"{head}..{signature}")
    refused(unsigned({"alg": "ES256", "kid": signing_key().kid}, claims(), b""))


def test_a_missing_kid_is_only_good_when_one_key_fits() -> None:
    key = signing_key()
    signed = b64(b'{"alg":"ES256"}') + "." + b64(json.dumps(claims()).encode())
    raw = sign_raw(key, signed)
    assert check(raw, key)["sub"] == "u1"
    assert check(raw, key, signing_key("RS256"))["sub"] == "u1"
    assert "more than one" in refused(raw, key, signing_key(which=1))


@pytest.mark.parametrize("kid", [1, None, [], {}, "", "../../etc/passwd", "' OR 1=1 --"])
def test_a_strange_kid_finds_no_key(kid: object) -> None:
    header = {"alg": "ES256", "kid": kid}
    signed = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims()).encode())
    refused(sign_raw(signing_key(), signed))


@pytest.mark.parametrize(
    "extra",
    [
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False, "crit": ["b64"]},
        {"b64": True},
        {"jku": 5},
        {"x5c": "x"},
        {"cty": 3},
        {"unknown": 1},
    ],
)
def test_header_extensions_and_malformed_headers_are_refused(extra: dict[str, Any]) -> None:
    header = {"alg": "ES256", "kid": signing_key().kid, **extra}
    signed = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims()).encode())
    refused(sign_raw(signing_key(), signed))


def test_a_key_embedded_in_the_header_is_never_used() -> None:
    attacker = signing_key(which=1)
    header = {"alg": "ES256", "jwk": dict(attacker.public_jwk)}
    signed = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims()).encode())
    refused(sign_raw(attacker, signed))


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({"exp": None}, {}),
        ({"exp": int(NOW)}, {}),
        ({"exp": int(NOW) - 61}, {"leeway": 60}),
        ({"exp": "later"}, {}),
        ({"exp": True}, {}),
        ({"exp": [int(NOW) + 60]}, {}),
        ({"exp": -(10**400)}, {}),
        ({"nbf": int(NOW) + 1}, {}),
        ({"nbf": "x"}, {}),
        ({"iat": int(NOW) + 1}, {}),
        ({"iat": {}}, {}),
        ({"iss": None}, {}),
        ({"iss": "https://evil.example"}, {}),
        ({"iss": ISSUER + "/"}, {}),
        ({"iss": [ISSUER]}, {}),
        ({"aud": None}, {}),
        ({"aud": "other"}, {}),
        ({"aud": []}, {}),
        ({"aud": ""}, {}),
        ({"aud": ["other"]}, {}),
        ({"aud": [["client"]]}, {}),
        ({"aud": {"client": 1}}, {}),
        ({"sub": None}, {"required": ("sub",)}),
        ({"sub": ""}, {"required": ("sub",)}),
        ({"sub": 5}, {}),
        ({"jti": 5}, {}),
        ({}, {"required": ("jti",)}),
    ],
)
def test_claims_that_are_missing_wrong_or_not_valid_now_are_refused(
    changes: dict[str, Any], options: dict[str, Any]
) -> None:
    refused(sign(claims(**changes), signing_key()), **options)


def test_leeway_forgives_a_small_difference_of_clocks() -> None:
    assert check(sign(claims(exp=int(NOW) - 59), signing_key()), leeway=60)
    assert check(sign(claims(iat=int(NOW) + 60, nbf=int(NOW) + 60), signing_key()), leeway=60)


def test_the_audience_may_be_a_list_that_holds_ours() -> None:
    assert check(sign(claims(aud=["other", "client"]), signing_key()))


def test_an_issuer_that_looks_at_its_own_tokens_takes_any_audience_but_not_none() -> None:
    assert check(sign(claims(aud="somebody else"), signing_key()), audience=None)
    assert "aud" in refused(sign(claims(aud=None), signing_key()), audience=None)


@pytest.mark.parametrize("typ", ["JWT", "application/jwt", "", "at+jwt2"])
def test_a_token_of_another_type_is_not_taken_for_an_access_token(typ: str) -> None:
    assert refused(sign(claims(), signing_key(), typ), typ="at+jwt") == "wrong typ"


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
def test_the_media_type_may_be_written_in_full_and_in_any_case(typ: str) -> None:
    assert check(sign(claims(), signing_key(), typ), typ="at+jwt")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a.b.c",
        "é.é.é",
        "a b.c.d",
        "x" * 20_000,
        b64(b"[" * 6000) + ".e30.e30",
        b64(b'{"alg":[]}') + ".e30.e30",
        b64(b"[]") + ".e30.e30",
        b64(b'"alg"') + ".e30.e30",
        b64(b'{"alg":"ES256"}') + ".e30.e30",
        b64(b"\xff\xfe") + ".e30.e30",
        "\n" + b64(b'{"alg":"ES256"}') + ".e30.e30",
        None,
        7,
        b"a.b.c",
    ],
)
def test_what_is_no_token_is_refused_and_nothing_else_happens(token: Any) -> None:
    refused(token)


@pytest.mark.parametrize("payload", [b"[]", b"1", b"null", b"{", b"\xff", b"[" * 6000, b'{"exp":' + b"9" * 5000 + b"}"])
def test_a_signed_payload_that_is_no_claims_set_is_refused(payload: bytes) -> None:
    signed = b64(json.dumps({"alg": "ES256", "kid": signing_key().kid}).encode()) + "." + b64(payload)
    refused(sign_raw(signing_key(), signed))


def test_a_token_over_the_size_cap_is_refused_though_it_is_genuine() -> None:
    refused(sign(claims(blob="x" * 16_000), signing_key()))


@given(st.text() | st.builds(lambda a, b, c: f"{b64(a)}.{b64(b)}.{b64(c)}", st.binary(), st.binary(), st.binary()))
def test_no_text_raises_anything_but_token_invalid(text: str) -> None:
    refused(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "iss", "aud", "exp", "nbf", "iat", "sub", "jti"])


@given(st.dictionaries(names, json_values), st.dictionaries(names, json_values))
def test_no_header_or_claims_raise_anything_but_token_invalid(header: dict[str, Any], payload: dict[str, Any]) -> None:
    signed = b64(json.dumps({"alg": "ES256", "kid": signing_key().kid, **header}).encode())
    refused(sign_raw(signing_key(), signed + "." + b64(json.dumps(payload).encode())))


def test_peek_reads_a_claim_without_believing_it_and_never_raises() -> None:
    assert peek(unsigned({"alg": "none"}, {"sub": "someone"}), "sub") == "someone"
    deep = "e30." + b64(b"[" * 6000) + ".e30"
    for token in ("", "a.b.c", deep, unsigned({}, []), unsigned({}, {"sub": 5}), "x" * 20_000):
        assert peek(token, "sub") is None


def test_the_name_of_a_key_is_read_without_believing_it_and_never_raises() -> None:
    assert name_key(unsigned({"alg": "none", "kid": "k1"}, {})) == "k1"
    deep = b64(b"[" * 6000) + ".e30.e30"
    for token in (None, "", "a.b.c", deep, unsigned([], {}), unsigned({"kid": 5}, {}), unsigned({}, {}), "x" * 20_000):
        assert name_key(token) is None


def test_a_private_key_survives_its_pem_and_keeps_its_kid() -> None:
    for alg in SIGNING_ALGS:
        key = signing_key(alg)
        again = import_private_key(key.pem, alg)
        assert again.kid == key.kid
        assert again.public_jwk == key.public_jwk
        assert check(sign(claims(), again), key)
    assert generate_key("ES256").kid != generate_key("ES256").kid


def test_what_does_not_fit_is_not_imported_as_a_signing_key() -> None:
    curve = ec.generate_private_key(ec.SECP384R1())
    p384 = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    own_public = signing_key().key.as_pem(private=False)
    for pem in (p384, public, own_public, signing_key("RS256").pem, b"", b"-----BEGIN PRIVATE KEY-----\n"):
        with pytest.raises(InvalidInput):
            import_private_key(pem, "ES256")
    with pytest.raises(InvalidInput):
        import_private_key(signing_key().pem, "RS256")


def test_published_keys_hold_no_private_member_and_repr_shows_none() -> None:
    assert set(signing_key("ES256").public_jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert set(signing_key("RS256").public_jwk) == {"kty", "n", "e", "kid", "alg", "use"}
    assert not any(signing_key(alg).verification_key().key.is_private for alg in SIGNING_ALGS)
    private = signing_key("RS256").key.as_dict(private=True)["d"]
    assert str(private) not in repr(signing_key("RS256"))


def test_client_keys_verify_what_the_client_signed() -> None:
    for alg in SIGNING_ALGS:
        (key,) = import_client_jwks({"keys": [dict(signing_key(alg).public_jwk)]})
        assert check(sign(claims(), signing_key(alg)), key, algs=CLIENT_ALGS)


def test_keys_of_unknown_type_or_for_encryption_are_skipped() -> None:
    entries = [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}, {**signing_key().public_jwk, "use": "enc"}, {"kty": "zz"}]
    assert import_client_jwks({"keys": entries}) == ()
    assert import_client_jwks({"keys": []}) == ()


def weak_rsa() -> dict[str, str]:
    return {"kty": "RSA", "n": b64(bytes([255]) * 128), "e": "AQAB"}


@pytest.mark.parametrize(
    "jwks",
    [
        None,
        [],
        "x",
        {},
        {"keys": {}},
        {"keys": [1]},
        {"keys": [{"kty": "oct", "k": "AA"}]},
        {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]},
        {"keys": [{"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"}]},
        {"keys": [{"kty": "EC"}]},
        {"keys": [{"kty": "RSA", "n": 5, "e": "AQAB"}]},
        {"keys": [{"kty": "RSA", "n": "+++", "e": "AQAB"}]},
        {"keys": [{"kty": "RSA", "n": "A", "e": "AQAB"}]},
        {"keys": [{"kty": "RSA", "n": b64(bytes([255]) * 2000), "e": "AQAB"}]},
        {"keys": [{"kty": "RSA", "n": b64(bytes([255]) * 256), "e": "AA"}]},
        {"keys": [weak_rsa()]},
        {"keys": [{**signing_key().public_jwk, "kid": 5}]},
        {"keys": [{**signing_key().public_jwk, "alg": []}]},
        {"keys": [dict(signing_key().public_jwk)] * 2},
        {"keys": [{"kty": "zz"}] * 21},
    ],
)
def test_a_malformed_or_weak_key_set_is_refused(jwks: object) -> None:
    with pytest.raises(InvalidInput):
        import_client_jwks(jwks)


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
@pytest.mark.parametrize("alg", SIGNING_ALGS)
def test_a_key_set_with_private_material_is_refused(alg: SigningAlg, member: str) -> None:
    with pytest.raises(InvalidInput, match="private"):
        import_client_jwks({"keys": [{**signing_key(alg).public_jwk, member: "AA"}]})


def sign_raw(key: SigningKeyMaterial, signed: str) -> str:
    """Sign any header and payload, also ones that `sign` would never make."""
    private = key.key.private_key
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    der = private.sign(signed.encode(), ec.ECDSA(SHA256()))
    return f"{signed}.{b64(raw_signature(der))}"


def raw_signature(der: bytes) -> bytes:
    """Turn a DER signature into r || s (RFC 7518 section 3.4)."""
    size = der[3]
    r, s = der[4 : 4 + size], der[6 + size :]
    return r.lstrip(b"\0").rjust(32, b"\0") + s.lstrip(b"\0").rjust(32, b"\0")
