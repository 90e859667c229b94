"""A run's page: `GET` shows where it stands, `POST` answers it and redirects to the page again."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from idp.application.frame import Frame, frame_run
from idp.application.run import (
    AtCall,
    AtProvider,
    AtReview,
    AtScreen,
    AtVendor,
    Ended,
    RunView,
    Submission,
    check_vendor,
    show_run,
    submit,
)
from idp.application.threads import in_thread
from idp.errors import NotFound
from idp.flows.events import RefusedEvent
from idp.web import views
from idp.web.edge import browser_of, edge_of, finish, make_form, number_of, see_other, show, take_form
from idp.web.screens import build_view


async def run_page(request: Request) -> Response:
    """Show where the run stands."""
    run_id = _run_id(request)
    return await _present(request, await show_run(edge_of(request).deps, run_id, browser_of(request)))


async def run_answer(request: Request) -> Response:
    """Answer the page. An answer to an older page changes nothing and says so."""
    run_id = _run_id(request)
    values = await take_form(request, f"/run/{run_id}")
    deps, browser = edge_of(request).deps, browser_of(request)
    outcome = values.get("outcome", "submitted")
    if outcome == "check":
        view = await check_vendor(deps, run_id, browser, hurry=True)
    else:
        seq = number_of(values.get("seq"))
        try:
            view = await submit(
                deps, run_id, browser, Submission(values.get("step", ""), -1 if seq is None else seq, outcome, values)
            )
        except RefusedEvent:
            return show(request, views.StaleStep(f"/run/{run_id}"))
    if isinstance(view, AtScreen) and view.wrong:
        return await _present(request, view)
    if isinstance(view, AtProvider) and view.fresh:
        # The way out is a navigation of its own, and no redirect after a form (see `content_security`).
        return await _present(request, view)
    return go_on(request, view)


def go_on(request: Request, view: RunView) -> Response:
    """Redirect to where the run stands, or to what follows it."""
    if isinstance(view, Ended):
        return see_other(request, _after(view), view.session.handle if view.session else None)
    return see_other(request, f"/run/{view.run.id}")


async def run_status(request: Request) -> Response:
    """Tell the waiting page whether there is something new. Asks the vendor, but moves nothing the page would not."""
    view = await check_vendor(edge_of(request).deps, _run_id(request), browser_of(request))
    # A page that was made while the check was being started has no link yet, and is made anew once there is one.
    linked = isinstance(view, AtVendor) and view.url and "link" in request.query_params
    waiting = (isinstance(view, AtVendor | AtReview | AtCall) and not linked) or _is_waiting(request, view)
    handle = view.session.handle if isinstance(view, Ended) and view.session else None
    return finish(request, JSONResponse({"state": "waiting" if waiting else "ready"}), handle)


def _is_waiting(request: Request, view: RunView) -> bool:
    """Say whether the run still stands at the page that asks, and that page waits for something to happen elsewhere."""
    if not isinstance(view, AtScreen):
        return False
    kind = edge_of(request).deps.flows.inventory.screens[view.effect.screen]
    return kind.polls and number_of(request.query_params.get("seq")) == view.effect.seq


async def _present(request: Request, view: RunView) -> Response:
    edge = edge_of(request)
    if isinstance(view, Ended):
        return see_other(request, _after(view), view.session.handle if view.session else None)
    frame = await in_thread(frame_run, edge.deps, view.run, view.effect if isinstance(view, AtScreen) else None)
    page = _view(request, view, frame)
    return show(request, page, locale=view.run.locale, targets=[frame.redirect_uri], theme=frame.theme)


def _view(request: Request, view: AtScreen | AtVendor | AtProvider | AtReview | AtCall, frame: Frame) -> views.View:
    edge = edge_of(request)
    here = f"/run/{view.run.id}"
    match view:
        case AtScreen(effect=effect):
            form = make_form(request, here, effect.step, effect.seq)
            return build_view(view, frame, form, edge.deps.policy.email_code_seconds)
        case AtVendor():
            remaining = max(0.0, view.verification.deadline_at - edge.deps.clock.now())
            return views.Waiting(
                make_form(request, here, view.step, view.seq),
                here,
                f"{here}/status" if view.url else f"{here}/status?link",
                open_url=view.url or None,
                phone_url=view.url or None,
                stop_after=remaining,
            )
        case AtProvider():
            return views.Departing(make_form(request, here, view.step, view.seq), view.url, view.name, view.fresh)
        case AtReview():
            return views.ReviewPending(here, f"{here}/status")
        case AtCall():
            return views.Working(here, f"{here}/status")


def _after(view: Ended) -> str:
    """Where a browser goes when its run is over: on with the request, or to a page that says how it ended."""
    run = view.run
    if run.request_id is not None and run.status not in {"ended", "expired"}:
        return f"/authorize/continue?request={run.request_id}"
    return f"/ended?run={run.id}"


def _run_id(request: Request) -> int:
    found = number_of(request.path_params["run_id"])
    if found is None:
        raise NotFound("There is nothing here.")
    return found
