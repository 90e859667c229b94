"""Authenticator apps and recovery codes."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from idp.application.account.gate import Act
from idp.application.account.overview import show_holding
from idp.application.account.second_factors import (
    ADD_TOTP,
    MAKE_CODES,
    REMOVE_CODES,
    Refused,
    confirm_authenticator,
    make_codes,
    offer_authenticator,
    remove_authenticator,
    remove_codes,
    rename_authenticator,
    show_authenticator,
    totp_act,
)
from idp.application.account.ways_in import check_removal
from idp.application.authenticators import TotpOffer
from idp.application.browser import SignedIn
from idp.application.threads import in_thread
from idp.errors import Conflict
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, take_form
from idp.web.routes.account.entrance import SECURITY, acting, done, guarded, notice_of, present, row_id, viewer_of

_WRONG: Final = views.Problem("wrong_code", "code")
_EXPIRED: Final = views.Problem("expired_offer", "code")


@guarded(ADD_TOTP)
async def add_page(request: Request, person: SignedIn) -> Response:
    """Show a new authenticator's key. Nothing is kept until its first code is right."""
    offer = await in_thread(offer_authenticator, edge_of(request).deps, person)
    return present(request, person, _offer(request, ADD_TOTP, offer))


@acting
async def add_answer(request: Request) -> Response:
    """Add the authenticator whose code was entered."""
    return await _confirm(request, ADD_TOTP, "totp_added", None)


def _replace_act(request: Request) -> Act:
    return totp_act(row_id(request), "replace")


@guarded(_replace_act)
async def replace_page(request: Request, person: SignedIn) -> Response:
    """Show a new authenticator's key. The old one works until the new one's code is right."""
    deps = edge_of(request).deps
    old = await in_thread(show_authenticator, deps, row_id(request), person)
    offer = await in_thread(offer_authenticator, deps, person)
    return present(request, person, _offer(request, _replace_act(request), offer, old))


@acting
async def replace_answer(request: Request) -> Response:
    """Put the new authenticator in the place of the old one."""
    return await _confirm(request, _replace_act(request), "totp_replaced", row_id(request))


def _rename_act(request: Request) -> Act:
    return totp_act(row_id(request), "rename")


@guarded(_rename_act)
async def rename_page(request: Request, person: SignedIn) -> Response:
    """Ask for another name."""
    label = await in_thread(show_authenticator, edge_of(request).deps, row_id(request), person)
    return present(request, person, views.RenameCredential(make_form(request, _rename_act(request).path), label))


@acting
async def rename_answer(request: Request) -> Response:
    """Keep the other name."""
    values = await take_form(request, _rename_act(request).path)
    deps, browser = edge_of(request).deps, browser_of(request)
    await in_thread(rename_authenticator, deps, row_id(request), values.get("label", ""), browser)
    return done(request, SECURITY, "renamed")


def _remove_act(request: Request) -> Act:
    return totp_act(row_id(request), "remove")


@guarded(_remove_act)
async def remove_page(request: Request, person: SignedIn) -> Response:
    """Ask before an authenticator is removed, or say what must be added first."""
    deps = edge_of(request).deps
    label = await in_thread(show_authenticator, deps, row_id(request), person)
    await in_thread(check_removal, deps, person, "totp", row_id(request))
    form = make_form(request, _remove_act(request).path)
    return present(request, person, views.ConfirmAct(form, "remove_totp", SECURITY, label))


@acting
async def remove_answer(request: Request) -> Response:
    """Remove an authenticator."""
    await take_form(request, _remove_act(request).path)
    opened = await in_thread(remove_authenticator, edge_of(request).deps, row_id(request), browser_of(request))
    return done(request, SECURITY, "totp_removed", opened)


@guarded(MAKE_CODES)
async def codes_page(request: Request, person: SignedIn) -> Response:
    """Offer to make recovery codes."""
    holding = await in_thread(show_holding, edge_of(request).deps, person)
    left = holding.codes_left if holding.has_codes else None
    return present(request, person, views.RecoveryCodes(make_form(request, MAKE_CODES.path), left, notice_of(request)))


@acting
async def codes_answer(request: Request) -> Response:
    """Make recovery codes and show them, once; the same form makes none again."""
    values = await take_form(request, MAKE_CODES.path)
    edge = edge_of(request)
    person = await viewer_of(request)
    try:
        made = await in_thread(make_codes, edge.deps, values.get("csrf", ""), browser_of(request))
    except Conflict:
        return done(request, SECURITY, "no_second_factor")
    if made is None:
        return done(request, MAKE_CODES.path, "codes_shown")
    codes, opened = made
    view = views.RecoveryCodesMade(codes, edge.deps.policy.service, person.user.email)
    return present(request, person, view, opened)


@guarded(REMOVE_CODES)
async def remove_codes_page(request: Request, person: SignedIn) -> Response:
    """Ask before the recovery codes are removed, or say what must be added first."""
    await in_thread(check_removal, edge_of(request).deps, person, "recovery_code")
    form = make_form(request, REMOVE_CODES.path)
    return present(request, person, views.ConfirmAct(form, "remove_codes", SECURITY))


@acting
async def remove_codes_answer(request: Request) -> Response:
    """Remove the recovery codes."""
    await take_form(request, REMOVE_CODES.path)
    opened = await in_thread(remove_codes, edge_of(request).deps, browser_of(request))
    return done(request, SECURITY, "codes_removed", opened)


async def _confirm(request: Request, act: Act, notice: str, replacing: int | None) -> Response:
    values = await take_form(request, act.path)
    deps, browser = edge_of(request).deps, browser_of(request)
    code, label = values.get("code", ""), values.get("label", "")
    sealed = values.get("step", "")
    try:
        result = await in_thread(confirm_authenticator, deps, sealed, code, label, browser, replacing)
    except Conflict:
        return done(request, SECURITY, "too_many")
    if not isinstance(result, Refused):
        return done(request, SECURITY, notice, result)
    person = await viewer_of(request)
    old = await in_thread(show_authenticator, deps, replacing, person) if replacing is not None else ""
    if result.offer is not None:
        return present(request, person, _offer(request, act, result.offer, old, label, (_WRONG,)))
    fresh = await in_thread(offer_authenticator, deps, person)
    return present(request, person, _offer(request, act, fresh, old, label, (_EXPIRED,)))


def _offer(
    request: Request,
    act: Act,
    offer: TotpOffer,
    replacing: str = "",
    label: str = "",
    problems: tuple[views.Problem, ...] = (),
) -> views.AddAuthenticator:
    key = " ".join(offer.seed[at : at + 4] for at in range(0, len(offer.seed), 4))
    form = make_form(request, act.path, step=offer.sealed)
    return views.AddAuthenticator(form, offer.uri, key, label or replacing, replacing, problems)
