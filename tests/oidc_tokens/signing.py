"""Keys and tokens that the tests of this folder share. RSA keys are slow to make, so there is one of each."""

import base64
import json
from functools import cache
from typing import Any

from idp.oidc.jose import SigningAlg, SigningKeyMaterial, generate_key

NOW = 1_800_000_000.25
ISSUER = "https://id.example"


@cache
def signing_key(alg: SigningAlg = "ES256", which: int = 0) -> SigningKeyMaterial:
    """Return a signing key; a different `which` is a different key."""
    return generate_key(alg)


def claims(**changes: Any) -> dict[str, Any]:
    """Return valid claims with changes; None removes one."""
    values = {"iss": ISSUER, "aud": "client", "sub": "u1", "iat": int(NOW), "exp": int(NOW) + 60, **changes}
    return {name: value for name, value in values.items() if value is not None}


def b64(data: bytes) -> str:
    """Encode as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def header_of(token: str) -> dict[str, Any]:
    """Decode a token's header."""
    part = token.split(".", maxsplit=1)[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def unsigned(header: object, payload: object, signature: bytes = b"x" * 64) -> str:
    """Assemble a token from any parts."""
    return ".".join((b64(json.dumps(header).encode()), b64(json.dumps(payload).encode()), b64(signature)))
