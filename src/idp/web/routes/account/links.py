"""Sign-ins at other providers: another name for a link, and removing one."""

from starlette.requests import Request
from starlette.responses import Response

from idp.application.account.gate import Act
from idp.application.account.links import change_link_name, link_act, show_link, take_link
from idp.application.account.ways_in import check_removal
from idp.application.browser import SignedIn
from idp.application.threads import in_thread
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, take_form
from idp.web.routes.account.entrance import SECURITY, acting, done, guarded, present, row_id


def _rename_act(request: Request) -> Act:
    return link_act(row_id(request), "rename")


@guarded(_rename_act)
async def rename_page(request: Request, person: SignedIn) -> Response:
    """Ask for another name."""
    label = await in_thread(show_link, edge_of(request).deps, row_id(request), person)
    return present(request, person, views.RenameCredential(make_form(request, _rename_act(request).path), label))


@acting
async def rename_answer(request: Request) -> Response:
    """Keep the other name."""
    values = await take_form(request, _rename_act(request).path)
    deps, browser = edge_of(request).deps, browser_of(request)
    await in_thread(change_link_name, deps, row_id(request), values.get("label", ""), browser)
    return done(request, SECURITY, "renamed")


def _remove_act(request: Request) -> Act:
    return link_act(row_id(request), "remove")


@guarded(_remove_act)
async def remove_page(request: Request, person: SignedIn) -> Response:
    """Ask before a link is removed, or say what must be added first."""
    deps = edge_of(request).deps
    label = await in_thread(show_link, deps, row_id(request), person)
    await in_thread(check_removal, deps, person, "upstream", row_id(request))
    form = make_form(request, _remove_act(request).path)
    return present(request, person, views.ConfirmAct(form, "remove_link", SECURITY, label))


@acting
async def remove_answer(request: Request) -> Response:
    """Remove a link."""
    await take_form(request, _remove_act(request).path)
    opened = await in_thread(take_link, edge_of(request).deps, row_id(request), browser_of(request))
    return done(request, SECURITY, "link_removed", opened)
