"""What every account page does: let the person in or send them to prove more, speak their language, say what was done.

Showing a page that is refused starts what is missing; sending a form that is refused changes nothing and says so.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.application.account.gate import Act, MoreNeeded, find_viewer, look, open_act
from idp.application.account.ways_in import ShutOut
from idp.application.browser import OpenedSession, SignedIn
from idp.application.threads import in_thread
from idp.errors import NotFound
from idp.identity.links import LinkExpired, LinkInvalid
from idp.web import views
from idp.web.edge import browser_of, edge_of, finish, follow, number_of, see_other, show
from idp.web.views import View

Shows = Callable[[Request, SignedIn], Awaitable[Response]]
Handler = Callable[[Request], Awaitable[Response]]

SECURITY: Final = "/account/security"
NOTICE: Final = "account_notice"
NOTICE_SECONDS: Final = 60.0


def shown(path: str) -> Callable[[Shows], Handler]:
    """Make a handler of a page that a signed-in person may look at; `path` is where a sign-in comes back to."""

    def decorate(handler: Shows) -> Handler:
        @wraps(handler)
        async def handle(request: Request) -> Response:
            entered = await in_thread(look, edge_of(request).deps, path, browser_of(request))
            return await handler(request, entered) if isinstance(entered, SignedIn) else follow(request, entered)

        return handle

    return decorate


def guarded(act_of: Act | Callable[[Request], Act]) -> Callable[[Shows], Handler]:
    """Make a handler of the page of an act, which may be shown to somebody who may carry the act out."""

    def decorate(handler: Shows) -> Handler:
        @wraps(handler)
        async def handle(request: Request) -> Response:
            act = act_of if isinstance(act_of, Act) else act_of(request)
            entered = await in_thread(open_act, edge_of(request).deps, act, browser_of(request))
            if not isinstance(entered, SignedIn):
                return follow(request, entered)
            try:
                return await handler(request, entered)
            except ShutOut as refused:
                return done(request, SECURITY, name_refusal(refused))

        return handle

    return decorate


def acting(handler: Handler) -> Handler:
    """Make a handler of a form.

    One that comes with less than its act takes, or that would shut its person out, has changed nothing and is told so.
    """

    @wraps(handler)
    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except MoreNeeded as needed:
            return show(request, views.MoreNeeded(needed.path))
        except ShutOut as refused:
            return done(request, SECURITY, name_refusal(refused))

    return handle


def name_refusal(refused: ShutOut) -> str:
    """Return the notice that says why nothing was changed, and what to add first."""
    if refused.adding:
        return "shut_out_by"
    return f"shut_out_{refused.first}" if refused.first is not None else "shut_out"


def present(request: Request, person: SignedIn, view: View, opened: OpenedSession | None = None) -> Response:
    """Render a page in the person's language; `opened` is the session's new cookie."""
    return finish(request, show(request, view, locale=locale_of(request, person)), opened.handle if opened else None)


async def viewer_of(request: Request) -> SignedIn:
    """Return who is signed in, for a form that is shown again. Raises MoreNeeded."""
    return await in_thread(find_viewer, edge_of(request).deps, browser_of(request))


def locale_of(request: Request, person: SignedIn) -> str:
    """Return the language of the person's pages: their own choice, else the browser's."""
    accepted = request.headers.get("accept-language")
    return edge_of(request).translation.negotiate(None, person.user.locale, accepted)


def done(request: Request, path: str, notice: str, opened: OpenedSession | None = None) -> Response:
    """Redirect after an act to a page that says what was done.

    What it says is signed and short-lived, so that no link of somebody else's can make the page say it.
    """
    text = edge_of(request).deps.signer.sign(NOTICE, {"n": notice})
    return see_other(request, f"{path}?{urlencode({'notice': text})}", opened.handle if opened else None)


def notice_of(request: Request) -> str:
    """Return what was just done, a key of `account_words.NOTICES`, or nothing."""
    text = request.query_params.get("notice", "")
    try:
        return str(edge_of(request).deps.signer.open(NOTICE, text, NOTICE_SECONDS).get("n", "")) if text else ""
    except (LinkExpired, LinkInvalid):
        return ""


def row_id(request: Request) -> int:
    """Return the row that the path names. Raises NotFound for a path that names none."""
    found = number_of(request.path_params.get("row"))
    if found is None:
        raise NotFound("There is nothing here.")
    return found
