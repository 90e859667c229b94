"""The authorization code flow: away to the provider, and back (OIDC Core section 3.1, RFC 9700)."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from idp.clock import Clock
from idp.demo.bank.sessions import (
    Login,
    PendingTransfer,
    Purpose,
    Session,
    Transaction,
    add_transaction,
    take_transaction,
)
from idp.demo.bank.tokens import TokenEndpoint
from idp.demo.provider import Provider
from idp.demo.settings import DemoSettings

_SINGLE: Final = ("code", "state", "iss", "error", "error_description")


class CallbackRefused(Exception):
    """What came to the redirect URI is not the answer to a request of this browser. Nothing in it is believed."""


class ProviderRefused(Exception):
    """The provider answered with an error. `error` is its code (RFC 6749 section 4.1.2.1, RFC 9470 section 5)."""

    def __init__(self, error: str, transaction: Transaction) -> None:
        """Keep the trip that ended."""
        super().__init__(error)
        self.error = error
        self.transaction = transaction


class SignIn:
    """Sends browsers to the provider and receives them back."""

    def __init__(self, settings: DemoSettings, provider: Provider, tokens: TokenEndpoint, clock: Clock) -> None:
        """Take what the flow needs."""
        self._settings = settings
        self._provider = provider
        self._tokens = tokens
        self._clock = clock

    async def leave(
        self,
        session: Session,
        purpose: Purpose,
        *,
        acr_values: str | None = None,
        max_age: int | None = None,
        prompt: str | None = None,
        transfer: PendingTransfer | None = None,
    ) -> str:
        """Return the authorization URL, having noted in the session what must come back. Raises ProviderUnavailable."""
        endpoint = await self._provider.endpoint("authorization_endpoint")
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        add_transaction(session, state, Transaction(purpose, nonce, verifier, self._clock.now(), max_age, transfer))
        params = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect_uri,
            "scope": self._settings.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            # RFC 8707: the access token is for this API.
            "resource": self._settings.api_url,
            "acr_values": acr_values,
            "max_age": max_age,
            "prompt": prompt,
        }
        query = urlencode({name: value for name, value in params.items() if value is not None})
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"

    async def arrive(self, session: Session | None, query: Sequence[tuple[str, str]]) -> tuple[Transaction, Login]:
        """Return the trip that ended and who signed in.

        Raises CallbackRefused, ProviderRefused, TokenInvalid, TokenRefused or ProviderUnavailable.
        """
        names = [name for name, _ in query]
        if any(names.count(name) > 1 for name in _SINGLE):
            raise CallbackRefused("a parameter came twice")
        params = dict(query)
        transaction = take_transaction(session, params.get("state"), self._clock.now())
        if transaction is None:
            raise CallbackRefused("the state is not one of this browser's, or was used before")
        await self._check_issuer(params.get("iss"))
        if "error" in params:
            raise ProviderRefused(params["error"], transaction)
        if not params.get("code"):
            raise CallbackRefused("there is neither a code nor an error")
        login = await self._tokens.redeem(
            params["code"], transaction.verifier, nonce=transaction.nonce, max_age=transaction.max_age
        )
        return transaction, login

    async def _check_issuer(self, issuer: str | None) -> None:
        """RFC 9207 section 2.4: the answer must come from the provider that was asked."""
        metadata = await self._provider.metadata()
        needed = metadata.get("authorization_response_iss_parameter_supported") is True
        if issuer != self._provider.issuer and (needed or issuer is not None):
            raise CallbackRefused("the answer is from another provider")


def challenge_of(verifier: str) -> str:
    """Return the S256 code challenge of a verifier (RFC 7636 section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
