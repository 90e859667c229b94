"""Client authentication: none, client_secret_basic, client_secret_post, private_key_jwt (RFC 6749 section 2.3, RFC
7523).

A client has one registered way and only that one is accepted. Secrets are random, so their SHA-256 digests are
compared, in constant time; an assertion counts once.
"""

import base64
import hashlib
import hmac
from typing import NamedTuple
from urllib.parse import unquote_plus

from idp.errors import InvalidInput, OAuthError
from idp.handles import digest
from idp.oauth.call import Call
from idp.oauth.clients import auth_method, find_client
from idp.oauth.messages import EndpointRequest, Form
from idp.oidc.jose import CLIENT_ALGS, TokenInvalid, peek, verify
from idp.records.clients import Client

METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
CONFIDENTIAL_METHODS = METHODS[:-1]
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 300
ASSERTION_LEEWAY = 60
ASSERTION_KIND = "client_assertion"
MAX_JTI_LENGTH = 256


class Presented(NamedTuple):
    """What a request says about who its client is."""

    method: str
    client_id: str | None
    proof: str = ""


def authenticate_client(
    call: Call, request: EndpointRequest, form: Form, methods: tuple[str, ...] = METHODS
) -> tuple[Client, str]:
    """Return the client and the method it used.

    Raises OAuthError `invalid_request` when more than one way is used at once (RFC 6749 section 2.3), and
    `invalid_client` with status 401 for everything else: the text is the same whatever was wrong, the audit trail says
    what it was.
    """
    presented = _read(request, form)
    client = find_client(call, presented.client_id)
    if client is None:
        raise _unauthenticated("unknown client")
    reason = _fault(call, client, presented, methods)
    if reason:
        call.audit("client_authentication", "refused", reason=reason, client_id=client.client_id)
        raise _unauthenticated(reason)
    return client, presented.method


def _unauthenticated(reason: str) -> OAuthError:
    return OAuthError("invalid_client", "Client authentication failed.", status=401, detail=reason)


def _read(request: EndpointRequest, form: Form) -> Presented:
    values = form.values
    authorization = request.header("authorization")
    asserted = "client_assertion" in values or "client_assertion_type" in values
    if (authorization is not None) + ("client_secret" in values) + asserted > 1:
        raise OAuthError("invalid_request", "Use one way of client authentication only.")
    stated = values.get("client_id")
    if authorization is not None:
        presented = _read_basic(authorization)
        if stated is not None and stated != presented.client_id:
            raise OAuthError("invalid_request", "The client_id does not match the Authorization header.")
        return presented
    if asserted:
        assertion = values.get("client_assertion", "")
        if values.get("client_assertion_type") != ASSERTION_TYPE:
            raise _unauthenticated("unknown assertion type")
        subject = peek(assertion, "sub")
        if stated is not None and stated != subject:
            # RFC 7521 section 4.2: a client_id beside the assertion must name the same client.
            raise _unauthenticated("client_id is not the assertion's subject")
        return Presented("private_key_jwt", subject, assertion)
    if "client_secret" in values:
        return Presented("client_secret_post", stated, values["client_secret"])
    return Presented("none", stated)


def _read_basic(authorization: str) -> Presented:
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError("not Basic")
        user, colon, password = base64.b64decode(encoded.strip().encode("ascii"), validate=True).decode().partition(":")
        if not colon:
            raise ValueError("no colon")
        # RFC 6749 section 2.3.1: both parts are form-urlencoded before they are joined, so "+" is a space.
        return Presented(
            "client_secret_basic", unquote_plus(user, errors="strict"), unquote_plus(password, errors="strict")
        )
    except ValueError as error:
        raise _unauthenticated("Authorization header is not Basic or is malformed") from error


def _fault(call: Call, client: Client, presented: Presented, methods: tuple[str, ...]) -> str:
    if presented.method != auth_method(client):
        return f"{presented.method} is not the registered method"
    if presented.method not in methods:
        return f"{presented.method} is not accepted here"
    if presented.method == "private_key_jwt":
        return _assertion_fault(call, client, presented.proof)
    if presented.method == "none":
        return ""
    return "" if secret_matches(client, presented.proof) else "wrong secret"


def secret_matches(client: Client, secret: str) -> bool:
    """Compare a secret with every digest of the client, without stopping at the first match."""
    given = digest(secret)
    found = False
    for stored in client.secret_digests:
        found |= hmac.compare_digest(given, stored)
    return found


def _assertion_fault(call: Call, client: Client, assertion: str) -> str:
    registered = client.metadata.get("token_endpoint_auth_signing_alg")
    try:
        claims = verify(
            assertion,
            call.provider.client_keys.of(client.client_id, client.metadata.get("jwks")),
            algs=(registered,) if isinstance(registered, str) else CLIENT_ALGS,
            issuer=client.client_id,
            audience=(call.provider.issuer, call.provider.token_endpoint),
            now=call.now,
            leeway=ASSERTION_LEEWAY,
            required=("sub", "jti"),
        )
    except (TokenInvalid, InvalidInput) as error:
        return f"assertion: {error.detail or error.message}"
    jti = claims["jti"]
    if claims["sub"] != client.client_id or len(jti) > MAX_JTI_LENGTH:
        return "assertion: wrong subject, or jti too long"
    if isinstance(claims["aud"], list) and len(claims["aud"]) != 1:
        # An assertion made for several servers could be replayed by one of them at another.
        return "assertion: more than one audience"
    if claims["exp"] > call.now + ASSERTION_SECONDS + ASSERTION_LEEWAY:
        return "assertion: lives too long"
    key = hashlib.sha256(f"{client.client_id}\0{jti}".encode("utf-8", "surrogatepass")).digest()
    if not call.store.once.claim(ASSERTION_KIND, key, claims["exp"] + ASSERTION_LEEWAY):
        return "assertion: used before"
    return ""
