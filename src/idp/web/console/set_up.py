"""The page with which the first administrator is made."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.application.console.set_up import (
    SET_UP_PATH,
    Typed,
    describe_authenticator,
    finish_set_up,
    open_set_up,
)
from idp.application.threads import in_thread
from idp.web import views
from idp.web.edge import edge_of, make_form, show, take_form


async def set_up_page(request: Request) -> Response:
    """Show the form. However often this is opened, nothing is used up."""
    link = request.query_params.get("link", "")
    seed = await in_thread(open_set_up, edge_of(request).deps, link)
    if seed is None:
        return show(request, views.ConsoleNotice("set_up_over"))
    return show(request, _view(request, link, seed))


async def set_up_answer(request: Request) -> Response:
    """Make the administrator, or say what is wrong."""
    deps = edge_of(request).deps
    link = request.query_params.get("link", "")
    values = await take_form(request, _action(link))
    typed = Typed(*(values.get(name, "") for name in ("email", "name", "password", "code")))
    seed = await in_thread(open_set_up, deps, link)
    faults = await in_thread(finish_set_up, deps, link, typed) if seed is not None else None
    if seed is None or faults is None:
        return show(request, views.ConsoleNotice("set_up_over"))
    if faults:
        problems = tuple(views.Problem(fault.code, fault.field) for fault in faults)
        return show(request, _view(request, link, seed, typed, problems))
    return show(request, views.ConsoleNotice("set_up_done"))


def _view(
    request: Request, link: str, seed: str, typed: Typed | None = None, problems: tuple[views.Problem, ...] = ()
) -> views.ConsoleSetUp:
    email, name = (typed.email[:254], typed.name[:100]) if typed is not None else ("", "")
    uri = describe_authenticator(edge_of(request).deps, seed)
    key = " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
    return views.ConsoleSetUp(make_form(request, _action(link)), uri, key, email, name, problems)


def _action(link: str) -> str:
    return f"{SET_UP_PATH}?{urlencode({'link': link})}"
