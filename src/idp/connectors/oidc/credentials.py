"""How we show the token endpoint who we are (OpenID Connect Core 1.0 section 9, RFC 7523)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote_plus

from idp.connectors.oidc.config import OidcConfig
from idp.errors import InvalidInput
from idp.http import basic_credentials
from idp.oidc.jose import SigningKeyMaterial, import_private_key, sign

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS: Final = 60


class Credentials:
    """Our credentials at one provider. A private key is imported once."""

    def __init__(self, config: OidcConfig, secrets: Mapping[str, str]) -> None:
        """Take the secrets. Raises InvalidInput for a private key that cannot be used."""
        self._config = config
        self._secret = secrets.get("client_secret", "")
        self._key = _import(config, secrets["private_key"]) if config.client_auth == "private_key_jwt" else None

    def show(self, token_endpoint: str, jti: str, now: float) -> tuple[dict[str, str], dict[str, str]]:
        """Return headers and form fields. `jti` is a random text, used once."""
        config = self._config
        if self._key is not None:
            audience = config.issuer if config.assertion_audience == "issuer" else token_endpoint
            claims = {
                "iss": config.client_id,
                "sub": config.client_id,
                "aud": audience,
                "jti": jti,
                "iat": int(now),
                "exp": int(now) + ASSERTION_SECONDS,
            }
            return {}, {"client_assertion_type": ASSERTION_TYPE, "client_assertion": sign(claims, self._key)}
        if config.client_auth == "client_secret_post":
            return {}, {"client_id": config.client_id, "client_secret": self._secret}
        # RFC 6749 section 2.3.1: both parts are form-encoded first.
        return {"Authorization": basic_credentials(quote_plus(config.client_id), quote_plus(self._secret))}, {}


def _import(config: OidcConfig, pem: str) -> SigningKeyMaterial:
    try:
        key = import_private_key(pem.encode(), config.signing_alg)
    except InvalidInput:
        raise InvalidInput("private_key: not a PKCS #8 key that fits the algorithm") from None
    return replace(key, kid=config.key_id, headers={}) if config.key_id is not None else key
