"""The end-session endpoint (OIDC RP-Initiated Logout 1.0)."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from idp.application.logout import AskFirst, log_out
from idp.application.threads import in_thread
from idp.errors import InvalidInput
from idp.web import views
from idp.web.edge import browser_of, edge_of, finish, make_form, see_other, show, take_form
from idp.web.forms import read_pairs

PATH = "/logout"
MAX_QUERY = 16 * 1024
MAX_PARAMETERS = 64


async def logout_endpoint(request: Request) -> Response:
    """End the session if the client's hint names it, else ask the person first."""
    query = request.scope["query_string"].decode("latin-1")
    pairs = list(await read_pairs(request)) if request.method == "POST" else _read(query)
    return await _log_out(request, _collect(pairs), confirmed=False)


async def logout_answer(request: Request) -> Response:
    """Take the person's answer."""
    query = request.scope["query_string"].decode("latin-1")
    values = await take_form(request, _action(query))
    if values.get("outcome") != "sign_out":
        return see_other(request, "/")
    return await _log_out(request, _collect(_read(query)), confirmed=True)


async def _log_out(request: Request, raw: dict[str, list[str]], *, confirmed: bool) -> Response:
    edge = edge_of(request)
    wished = raw.get("ui_locales")
    browser = browser_of(request, wished[0] if wished else None)
    try:
        done = await in_thread(log_out, edge.deps, raw, browser, confirmed=confirmed)
    except InvalidInput as error:
        return show(request, views.Failure("invalid_request", browser.trace, error.message), locale=browser.locale)
    if isinstance(done, AskFirst):
        action = _action(request.scope["query_string"].decode("latin-1"))
        view = views.LogoutConfirm(make_form(request, action), done.email, done.client_name)
        targets = raw.get("post_logout_redirect_uri", [])[:1]
        return show(request, view, locale=browser.locale, targets=targets)
    if done.redirect_to:
        response: Response = RedirectResponse(done.redirect_to, 303)
    else:
        response = show(request, views.SignedOut(), locale=browser.locale)
    edge.cookies.session.clear(response)
    return finish(request, response)


def _action(query: str) -> str:
    return f"{PATH}/confirm?{query}" if query else f"{PATH}/confirm"


def _read(query: str) -> list[tuple[str, str]]:
    if len(query) > MAX_QUERY:
        raise InvalidInput("The request is too long.", code="body_too_large")
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise InvalidInput("The request is malformed.", detail=type(error).__name__) from None


def _collect(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    raw: dict[str, list[str]] = {}
    for name, value in pairs:
        raw.setdefault(name, []).append(value)
    return raw
