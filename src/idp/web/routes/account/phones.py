"""Phones: the number, the code that confirms it, another name, and removing one."""

from starlette.requests import Request
from starlette.responses import Response

from idp.application.account.gate import Act
from idp.application.account.phones import (
    ADD_PHONE,
    Fault,
    Pending,
    confirm_phone,
    phone_act,
    remove_phone,
    rename_phone,
    request_again,
    request_phone,
    show_pending,
    show_phone,
)
from idp.application.account.ways_in import check_addition, check_removal
from idp.application.browser import OpenedSession, SignedIn
from idp.application.text_codes import SECONDS
from idp.application.threads import in_thread
from idp.errors import Conflict
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, see_other, take_form
from idp.web.routes.account.entrance import SECURITY, acting, done, guarded, present, row_id, shown, viewer_of

CODE = "/account/phones/code"


@guarded(ADD_PHONE)
async def add_page(request: Request, person: SignedIn) -> Response:
    """Ask for the number, or say why a phone would shut its person out."""
    await in_thread(check_addition, edge_of(request).deps, person, "phone")
    return present(request, person, views.AddPhone(make_form(request, ADD_PHONE.path)))


@acting
async def add_answer(request: Request) -> Response:
    """Send a code to the number."""
    return await _request(request, ADD_PHONE, None)


def _replace_act(request: Request) -> Act:
    return phone_act(row_id(request), "replace")


@guarded(_replace_act)
async def replace_page(request: Request, person: SignedIn) -> Response:
    """Ask for the new number. The old one works until the code that goes there has come back."""
    old = await in_thread(show_phone, edge_of(request).deps, row_id(request), person)
    return present(request, person, views.AddPhone(make_form(request, _replace_act(request).path), replacing=old))


@acting
async def replace_answer(request: Request) -> Response:
    """Send a code to the new number."""
    return await _request(request, _replace_act(request), row_id(request))


@shown(ADD_PHONE.path)
async def code_page(request: Request, person: SignedIn) -> Response:
    """Ask for the code that was sent to the new number."""
    pending = await in_thread(show_pending, edge_of(request).deps, row_id(request), person)
    return present(request, person, _code_view(request, pending))


@acting
async def code_answer(request: Request) -> Response:
    """Keep the phone if the code is right; `resend` sends another code, `back` asks for another number."""
    link_id = row_id(request)
    values = await take_form(request, f"{CODE}/{link_id}")
    deps, outcome = edge_of(request).deps, values.get("outcome")
    pending = await in_thread(show_pending, deps, link_id, await viewer_of(request))
    if outcome == "back":
        return see_other(request, _act_of(pending).path)
    try:
        if outcome == "resend":
            sent = await in_thread(request_again, deps, link_id, browser_of(request))
            return await _answer_request(request, sent, pending)
        kept = await in_thread(confirm_phone, deps, link_id, values.get("code", ""), browser_of(request))
    except Conflict:
        return done(request, SECURITY, "too_many")
    if isinstance(kept, OpenedSession):
        return done(request, SECURITY, "phone_added" if pending.replacing is None else "phone_replaced", kept)
    return await _show_fault(request, pending, kept)


def _rename_act(request: Request) -> Act:
    return phone_act(row_id(request), "rename")


@guarded(_rename_act)
async def rename_page(request: Request, person: SignedIn) -> Response:
    """Ask for another name."""
    label = await in_thread(show_phone, edge_of(request).deps, row_id(request), person)
    return present(request, person, views.RenameCredential(make_form(request, _rename_act(request).path), label))


@acting
async def rename_answer(request: Request) -> Response:
    """Keep the other name."""
    values = await take_form(request, _rename_act(request).path)
    deps, browser = edge_of(request).deps, browser_of(request)
    await in_thread(rename_phone, deps, row_id(request), values.get("label", ""), browser)
    return done(request, SECURITY, "renamed")


def _remove_act(request: Request) -> Act:
    return phone_act(row_id(request), "remove")


@guarded(_remove_act)
async def remove_page(request: Request, person: SignedIn) -> Response:
    """Ask before a phone is removed, or say what must be added first."""
    deps = edge_of(request).deps
    label = await in_thread(show_phone, deps, row_id(request), person)
    await in_thread(check_removal, deps, person, "phone", row_id(request))
    form = make_form(request, _remove_act(request).path)
    return present(request, person, views.ConfirmAct(form, "remove_phone", SECURITY, label))


@acting
async def remove_answer(request: Request) -> Response:
    """Remove a phone."""
    await take_form(request, _remove_act(request).path)
    opened = await in_thread(remove_phone, edge_of(request).deps, row_id(request), browser_of(request))
    return done(request, SECURITY, "phone_removed", opened)


async def _request(request: Request, act: Act, replacing: int | None) -> Response:
    values = await take_form(request, act.path)
    deps, typed = edge_of(request).deps, values.get("phone", "")
    try:
        sent = await in_thread(request_phone, deps, typed, browser_of(request), replacing)
    except Conflict:
        return done(request, SECURITY, "too_many")
    if isinstance(sent, Pending):
        return see_other(request, f"{CODE}/{sent.link_id}")
    person = await viewer_of(request)
    old = await in_thread(show_phone, deps, replacing, person) if replacing is not None else ""
    problem = views.Problem(sent, "" if sent == "throttled" else "phone")
    return present(request, person, views.AddPhone(make_form(request, act.path), typed, old, (problem,)))


async def _answer_request(request: Request, sent: Pending | Fault, pending: Pending) -> Response:
    if isinstance(sent, Pending):
        return see_other(request, f"{CODE}/{sent.link_id}")
    return await _show_fault(request, pending, sent)


async def _show_fault(request: Request, pending: Pending, fault: Fault) -> Response:
    problem = views.Problem(fault, "code" if fault.endswith("_code") else "")
    return present(request, await viewer_of(request), _code_view(request, pending, (problem,)))


def _code_view(request: Request, pending: Pending, problems: tuple[views.Problem, ...] = ()) -> views.SmsCode:
    form = make_form(request, f"{CODE}/{pending.link_id}")
    return views.SmsCode(form, pending.masked.split()[-1], SECONDS, problems=problems)


def _act_of(pending: Pending) -> Act:
    return ADD_PHONE if pending.replacing is None else phone_act(pending.replacing, "replace")
