"""The page behind a mailed sign-in link: `GET` shows it and uses nothing up, `POST` acts."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.application import sign_in_link
from idp.application.threads import in_thread
from idp.identity.links import LinkExpired, LinkInvalid
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, show, take_form
from idp.web.routes.run import go_on


async def link_page(request: Request) -> Response:
    """Show what the link would do here. However often it is opened, by whomever, nothing is used up."""
    try:
        shown = await in_thread(sign_in_link.open_link, edge_of(request).deps, _text(request), browser_of(request))
    except (LinkInvalid, LinkExpired):
        return show(request, views.LinkExpired())
    form = make_form(request, _action(request))
    return show(request, views.SignInLink(form, shown.here, shown.device, shown.asked_at, shown.email))


async def link_answer(request: Request) -> Response:
    """Use the link: go on with the run that waits in this browser, show a code for another one, or sign in here."""
    values = await take_form(request, _action(request))
    deps, browser, text = edge_of(request).deps, browser_of(request), _text(request)
    try:
        shown = await in_thread(sign_in_link.open_link, deps, text, browser)
        if shown.here:
            return go_on(request, await sign_in_link.use_link(deps, text, browser))
        if values.get("outcome") == "sign_in":
            return go_on(request, await sign_in_link.sign_in_here(deps, text, browser))
        code = await in_thread(sign_in_link.show_code, deps, text, browser)
    except (LinkInvalid, LinkExpired):
        return show(request, views.LinkExpired())
    return show(request, views.SignInCode(code, shown.device))


def _text(request: Request) -> str:
    return request.query_params.get("link", "")


def _action(request: Request) -> str:
    return f"/sign-in/link?{urlencode({'link': _text(request)})}"
