"""The authorization code grant: issuing a code, and redeeming it once (RFC 6749 section 4.1, RFC 7636)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationCodeGrant, InvalidRequestError
from authlib.oauth2.rfc7636 import CodeChallenge

from idp.handles import decode, encode, matches
from idp.oauth.call import Call
from idp.oauth.client_authentication import METHODS
from idp.oauth.clients import ClientView, is_confidential
from idp.oauth.families import find_live, revoke_family
from idp.oauth.minting import audience_of, may_refresh, mint_refresh_token, mint_tokens
from idp.records.accounts import User
from idp.records.clients import Client
from idp.records.tokens import AuthorizationCode, Grant

CODE_SECONDS = 60.0
_S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person approved, ready to become a code. acr, amr and auth_time were computed from evidence just now."""

    user: User
    scopes: tuple[str, ...]
    acr: str | None
    amr: tuple[str, ...]
    auth_time: int | None
    session_id: int | None = None
    sid: str | None = None
    nonce: str | None = None
    resources: tuple[str, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=dict)


class CodeView:
    """An authorization code in the shape Authlib asks for; it has been consumed already."""

    code_challenge_method = "S256"

    def __init__(self, row: AuthorizationCode, grant: Grant, user: User) -> None:
        """Tie a code to its grant and user."""
        self.row, self.grant, self.user = row, grant, user
        self.code_challenge = row.code_challenge

    def get_redirect_uri(self) -> str:
        """Return the redirect URI the code was sent to."""
        return self.row.redirect_uri

    def get_scope(self) -> str:
        """Return the scopes that were granted."""
        return " ".join(self.grant.scopes)


class S256Challenge(CodeChallenge):  # type: ignore[misc]  # authlib has no types
    """PKCE with S256 and nothing else.

    `plain` proves nothing to someone who saw the request (RFC 9700 section 2.1.1).
    """

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Check the authorization request: S256, named, well-formed; there at all, where the client needs it."""
        data = grant.request.payload.data
        challenge, method = data.get("code_challenge"), data.get("code_challenge_method")
        client: Client = grant.request.client.record
        if challenge is None and method is None:
            if client.policy.require_pkce or not is_confidential(client):
                raise InvalidRequestError("Missing 'code_challenge'.")
            return
        if method != "S256":
            # RFC 7636 section 4.3: no method means plain.
            raise InvalidRequestError("The 'code_challenge_method' must be S256.")
        if challenge is None or _S256_CHALLENGE.fullmatch(challenge) is None:
            raise InvalidRequestError("Invalid 'code_challenge'.")
        super().validate_code_challenge(grant, redirect_uri)


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # authlib has no types
    """Authlib's code grant over our rows. Finding a code *is* consuming it, so nothing is minted from a code twice."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def generate_authorization_code(self) -> str:
        """Write the grant and its code, and return the wire form `<id>.<secret>`.

        The scopes are those Authlib let through: approved by the person, and the client's as it is registered now.
        """
        call: Call = self.server.call
        approval: Approval = self.request.user
        client: Client = self.request.client.record
        grant = call.store.grants.add(
            Grant(
                id=0,
                client_id=client.client_id,
                scopes=tuple(self.request.scope.split()),
                created_at=call.now,
                user_id=approval.user.id,
                session_id=approval.session_id,
                sid=approval.sid,
                acr=approval.acr,
                amr=approval.amr,
                auth_time=approval.auth_time,
                nonce=approval.nonce,
                claims=approval.claims,
                resources=approval.resources,
                credential_epoch=approval.user.credential_epoch,
            )
        )
        secret = call.mint_secret()
        row = call.store.codes.add(
            AuthorizationCode(
                id=0,
                digest=secret.digest,
                grant_id=grant.id,
                client_id=client.client_id,
                redirect_uri=self.request.payload.redirect_uri,
                code_challenge=self.request.payload.data.get("code_challenge"),
                expires_at=call.now + CODE_SECONDS,
            )
        )
        self.issued_grant = grant
        self.issued_code = encode(row.id, secret.text)
        return self.issued_code

    def save_authorization_code(self, code: str, request: Any) -> None:  # noqa: ARG002  # Authlib's signature
        """Write the audit entry; the row exists, because its id is part of the code."""
        grant: Grant = self.issued_grant
        self.server.call.audit(
            "code",
            "issued",
            client_id=grant.client_id,
            user_id=grant.user_id,
            data={"grant_id": grant.id, "acr": grant.acr, "amr": list(grant.amr), "auth_time": grant.auth_time},
        )

    def query_authorization_code(self, code: str, client: ClientView) -> CodeView | None:
        """Consume the code and return it, or None if it cannot be redeemed by this client.

        A second use revokes the family: one of the two who used it was not the client (RFC 6749 section 4.1.2).
        """
        call: Call = self.server.call
        handle = decode(code)
        row = call.store.codes.get(handle[0]) if handle else None
        if handle is None or row is None or not matches(handle[1], row.digest):
            return None
        if row.client_id != client.record.client_id:
            call.audit("code", "refused", reason="another client's code", client_id=client.record.client_id)
            return None
        if not call.store.codes.consume(row.id, call.now):
            current = call.store.codes.get(row.id)
            if current is not None and current.consumed_at is not None:
                revoke_family(call, row.grant_id, row.client_id, "authorization code used twice")
            return None
        live = find_live(call, row.grant_id, row.client_id)
        return CodeView(row, live[0], live[1]) if live and live[1] else None

    def authenticate_user(self, authorization_code: CodeView) -> User:
        """Return the user, who was checked when the code was consumed."""
        return authorization_code.user

    def generate_token(self, **_ignored: Any) -> dict[str, Any]:
        """Mint from the consumed code."""
        call: Call = self.server.call
        code: CodeView = self.request.authorization_code
        client: Client = self.request.client.record
        grant, scopes = code.grant, code.grant.scopes
        audience = audience_of(call, client, grant, scopes, self.request.resources)
        response = mint_tokens(call, client, grant, code.user, scopes, audience)
        if may_refresh(client, scopes):
            expires_at = call.now + client.policy.refresh_token_seconds
            response["refresh_token"] = mint_refresh_token(call, client, grant, scopes, expires_at)
        return response

    def save_token(self, token: dict[str, Any]) -> None:
        """Do nothing: rows are written where tokens are minted."""

    def delete_authorization_code(self, authorization_code: CodeView) -> None:
        """Do nothing: the consumed row stays, so that a replay is recognised."""
