"""The OAuth server, as the application layer sees it: plain calls inside one unit of work.

An endpoint's error is a returned response, never an exception: a replayed code must revoke its family *and* be refused,
so the unit of work has to commit. Only what is not the client's doing (a missing signing key, a broken store) raises.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from authlib.oauth2.rfc6749 import InsecureTransportError, OAuth2Error

from idp.clock import Clock
from idp.errors import OAuthError
from idp.handles import RandomBytes
from idp.oauth.call import Call, Provider
from idp.oauth.client_authentication import METHODS, authenticate_client
from idp.oauth.clients import allowed_resources, find_client, registered_scopes
from idp.oauth.code_grant import Approval
from idp.oauth.exchange import GRANT_TYPES, Exchange, ProtocolRequest
from idp.oauth.live_tokens import LiveToken, find_access_token
from idp.oauth.messages import EndpointRequest, EndpointResponse, Form, quoted, read_form, refusal
from idp.oauth.minting import check_resources
from idp.oauth.store import TokenStore
from idp.oauth.userinfo import answer_userinfo
from idp.oidc.authorization import SCOPES, AuthorizationFault, AuthorizationParams, client_id_of, parse_authorization
from idp.oidc.keys import Keyring
from idp.oidc.levels import Earned
from idp.records.accounts import User
from idp.records.clients import Client
from idp.records.journeys import Session


class OAuthServer:
    """The protocol's endpoints. Every method takes the unit of work to stand on and does no I/O of its own."""

    def __init__(
        self,
        issuer: str,
        clock: Clock,
        keyring: Callable[[], Keyring],
        *,
        token_endpoint: str | None = None,
        random_bytes: RandomBytes = secrets.token_bytes,
        built_in: Sequence[Client] = (),
    ) -> None:
        """Take the issuer's URL, a clock, and where to get the current keyring; `built_in` clients have no row.

        `token_endpoint` is `<issuer>/token` unless given; client assertions may name it as their audience. Raises
        ValueError for an issuer that is neither https nor on the loopback interface.
        """
        try:
            InsecureTransportError.check(issuer)
        except InsecureTransportError as error:
            raise ValueError("the issuer must be https, or http on loopback") from error
        endpoint = token_endpoint or f"{issuer.rstrip('/')}/token"
        self._provider = Provider(
            issuer, endpoint, keyring, random_bytes, {client.client_id: client for client in built_in}
        )
        self._clock = clock

    def find_client(self, store: TokenStore, client_id: str) -> Client | None:
        """Return a client of our own or a registered one."""
        return find_client(self._call(store, ""), client_id)

    def validate_authorization(
        self, store: TokenStore, raw: Mapping[str, Sequence[str]], *, request_id: str = ""
    ) -> tuple[Client, AuthorizationParams]:
        """Return the client and the valid parameters of an authorization request (RFC 6749 section 4.1.1).

        `raw` maps each parameter to all its values. Our parser goes first: its faults know the response mode, and it
        lets nothing through that would break an error description. Then the same parameters pass Authlib's checks.
        Raises AuthorizationFault; one without a `redirect_uri` must be shown to the person, never sent on.
        """
        call = self._call(store, request_id)
        client = find_client(call, client_id_of(raw))
        if client is None:
            raise AuthorizationFault("invalid_client", "the client is not known here")
        # A scope of some API is known by being registered; the standard ones are known anyway.
        supported = SCOPES.union(registered_scopes(client))
        params = parse_authorization(raw, client, scopes_supported=supported)
        _approve(Exchange(call), params)
        try:
            check_resources(params.resources, allowed_resources(client))
        except OAuthError as error:
            raise _fault(params, error.code, error.description) from error
        return client, params

    def issue_code(
        self,
        store: TokenStore,
        client: Client,
        params: AuthorizationParams,
        user: User,
        session: Session | None,
        earned: Earned,
        granted_scopes: Collection[str],
        *,
        request_id: str = "",
    ) -> Mapping[str, str]:
        """Write a grant and its code, and return the parameters of the response: `code`, `state`, `iss` (RFC 9207).

        Only the application's authorize use case may call this, after the requirement said Satisfied (DESIGN invariant
        3); `earned` is what evidence was worth just then. The request passes Authlib's checks again, against the client
        as it is registered now. Raises AuthorizationFault, and then nothing was written.
        """
        call = self._call(store, request_id)
        scopes = tuple(name for name in params.scopes if name in granted_scopes)
        if client.client_id != params.client_id or user.status != "active" or not scopes:
            raise _fault(params, "access_denied", "the request was denied")
        if session is not None and (session.user_id != user.id or session.ended_at is not None):
            raise _fault(params, "access_denied", "the session has ended or is another person's")
        approval = Approval(
            user=user,
            scopes=scopes,
            acr=earned.acr,
            amr=earned.amr,
            auth_time=earned.auth_time,
            session_id=session.id if session else None,
            sid=session.sid if session else None,
            nonce=params.nonce,
            resources=params.resources,
            claims=params.claims.to_json(),
        )
        code = _approve(Exchange(call), params, approval)
        answer = {"code": code, "state": params.state, "iss": self._provider.issuer}
        return {name: value for name, value in answer.items() if value is not None}

    def token(self, store: TokenStore, request: EndpointRequest) -> EndpointResponse:
        """Answer the token endpoint (RFC 6749 section 3.2)."""

        def answer(exchange: Exchange, form: Form) -> EndpointResponse:
            grant_type = form.values.get("grant_type")
            if grant_type is None:
                raise OAuthError("invalid_request", "Missing 'grant_type' in request.")
            if grant_type not in GRANT_TYPES:
                raise OAuthError("unsupported_grant_type", "The grant type is not supported.")
            protocol_request = ProtocolRequest(self._provider.issuer, request, form)
            response: EndpointResponse = exchange.create_token_response(protocol_request)
            return response

        return self._answer(store, request, "token", answer)

    def introspect(self, store: TokenStore, request: EndpointRequest) -> EndpointResponse:
        """Answer the introspection endpoint (RFC 7662)."""
        return self._endpoint(store, request, "introspection")

    def revoke(self, store: TokenStore, request: EndpointRequest) -> EndpointResponse:
        """Answer the revocation endpoint (RFC 7009)."""
        return self._endpoint(store, request, "revocation")

    def userinfo(self, store: TokenStore, request: EndpointRequest) -> EndpointResponse:
        """Answer the UserInfo endpoint, GET or POST (OIDC Core 5.3)."""
        return answer_userinfo(self._call(store, request.request_id), request)

    def find_bearer(self, store: TokenStore, text: str, audience: str, *, request_id: str = "") -> LiveToken | None:
        """Return the live access token of that text if it was issued for `audience`, else None (RFC 6750, RFC 8707)."""
        token = find_access_token(self._call(store, request_id), text)
        return token if token is not None and audience in token.audience else None

    def authenticate_client(
        self, store: TokenStore, request: EndpointRequest, methods: tuple[str, ...] = METHODS
    ) -> Client | EndpointResponse:
        """Return the client that a request authenticates as, or the response that refuses it."""
        call = self._call(store, request.request_id)
        try:
            return authenticate_client(call, request, read_form(request.form), methods)[0]
        except OAuthError as error:
            return self._refuse(error)

    def _endpoint(self, store: TokenStore, request: EndpointRequest, name: str) -> EndpointResponse:
        def answer(exchange: Exchange, form: Form) -> EndpointResponse:
            protocol_request = ProtocolRequest(self._provider.issuer, request, form)
            response: EndpointResponse = exchange.create_endpoint_response(name, protocol_request)
            return response

        return self._answer(store, request, name, answer)

    def _answer(
        self,
        store: TokenStore,
        request: EndpointRequest,
        name: str,
        answer: Callable[[Exchange, Form], EndpointResponse],
    ) -> EndpointResponse:
        call = self._call(store, request.request_id)
        exchange = Exchange(call)
        try:
            if request.method != "POST":
                raise OAuthError("invalid_request", "Use POST.", status=405)
            response = answer(exchange, read_form(request.form))
        except OAuthError as error:
            response = self._refuse(error)
        if response.status >= 400 and exchange.client is not None:
            reason = str(response.body["error"]) if response.body else ""
            call.audit(name, "refused", reason=reason, client_id=exchange.client.client_id)
        return response

    def _refuse(self, error: OAuthError) -> EndpointResponse:
        challenge = f"Basic realm={quoted(self._provider.issuer)}" if error.status == 401 else None
        response = refusal(error, challenge)
        if error.status == 405:
            return EndpointResponse(405, response.body, {**response.headers, "Allow": "POST"})
        return response

    def _call(self, store: TokenStore, request_id: str) -> Call:
        return Call(self._provider, store, self._clock.now(), request_id)


def _fault(params: AuthorizationParams, code: str, description: str) -> AuthorizationFault:
    return AuthorizationFault(
        code,
        description,
        redirect_uri=params.redirect_uri,
        state=params.state,
        response_mode=params.response_mode,
    )


def _approve(exchange: Exchange, params: AuthorizationParams, approval: Approval | None = None) -> str:
    """Pass parsed parameters through Authlib's authorization endpoint; with an approval, issue and return the code."""
    values: dict[str, Any] = {
        "response_type": "code",
        "client_id": params.client_id,
        "redirect_uri": params.redirect_uri,
        "scope": " ".join(approval.scopes if approval else params.scopes),
        "state": params.state,
        "code_challenge": params.code_challenge,
        "code_challenge_method": "S256" if params.code_challenge is not None else None,
    }
    form = read_form({name: [value] for name, value in values.items() if value is not None})
    request = ProtocolRequest(exchange.call.provider.issuer, EndpointRequest("GET"), form)
    try:
        grant = exchange.get_consent_grant(request)
        if approval is None:
            return ""
        exchange.create_authorization_response(request, grant_user=approval, grant=grant)
        if exchange.error is not None:
            raise exchange.error
    except OAuth2Error as error:
        client = find_client(exchange.call, params.client_id)
        if client is None or error.redirect_uri is None:
            raise AuthorizationFault(error.error, "the client or its redirect_uri is not registered") from error
        raise _fault(params, error.error, error.get_error_description() or "the request was refused") from error
    return str(grant.issued_code)
