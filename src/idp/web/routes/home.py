"""The issuer's root, and whether the process is alive and ready."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from idp.application.browser import find_email
from idp.application.readiness import check_readiness
from idp.application.threads import in_thread
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, show


async def home_page(request: Request) -> Response:
    """Say what is here, and who is signed in."""
    browser = browser_of(request)
    email = await in_thread(find_email, edge_of(request).deps, browser)
    form = make_form(request, "/logout/confirm") if email else None
    return show(request, views.Home(email, form, "/account", "/account"))


async def livez(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """The database answers and there are keys to sign with."""
    await in_thread(check_readiness, edge_of(request).deps)
    return JSONResponse({"status": "ready"})
