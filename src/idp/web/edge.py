"""The edge: what every route handler is given, and the few things all of them do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from idp.application.authorize import Answer, Declined, Enter, Next, ToPage, ToRun
from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.handles import mint
from idp.oidc.responses import AuthorizationResponse
from idp.translation import Translation
from idp.web.cookies import Cookies
from idp.web.csrf import FormGuard
from idp.web.documents import Documents
from idp.web.forms import read_form
from idp.web.middleware.request_id import request_id_of
from idp.web.pages import Pages
from idp.web.views import Form, FormPost, Leaving, View

BROWSER_SECONDS: Final = 400 * 86400


@dataclass(frozen=True, slots=True)
class Edge:
    """Pages, cookies and form guard around the application."""

    deps: Dependencies
    pages: Pages
    cookies: Cookies
    guard: FormGuard
    translation: Translation
    trusted_proxies: int = 0
    documents: Documents = field(default_factory=Documents)

    @property
    def issuer(self) -> str:
        """The issuer URL, without a trailing slash."""
        return self.deps.policy.issuer


def edge_of(request: Request) -> Edge:
    """Return the edge that the application was built with."""
    edge: Edge = request.scope["state"]["edge"]
    return edge


def browser_of(request: Request, ui_locales: str | None = None) -> Browser:
    """Describe the browser. One that has no browser cookie gets a fresh secret, which `finish` sets."""
    known: Browser | None = request.scope.get("idp.browser")
    if known is not None and ui_locales is None:
        return known
    edge = edge_of(request)
    secret = edge.cookies.browser.read(request.headers.raw)
    if secret is None:
        secret = request.scope.setdefault("idp.new_browser", mint(edge.deps.random_bytes).text)
    browser = Browser(
        secret=secret,
        session_handle=edge.cookies.session.read(request.headers.raw),
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", "")[:256],
        locale=edge.translation.negotiate(ui_locales, None, request.headers.get("accept-language")),
        trace=request_id_of(request.scope),
    )
    if ui_locales is None:
        request.scope["idp.browser"] = browser
    return browser


def finish(request: Request, response: Response, session_handle: str | None = None) -> Response:
    """Set the cookies that this exchange made."""
    edge = edge_of(request)
    fresh = request.scope.get("idp.new_browser")
    if fresh is not None:
        edge.cookies.browser.write(response, fresh, max_age=BROWSER_SECONDS)
    if session_handle is not None:
        edge.cookies.session.write(response, session_handle)
    response.headers.setdefault("cache-control", "no-store")
    return response


def show(
    request: Request,
    view: View,
    *,
    locale: str | None = None,
    targets: Iterable[str | None] = (),
    theme: str | None = None,
) -> Response:
    """Render a view for this browser, in the theme of the client that it is for."""
    edge = edge_of(request)
    browser = browser_of(request)
    wanted = [target for target in targets if target]
    page = edge.pages.render(view, locale or browser.locale, form_targets=wanted, theme=theme)
    return finish(request, page.to_response())


def see_other(request: Request, path: str, session_handle: str | None = None) -> Response:
    """Redirect after a POST (303), so that reload repeats nothing."""
    return finish(request, RedirectResponse(path, 303), session_handle)


def make_form(request: Request, action: str, step: str = "", seq: int = 0) -> Form:
    """Make a form's action and token. The action is the token's purpose: a token of one form opens no other."""
    edge = edge_of(request)
    browser = browser_of(request)
    token = edge.guard.make_token(browser.secret, browser.session_handle, action)
    return Form(action, token, step, seq)


async def take_form(request: Request, action: str) -> Mapping[str, str]:
    """Read a guarded form. Raises InvalidInput, and ForgedRequest for one that is not of our page in this browser."""
    edge = edge_of(request)
    values = await read_form(request)
    edge.guard.check(
        request.headers.raw,
        values.get("csrf"),
        edge.cookies.browser.read(request.headers.raw),
        edge.cookies.session.read(request.headers.raw),
        action,
    )
    return values


def number_of(text: str | None) -> int | None:
    """Read a row id from a path or query, or None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None


def follow(request: Request, following: Next, *, after_form: bool = False) -> Response:
    """Send the browser where the authorization journey goes next.

    `after_form`: a form's POST led here. Chromium holds the page's `form-action` against every redirect that follows,
    the client's own ones too, so the way out is a page that navigates by itself.
    """
    match following:
        case Answer(response):
            return finish(request, answer_client(request, response, after_form=after_form))
        case ToRun(run_id):
            return see_other(request, f"/run/{run_id}")
        case ToPage(page, request_id):
            return see_other(request, f"/{PAGES[page]}?request={request_id}")
        case Enter(path):
            return see_other(request, path)
        case Declined(error):
            return see_other(request, f"/account/declined?{urlencode({'reason': error})}")


PAGES: Final[Mapping[str, str]] = {"consent": "consent", "select_account": "select-account", "recover": "recover"}


def answer_client(request: Request, response: AuthorizationResponse, *, after_form: bool) -> Response:
    """Deliver an authorization response: by redirect, by a page that leaves, or by a form that posts itself."""
    if response.response_mode == "form_post":
        edge = edge_of(request)
        view = FormPost(response.redirect_uri, response.params)
        return edge.pages.render(view, browser_of(request).locale).to_response()
    if after_form:
        return show(request, Leaving(response.location))
    return RedirectResponse(response.location, 303)
