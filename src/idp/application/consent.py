"""Pages outside of flows that a request can need: consent, and the choice of an account."""

from dataclasses import dataclass, replace

from idp.application.audit import note
from idp.application.authorize import load_request
from idp.application.browser import Browser, SignedIn, find_session
from idp.application.dependencies import Dependencies
from idp.errors import NotFound
from idp.oidc.authorization import AuthorizationParams
from idp.records.accounts import Consent
from idp.records.clients import Client
from idp.records.journeys import AuthorizationRequest
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Asked:
    """What a consent or account page shows."""

    request: AuthorizationRequest
    client: Client
    params: AuthorizationParams
    signed_in: SignedIn


def ask(deps: Dependencies, request_id: int, browser: Browser) -> Asked:
    """Return what the page shows. Raises NotFound for another browser's request, or when nobody is signed in."""
    with deps.storage.read() as uow:
        return _load(deps, uow, request_id, browser)


def answer_consent(deps: Dependencies, request_id: int, browser: Browser, *, allowed: bool) -> None:
    """Keep the answer. Consent adds to what was allowed before; denial ends the request with `access_denied`."""
    with deps.storage.write() as uow:
        asked = _load(deps, uow, request_id, browser)
        user = asked.signed_in.user
        if allowed:
            before = uow.consents.get(user.id, asked.client.client_id)
            scopes = tuple(dict.fromkeys((*(before.scopes if before else ()), *asked.params.scopes)))
            claims = tuple(sorted({*(before.claims if before else ()), *asked.params.claims.names}))
            uow.consents.put(Consent(user.id, asked.client.client_id, scopes, claims, deps.clock.now()))
            uow.requests.save(replace(asked.request, consented=True))
        else:
            uow.requests.save(replace(asked.request, denied="access_denied"))
        note(
            deps,
            uow,
            "consent",
            "allowed" if allowed else "denied",
            trace=browser.trace,
            actor="user",
            user_id=user.id,
            client_id=asked.client.client_id,
            data={"scopes": list(asked.params.scopes)},
        )


def choose_account(deps: Dependencies, request_id: int, browser: Browser, sub: str) -> None:
    """Go on as the signed-in account, or, with an empty `sub`, end its session here so that another can sign in."""
    with deps.storage.write() as uow:
        asked = _load(deps, uow, request_id, browser)
        if sub and sub != asked.signed_in.user.sub:
            raise NotFound("That account is not signed in here.")
        if not sub:
            uow.sessions.end(asked.signed_in.session.id, deps.clock.now())
        uow.requests.save(replace(asked.request, account_chosen=True))


def _load(deps: Dependencies, uow: UnitOfWork, request_id: int, browser: Browser) -> Asked:
    request = load_request(deps, uow, request_id, browser)
    client = uow.clients.get(request.client_id)
    signed_in = find_session(deps, uow, browser)
    if client is None or signed_in is None:
        raise NotFound("You are not signed in any more. Go back to the application and start again.")
    return Asked(request, client, AuthorizationParams.from_json(request.params), signed_in)
