"""Token revocation (RFC 7009)."""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc7009 import RevocationEndpoint

from idp.errors import OAuthError
from idp.oauth.call import Call
from idp.oauth.client_authentication import METHODS
from idp.oauth.clients import ClientView
from idp.oauth.families import revoke_family
from idp.oauth.live_tokens import REVOKED_JTI, LiveToken, find_access_token, revoked_key
from idp.oauth.refresh_grant import find_refresh_token
from idp.records.tokens import RefreshToken


@dataclass(frozen=True, slots=True)
class Revocable:
    """What a token text names: an access token that lives, or a refresh token in any state."""

    client_id: str
    access: LiveToken | None = None
    refresh: RefreshToken | None = None


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # authlib has no types
    """Authlib's revocation endpoint over our rows.

    A token that is unknown, dead or another client's is answered like one that was revoked (RFC 7009 section 2.2), so
    that the endpoint does not tell a finder of tokens which of them are real.
    """

    CLIENT_AUTH_METHODS = METHODS

    def check_params(self, request: Any, client: ClientView) -> None:  # noqa: ARG002  # Authlib's signature
        """Check that there is a token. An unknown hint is ignored (RFC 7009 section 2.1)."""
        if "token" not in request.form:
            raise OAuthError("invalid_request", "Missing 'token' in request.")

    def authenticate_token(self, request: Any, client: ClientView) -> Revocable | None:
        """Find the token if it is the client's."""
        self.check_params(request, client)
        call: Call = self.server.call
        found = self.query_token(request.form["token"], None)
        if found is not None and found.client_id != client.record.client_id:
            call.audit("token", "refused", reason="revoking another client's token", client_id=client.record.client_id)
            return None
        return found

    def query_token(self, token_string: str, token_type_hint: str | None) -> Revocable | None:  # noqa: ARG002
        """Find a token of any kind. A refresh token that was used already still names its family."""
        call: Call = self.server.call
        if refresh := find_refresh_token(call, token_string):
            return Revocable(refresh.client_id, refresh=refresh)
        access = find_access_token(call, token_string)
        return Revocable(access.client_id, access=access) if access else None

    def revoke_token(self, token: Revocable, request: Any) -> None:  # noqa: ARG002  # Authlib's signature
        """Revoke: a refresh token takes its family along (RFC 7009 section 2.1), an access token goes alone."""
        call: Call = self.server.call
        if token.refresh is not None:
            revoke_family(call, token.refresh.grant_id, token.client_id, "revoked by the client")
            return
        access = token.access
        if access is None:
            return
        if access.jti is not None:
            call.store.once.claim(REVOKED_JTI, revoked_key(access.jti), float(access.expires_at))
        elif access.row_id is not None:
            call.store.access_tokens.revoke(access.row_id, call.now)
        call.audit(
            "token",
            "revoked",
            reason="revoked by the client",
            client_id=token.client_id,
            user_id=access.grant.user_id,
            data={"grant_id": access.grant.id},
        )
