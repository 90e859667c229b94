"""The provider, seen from outside: its discovery document, its keys, and whether a JWT is one of its own.

The bank and the API both need exactly this much, and an API needs nothing more.
"""

from collections.abc import Mapping
from typing import Any, Final

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from idp.clock import Clock

LEEWAY: Final = 30
REFETCH_SECONDS: Final = 60.0
MAX_TOKEN: Final = 16_384


class ProviderUnavailable(Exception):
    """The provider did not answer, or its answer is not usable. Trying again later may help."""


class TokenInvalid(Exception):
    """A token is not genuine, not for us, or not valid now. The message says why; it is for the log."""


def open_client(transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    """Return the client for calls between servers: no redirects, no proxies, ten seconds."""
    return httpx.AsyncClient(transport=transport, timeout=10.0, follow_redirects=False, trust_env=False)


class Provider:
    """One provider, known by its issuer URL. Metadata and keys are fetched when first needed and then kept."""

    def __init__(self, issuer: str, alg: str, client: httpx.AsyncClient, clock: Clock) -> None:
        """Accept only tokens signed with `alg`: the token itself never chooses (RFC 8725 section 3.1)."""
        self.issuer = issuer
        self._alg = alg
        self._client = client
        self._clock = clock
        self._metadata: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None
        self._fetched_at = 0.0

    async def metadata(self) -> Mapping[str, Any]:
        """Return the discovery document (OIDC Discovery section 4). Raises ProviderUnavailable."""
        if self._metadata is None:
            document = await self._get(f"{self.issuer}/.well-known/openid-configuration")
            # Section 4.3: somebody else's document must not lead us to their endpoints.
            if document.get("issuer") != self.issuer:
                raise ProviderUnavailable("the discovery document names another issuer")
            self._metadata = document
        return self._metadata

    async def endpoint(self, name: str) -> str:
        """Return the URL of an endpoint, such as `token_endpoint`. Raises ProviderUnavailable if there is none."""
        url = (await self.metadata()).get(name)
        if not isinstance(url, str) or not url:
            raise ProviderUnavailable(f"the provider has no {name}")
        return url

    async def verify(self, token: object, *, audience: str, typ: str | None = None) -> dict[str, Any]:
        """Return the claims of a token that the provider signed for `audience` and that is valid now.

        With `typ` the header must say so (RFC 8725 section 3.11). Raises TokenInvalid or ProviderUnavailable.
        """
        if not isinstance(token, str) or len(token) > MAX_TOKEN:
            raise TokenInvalid("not a token")
        try:
            decoded = jwt.decode(token, await self._key_set(), algorithms=[self._alg])
        except InvalidKeyIdError:
            decoded = await self._decode_with_new_keys(token)
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise TokenInvalid(f"signature: {type(error).__name__}") from error
        if typ is not None and _media_type(decoded.header.get("typ")) != typ:
            raise TokenInvalid("wrong typ")
        registry = JWTClaimsRegistry(
            int(self._clock.now()),
            LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "values": [audience]},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            registry.validate(decoded.claims)
        except (JoseError, ValueError, TypeError, OverflowError) as error:
            raise TokenInvalid(f"claims: {error}") from error
        return dict(decoded.claims)

    async def _decode_with_new_keys(self, token: str) -> jwt.Token:
        """Decode with keys fetched anew: the provider may have changed its key since we looked."""
        # Anybody can send a token with an unknown kid; they must not make us fetch each time.
        if self._clock.now() - self._fetched_at < REFETCH_SECONDS:
            raise TokenInvalid("signed with an unknown key")
        self._keys = None
        try:
            return jwt.decode(token, await self._key_set(), algorithms=[self._alg])
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise TokenInvalid(f"signature: {type(error).__name__}") from error

    async def _key_set(self) -> KeySet:
        if self._keys is None:
            document = await self._get(await self.endpoint("jwks_uri"))
            try:
                self._keys = KeySet.import_key_set(document)  # type: ignore[arg-type]
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise ProviderUnavailable("the provider's keys cannot be read") from error
            self._fetched_at = self._clock.now()
        return self._keys

    async def _get(self, url: str) -> dict[str, Any]:
        try:
            response = await self._client.get(url, headers={"accept": "application/json"})
            document = response.json() if response.status_code == 200 else None
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderUnavailable(f"{url}: {type(error).__name__}") from error
        if not isinstance(document, dict):
            raise ProviderUnavailable(f"{url}: status {response.status_code}, or not a JSON object")
        return document


def _media_type(typ: object) -> str | None:
    # RFC 7515 section 4.1.9: "application/" may be left out, and media types compare without case.
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else None
