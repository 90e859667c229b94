"""Discovery (OIDC Discovery, RFC 8414), the JWK Set, and other well-known addresses."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from idp.application.metadata import describe
from idp.application.threads import in_thread
from idp.oidc.discovery import oauth_server_metadata, openid_configuration
from idp.web.edge import edge_of

CACHE = {"cache-control": "public, max-age=300"}


async def openid_configuration_endpoint(request: Request) -> Response:
    """Answer OIDC Discovery."""
    return await _document(request, openid=True)


async def oauth_metadata_endpoint(request: Request) -> Response:
    """Answer RFC 8414."""
    return await _document(request, openid=False)


async def jwks_endpoint(request: Request) -> Response:
    """Answer the JWK Set."""
    keyring = await in_thread(edge_of(request).deps.keyring)
    return Response(keyring.jwks_bytes, 200, CACHE, "application/json")


async def change_password_endpoint(_request: Request) -> Response:
    """Send password managers to where a password is changed (W3C change-password URL)."""
    return RedirectResponse("/recover", 303)


async def _document(request: Request, *, openid: bool) -> Response:
    edge = edge_of(request)
    offer = await in_thread(describe, edge.deps, edge.translation.tags)
    document: dict[str, Any] = (openid_configuration if openid else oauth_server_metadata)(edge.issuer, offer)
    return JSONResponse(document, headers=CACHE)
