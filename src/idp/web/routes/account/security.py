"""What the person can sign in with: the list, and the password."""

import json

from starlette.requests import Request
from starlette.responses import Response

from idp.application.account.overview import Holding, show_holding
from idp.application.account.passkeys import show_accepted
from idp.application.account.passwords import (
    REMOVE_PASSWORD,
    SET_PASSWORD,
    prepare_password,
    remove_password,
    set_password,
)
from idp.application.account.ways_in import can_remove, check_removal
from idp.application.browser import OpenedSession, SignedIn
from idp.application.passkeys import Options
from idp.application.steps import carry_out
from idp.application.threads import in_thread
from idp.identity.credential_guard import leaves_codes_idle
from idp.records.accounts import Credential
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, take_form
from idp.web.routes.account.entrance import SECURITY, acting, done, guarded, notice_of, present, shown, viewer_of
from idp.web.screens import list_weaknesses


@shown(SECURITY)
async def security_page(request: Request, person: SignedIn) -> Response:
    """List what the person can sign in with."""
    deps = edge_of(request).deps
    holding = await in_thread(show_holding, deps, person)
    accepted = await in_thread(show_accepted, deps, person)
    removable = holding.password is not None and await in_thread(can_remove, deps, person, "password")
    return present(request, person, _view(holding, accepted, notice_of(request), removable=removable))


@guarded(SET_PASSWORD)
async def password_page(request: Request, person: SignedIn) -> Response:
    """Ask for a new password."""
    view = views.NewPassword(make_form(request, SET_PASSWORD.path), person.user.email, back_url=SECURITY)
    return present(request, person, view)


@acting
async def password_answer(request: Request) -> Response:
    """Set the new password. It is looked up and hashed with no transaction open; the level is asked twice."""
    values = await take_form(request, SET_PASSWORD.path)
    deps, browser = edge_of(request).deps, browser_of(request)
    work = await in_thread(prepare_password, deps, values.get("password", ""), browser)
    made = await carry_out(deps, work)
    kept = await in_thread(set_password, deps, made, browser)
    if isinstance(kept, OpenedSession):
        return done(request, SECURITY, "password_set", kept)
    person = await viewer_of(request)
    form = make_form(request, SET_PASSWORD.path)
    view = views.NewPassword(form, person.user.email, problems=list_weaknesses(kept), back_url=SECURITY)
    return present(request, person, view)


@guarded(REMOVE_PASSWORD)
async def remove_password_page(request: Request, person: SignedIn) -> Response:
    """Ask before the password is removed, or say what must be added first."""
    await in_thread(check_removal, edge_of(request).deps, person, "password")
    form = make_form(request, REMOVE_PASSWORD.path)
    return present(request, person, views.ConfirmAct(form, "remove_password", SECURITY))


@acting
async def remove_password_answer(request: Request) -> Response:
    """Remove the password."""
    await take_form(request, REMOVE_PASSWORD.path)
    opened = await in_thread(remove_password, edge_of(request).deps, browser_of(request))
    return done(request, SECURITY, "password_removed", opened)


def _view(holding: Holding, accepted: Options | None, notice: str, *, removable: bool) -> views.AccountSecurity:
    standing = holding.standing
    return views.AccountSecurity(
        password_set=holding.password is not None,
        password_used_at=holding.password.last_used_at if holding.password else None,
        can_remove_password=removable,
        authenticators=tuple(_held(item, "authenticators") for item in holding.authenticators),
        can_add_authenticator=standing.offers("totp"),
        passkeys=tuple(_held(item, "passkeys") for item in holding.passkeys),
        can_add_passkey=standing.offers("passkey"),
        phones=tuple(_held(item, "phones") for item in holding.phones),
        can_add_phone=standing.offers("phone"),
        links=tuple(_held(item, "links") for item in holding.links),
        codes_left=holding.codes_left if holding.has_codes else None,
        can_make_codes=not leaves_codes_idle(standing.held) and standing.offers("recovery_code"),
        accepted=json.dumps(accepted) if accepted is not None else "",
        notice=notice,
    )


def _held(item: Credential, where: str) -> views.Held:
    return views.Held(
        item.label,
        item.created_at,
        item.last_used_at,
        f"/account/{where}/{item.id}",
        bool(item.data.get("backup_eligible")),
    )
