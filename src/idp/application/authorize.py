"""The authorization journey: what does this request still need, and once it needs nothing, the code.

`oidc.requirements.decide` is asked before a flow and again after it (DESIGN invariant 3), always with the *stored*
request. This module is the only caller of `issue_code`. Pages of our own that need a signed-in person ask here too
(`enter`, `admit`); what they get is never a code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from idp.application.audit import note
from idp.application.browser import Browser, SignedIn, find_session, is_touch_due, touch_session
from idp.application.dependencies import Dependencies
from idp.application.first_party import (
    ACCOUNT_ID,
    Demand,
    account_client,
    check_path,
    find_client,
    is_first_party,
    make_params,
)
from idp.application.hints import read_id_token_hint
from idp.application.reach import survey
from idp.application.rollout import Rider
from idp.application.start import start_run
from idp.errors import NotFound, RequestOver
from idp.oidc.authorization import AuthorizationFault, AuthorizationParams
from idp.oidc.levels import Earned
from idp.oidc.redirects import way_back
from idp.oidc.requirements import decide
from idp.oidc.responses import AuthorizationResponse, code_response, error_response, fault_response
from idp.oidc.situation import Needs, Progress, Refuse, Requirement, Satisfied, SessionView
from idp.records.accounts import Consent, User
from idp.records.clients import Client
from idp.records.journeys import AuthorizationRequest, Run
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Answer:
    """The request is answered: send the browser back to the client."""

    response: AuthorizationResponse


@dataclass(frozen=True, slots=True)
class ToRun:
    """A flow must run first."""

    run_id: int


@dataclass(frozen=True, slots=True)
class ToPage:
    """A page outside of flows must be answered first: `consent`, `select_account` or `recover`."""

    page: str
    request_id: int


@dataclass(frozen=True, slots=True)
class Enter:
    """A request of our own pages is answered: go to this path, which asks again what it needs."""

    path: str


@dataclass(frozen=True, slots=True)
class Declined:
    """A request of our own pages ended without success, for this reason (an OAuth error code)."""

    error: str


Next: TypeAlias = Answer | ToRun | ToPage | Enter | Declined
#: What a page of ours takes, which can depend on what the account has.
Wanted = Callable[[UnitOfWork, User], Demand]


def begin(deps: Dependencies, raw: Mapping[str, Sequence[str]], browser: Browser) -> Next:
    """Take an authorization request.

    A faulty request with a valid redirect URI is answered there; raises AuthorizationFault when only a page may tell.
    A request that needs nothing is answered at once and leaves no request row.
    """
    with deps.storage.write() as uow:
        try:
            client, params = deps.oauth.validate_authorization(uow, raw, request_id=browser.trace)
            if is_first_party(client):
                # No registration leads to such a row; whoever wrote it gets nothing by it.
                raise AuthorizationFault("invalid_client", "the client is not known here")
        except AuthorizationFault as fault:
            response = fault_response(fault, deps.policy.issuer)
            if response is None:
                raise
            return Answer(response)
        if params.id_token_hint is not None:
            hint = read_id_token_hint(deps, params.id_token_hint)
            if hint is None:
                return Answer(
                    error_response(params, "invalid_request", "id_token_hint is not ours", deps.policy.issuer)
                )
            params = params.with_subject(hint.sub)
        return _proceed(deps, uow, client, params, None, browser)


def proceed(deps: Dependencies, request_id: int, browser: Browser) -> Next:
    """Go on with a stored request of this browser, as after a flow, consent, or a reload.

    Raises NotFound for a request that is another browser's, RequestOver for one that is answered or too old.
    """
    with deps.storage.write() as uow:
        request = load_request(deps, uow, request_id, browser)
        client = find_client(deps, uow, request.client_id)
        if client is None:
            raise NotFound("The application that sent you here is not registered any more.")
        return _proceed(deps, uow, client, AuthorizationParams.from_json(request.params), request, browser)


def enter(deps: Dependencies, path: str, wanted: Wanted, browser: Browser) -> SignedIn | Next:
    """Let a person into a page of ours, or start what is missing; it leads back to `path` and executes nothing.

    Without a session that is a sign-in, and what the page takes beyond it is asked for after that. A page that needs
    nothing more writes nothing. Raises InvalidInput for a path that is not ours.
    """
    check_path(path)
    with deps.storage.read() as uow:
        signed_in = find_session(deps, uow, browser)
        demand = wanted(uow, signed_in.user) if signed_in else Demand()
        fits = signed_in is not None and _meets(deps, uow, path, demand, signed_in, browser)
    if signed_in is None or not fits:
        with deps.storage.write() as uow:
            params = make_params(path, demand, signed_in.user.sub if signed_in else None)
            return _proceed(deps, uow, account_client(deps), params, None, browser)
    if is_touch_due(deps, signed_in.session):
        with deps.storage.write() as uow:
            touch_session(deps, uow, signed_in.session)
    return signed_in


def admit(deps: Dependencies, uow: UnitOfWork, path: str, wanted: Wanted, browser: Browser) -> SignedIn | None:
    """Return who is signed in if they may act now, in the unit of work in which they will; None if they may not."""
    signed_in = find_session(deps, uow, browser)
    if signed_in is None or not _meets(deps, uow, path, wanted(uow, signed_in.user), signed_in, browser):
        return None
    return signed_in


def deny(deps: Dependencies, request_id: int, browser: Browser) -> None:
    """End a request at the person's wish; the client gets `access_denied`. Raises as `proceed` does."""
    with deps.storage.write() as uow:
        uow.requests.save(replace(load_request(deps, uow, request_id, browser), denied="access_denied"))


def load_request(deps: Dependencies, uow: UnitOfWork, request_id: int, browser: Browser) -> AuthorizationRequest:
    """Find an open request of this browser. Raises NotFound, RequestOver when it is answered or too old."""
    request = uow.requests.get(request_id)
    if request is None or request.browser_digest != browser.digest:
        raise NotFound(code="not_here", detail="no such request of this browser")
    if request.status != "open" or deps.clock.now() >= request.expires_at:
        raise _over(deps, uow, request)
    return request


def _over(deps: Dependencies, uow: UnitOfWork, request: AuthorizationRequest) -> RequestOver:
    """Describe a request that cannot be answered any more: no code, and the way to a fresh request."""
    client = uow.clients.get(request.client_id)
    name, way = (client.name, way_back(client, deps.policy.issuer)) if client else ("", None)
    if request.client_id == ACCOUNT_ID:
        name, way = "", f"{deps.policy.issuer}/account"
    if request.status != "open":
        return RequestOver("request_finished", name, way)
    latest = uow.runs.latest_of_request(request.id)
    reached = latest.purpose if latest is not None and latest.status == "complete" else ""
    return RequestOver("request_expired", name, way, reached)


def _proceed(
    deps: Dependencies,
    uow: UnitOfWork,
    client: Client,
    params: AuthorizationParams,
    request: AuthorizationRequest | None,
    browser: Browser,
) -> Next:
    signed_in = find_session(deps, uow, browser)
    requirement = _require(deps, uow, client, params, request, signed_in, browser)
    match requirement:
        case Satisfied(earned) if signed_in is not None:
            return _answer(deps, uow, client, params, request, signed_in, earned, browser)
        case Needs():
            return _ask(deps, uow, client, params, request, signed_in, requirement, browser)
        case Refuse(error, description):
            return _refuse(deps, uow, client, params, request, error, description, browser)
    return _refuse(deps, uow, client, params, request, "login_required", "nobody is signed in", browser)


def _require(
    deps: Dependencies,
    uow: UnitOfWork,
    client: Client,
    params: AuthorizationParams,
    request: AuthorizationRequest | None,
    signed_in: SignedIn | None,
    browser: Browser,
) -> Requirement:
    consent = uow.consents.get(signed_in.user.id, client.client_id) if signed_in else None
    rider = Rider(browser.digest, signed_in.user.id if signed_in else None)
    reach = survey(deps, uow, client.policy, rider)
    return decide(
        params,
        client.policy,
        _view(uow, signed_in),
        _progress(request, consent),
        deps.flows.inventory.levels(uow),
        reachable=reach.levels,
        offered=reach.purposes,
        step_ups=reach.step_ups,
        consent=consent,
        now=deps.clock.now(),
    )


def _meets(
    deps: Dependencies, uow: UnitOfWork, path: str, demand: Demand, signed_in: SignedIn, browser: Browser
) -> bool:
    """Say whether the session has any one of the levels now. Each is asked for alone: together they are a preference,
    and a better one that is missing would send a person away who has a good one."""
    alone = [replace(demand, acr_values=(acr,)) for acr in demand.acr_values] or [demand]
    client = account_client(deps)
    asked = [make_params(path, each, signed_in.user.sub) for each in alone]
    found = (_require(deps, uow, client, params, None, signed_in, browser) for params in asked)
    return any(isinstance(requirement, Satisfied) for requirement in found)


def _progress(request: AuthorizationRequest | None, consent: Consent | None) -> Progress:
    """Return how far the request is. Consent that somebody else gave, before another person signed in, is none."""
    if request is None:
        return Progress(0)
    own = consent is not None and consent.granted_at >= request.created_at
    return replace(Progress.of(request), consented=request.consented and own)


def _view(uow: UnitOfWork, signed_in: SignedIn | None) -> SessionView | None:
    if signed_in is None:
        return None
    user = signed_in.user
    evidence = uow.evidence.of_session(signed_in.session.id)
    # A sign-up proves things before its account exists; its run belongs to this session, so they are this user's.
    named = (replace(item, user_id=user.id) if item.user_id is None else item for item in evidence)
    return SessionView(user.id, user.sub, tuple(item for item in named if item.user_id == user.id))


def _answer(
    deps: Dependencies,
    uow: UnitOfWork,
    client: Client,
    params: AuthorizationParams,
    request: AuthorizationRequest | None,
    signed_in: SignedIn,
    earned: Earned,
    browser: Browser,
) -> Next:
    now = deps.clock.now()
    if request is not None and not uow.requests.finish(request.id, now):
        raise _over(deps, uow, replace(request, status="finished"))
    if is_first_party(client):
        note(
            deps,
            uow,
            "account",
            "entered",
            trace=browser.trace,
            actor="user",
            user_id=signed_in.user.id,
            data={"path": params.redirect_uri, "acr": earned.acr, "amr": list(earned.amr)},
        )
        return Enter(check_path(params.redirect_uri))
    if (params.prompt and "consent" in params.prompt) or client.policy.consent == "explicit":
        granted = _granted(uow, signed_in, client, params)
    else:
        granted = params.scopes
    issued = deps.oauth.issue_code(
        uow, client, params, signed_in.user, signed_in.session, earned, granted, request_id=browser.trace
    )
    touch_session(deps, uow, signed_in.session)
    note(
        deps,
        uow,
        "authorize",
        "code_issued",
        trace=browser.trace,
        user_id=signed_in.user.id,
        client_id=client.client_id,
        data={
            "acr": earned.acr,
            "amr": list(earned.amr),
            "auth_time": earned.auth_time,
            "evidence": list(earned.evidence_ids),
        },
    )
    return Answer(code_response(params, issued["code"], deps.policy.issuer))


def _granted(uow: UnitOfWork, signed_in: SignedIn, client: Client, params: AuthorizationParams) -> tuple[str, ...]:
    """Return the scopes that were asked and allowed: by consent, or, but for offline_access, by the client's policy."""
    consent: Consent | None = uow.consents.get(signed_in.user.id, client.client_id)
    allowed = set(consent.scopes) if consent else set()
    if client.policy.consent == "implicit":
        allowed |= set(params.scopes) - {"offline_access"}
    return tuple(scope for scope in params.scopes if scope in allowed)


def _ask(
    deps: Dependencies,
    uow: UnitOfWork,
    client: Client,
    params: AuthorizationParams,
    request: AuthorizationRequest | None,
    signed_in: SignedIn | None,
    needs: Needs,
    browser: Browser,
) -> Next:
    now = deps.clock.now()
    if request is None:
        request = uow.requests.add(
            AuthorizationRequest(
                id=0,
                client_id=client.client_id,
                params=params.to_json(),
                browser_digest=browser.digest,
                created_at=now,
                expires_at=now + deps.policy.request_seconds,
            )
        )
    if needs.kind in {"consent", "select_account"}:
        return ToPage(needs.kind, request.id)
    if needs.kind == "recovery":
        return ToPage("recover", request.id)
    active = uow.runs.active_of_request(request.id)
    if active is not None and _serves(active, needs) and active.deadline_at > now:
        return ToRun(active.id)
    if active is not None:
        uow.runs.save(replace(active, status="ended", reason="superseded", finished_at=now))
    run = start_run(deps, uow, client.policy, needs, request, signed_in, browser)
    return ToRun(run.id)


def _serves(run: Run, needs: Needs) -> bool:
    """Say whether a run that is under way is the one that is needed. A step-up is for one level."""
    return run.purpose == needs.kind and (needs.kind != "step_up" or run.target_acr == needs.target_acr)


def _refuse(
    deps: Dependencies,
    uow: UnitOfWork,
    client: Client,
    params: AuthorizationParams,
    request: AuthorizationRequest | None,
    error: str,
    description: str,
    browser: Browser,
) -> Next:
    if request is not None and not uow.requests.finish(request.id, deps.clock.now()):
        raise _over(deps, uow, replace(request, status="finished"))
    note(deps, uow, "authorize", "refused", reason=error, trace=browser.trace, client_id=client.client_id)
    if is_first_party(client):
        return Declined(error)
    return Answer(error_response(params, error, description, deps.policy.issuer))
