"""Passkeys: the page that makes one, another name, and removing one."""

from starlette.requests import Request
from starlette.responses import Response

from idp.application.account.gate import Act
from idp.application.account.passkeys import (
    ADD_PASSKEY,
    add_passkey,
    change_passkey_name,
    offer_new_passkey,
    passkey_act,
    show_passkey,
    take_passkey,
)
from idp.application.account.ways_in import check_removal
from idp.application.browser import SignedIn
from idp.application.threads import in_thread
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, see_other, take_form
from idp.web.routes.account.entrance import SECURITY, acting, done, guarded, present, row_id, viewer_of


@guarded(ADD_PASSKEY)
async def add_page(request: Request, person: SignedIn) -> Response:
    """Ask the browser to make a passkey."""
    return await _offer(request, person, ())


@acting
async def add_answer(request: Request) -> Response:
    """Add the passkey that the browser made; `back` leaves without one."""
    values = await take_form(request, ADD_PASSKEY.path)
    if values.get("outcome") == "back":
        return see_other(request, SECURITY)
    said = values.get("credential", "")
    opened = await in_thread(add_passkey, edge_of(request).deps, said, browser_of(request))
    if opened is None:
        return await _offer(request, await viewer_of(request), (views.Problem("refused_passkey"),))
    return done(request, SECURITY, "passkey_added", opened)


def _rename_act(request: Request) -> Act:
    return passkey_act(row_id(request), "rename")


@guarded(_rename_act)
async def rename_page(request: Request, person: SignedIn) -> Response:
    """Ask for another name."""
    label = await in_thread(show_passkey, edge_of(request).deps, row_id(request), person)
    return present(request, person, views.RenameCredential(make_form(request, _rename_act(request).path), label))


@acting
async def rename_answer(request: Request) -> Response:
    """Keep the other name."""
    values = await take_form(request, _rename_act(request).path)
    deps, browser = edge_of(request).deps, browser_of(request)
    await in_thread(change_passkey_name, deps, row_id(request), values.get("label", ""), browser)
    return done(request, SECURITY, "renamed")


def _remove_act(request: Request) -> Act:
    return passkey_act(row_id(request), "remove")


@guarded(_remove_act)
async def remove_page(request: Request, person: SignedIn) -> Response:
    """Ask before a passkey is removed, or say what must be added first."""
    deps = edge_of(request).deps
    label = await in_thread(show_passkey, deps, row_id(request), person)
    await in_thread(check_removal, deps, person, "passkey", row_id(request))
    form = make_form(request, _remove_act(request).path)
    return present(request, person, views.ConfirmAct(form, "remove_passkey", SECURITY, label))


@acting
async def remove_answer(request: Request) -> Response:
    """Remove a passkey."""
    await take_form(request, _remove_act(request).path)
    opened = await in_thread(take_passkey, edge_of(request).deps, row_id(request), browser_of(request))
    return done(request, SECURITY, "passkey_removed", opened)


async def _offer(request: Request, person: SignedIn, problems: tuple[views.Problem, ...]) -> Response:
    options = await in_thread(offer_new_passkey, edge_of(request).deps, person)
    ceremony = views.Ceremony(options) if options is not None else None
    form = make_form(request, ADD_PASSKEY.path)
    return present(request, person, views.AddPasskey(form, ceremony, person.user.email, problems))
