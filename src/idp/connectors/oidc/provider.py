"""What the other provider publishes: its metadata and its keys, fetched when needed and kept for a while.

OpenID Connect Discovery 1.0 section 4; RFC 8414 section 3.3 for the issuer's check.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from idp.connectors.api import Site
from idp.connectors.breaker import Breaker, BreakerState
from idp.egress import CallFailed
from idp.errors import InvalidInput
from idp.http import Answer
from idp.oidc.jose import VerificationKey, import_client_jwks

#: How long metadata and keys are kept, in seconds.
KEEP_SECONDS: Final = 3600.0
#: The least time between two fetches of the keys, whatever key IDs tokens name.
LEAST_BETWEEN_FETCHES: Final = 60.0
WELL_KNOWN: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The endpoints, and whether every answer to the browser names the issuer (RFC 9207 section 3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    names_issuer: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    at: float


class Provider:
    """The other provider, as its documents describe it."""

    def __init__(self, issuer: str, timeout: float, site: Site) -> None:
        """Take the issuer; nothing is fetched yet."""
        self._issuer, self._timeout, self._site = issuer, timeout, site
        self._breaker = Breaker(site.clock)
        self._metadata: _Kept | None = None
        self._keys: _Kept | None = None

    @property
    def breaker(self) -> BreakerState:
        """Return the circuit breaker's state."""
        return self._breaker.state

    async def find_metadata(self) -> Metadata:
        """Return the metadata, an hour old at most. Raises CallFailed."""
        kept = self._metadata
        if kept is None or self._age(kept) >= KEEP_SECONDS:
            document = await self.fetch(f"{self._issuer.removesuffix('/')}{WELL_KNOWN}")
            kept = self._metadata = _Kept(self._read_metadata(document), self._site.clock.now())
        found: Metadata = kept.value
        return found

    async def find_keys(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """Return the keys; an unknown key ID makes them be fetched anew, but not more than once a minute.

        Raises CallFailed.
        """
        kept = self._keys
        wanted = kid is not None and kept is not None and kid not in {key.kid for key in kept.value}
        late = kept is None or self._age(kept) >= KEEP_SECONDS
        if kept is None or late or (wanted and self._age(kept) >= LEAST_BETWEEN_FETCHES):
            metadata = await self.find_metadata()
            document = await self.fetch(metadata.jwks_uri)
            try:
                kept = self._keys = _Kept(import_client_jwks(document), self._site.clock.now())
            except InvalidInput as error:
                raise CallFailed("not_json", f"keys: {error.message}") from None
        found: tuple[VerificationKey, ...] = kept.value
        return found

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """Get a JSON object. Raises CallFailed."""
        return read_object(await self.send("GET", url, headers=headers or {}))

    async def send(self, method: str, url: str, **given: Any) -> Answer:
        """Call one of the provider's addresses, behind the circuit breaker. Raises CallFailed."""

        async def call() -> Answer:
            answer = await self._site.http.request(method, url, total=self._timeout, **given)
            if answer.status >= 500 or answer.status == 429:
                raise CallFailed("status", f"HTTP {answer.status}", status=answer.status)
            return answer

        return await self._breaker.guard(call)

    def _age(self, kept: _Kept) -> float:
        return self._site.clock.now() - kept.at

    def _read_metadata(self, document: Mapping[str, Any]) -> Metadata:
        if document.get("issuer") != self._issuer:
            raise CallFailed("not_json", "the metadata is of another issuer")
        userinfo = document.get("userinfo_endpoint")
        found = Metadata(
            authorization_endpoint=self._read_url(document, "authorization_endpoint"),
            token_endpoint=self._read_url(document, "token_endpoint"),
            jwks_uri=self._read_url(document, "jwks_uri"),
            userinfo_endpoint=self._read_url(document, "userinfo_endpoint") if userinfo is not None else None,
            names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        )
        # The browser goes there, and not through the policy of our own calls.
        self._site.http.policy.check_url(found.authorization_endpoint)
        return found

    @staticmethod
    def _read_url(document: Mapping[str, Any], name: str) -> str:
        value = document.get(name)
        if not isinstance(value, str) or "#" in value:
            raise CallFailed("not_json", f"the metadata has no usable {name}")
        return value


def read_object(answer: Answer) -> Mapping[str, Any]:
    """Return the JSON object of a good answer. Raises CallFailed."""
    if answer.status != 200:
        raise CallFailed("status", f"HTTP {answer.status}", status=answer.status)
    found = answer.json()
    if not isinstance(found, dict):
        raise CallFailed("not_json", "the answer is not an object")
    return found
