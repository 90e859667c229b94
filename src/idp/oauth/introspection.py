"""Token introspection (RFC 7662), with acr, amr and auth_time (RFC 9470 section 6.2)."""

from typing import Any

from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from idp.errors import OAuthError
from idp.oauth.call import Call
from idp.oauth.client_authentication import CONFIDENTIAL_METHODS
from idp.oauth.clients import ClientView, own_resources
from idp.oauth.live_tokens import LiveToken, find_token
from idp.oidc.tokens import authentication_claims


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # authlib has no types
    """Authlib's introspection endpoint over our rows. Only clients that authenticate may ask."""

    CLIENT_AUTH_METHODS = CONFIDENTIAL_METHODS

    def check_params(self, request: Any, client: ClientView) -> None:  # noqa: ARG002  # Authlib's signature
        """Check that there is a token. A hint may be ignored (RFC 7662 section 2.1), so an unknown one is no error."""
        if "token" not in request.form:
            raise OAuthError("invalid_request", "Missing 'token' in request.")

    def query_token(self, token_string: str, token_type_hint: str | None) -> LiveToken | None:  # noqa: ARG002
        """Find a live token of any kind."""
        return find_token(self.server.call, token_string)

    def check_permission(self, token: LiveToken, client: ClientView, request: Any) -> bool:  # noqa: ARG002
        """Say whether this client may know: the token is its own, or is an access token meant for it as an API."""
        if token.client_id == client.record.client_id:
            return True
        return token.kind == "access_token" and not own_resources(client.record).isdisjoint(token.audience)

    def introspect_token(self, token: LiveToken) -> dict[str, Any]:
        """Return what is known about a live token (RFC 7662 section 2.2)."""
        call: Call = self.server.call
        answer: dict[str, Any] = {
            "active": True,
            "client_id": token.client_id,
            "sub": token.sub,
            "iss": call.provider.issuer,
            "aud": token.audience[0] if len(token.audience) == 1 else list(token.audience),
            "iat": token.issued_at,
            "exp": token.expires_at,
            **authentication_claims(token.grant),
        }
        if token.scopes:
            answer["scope"] = " ".join(token.scopes)
        if token.kind == "access_token":
            answer["token_type"] = "Bearer"
        if token.jti is not None:
            answer["jti"] = token.jti
        return answer
