"""The client credentials grant: a client acting for itself (RFC 6749 section 4.4)."""

from typing import Any

from authlib.oauth2.rfc6749 import ClientCredentialsGrant, InvalidScopeError

from idp.oauth.call import Call
from idp.oauth.client_authentication import CONFIDENTIAL_METHODS
from idp.oauth.clients import USER_SCOPES, allowed_resources, registered_scopes
from idp.oauth.minting import audience_of, check_resources, mint_tokens
from idp.records.clients import Client
from idp.records.tokens import Grant


class ClientGrant(ClientCredentialsGrant):  # type: ignore[misc]  # authlib has no types
    """Authlib's client credentials grant over our rows. No user, so no acr, no ID token, no refresh token."""

    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL_METHODS

    def validate_requested_scope(self) -> None:
        """Check that every scope asked for is registered and none speaks of a user.

        Without one, all such are granted.
        """
        client: Client = self.request.client.record
        allowed = [name for name in registered_scopes(client) if name not in USER_SCOPES]
        requested = self.request.payload.scope
        names = allowed if requested is None else requested.split()
        if not set(names) <= set(allowed) or (requested is not None and not names):
            raise InvalidScopeError
        self.scopes = tuple(dict.fromkeys(names))

    def generate_token(self, **_ignored: Any) -> dict[str, Any]:
        """Write a grant without a user and mint from it."""
        call: Call = self.server.call
        client: Client = self.request.client.record
        resources = self.request.resources
        check_resources(resources, allowed_resources(client))
        grant = call.store.grants.add(
            Grant(id=0, client_id=client.client_id, scopes=self.scopes, created_at=call.now, resources=resources)
        )
        return mint_tokens(call, client, grant, None, self.scopes, audience_of(call, client, grant, self.scopes))

    def save_token(self, token: dict[str, Any]) -> None:
        """Do nothing: rows are written where tokens are minted."""
