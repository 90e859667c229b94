"""The account at a glance, and what a request of the account pages can end with."""

from starlette.requests import Request
from starlette.responses import Response

from idp.application.account.activity import list_activity
from idp.application.account.gate import HOME
from idp.application.account.overview import show_overview
from idp.application.account.profile import choose_language
from idp.application.browser import SignedIn
from idp.application.threads import in_thread
from idp.web import account_words, views
from idp.web.edge import browser_of, edge_of, make_form, number_of, show, take_form
from idp.web.routes.account.entrance import acting, done, notice_of, present, shown

LANGUAGE = "/account/language"


@shown(HOME)
async def home_page(request: Request, person: SignedIn) -> Response:
    """Show who the person is and what needs attention."""
    seen = await in_thread(show_overview, edge_of(request).deps, person)
    view = views.AccountHome(
        make_form(request, "/logout/confirm"),
        seen.user.email,
        seen.user.name or "",
        seen.attention,
        len(seen.holding.authenticators) + len(seen.holding.passkeys) + len(seen.holding.phones),
        seen.devices,
        seen.applications,
        seen.enrolled,
        notice_of(request),
    )
    return present(request, person, view)


async def declined_page(request: Request) -> Response:
    """Say that a sign-in or step-up for these pages ended without success."""
    return show(request, views.AccountDeclined(request.query_params.get("reason", "")))


@shown("/account/activity")
async def activity_page(request: Request, person: SignedIn) -> Response:
    """Show what happened in the account."""
    before = number_of(request.query_params.get("before"))
    page = await in_thread(list_activity, edge_of(request).deps, person, account_words.ACTIONS, before)
    lines = tuple(
        views.ActivityLine(sentence, item.entry.at, item.application)
        for item in page.happenings
        if (sentence := account_words.ACTIVITY.get((item.entry.action, item.entry.outcome)))
    )
    older = f"/account/activity?before={page.older}" if page.older is not None else None
    return present(request, person, views.AccountActivity(lines, older))


@shown(LANGUAGE)
async def language_page(request: Request, person: SignedIn) -> Response:
    """Offer the languages there are."""
    translation = edge_of(request).translation
    named = tuple(views.Choice(tag, translation.language(tag).own_name) for tag in translation.tags)
    view = views.AccountLanguage(
        make_form(request, LANGUAGE), (views.Choice("", ""), *named), person.user.locale or "", notice_of(request)
    )
    return present(request, person, view)


@acting
async def language_answer(request: Request) -> Response:
    """Keep the language that was chosen."""
    values = await take_form(request, LANGUAGE)
    edge = edge_of(request)
    tag = values.get("language", "")
    await in_thread(choose_language, edge.deps, tag, edge.translation.tags, browser_of(request))
    return done(request, LANGUAGE, "language_chosen")
