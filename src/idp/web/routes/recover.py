"""Account recovery: ask for the address, mail a link, confirm it with a button."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.application import recover
from idp.application.frame import frame_request
from idp.application.threads import in_thread
from idp.errors import InvalidInput
from idp.identity.links import LinkExpired, LinkInvalid
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, number_of, see_other, show, take_form


async def recover_page(request: Request) -> Response:
    """Ask for the e-mail address."""
    return await _ask(request)


async def recover_answer(request: Request) -> Response:
    """Mail a link if there is such an account. The answer is the same for every address."""
    query = _query(request)
    values = await take_form(request, f"/recover{query}")
    email = values.get("email", "")
    request_id = number_of(request.query_params.get("request"))
    try:
        await in_thread(recover.request_link, edge_of(request).deps, email, request_id, browser_of(request))
    except InvalidInput:
        return await _ask(request, email, (views.Problem("invalid_email" if email else "missing_email", "email"),))
    return see_other(request, f"/recover/sent{query}")


async def recover_sent_page(request: Request) -> Response:
    """Say that a link is on its way, if there is such an account."""
    edge = edge_of(request)
    query = _query(request)
    back = f"/authorize/continue{query}" if query else None
    return show(request, views.RecoverSent(edge.deps.policy.link_seconds, f"/recover{query}", back))


async def confirm_page(request: Request) -> Response:
    """Show the button. However often this is opened, by whomever, nothing is used up."""
    text = request.query_params.get("link", "")
    try:
        shown = await in_thread(recover.open_link, edge_of(request).deps, text, browser_of(request))
    except (LinkInvalid, LinkExpired) as fault:
        return show(request, _explain(fault))
    action = f"/recover/confirm?{urlencode({'link': text})}"
    return show(request, views.RecoverConfirm(make_form(request, action), shown.device, shown.asked_at))


async def confirm_answer(request: Request) -> Response:
    """Use the link and start the recovery in this browser."""
    text = request.query_params.get("link", "")
    await take_form(request, f"/recover/confirm?{urlencode({'link': text})}")
    browser = browser_of(request)
    try:
        started = await in_thread(recover.confirm_link, edge_of(request).deps, text, browser)
    except (LinkInvalid, LinkExpired) as fault:
        return show(request, _explain(fault))
    if isinstance(started, recover.Refused):
        return show(request, views.Failure("recovery_refused", browser.trace))
    return see_other(request, f"/run/{started.id}")


async def _ask(request: Request, email: str = "", problems: tuple[views.Problem, ...] = ()) -> Response:
    query = _query(request)
    request_id = number_of(request.query_params.get("request"))
    frame = await in_thread(frame_request, edge_of(request).deps, request_id)
    back = f"/authorize/continue{query}" if query else None
    view = views.Recover(make_form(request, f"/recover{query}"), email, back, problems)
    return show(request, view, targets=[frame.redirect_uri], theme=frame.theme)


def _query(request: Request) -> str:
    found = number_of(request.query_params.get("request"))
    return f"?request={found}" if found is not None else ""


def _explain(fault: LinkInvalid | LinkExpired) -> views.LinkExpired:
    here = f"/run/{fault.run_id}" if isinstance(fault, recover.LinkUsedHere) else None
    return views.LinkExpired("/recover", here)
