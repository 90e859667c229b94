"""Token, introspection, revocation and userinfo endpoints: HTTP in, HTTP out."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from idp.application.redeem import answer
from idp.application.threads import in_thread
from idp.errors import InvalidInput
from idp.oauth.messages import NO_STORE, EndpointRequest, EndpointResponse
from idp.web.edge import edge_of
from idp.web.forms import read_pairs
from idp.web.middleware.request_id import request_id_of

Handler = Callable[[Request], Awaitable[Response]]


def make_endpoint(name: str) -> Handler:
    """Return the handler of one of `redeem.ENDPOINTS`."""

    async def endpoint(request: Request) -> Response:
        form: dict[str, list[str]] = {}
        has_body = request.method == "POST" and (
            name != "userinfo" or request.headers.get("content-length", "0") != "0"
        )
        if has_body:
            try:
                pairs = await read_pairs(request)
            except InvalidInput as error:
                body = {"error": "invalid_request", "error_description": error.message}
                return JSONResponse(body, 413 if error.code == "body_too_large" else 400, dict(NO_STORE))
            for key, value in pairs:
                form.setdefault(key, []).append(value)
        call = EndpointRequest(
            method=request.method,
            headers={key.decode("latin-1"): value.decode("latin-1") for key, value in request.headers.raw},
            form=form,
            query=query_of(request),
            request_id=request_id_of(request.scope),
        )
        return to_response(await in_thread(answer, edge_of(request).deps, name, call))

    return endpoint


def query_of(request: Request) -> dict[str, list[str]]:
    """Return every value of each query parameter; most requests have none."""
    if not request.scope["query_string"]:
        return {}
    return {key: request.query_params.getlist(key) for key in request.query_params}


def to_response(response: EndpointResponse) -> Response:
    """Send an endpoint's answer."""
    if response.body is None:
        return Response(status_code=response.status, headers=dict(response.headers))
    return JSONResponse(response.body, response.status, dict(response.headers))
