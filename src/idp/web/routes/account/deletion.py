"""The identity check and its deletion, and the deletion of the account."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.application.account.closing import CLOSE, close_account, keep_account, read_keep_link
from idp.application.account.identity_data import DELETE_IDENTITY, delete_identity, show_identity
from idp.application.browser import SignedIn
from idp.application.threads import in_thread
from idp.identity.links import LinkExpired, LinkInvalid
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, show, take_form
from idp.web.routes.account.entrance import acting, done, guarded, notice_of, present, shown, viewer_of

IDENTITY = "/account/identity"


@shown(IDENTITY)
async def identity_page(request: Request, person: SignedIn) -> Response:
    """Show what identity checks have left."""
    seen = await in_thread(show_identity, edge_of(request).deps, person)
    checks = tuple(
        views.CheckLine(item.enrolled_at, item.vendor, item.connection, item.full_name or "", item.birth_date)
        for item in seen.checks
    )
    view = views.AccountIdentity(checks, seen.kept, seen.waiting, seen.deleted, seen.failed, notice_of(request))
    return present(request, person, view)


@guarded(DELETE_IDENTITY)
async def delete_identity_page(request: Request, person: SignedIn) -> Response:
    """Say what follows, and ask."""
    form = make_form(request, DELETE_IDENTITY.path)
    return present(request, person, views.ConfirmAct(form, "delete_identity", IDENTITY))


@acting
async def delete_identity_answer(request: Request) -> Response:
    """Delete what is kept, and have the vendors asked."""
    await take_form(request, DELETE_IDENTITY.path)
    await in_thread(delete_identity, edge_of(request).deps, browser_of(request))
    return done(request, IDENTITY, "identity_deleted")


@guarded(CLOSE)
async def close_page(request: Request, person: SignedIn) -> Response:
    """Say what follows, and ask."""
    grace = edge_of(request).deps.policy.account_grace_seconds
    return present(request, person, views.CloseAccount(make_form(request, CLOSE.path), person.user.email, grace))


@acting
async def close_answer(request: Request) -> Response:
    """Close the account. Nobody is signed in afterwards."""
    await take_form(request, CLOSE.path)
    edge = edge_of(request)
    person = await viewer_of(request)
    due_at = await in_thread(close_account, edge.deps, browser_of(request))
    until = due_at if edge.deps.policy.account_grace_seconds > 0 else None
    response = present(request, person, views.AccountClosed(until))
    edge.cookies.session.clear(response)
    return response


async def keep_page(request: Request) -> Response:
    """Show the button. However often this is opened, by whomever, nothing is used up."""
    text = request.query_params.get("link", "")
    try:
        closure = await in_thread(read_keep_link, edge_of(request).deps, text)
    except (LinkExpired, LinkInvalid):
        return show(request, views.LinkExpired())
    return show(request, views.KeepAccount(make_form(request, _keep_path(text)), closure.due_at))


async def keep_answer(request: Request) -> Response:
    """Take the closure back."""
    text = request.query_params.get("link", "")
    await take_form(request, _keep_path(text))
    try:
        await in_thread(keep_account, edge_of(request).deps, text, browser_of(request))
    except (LinkExpired, LinkInvalid):
        return show(request, views.LinkExpired())
    return show(request, views.AccountKept("/account"))


def _keep_path(text: str) -> str:
    return f"/account/keep?{urlencode({'link': text})}"
