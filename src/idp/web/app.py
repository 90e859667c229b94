"""The provider as one ASGI application: routes inside middleware."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from idp.observability import Metrics
from idp.web.admin.desk import Desk
from idp.web.admin.document import list_document_routes
from idp.web.admin.endpoint import list_operation_routes
from idp.web.admin.handlers.table import HANDLERS
from idp.web.admin.operations import OPERATIONS
from idp.web.admin.problems import ADMIN_PATHS
from idp.web.assets import Assets
from idp.web.console.files import ConsoleFiles
from idp.web.dispatch import Dispatch
from idp.web.edge import Edge
from idp.web.middleware.stack import wrap
from idp.web.refusals import Refusals
from idp.web.routes.table import list_routes
from idp.web.theme_files import ThemeFiles

#: Paths that machines call; their errors are JSON. Everything else is a page.
MACHINE_PATHS: Final = (
    "/token",
    "/introspect",
    "/revoke",
    "/userinfo",
    "/jwks.json",
    "/.well-known/",
    "/connectors/",
    ADMIN_PATHS,
)
OPEN_PATHS: Final = {
    "/.well-known/openid-configuration": ("GET",),
    "/.well-known/oauth-authorization-server": ("GET",),
    "/jwks.json": ("GET",),
    "/token": ("POST",),
    "/revoke": ("POST",),
    "/userinfo": ("GET", "POST"),
}

Background = Callable[[], AbstractAsyncContextManager[None]]


def build_app(
    edge: Edge,
    assets: Assets,
    themes: ThemeFiles,
    background: Background,
    metrics: Metrics | None = None,
    desk: Desk | None = None,
) -> ASGIApp:
    """Put the provider together. `background` runs while the server does (mail, housekeeping).

    Without a `desk` there is no admin API.
    """

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        async with background():
            yield

    admin = [*list_document_routes(), *list_operation_routes(desk, OPERATIONS, HANDLERS)] if desk is not None else []
    routes = [*list_routes(assets, themes, ConsoleFiles()), *admin]
    router = _WithEdge(Dispatch(Router(routes, lifespan=lifespan)), edge)
    return wrap(
        router,
        issuer=edge.issuer,
        answer=Refusals(edge.pages, edge.translation, lambda path: path.startswith(MACHINE_PATHS)),
        open_paths=OPEN_PATHS,
        metrics=metrics,
    )


class _WithEdge:
    """Hands the edge to every request, by its scope."""

    def __init__(self, app: ASGIApp, edge: Edge) -> None:
        self._app, self._edge = app, edge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["edge"] = self._edge
        await self._app(scope, receive, send)
