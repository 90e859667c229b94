"""The refresh token grant.

Each use replaces the token, a second use kills the family (RFC 6749 section 6, RFC 9700 4.14).
"""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidScopeError, RefreshTokenGrant

from idp.handles import decode, matches
from idp.oauth.call import Call
from idp.oauth.client_authentication import METHODS
from idp.oauth.clients import ClientView
from idp.oauth.families import find_live, revoke_family, session_allows_refresh
from idp.oauth.minting import audience_of, mint_refresh_token, mint_tokens
from idp.records.accounts import User
from idp.records.clients import Client
from idp.records.tokens import Grant, RefreshToken


class RefreshView:
    """A refresh token in the shape Authlib asks for."""

    def __init__(self, row: RefreshToken, grant: Grant, user: User) -> None:
        """Tie a token to its grant and user."""
        self.row, self.grant, self.user = row, grant, user

    def check_client(self, client: ClientView) -> bool:
        """Say whether the token is the client's."""
        return self.row.client_id == client.record.client_id

    def get_scope(self) -> str:
        """Return the token's scopes."""
        return " ".join(self.row.scopes)


def find_refresh_token(call: Call, text: str) -> RefreshToken | None:
    """Find a refresh token by its wire form, also when it was used or has expired."""
    handle = decode(text)
    row = call.store.refresh_tokens.get(handle[0]) if handle else None
    return row if handle and row and matches(handle[1], row.digest) else None


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]  # authlib has no types
    """Authlib's refresh grant over our rows.

    The token is consumed after every check and before anything is minted: a request that is refused for its scope does
    not cost the client its token, and two requests at once cannot both win.
    """

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshView | None:
        """Return the token if it may be used by this client now, else None. A used one revokes its family."""
        call: Call = self.server.call
        client: Client = self.request.client.record
        row = find_refresh_token(call, refresh_token)
        if row is None:
            return None
        if row.client_id != client.client_id:
            call.audit("refresh_token", "refused", reason="another client's token", client_id=client.client_id)
            return None
        if row.consumed_at is not None:
            revoke_family(call, row.grant_id, row.client_id, "refresh token used twice")
            return None
        live = find_live(call, row.grant_id, row.client_id)
        if row.expires_at <= call.now or live is None or live[1] is None or not session_allows_refresh(call, live[0]):
            return None
        return RefreshView(row, live[0], live[1])

    def authenticate_user(self, refresh_token: RefreshView) -> User:
        """Return the user, who was checked when the token was found."""
        return refresh_token.user

    def issue_token(self, user: User, refresh_token: RefreshView) -> dict[str, Any]:
        """Consume the token, then mint its successors.

        The scope may be narrower for the access token; the new refresh token keeps the old one's scope, and its end: a
        stolen family does not live for ever.
        """
        call: Call = self.server.call
        client: Client = self.request.client.record
        row, grant = refresh_token.row, refresh_token.grant
        scopes = self._narrowed(row)
        audience = audience_of(call, client, grant, scopes, self.request.resources)
        if not call.store.refresh_tokens.consume(row.id, call.now):
            revoke_family(call, row.grant_id, row.client_id, "refresh token used twice")
            raise InvalidGrantError
        response = mint_tokens(call, client, grant, user, scopes, audience, first=False)
        response["refresh_token"] = mint_refresh_token(call, client, grant, row.scopes, row.expires_at)
        return response

    def _narrowed(self, row: RefreshToken) -> tuple[str, ...]:
        requested = self.request.payload.scope
        if requested is None:
            return row.scopes
        names = requested.split()
        if not names:
            raise InvalidScopeError
        return tuple(name for name in row.scopes if name in names)

    def save_token(self, token: dict[str, Any]) -> None:
        """Do nothing: rows are written where tokens are minted."""

    def revoke_old_credential(self, refresh_token: RefreshView) -> None:
        """Do nothing: the token was consumed before its successor was made."""
