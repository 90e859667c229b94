"""The pages with which the first administrator is made: who they are, and how they sign in."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.application.console.first_owner import (
    PERSON_FIELDS,
    Fault,
    Typed,
    Ways,
    finish_with_passkey,
    finish_with_password,
    offer_ways,
)
from idp.application.console.set_up import SET_UP_PATH, is_good
from idp.application.devices import describe_device
from idp.application.threads import in_thread
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, show, take_form


async def set_up_page(request: Request) -> Response:
    """Ask who the administrator is. However often this is opened, nothing is used up."""
    if not await in_thread(is_good, edge_of(request).deps, _link_of(request)):
        return show(request, views.ConsoleNotice("set_up_over"))
    return show(request, _ask_person(request, Typed("", "")))


async def set_up_answer(request: Request) -> Response:
    """Go on to the ways of signing in, make the administrator with one of them, or say what is wrong."""
    deps, link = edge_of(request).deps, _link_of(request)
    values = await take_form(request, _action(link))
    typed = _read(values)
    match values.get("outcome"):
        case "back":
            good = await in_thread(is_good, deps, link)
            return show(request, _ask_person(request, typed) if good else views.ConsoleNotice("set_up_over"))
        case "submitted":
            faults, done = await in_thread(finish_with_password, deps, link, typed), "set_up_done"
        case "passkey":
            device = describe_device(browser_of(request).user_agent)
            faults, done = await in_thread(finish_with_passkey, deps, link, typed, device), "set_up_done_passkey"
        case _:
            return await _offer(request, typed, ())
    if faults is None:
        return show(request, views.ConsoleNotice("set_up_over"))
    return await _offer(request, typed, faults) if faults else show(request, views.ConsoleNotice(done))


async def _offer(request: Request, typed: Typed, faults: tuple[Fault, ...]) -> Response:
    """Show the ways of signing in, or ask again who it is if that is what is wrong."""
    ways = await in_thread(offer_ways, edge_of(request).deps, _link_of(request), typed)
    if ways is None:
        return show(request, views.ConsoleNotice("set_up_over"))
    if not isinstance(ways, Ways):
        return show(request, _ask_person(request, typed, ways))
    return show(request, _ask_way(request, typed, ways, faults))


def _read(values: Mapping[str, str]) -> Typed:
    return Typed(*(values.get(name, "") for name in ("email", "name", "password", "code", "credential")))


def _ask_person(request: Request, typed: Typed, faults: tuple[Fault, ...] = ()) -> views.ConsoleSetUp:
    form = make_form(request, _action(_link_of(request)))
    return views.ConsoleSetUp(form, typed.email[:254], typed.name[:100], _problems(faults))


def _ask_way(request: Request, typed: Typed, ways: Ways, faults: tuple[Fault, ...]) -> views.ConsoleSetUpWay:
    key = " ".join(ways.seed[at : at + 4] for at in range(0, len(ways.seed), 4))
    return views.ConsoleSetUpWay(
        make_form(request, _action(_link_of(request))),
        views.Ceremony(ways.passkey, "passkey") if ways.passkey is not None else None,
        ways.uri,
        key,
        typed.email,
        typed.name,
        _problems(tuple(fault for fault in faults if fault.field not in PERSON_FIELDS)),
    )


def _problems(faults: tuple[Fault, ...]) -> tuple[views.Problem, ...]:
    return tuple(views.Problem(fault.code, fault.field) for fault in faults)


def _link_of(request: Request) -> str:
    return request.query_params.get("link", "")


def _action(link: str) -> str:
    return f"{SET_UP_PATH}?{urlencode({'link': link})}"
