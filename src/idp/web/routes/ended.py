"""The page of a run that is over and has nowhere else to go."""

from starlette.requests import Request
from starlette.responses import Response

from idp.application.authorize import deny
from idp.application.browser import find_email
from idp.application.frame import frame_run
from idp.application.threads import in_thread
from idp.application.turn import find_run
from idp.errors import InvalidInput
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, number_of, see_other, show, take_form

_CODES = {
    "deadline": "request_expired",
    "user_blocked": "account_blocked",
    "credentials_changed": "request_expired",
    "session_ended": "session_ended",
    "superseded": "request_expired",
}


async def ended_page(request: Request) -> Response:
    """Say how it ended and what can be done."""
    edge, browser = edge_of(request), browser_of(request)
    run_id = number_of(request.query_params.get("run"))
    if run_id is None:
        raise InvalidInput("The address is not complete.")
    run = await in_thread(find_run, edge.deps, run_id, browser)
    frame = await in_thread(frame_run, edge.deps, run)
    again = f"/authorize/continue?request={run.request_id}" if run.request_id is not None else None
    if run.status == "complete":
        if run.purpose == "recovery":
            return show(request, views.RecoverDone(again or "/", frame.client_name), theme=frame.theme)
        return see_other(request, again or "/")
    if run.reason == "other_user" and run.request_id is not None:
        form = make_form(request, f"/ended?run={run.id}")
        email = await in_thread(find_email, edge.deps, browser)
        return show(request, views.OtherUser(form, email or ""), targets=[frame.redirect_uri], theme=frame.theme)
    code = _CODES.get(run.reason or "", "access_denied")
    query = f"?request={run.request_id}" if run.request_id is not None else ""
    retry = f"/recover{query}" if run.purpose == "recovery" else again
    # After a step-up the client gets its answer; another try is the client's to ask for.
    leaves = run.status == "expired" and run.purpose == "step_up"
    view = views.Failure(code, browser.trace, retry_url=retry, client_name=frame.client_name, leaves=leaves)
    return show(request, view, theme=frame.theme)


async def ended_answer(request: Request) -> Response:
    """Go on with the request after a change of user."""
    run_id = number_of(request.query_params.get("run"))
    if run_id is None:
        raise InvalidInput("The address is not complete.")
    values = await take_form(request, f"/ended?run={run_id}")
    deps, browser = edge_of(request).deps, browser_of(request)
    run = await in_thread(find_run, deps, run_id, browser)
    if values.get("outcome") == "stop" and run.request_id is not None:
        await in_thread(deny, deps, run.request_id, browser)
    return see_other(request, f"/authorize/continue?request={run.request_id}" if run.request_id else "/")
