"""The shortest way to a route whose path has no parameters: one look into a dictionary.

Starlette's router tries one regular expression after the other, for every request. It still answers everything else:
paths with parameters, wrong methods, unknown paths, the lifespan.
"""

from collections.abc import Sequence
from inspect import iscoroutinefunction

from starlette.requests import Request
from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import Receive, Scope, Send


class Dispatch:
    """Routes requests as the router it is made from would."""

    def __init__(self, router: Router) -> None:
        """Index the router's plain routes: one path, and a coroutine for it."""
        self._router = router
        self._routes = _index(router.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to its endpoint."""
        route = self._routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if route is None or scope.get("root_path"):
            await self._router(scope, receive, send)
            return
        scope.update(route=route, endpoint=route.endpoint, path_params={})
        response = await route.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


def _index(routes: Sequence[BaseRoute]) -> dict[tuple[str, str], Route]:
    found: dict[tuple[str, str], Route] = {}
    for route in routes:
        if isinstance(route, Route) and not route.param_convertors and iscoroutinefunction(route.endpoint):
            for method in route.methods or ():
                scope = {"type": "http", "path": route.path, "root_path": "", "method": method}
                if next(other for other in routes if other.matches(scope)[0] is Match.FULL) is route:
                    found[method, route.path] = route
    return found
