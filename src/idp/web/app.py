"""The provider as one ASGI application: routes inside middleware."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from idp.observability import Metrics
from idp.web import views
from idp.web.assets import Assets
from idp.web.edge import Edge
from idp.web.middleware.error_boundary import Refusal
from idp.web.middleware.request_id import request_id_of
from idp.web.middleware.stack import wrap
from idp.web.routes.table import list_routes

#: Paths that machines call; their errors are JSON. Everything else is a page.
MACHINE_PATHS: Final = ("/token", "/introspect", "/revoke", "/userinfo", "/jwks.json", "/.well-known/", "/connectors/")
OPEN_PATHS: Final = {
    "/.well-known/openid-configuration": ("GET",),
    "/.well-known/oauth-authorization-server": ("GET",),
    "/jwks.json": ("GET",),
    "/token": ("POST",),
    "/revoke": ("POST",),
    "/userinfo": ("GET", "POST"),
}

Background = Callable[[], AbstractAsyncContextManager[None]]


def build_app(edge: Edge, assets: Assets, background: Background, metrics: Metrics | None = None) -> ASGIApp:
    """Put the provider together. `background` runs while the server does (mail, housekeeping)."""

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        async with background():
            yield

    router = _WithEdge(Router(list_routes(assets), lifespan=lifespan), edge)
    return wrap(router, issuer=edge.issuer, answer=_Refusals(edge), open_paths=OPEN_PATHS, metrics=metrics)


class _WithEdge:
    """Hands the edge to every request, by its scope."""

    def __init__(self, app: ASGIApp, edge: Edge) -> None:
        self._app, self._edge = app, edge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["edge"] = self._edge
        await self._app(scope, receive, send)


class _Refusals:
    """Answers for errors: JSON to machines, a page to people."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    def __call__(self, scope: Scope, refusal: Refusal) -> Response:
        if scope["path"].startswith(MACHINE_PATHS):
            body = {"error": refusal.code, "error_description": refusal.description}
            headers = {"cache-control": "no-store", **refusal.headers}
            return JSONResponse({key: value for key, value in body.items() if value}, refusal.status, headers)
        locale = self._edge.translation.negotiate(None, None, _accept_language(scope))
        view = views.Failure(refusal.code, request_id_of(scope), refusal.description)
        response = self._edge.pages.render(view, locale).to_response()
        response.status_code = refusal.status
        response.headers.update(refusal.headers)
        return response


def _accept_language(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == b"accept-language"), None)
