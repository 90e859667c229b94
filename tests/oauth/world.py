"""A provider with a store, a clock, users and clients, and a relying party's moves against it."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from idp.clock import SettableClock
from idp.handles import digest
from idp.oauth.messages import EndpointRequest, EndpointResponse
from idp.oauth.server import OAuthServer
from idp.oidc.authorization import AuthorizationParams
from idp.oidc.jose import sign, verify
from idp.oidc.keys import Keyring, KeyringEntry
from idp.oidc.levels import Earned
from idp.records.accounts import User
from idp.records.clients import Client, ClientPolicy
from idp.records.journeys import Session
from idp.records.operations import AuditEntry
from idp.storage.sql.storage import SqlStorage
from tests.oidc_tokens.signing import signing_key
from tests.stores import sqlite_url

ISSUER = "https://id.example"
REDIRECT = "https://shop.example/cb"
API = "https://api.example/"
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SECRET = "s3cret+with/odd:chars%"
EARNED = Earned("urn:idp:acr:idv", ("face", "pwd"), 1_799_999_990, (1, 2))
KEYRING = Keyring([KeyringEntry(signing_key("ES256"), "active"), KeyringEntry(signing_key("RS256"), "active")])
CLIENT_KEY = signing_key("ES256", 7)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def client(client_id: str, **changes: Any) -> Client:
    """Make a client; `policy` holds policy fields, `secrets` clear secrets, the rest goes into its metadata."""
    policy = ClientPolicy(**changes.pop("policy", {}))
    secrets = changes.pop("secrets", (SECRET,))
    metadata = {
        "redirect_uris": [REDIRECT],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "scope": "openid profile email offline_access",
        **changes,
    }
    metadata = {name: value for name, value in metadata.items() if value is not None}
    return Client(client_id, metadata, tuple(digest(secret) for secret in secrets), policy)


CLIENTS = (
    client("shop"),
    client("post", token_endpoint_auth_method="client_secret_post"),
    client("app", token_endpoint_auth_method="none", secrets=()),
    client(
        "jwt",
        token_endpoint_auth_method="private_key_jwt",
        secrets=(),
        jwks={"keys": [dict(CLIENT_KEY.public_jwk)]},
    ),
    client("first", policy={"consent": "implicit"}),
    client("opaque", policy={"access_token_format": "opaque"}),
    client("api", resource=[API], grant_types=["client_credentials"]),
    client("api-user", policy={"audience": API}, allowed_resources=["https://other.example/"]),
    client("worker", grant_types=["client_credentials"], scope="reports:read reports:write openid email"),
    client("nopkce", policy={"require_pkce": False}),
    client("plain-code", grant_types=["authorization_code"]),
    client("no-code", grant_types=["refresh_token"]),
    client("es256", id_token_signed_response_alg="ES256"),
)


def basic(client_id: str, secret: str = SECRET) -> dict[str, str]:
    """Return the Authorization header of client_secret_basic (RFC 6749 section 2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


def form(values: Mapping[str, str | Sequence[str]]) -> dict[str, list[str]]:
    """Turn parameters into the shape of a parsed form."""
    return {name: [value] if isinstance(value, str) else list(value) for name, value in values.items()}


def error_of(response: EndpointResponse) -> tuple[int, str]:
    """Return status and error code."""
    assert response.body is not None, response
    return response.status, response.body["error"]


def payload(token: str) -> dict[str, Any]:
    """Decode a JWT's claims without checking them."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class World:
    """Everything a test needs; each move is one unit of work."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.clock = SettableClock()
        self.storage = SqlStorage(sqlite_url(folder), clock=self.clock, synchronous="FULL" if durable else "OFF")
        self.keyring = KEYRING
        self.server = OAuthServer(ISSUER, self.clock, lambda: self.keyring)
        now = self.clock.now()
        with self.storage.write() as unit:
            for one in CLIENTS:
                unit.clients.put(one)
            self.user = unit.users.add(
                User(0, "sub-ann", "ann@x.example", "ann@x.example", True, "active", now, now, name="Ann", locale="en")
            )
            self.session = unit.sessions.add(Session(0, "sid-1", b"d" * 32, self.user.id, now, now, now + 36_000))

    def close(self) -> None:
        self.storage.close()

    def raw(self, client_id: str = "shop", /, **changes: Any) -> dict[str, list[str]]:
        """Return the parameters of an authorization request; None removes one."""
        values = {
            "client_id": client_id,
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": "openid email",
            "state": "st&te",
            "nonce": "n-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return form({name: value for name, value in values.items() if value is not None})

    def validate(self, raw: Mapping[str, Sequence[str]]) -> tuple[Client, AuthorizationParams]:
        with self.storage.read() as unit:
            return self.server.validate_authorization(unit, raw)

    def approve(self, client_id: str = "shop", /, **changes: Any) -> Mapping[str, str]:
        """Let Ann approve a request and return the response parameters."""
        one, params = self.validate(self.raw(client_id, **changes))
        with self.storage.write() as unit:
            return self.server.issue_code(unit, one, params, self.user, self.session, EARNED, params.scopes)

    def token(
        self, values: Mapping[str, str | Sequence[str]], headers: Mapping[str, str] | None = None
    ) -> EndpointResponse:
        return self.post("token", values, headers)

    def post(
        self, endpoint: str, values: Mapping[str, str | Sequence[str]], headers: Mapping[str, str] | None = None
    ) -> EndpointResponse:
        request = EndpointRequest("POST", headers or {}, form(values), {}, "req-1")
        with self.storage.write() as unit:
            return getattr(self.server, endpoint)(unit, request)

    def redeem(self, code: str, client_id: str = "shop", /, **changes: Any) -> EndpointResponse:
        values = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
            **changes,
        }
        return self.token(*self.identified(client_id, values))

    def refresh(self, refresh_token: str, client_id: str = "shop", /, **changes: Any) -> EndpointResponse:
        values = {"grant_type": "refresh_token", "refresh_token": refresh_token, **changes}
        return self.token(*self.identified(client_id, values))

    def identified(self, client_id: str, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Add the client's proof to a request."""
        values = {name: value for name, value in values.items() if value is not None}
        if client_id == "app":
            return {**values, "client_id": client_id}, {}
        if client_id == "post":
            return {**values, "client_id": client_id, "client_secret": SECRET}, {}
        return values, basic(client_id)

    def tokens(self, client_id: str = "shop", **changes: Any) -> dict[str, Any]:
        """Go through approval and redemption."""
        response = self.redeem(self.approve(client_id, **changes)["code"], client_id)
        assert response.status == 200, response
        assert response.body is not None
        return response.body

    def userinfo(self, token: str | None, method: str = "GET", **changes: Any) -> EndpointResponse:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        with self.storage.read() as unit:
            return self.server.userinfo(unit, EndpointRequest(method, headers, **changes))

    def introspect(self, token: str, client_id: str = "shop") -> dict[str, Any]:
        response = self.post("introspect", {"token": token}, basic(client_id))
        assert response.status == 200, response
        assert response.body is not None
        return response.body

    def revoke(self, token: str, client_id: str = "shop", /, **changes: Any) -> EndpointResponse:
        return self.post("revoke", *self.identified(client_id, {"token": token, **changes}))

    def is_alive(self, token: str, client_id: str = "shop") -> bool:
        return bool(self.introspect(token, client_id)["active"])

    def change_user(self, **changes: Any) -> None:
        with self.storage.write() as unit:
            self.user = unit.users.save(replace(self.user, **changes))

    def put_client(self, one: Client) -> None:
        with self.storage.write() as unit:
            unit.clients.put(one)

    def audit(self, action: str | None = None) -> list[AuditEntry]:
        with self.storage.read() as unit:
            return list(unit.audit.list(action=action))

    def audited(self) -> list[tuple[str, str, str]]:
        return [(entry.action, entry.outcome, entry.reason) for entry in self.audit()]

    def grant_revoked(self, grant_id: int) -> bool:
        with self.storage.read() as unit:
            grant = unit.grants.get(grant_id)
        assert grant is not None
        return grant.revoked_at is not None

    def verified(self, token: str, audience: str = "shop", alg: str = "RS256", **changes: Any) -> dict[str, Any]:
        """Check a token as a relying party would, with the published keys."""
        options = {"algs": (alg,), "issuer": ISSUER, "audience": (audience,), "now": self.clock.now(), **changes}
        return verify(token, self.keyring.verification_keys, **options)

    def assertion(self, **changes: Any) -> str:
        """Make a client assertion (RFC 7523 section 3); None removes a claim."""
        key = changes.pop("key", CLIENT_KEY)
        now = int(self.clock.now())
        claims = {"iss": "jwt", "sub": "jwt", "aud": ISSUER, "jti": "j-1", "iat": now, "exp": now + 60, **changes}
        return sign({name: value for name, value in claims.items() if value is not None}, key)
