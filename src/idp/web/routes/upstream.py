"""Browsers that come back from another provider. What they bring is judged by asking that provider."""

from starlette.requests import Request
from starlette.responses import Response

from idp.application.departures import come_back
from idp.identity.links import LinkExpired, LinkInvalid
from idp.web import views
from idp.web.edge import browser_of, edge_of, see_other, show
from idp.web.forms import take_unique


async def return_endpoint(request: Request) -> Response:
    """Take a browser back, once. Raises InvalidInput for a parameter that is there twice."""
    edge, browser = edge_of(request), browser_of(request)
    params = take_unique(request.query_params.multi_items())
    connection = request.path_params["connection"]
    try:
        run_id = await come_back(edge.deps, connection, params, browser)
    except LinkExpired:
        return show(request, views.Failure("not_here", browser.trace))
    except LinkInvalid:
        return show(request, views.Failure("not_found", browser.trace))
    if run_id is None:
        return show(request, views.Failure("other_browser", browser.trace))
    return see_other(request, f"/run/{run_id}")
