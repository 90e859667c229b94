"""The authorization endpoint (RFC 6749 section 3.1, OIDC Core 3.1.2) and the pages it can need outside of flows."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from idp.application import authorize, consent
from idp.application.sign_up import start_sign_up
from idp.application.threads import in_thread
from idp.errors import InvalidInput
from idp.flows.components import pick_text
from idp.oidc.authorization import AuthorizationFault
from idp.web import views
from idp.web.edge import browser_of, edge_of, follow, make_form, number_of, see_other, show, take_form
from idp.web.forms import read_pairs

MAX_QUERY = 16 * 1024
MAX_PARAMETERS = 64


async def authorize_endpoint(request: Request) -> Response:
    """Take an authorization request by GET or POST."""
    raw = await _parameters(request)
    if request.method == "POST":
        # Another site's POST carries no SameSite cookies, so the session would not be seen: come again by GET.
        query = urlencode([(name, value) for name, values in raw.items() for value in values])
        return RedirectResponse(f"/authorize?{query}", 303, {"cache-control": "no-store"})
    wished = raw.get("ui_locales")
    browser = browser_of(request, wished[0] if wished else None)
    try:
        following = await in_thread(authorize.begin, edge_of(request).deps, raw, browser)
    except AuthorizationFault as fault:
        known = fault.code if fault.code in {"invalid_client", "invalid_redirect_uri"} else "invalid_request"
        failure = views.Failure(known, browser.trace, f"{fault.code}: {fault.description}")
        return show(request, failure, locale=browser.locale)
    return follow(request, following)


async def continue_endpoint(request: Request) -> Response:
    """Go on with a stored request."""
    request_id = _request_id(request.query_params.get("request"))
    following = await in_thread(authorize.proceed, edge_of(request).deps, request_id, browser_of(request))
    return follow(request, following, after_form=True)


async def sign_up_endpoint(request: Request) -> Response:
    """Change from signing in to signing up, for the same request."""
    request_id = _request_id(request.query_params.get("request"))
    run_id = await in_thread(start_sign_up, edge_of(request).deps, request_id, browser_of(request))
    return see_other(request, f"/run/{run_id}")


async def consent_page(request: Request) -> Response:
    """Show what a client asks for."""
    request_id = _request_id(request.query_params.get("request"))
    asked = await in_thread(consent.ask, edge_of(request).deps, request_id, browser_of(request))
    action = f"/consent?request={request_id}"
    metadata, words = asked.client.metadata, asked.client.policy.scope_descriptions
    locale = _locale(request, asked)
    view = views.Consent(
        make_form(request, action),
        asked.client.name,
        asked.signed_in.user.email,
        tuple(views.Scope(name, pick_text(words.get(name, {}), locale)) for name in asked.params.scopes),
        client_host=urlsplit(asked.params.redirect_uri).netloc,
        privacy_url=metadata.get("policy_uri"),
        terms_url=metadata.get("tos_uri"),
    )
    targets = [asked.params.redirect_uri]
    return show(request, view, locale=locale, targets=targets, theme=asked.client.policy.theme)


async def consent_answer(request: Request) -> Response:
    """Keep what the person answered."""
    request_id = _request_id(request.query_params.get("request"))
    values = await take_form(request, f"/consent?request={request_id}")
    if values.get("outcome") not in {"allow", "deny"}:
        raise InvalidInput("Choose to allow or to deny.")
    allowed = values["outcome"] == "allow"
    await in_thread(consent.answer_consent, edge_of(request).deps, request_id, browser_of(request), allowed=allowed)
    return see_other(request, f"/authorize/continue?request={request_id}")


async def select_account_page(request: Request) -> Response:
    """Ask who to continue as."""
    request_id = _request_id(request.query_params.get("request"))
    asked = await in_thread(consent.ask, edge_of(request).deps, request_id, browser_of(request))
    user = asked.signed_in.user
    view = views.SelectAccount(
        make_form(request, f"/select-account?request={request_id}"),
        (views.Account(user.sub, user.email, user.name or ""),),
        asked.client.name,
    )
    targets = [asked.params.redirect_uri]
    return show(request, view, locale=_locale(request, asked), targets=targets, theme=asked.client.policy.theme)


async def select_account_answer(request: Request) -> Response:
    """Go on as the chosen account."""
    request_id = _request_id(request.query_params.get("request"))
    values = await take_form(request, f"/select-account?request={request_id}")
    await in_thread(
        consent.choose_account, edge_of(request).deps, request_id, browser_of(request), values.get("account", "")
    )
    return see_other(request, f"/authorize/continue?request={request_id}")


def _locale(request: Request, asked: consent.Asked) -> str:
    """Return the language that the client wished for if there is one, otherwise the browser's (OIDC Core 3.1.2.1)."""
    return browser_of(request, " ".join(asked.params.ui_locales)).locale


async def _parameters(request: Request) -> dict[str, list[str]]:
    """Read all values of all parameters, from the query (GET) or the form (POST)."""
    if request.method == "POST":
        pairs = list(await read_pairs(request))
    else:
        query = request.scope["query_string"]
        if len(query) > MAX_QUERY:
            raise InvalidInput("The request is too long.", code="body_too_large")
        try:
            pairs = parse_qsl(
                query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
            )
        except ValueError as error:
            raise InvalidInput("The request is malformed.", detail=type(error).__name__) from None
    raw: dict[str, list[str]] = {}
    for name, value in pairs:
        raw.setdefault(name, []).append(value)
    return raw


def _request_id(text: str | None) -> int:
    found = number_of(text)
    if found is None:
        raise InvalidInput("The address is not complete.")
    return found
