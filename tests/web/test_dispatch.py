"""The index of plain routes changes nothing but the time it takes."""

import anyio
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, Router

from idp.web.assets import Assets
from idp.web.console.files import ConsoleFiles
from idp.web.dispatch import Dispatch
from idp.web.routes.table import list_routes
from idp.web.theme_files import ThemeFiles


def say(text):
    async def endpoint(request: Request):
        return PlainTextResponse(f"{text} {request.path_params}")

    return endpoint


def plain(_request):
    return PlainTextResponse("from a thread")


async def nested(scope, receive, send):
    await PlainTextResponse("mounted")(scope, receive, send)


ROUTER = Router(
    [
        Route("/a", say("get a"), methods=["GET"]),
        Route("/a", say("post a"), methods=["POST"]),
        Route("/{name}/b", say("named"), methods=["GET"]),
        Route("/x/b", say("hidden"), methods=["GET", "POST"]),
        Route("/sync", plain, methods=["GET"]),
        Mount("/m", nested),
        Route("/m/a", say("behind the mount"), methods=["GET"]),
        Route("/any", say("any"), methods=None),
    ]
)


def ask(app, method, path, root_path=""):
    """Return status, body, and the route that answered; 404 and 405 as the router raises them."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": root_path,
        "headers": [],
        "query_string": b"",
        "app": app,
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    try:
        anyio.run(app, scope, receive, send)
    except HTTPException as error:
        return error.status_code, dict(error.headers or {}), scope.get("route")
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:]), scope.get("route")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS", "get"])
@pytest.mark.parametrize("path", ["/a", "/a/", "/x/b", "/y/b", "/sync", "/m/a", "/m", "/any", "/none", ""])
@pytest.mark.parametrize("root_path", ["", "/a"])
def test_it_answers_as_the_router_does(method, path, root_path):
    assert ask(Dispatch(ROUTER), method, path, root_path) == ask(ROUTER, method, path, root_path)


def test_every_plain_route_of_the_provider_takes_the_short_way():
    routes = list_routes(Assets(), ThemeFiles(), ConsoleFiles())
    expected = {
        (method, route.path)
        for route in routes
        if isinstance(route, Route) and "{" not in route.path
        for method in route.methods
    }
    assert set(Dispatch(Router(routes))._routes) == expected
