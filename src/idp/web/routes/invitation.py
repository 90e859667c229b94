"""A mailed invitation: the page behind its link, and the button that uses it."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.application.invite import accept_invitation, open_invitation
from idp.application.threads import in_thread
from idp.identity.links import LinkExpired, LinkInvalid
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, see_other, show, take_form


async def invitation_page(request: Request) -> Response:
    """Show the button. However often this is opened, by whomever, nothing is used up."""
    text = request.query_params.get("link", "")
    try:
        shown = await in_thread(open_invitation, edge_of(request).deps, text)
    except (LinkInvalid, LinkExpired):
        return show(request, views.LinkExpired())
    return show(request, views.Invitation(make_form(request, _action(text)), shown.email, shown.until))


async def invitation_answer(request: Request) -> Response:
    """Use the link and start the flow in this browser."""
    text = request.query_params.get("link", "")
    await take_form(request, _action(text))
    try:
        run = await in_thread(accept_invitation, edge_of(request).deps, text, browser_of(request))
    except (LinkInvalid, LinkExpired):
        return show(request, views.LinkExpired())
    return see_other(request, f"/run/{run.id}")


def _action(text: str) -> str:
    return f"/invitation?{urlencode({'link': text})}"
