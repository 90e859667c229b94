"""Changing from signing in to signing up within one authorization request."""

from dataclasses import replace

from idp.application.authorize import load_request
from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.application.first_party import find_client
from idp.application.start import start_run
from idp.errors import NotFound
from idp.oidc.situation import Needs


def start_sign_up(deps: Dependencies, request_id: int, browser: Browser) -> int:
    """Start a sign-up for the request in place of the run it has. Raises NotFound."""
    with deps.storage.write() as uow:
        request = load_request(deps, uow, request_id, browser)
        client = find_client(deps, uow, request.client_id)
        if client is None or "sign_up" not in deps.flows.offers(uow, client.policy):
            raise NotFound("Accounts cannot be created here.")
        active = uow.runs.active_of_request(request.id)
        if active is not None and active.purpose == "sign_up":
            return active.id
        if active is not None:
            now = deps.clock.now()
            uow.runs.save(replace(active, status="ended", reason="superseded", finished_at=now))
        return start_run(deps, uow, client.policy, Needs("sign_up", "chosen"), request, None, browser).id
