"""Names and the e-mail address."""

from starlette.requests import Request
from starlette.responses import Response

from idp.application.account.email_change import CHANGE_EMAIL, Pending, confirm_change, request_change, show_pending
from idp.application.account.profile import (
    CHANGE_NAME,
    TAKE_NAME,
    change_name,
    show_profile,
    take_name,
)
from idp.application.browser import OpenedSession, SignedIn
from idp.application.threads import in_thread
from idp.errors import InvalidInput
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, see_other, take_form
from idp.web.routes.account.entrance import acting, done, guarded, notice_of, present, row_id, shown, viewer_of

PROFILE = "/account/profile"


@shown(PROFILE)
async def profile_page(request: Request, person: SignedIn) -> Response:
    """Show who the person is."""
    seen = await in_thread(show_profile, edge_of(request).deps, person)
    user = seen.user
    view = views.AccountProfile(
        user.email, user.name or "", user.birth_date, seen.verified, seen.renewable, notice_of(request)
    )
    return present(request, person, view)


@guarded(CHANGE_NAME)
async def name_page(request: Request, person: SignedIn) -> Response:
    """Ask for the names."""
    user = person.user
    view = views.ChangeName(make_form(request, CHANGE_NAME.path), user.given_name or "", user.family_name or "")
    return present(request, person, view)


@acting
async def name_answer(request: Request) -> Response:
    """Change the names."""
    values = await take_form(request, CHANGE_NAME.path)
    given, family = values.get("given", ""), values.get("family", "")
    try:
        await in_thread(change_name, edge_of(request).deps, given, family, browser_of(request))
    except InvalidInput as error:
        if error.code != "missing_name":
            raise
        problems = (views.Problem("missing_name", "given"),)
        view = views.ChangeName(make_form(request, CHANGE_NAME.path), given, family, problems)
        return present(request, await viewer_of(request), view)
    return done(request, PROFILE, "name_changed")


@guarded(TAKE_NAME)
async def document_page(request: Request, person: SignedIn) -> Response:
    """Ask whether to take the names of the document that was just shown."""
    return present(request, person, views.ConfirmAct(make_form(request, TAKE_NAME.path), "take_name", PROFILE))


@acting
async def document_answer(request: Request) -> Response:
    """Take the names of the document."""
    await take_form(request, TAKE_NAME.path)
    await in_thread(take_name, edge_of(request).deps, browser_of(request))
    return done(request, PROFILE, "name_changed")


@guarded(CHANGE_EMAIL)
async def email_page(request: Request, person: SignedIn) -> Response:
    """Ask for a new address."""
    return present(request, person, views.ChangeEmail(make_form(request, CHANGE_EMAIL.path), person.user.email))


@acting
async def email_answer(request: Request) -> Response:
    """Mail a code to the new address."""
    values = await take_form(request, CHANGE_EMAIL.path)
    return await _request(request, values.get("email", ""))


async def _request(request: Request, email: str) -> Response:
    asked = await in_thread(request_change, edge_of(request).deps, email, browser_of(request))
    if isinstance(asked, Pending):
        return see_other(request, f"{CHANGE_EMAIL.path}/{asked.link_id}")
    problem = views.Problem(asked, "" if asked == "throttled" else "email")
    person = await viewer_of(request)
    form = make_form(request, CHANGE_EMAIL.path)
    return present(request, person, views.ChangeEmail(form, person.user.email, email, (problem,)))


@shown(CHANGE_EMAIL.path)
async def email_code_page(request: Request, person: SignedIn) -> Response:
    """Ask for the code that was mailed to the new address."""
    pending = await in_thread(show_pending, edge_of(request).deps, row_id(request), person)
    return present(request, person, _code_view(request, pending))


@acting
async def email_code_answer(request: Request) -> Response:
    """Change the address if the code is right; `resend` mails another code, `back` asks for another address."""
    link_id = row_id(request)
    here = f"{CHANGE_EMAIL.path}/{link_id}"
    values = await take_form(request, here)
    deps = edge_of(request).deps
    if values.get("outcome") == "back":
        return see_other(request, CHANGE_EMAIL.path)
    if values.get("outcome") == "resend":
        pending = await in_thread(show_pending, deps, link_id, await viewer_of(request))
        return await _request(request, pending.email)
    changed = await in_thread(confirm_change, deps, link_id, values.get("code", ""), browser_of(request))
    if isinstance(changed, OpenedSession):
        return done(request, PROFILE, "email_changed", changed)
    person = await viewer_of(request)
    pending = await in_thread(show_pending, deps, link_id, person)
    problem = views.Problem(changed, "" if changed == "throttled" else "code")
    return present(request, person, _code_view(request, pending, (problem,)))


def _code_view(request: Request, pending: Pending, problems: tuple[views.Problem, ...] = ()) -> views.EmailCode:
    seconds = edge_of(request).deps.policy.email_code_seconds
    form = make_form(request, f"{CHANGE_EMAIL.path}/{pending.link_id}")
    return views.EmailCode(form, pending.email, seconds, problems=problems)
