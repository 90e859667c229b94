"""Discovery (OIDC Discovery, RFC 8414), the JWK Set, and other well-known addresses."""

import json
from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from idp.application.metadata import describe
from idp.application.passkeys import find_party
from idp.application.threads import in_thread
from idp.errors import NotFound
from idp.oidc.discovery import Offer, oauth_server_metadata, openid_configuration
from idp.web.edge import Edge, edge_of

CACHE: Final = {"cache-control": "public, max-age=300"}
#: The account pages where a person adds a passkey, and sees and removes those they have.
ADD_PAGE: Final = "/account/passkeys/add"
MANAGE_PAGE: Final = "/account"


async def openid_configuration_endpoint(request: Request) -> Response:
    """Answer OIDC Discovery."""
    return await _send(request, "openid", lambda edge: _document(edge, openid_configuration))


async def oauth_metadata_endpoint(request: Request) -> Response:
    """Answer RFC 8414."""
    return await _send(request, "oauth", lambda edge: _document(edge, oauth_server_metadata))


async def jwks_endpoint(request: Request) -> Response:
    """Answer the JWK Set."""
    return await _send(request, "jwks", lambda edge: edge.deps.keyring().jwks_bytes)


async def change_password_endpoint(_request: Request) -> Response:
    """Send password managers to where a password is changed (W3C change-password URL)."""
    return RedirectResponse("/account/password", 303)


async def passkey_endpoints_endpoint(request: Request) -> Response:
    """Tell password managers where passkeys are added and managed (W3C well-known URL for passkey endpoints)."""
    edge = edge_of(request)
    if find_party(edge.deps) is None:
        raise NotFound(detail="no passkeys at this issuer")
    return JSONResponse({"enroll": f"{edge.issuer}{ADD_PAGE}", "manage": f"{edge.issuer}{MANAGE_PAGE}"}, headers=CACHE)


async def related_origins_endpoint(request: Request) -> Response:
    """Tell browsers which other sites may use the passkeys of this domain (WebAuthn Level 3 section 5.11)."""
    origins = edge_of(request).deps.policy.passkey_related_origins
    if not origins:
        raise NotFound(detail="no related origins")
    return JSONResponse({"origins": list(origins)}, headers=CACHE)


async def _send(request: Request, name: str, make: Callable[[Edge], bytes]) -> Response:
    edge = edge_of(request)
    now = edge.deps.clock.now()
    body = edge.documents.find(name, now)
    if body is None:
        body = await in_thread(make, edge)
        edge.documents.keep(name, body, now)
    return Response(body, 200, CACHE, "application/json")


def _document(edge: Edge, write: Callable[[str, Offer], dict[str, Any]]) -> bytes:
    return json.dumps(write(edge.issuer, describe(edge.deps, edge.translation.tags)), separators=(",", ":")).encode()
