"""The token endpoint and UserInfo: codes and refresh tokens become a login, and an ID token is checked in full."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import httpx

from idp.clock import Clock
from idp.demo.bank.sessions import Login
from idp.demo.provider import LEEWAY, Provider, ProviderUnavailable, TokenInvalid
from idp.demo.settings import DemoSettings


class TokenRefused(Exception):
    """The provider refused a code, a refresh token or an access token. The message is its error code."""


class TokenEndpoint:
    """The bank's calls to the provider, authenticated with its secret (client_secret_basic)."""

    def __init__(self, settings: DemoSettings, provider: Provider, client: httpx.AsyncClient, clock: Clock) -> None:
        """Take what the calls need."""
        self._settings = settings
        self._provider = provider
        self._client = client
        self._clock = clock

    async def redeem(self, code: str, verifier: str, *, nonce: str, max_age: int | None) -> Login:
        """Return the login that a code stands for (OIDC Core section 3.1.3).

        Raises TokenRefused, TokenInvalid or ProviderUnavailable.
        """
        answer = await self._post(
            grant_type="authorization_code",
            code=code,
            redirect_uri=self._settings.redirect_uri,
            code_verifier=verifier,
            resource=self._settings.api_url,
        )
        login = await self._read_login(answer, answer.get("id_token"))
        if not _same(login.claims.get("nonce"), nonce):
            raise TokenInvalid("the nonce is not the one of this request")
        if max_age is not None:
            _check_age(login.claims.get("auth_time"), max_age, self._clock.now())
        return login

    async def refresh(self, login: Login) -> Login:
        """Return the login with new tokens. The person must be the same (OIDC Core section 12.2). Raises like `redeem`.

        The provider may leave out the ID token and the refresh token; the old ones then stay.
        """
        if login.refresh_token is None:
            raise TokenRefused("there is no refresh token")
        answer = await self._post(
            grant_type="refresh_token", refresh_token=login.refresh_token, resource=self._settings.api_url
        )
        if "id_token" in answer:
            renewed = await self._read_login(answer, answer["id_token"])
            if renewed.sub != login.sub or renewed.claims.get("auth_time") != login.claims.get("auth_time"):
                raise TokenInvalid("the new ID token is about another sign-in")
        else:
            renewed = replace(login, access_token=_access_token(answer), expires_at=self._expiry(answer))
        refresh_token = answer.get("refresh_token")
        return replace(renewed, refresh_token=refresh_token if isinstance(refresh_token, str) else login.refresh_token)

    async def userinfo(self, login: Login) -> dict[str, Any]:
        """Return what the provider says about the person. Raises TokenRefused, TokenInvalid or ProviderUnavailable."""
        url = await self._provider.endpoint("userinfo_endpoint")
        headers = {"authorization": f"Bearer {login.access_token}"}
        status, person = await self._ask("GET", url, headers=headers)
        if status != 200:
            raise TokenRefused(f"userinfo answered {status}")
        # OIDC Core section 5.3.2: without this check the answer could be about somebody else.
        if person.get("sub") != login.sub:
            raise TokenInvalid("userinfo is about another person")
        return person

    async def _read_login(self, answer: Mapping[str, Any], id_token: Any) -> Login:
        access_token = _access_token(answer)
        claims = await self._provider.verify(id_token, audience=self._settings.client_id)
        _check_party(claims, self._settings.client_id)
        if "at_hash" in claims and not _same(claims["at_hash"], at_hash(access_token)):
            raise TokenInvalid("at_hash does not belong to the access token")
        refresh_token = answer.get("refresh_token")
        return Login(
            claims=claims,
            id_token=id_token,
            access_token=access_token,
            refresh_token=refresh_token if isinstance(refresh_token, str) else None,
            expires_at=self._expiry(answer),
        )

    def _expiry(self, answer: Mapping[str, Any]) -> float:
        seconds = answer.get("expires_in")
        return self._clock.now() + (seconds if type(seconds) is int and seconds > 0 else 60)

    async def _post(self, **form: str) -> dict[str, Any]:
        # RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
        credentials = (quote(self._settings.client_id, safe=""), quote(self._settings.bank_secret, safe=""))
        url = await self._provider.endpoint("token_endpoint")
        status, answer = await self._ask("POST", url, data=form, auth=credentials)
        if status != 200:
            error = answer.get("error")
            raise TokenRefused(error if isinstance(error, str) else f"the token endpoint answered {status}")
        return answer

    async def _ask(self, method: str, url: str, **options: Any) -> tuple[int, dict[str, Any]]:
        try:
            response = await self._client.request(method, url, **options)
            document = response.json() if response.status_code < 500 and response.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderUnavailable(f"{url}: {type(error).__name__}") from error
        if response.status_code >= 500 or not isinstance(document, dict):
            raise ProviderUnavailable(f"{url}: status {response.status_code}")
        return response.status_code, document


def at_hash(access_token: str) -> str:
    """Return the left half of the token's SHA-256, base64url (OIDC Core section 3.1.3.6, for the -256 algorithms)."""
    return urlsafe_b64encode(sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode("ascii")


def _access_token(answer: Mapping[str, Any]) -> str:
    token, kind = answer.get("access_token"), answer.get("token_type")
    if not isinstance(token, str) or not token or not isinstance(kind, str) or kind.lower() != "bearer":
        raise TokenInvalid("there is no bearer token in the answer")
    return token


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """OIDC Core section 3.1.3.7, items 3 to 5: a token for several parties must have been issued to us."""
    audience, party = claims["aud"], claims.get("azp")
    several = isinstance(audience, list) and len(audience) > 1
    if (party is not None or several) and party != client_id:
        raise TokenInvalid("the ID token was issued to another client")


def _check_age(auth_time: Any, max_age: int, now: float) -> None:
    """OIDC Core section 3.1.3.7, item 13: we asked for a recent sign-in and must look whether we got one."""
    if type(auth_time) not in (int, float) or not -LEEWAY <= now - auth_time <= max_age + LEEWAY:
        raise TokenInvalid("the sign-in is older than we asked for")


def _same(given: Any, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())
