"""Coming into the console and going out of it."""

from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from idp.application.browser import Browser
from idp.application.console.set_up import is_set_up
from idp.application.console.sign_in import (
    Entered,
    begin_sign_in,
    clean_return,
    complete_sign_in,
    end_console_session,
)
from idp.application.dependencies import Dependencies
from idp.application.logout import log_out
from idp.application.threads import in_thread
from idp.handles import mint
from idp.web import views
from idp.web.edge import browser_of, edge_of, finish, see_other, show

MAX_QUERY: Final = 8 * 1024
MAX_PARAMETERS: Final = 16
TICKET_SECONDS: Final = 3600


async def sign_in_endpoint(request: Request) -> Response:
    """Begin a sign-in; one that there is already is used."""
    return await _begin(request, fresh=False)


async def step_up_endpoint(request: Request) -> Response:
    """Begin a sign-in that counts from now, for what is dangerous."""
    return await _begin(request, fresh=True)


async def callback_endpoint(request: Request) -> Response:
    """Take the provider's answer (RFC 6749 section 4.1.2)."""
    edge = edge_of(request)
    values = _read_answer(request)
    ticket, former = edge.cookies.ticket.read(request.headers.raw), edge.cookies.console.read(request.headers.raw)
    done = await in_thread(complete_sign_in, edge.deps, values, ticket, browser_of(request), former)
    if not isinstance(done, Entered):
        return show(request, views.ConsoleNotice(done.reason))
    response = see_other(request, done.return_to)
    edge.cookies.console.write(response, done.handle)
    edge.cookies.ticket.clear(response)
    return response


async def sign_out_answer(request: Request) -> Response:
    """End the console's session, and the provider's behind it. Other sites cannot send this form."""
    edge = edge_of(request)
    edge.guard.check_source(request.headers.raw)
    await in_thread(_leave, edge.deps, edge.cookies.console.read(request.headers.raw), browser_of(request))
    response = see_other(request, "/console/signed-out")
    edge.cookies.console.clear(response)
    edge.cookies.session.clear(response)
    return response


async def signed_out_page(request: Request) -> Response:
    """Say that the console was left."""
    return show(request, views.ConsoleNotice("signed_out"))


def _read_answer(request: Request) -> dict[str, list[str]]:
    query = request.scope["query_string"][:MAX_QUERY].decode("latin-1")
    try:
        return parse_qs(query, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return {}


async def _begin(request: Request, *, fresh: bool) -> Response:
    edge = edge_of(request)
    if not await in_thread(_is_set_up, edge.deps):
        return show(request, views.ConsoleNotice("not_set_up"))
    # A ticket is never taken from the request: whoever plants one would know its state.
    ticket = mint(edge.deps.random_bytes).text
    return_to = clean_return(request.query_params.get("return_to", ""))
    response = RedirectResponse(begin_sign_in(edge.deps, ticket, return_to, fresh=fresh), 303)
    edge.cookies.ticket.write(response, ticket, max_age=TICKET_SECONDS)
    return finish(request, response)


def _is_set_up(deps: Dependencies) -> bool:
    with deps.storage.read() as uow:
        return is_set_up(uow)


def _leave(deps: Dependencies, handle: str | None, browser: Browser) -> None:
    with deps.storage.write() as uow:
        end_console_session(deps, uow, handle)
    log_out(deps, {}, browser, confirmed=True)
