"""Authlib's server core, made for one call: it stands on one unit of work and is thrown away after it."""

from collections.abc import Mapping, Sequence
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Payload, OAuth2Request

from idp.oauth.call import Call
from idp.oauth.client_authentication import authenticate_client
from idp.oauth.client_credentials_grant import ClientGrant
from idp.oauth.clients import ClientView, find_client
from idp.oauth.code_grant import CodeGrant, S256Challenge
from idp.oauth.introspection import Introspection
from idp.oauth.messages import NO_STORE, EndpointRequest, EndpointResponse, Form
from idp.oauth.refresh_grant import RefreshGrant
from idp.oauth.revocation import Revocation
from idp.records.clients import Client

GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")


class Payload(OAuth2Payload):  # type: ignore[misc]  # authlib has no types
    """Parameters in the shape Authlib asks for."""

    def __init__(self, form: Form) -> None:
        """Wrap checked parameters."""
        self._form = form

    @property
    def data(self) -> Mapping[str, str]:
        """The value of each parameter."""
        return self._form.values

    @property
    def datalist(self) -> Mapping[str, Sequence[str]]:
        """Every value of each parameter."""
        return self._form.lists


class ProtocolRequest(OAuth2Request):  # type: ignore[misc]  # authlib has no types
    """A request in the shape Authlib asks for.

    Its address is the issuer's: whether the transport is secure is a fact of the deployment, not of a Host header.
    """

    def __init__(self, issuer: str, request: EndpointRequest, form: Form) -> None:
        """Wrap a request whose parameters were checked."""
        super().__init__(request.method, issuer)
        self.payload = Payload(form)
        self.endpoint_request = request
        self.fields = form

    @property
    def form(self) -> Mapping[str, str]:
        """The value of each form parameter."""
        return self.fields.values

    @property
    def resources(self) -> tuple[str, ...]:
        """The resource indicators of the request (RFC 8707)."""
        return tuple(dict.fromkeys(self.fields.all("resource")))


class Exchange(AuthorizationServer):  # type: ignore[misc]  # authlib has no types
    """Authlib's authorization server for one call.

    `client` is who has authenticated; `error` what Authlib refused with.
    """

    def __init__(self, call: Call) -> None:
        """Stand on one unit of work. Implicit, hybrid and password grants are not registered (RFC 9700 section 2)."""
        super().__init__()
        self.call = call
        self.client: Client | None = None
        self.error: Any = None
        self.register_grant(CodeGrant, [S256Challenge()])
        self.register_grant(RefreshGrant)
        self.register_grant(ClientGrant)
        self.register_endpoint(Introspection)
        self.register_endpoint(Revocation)

    def query_client(self, client_id: str) -> ClientView | None:
        """Find a client."""
        client = find_client(self.call, client_id)
        return ClientView(client) if client else None

    def authenticate_client(
        self, request: ProtocolRequest, methods: tuple[str, ...], endpoint: str = "token"
    ) -> ClientView:
        """Authenticate by our own rules, the same at every endpoint. Raises OAuthError."""
        del endpoint
        self.client, request.auth_method = authenticate_client(
            self.call, request.endpoint_request, request.fields, methods
        )
        return ClientView(self.client)

    def create_oauth2_request(self, request: ProtocolRequest) -> ProtocolRequest:
        """Return the request, which is in shape already."""
        return request

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> EndpointResponse:
        """Return a response as a value; the web layer sends it."""
        kept = {name: value for name, value in headers if name != "Content-Type"}
        return EndpointResponse(status, dict(body) if isinstance(body, Mapping) else None, {**kept, **NO_STORE})

    def handle_error_response(self, request: ProtocolRequest, error: Any) -> EndpointResponse:
        """Keep the error beside its response: errors are values here, so that what they wrote is committed."""
        self.error = error
        return super().handle_error_response(request, error)  # type: ignore[no-any-return]

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Do nothing: what matters is audited where it happens."""
