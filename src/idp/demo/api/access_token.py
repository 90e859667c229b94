"""Which access tokens the API accepts, what it answers to the others, and when it asks for more than a valid token.

JWT access tokens: RFC 9068 section 4. Errors: RFC 6750 section 3. Step-up challenge: RFC 9470 section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from idp.demo.provider import LEEWAY, Provider, TokenInvalid
from idp.demo.settings import DemoSettings

TYP: Final = "at+jwt"
SCOPE: Final = "transfers"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A valid access token. `acr` and `auth_time` (epoch seconds) are None if the token does not say."""

    sub: str
    client_id: str
    scopes: frozenset[str]
    acr: str | None
    auth_time: float | None


class Refusal(Exception):
    """The request is refused; `challenge` is the WWW-Authenticate header that says why."""

    def __init__(self, status: int, error: str | None = None, description: str = "", **params: str) -> None:
        """Without `error` the challenge is bare, which is the answer to a request without a token."""
        super().__init__(error or "no token")
        self.status = status
        self.error = error
        self.description = description
        said = {"error": error, "error_description": description, **params} if error else {}
        self.challenge = "Bearer" + ",".join(f' {name}="{value}"' for name, value in said.items())


@dataclass(frozen=True, slots=True)
class Bearer:
    """Reads the access token of requests."""

    provider: Provider
    settings: DemoSettings
    required: tuple[str, ...] = field(default=("client_id", "jti"))

    async def read(self, authorization: str | None) -> AccessToken:
        """Return the token in an Authorization header. Raises Refusal, or ProviderUnavailable."""
        scheme, _, value = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not value.strip():
            raise Refusal(401)
        try:
            claims = await self.provider.verify(value.strip(), audience=self.settings.api_url, typ=TYP)
            token = _read_claims(claims, self.required)
        except TokenInvalid as error:
            raise Refusal(401, "invalid_token", "The access token is not valid here and now") from error
        if SCOPE not in token.scopes:
            raise Refusal(403, "insufficient_scope", "The access token does not cover this", scope=SCOPE)
        return token


def demand_identity(token: AccessToken, settings: DemoSettings, now: float) -> None:
    """Return if the person's identity was checked, and lately. `now` is epoch seconds. Raises Refusal otherwise."""
    max_age = settings.identity_max_age
    fresh = token.auth_time is not None and -LEEWAY <= now - token.auth_time <= max_age
    if token.acr != settings.identity_acr or not fresh:
        raise Refusal(
            401,
            "insufficient_user_authentication",
            "This transfer needs an identity check that is not older than the maximum age",
            acr_values=settings.identity_acr,
            max_age=str(max_age),
        )


def _read_claims(claims: Mapping[str, Any], required: tuple[str, ...]) -> AccessToken:
    texts = {name: claims.get(name) for name in (*required, "sub")}
    if not all(isinstance(value, str) and value for value in texts.values()):
        raise TokenInvalid("a claim that access tokens must have is missing")
    scope, acr, auth_time = claims.get("scope", ""), claims.get("acr"), claims.get("auth_time")
    return AccessToken(
        sub=str(texts["sub"]),
        client_id=str(texts["client_id"]),
        scopes=frozenset(scope.split()) if isinstance(scope, str) else frozenset(),
        acr=acr if isinstance(acr, str) else None,
        auth_time=float(auth_time) if isinstance(auth_time, (int, float)) and not isinstance(auth_time, bool) else None,
    )
