"""The vendor's side: returning browsers and notifications. They carry no authority (DESIGN invariant 4)."""

import base64
import binascii
from typing import Final
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from idp.application.threads import in_thread
from idp.application.vendor_return import take_return, take_webhook, webhook_token
from idp.errors import InvalidInput, NotFound, OAuthError
from idp.identity.links import LinkExpired, LinkInvalid
from idp.web import views
from idp.web.edge import browser_of, edge_of, see_other, show
from idp.web.forms import read_form

MAX_WEBHOOK: Final = 64 * 1024


async def return_endpoint(request: Request) -> Response:
    """Take a browser back. The state in the address names a verification; what is in it is fetched from the vendor."""
    edge, browser = edge_of(request), browser_of(request)
    try:
        returned = await take_return(edge.deps, request.query_params.get("state", ""), browser)
    except (LinkInvalid, LinkExpired):
        return show(request, views.Failure("not_found", browser.trace))
    if returned.run_id is None:
        return show(request, views.ReturnedElsewhere())
    return see_other(request, f"/run/{returned.run_id}")


async def webhook_token_endpoint(request: Request) -> Response:
    """Give the vendor a token (client credentials, HTTP Basic)."""
    try:
        values = await read_form(request)
        if values.get("grant_type") != "client_credentials":
            raise OAuthError("unsupported_grant_type", "Use client_credentials.")
        client_id, secret = _basic(request)
        name = request.path_params["connection"]
        token, seconds = await in_thread(webhook_token, edge_of(request).deps, name, client_id, secret)
    except InvalidInput as error:
        return _error("invalid_request", error.message, 400)
    except OAuthError as error:
        return _error(error.code, error.description, error.status)
    body = {"access_token": token, "token_type": "Bearer", "expires_in": seconds}
    return JSONResponse(body, headers={"cache-control": "no-store"})


async def webhook_endpoint(request: Request) -> Response:
    """Take a notification: look now."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not bearer:
        return _error("invalid_token", "A bearer token is needed.", 401)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_WEBHOOK:
            return _error("invalid_request", "The notification is too large.", 413)
    name = request.path_params["connection"]
    trace = browser_of(request).trace
    try:
        await take_webhook(edge_of(request).deps, name, bearer.strip(), bytes(body), trace)
    except OAuthError as error:
        return _error(error.code, error.description, error.status)
    except NotFound:
        return _error("invalid_request", "There is no such connection.", 404)
    except InvalidInput as error:
        return _error("invalid_request", error.message, 400)
    return JSONResponse({"success": True})


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError):
        decoded = ""
    client_id, colon, secret = decoded.partition(":")
    if not colon:
        raise OAuthError("invalid_client", "HTTP Basic authentication is needed.", status=401)
    return unquote_plus(client_id), unquote_plus(secret)


def _error(code: str, description: str, status: int) -> Response:
    headers = {"cache-control": "no-store"}
    if status == 401:
        headers["www-authenticate"] = "Basic" if code == "invalid_client" else 'Bearer error="invalid_token"'
    return JSONResponse({"error": code, "error_description": description}, status, headers)
