"""What can use the account: devices and applications."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.application.account.applications import find_application, list_applications, withdraw
from idp.application.account.devices import list_devices, sign_out_device, sign_out_others
from idp.application.browser import SignedIn
from idp.application.threads import in_thread
from idp.web import views
from idp.web.edge import browser_of, edge_of, make_form, take_form
from idp.web.routes.account.entrance import acting, done, notice_of, present, row_id, shown

DEVICES = "/account/devices"
OTHERS = "/account/devices/sign-out-others"
APPLICATIONS = "/account/applications"


@shown(DEVICES)
async def devices_page(request: Request, person: SignedIn) -> Response:
    """List where the person is signed in."""
    found = await in_thread(list_devices, edge_of(request).deps, person)
    lines = tuple(
        views.DeviceLine(
            item.name,
            item.place,
            item.since,
            item.last_seen_at,
            None if item.here else make_form(request, _device_path(item.session_id)),
        )
        for item in found
    )
    others = make_form(request, OTHERS) if len(found) > 1 else None
    return present(request, person, views.AccountDevices(lines, others, notice_of(request)))


@acting
async def device_answer(request: Request) -> Response:
    """Sign one device out."""
    session_id = row_id(request)
    await take_form(request, _device_path(session_id))
    await in_thread(sign_out_device, edge_of(request).deps, session_id, browser_of(request))
    return done(request, DEVICES, "device_signed_out")


@acting
async def others_answer(request: Request) -> Response:
    """Sign all other devices out."""
    await take_form(request, OTHERS)
    await in_thread(sign_out_others, edge_of(request).deps, browser_of(request))
    return done(request, DEVICES, "others_signed_out")


@shown(APPLICATIONS)
async def applications_page(request: Request, person: SignedIn) -> Response:
    """List the applications that can use the account."""
    found = await in_thread(list_applications, edge_of(request).deps, person)
    lines = tuple(
        views.ApplicationLine(
            item.name, item.host, item.scopes, item.since, item.used_at, item.away, _withdraw_path(item.client_id)
        )
        for item in found
    )
    return present(request, person, views.AccountApplications(lines, notice_of(request)))


@shown(APPLICATIONS)
async def withdraw_page(request: Request, person: SignedIn) -> Response:
    """Ask before an application loses its access."""
    client_id = request.query_params.get("client", "")
    found = await in_thread(find_application, edge_of(request).deps, client_id, person)
    form = make_form(request, _withdraw_path(client_id))
    return present(request, person, views.ConfirmAct(form, "withdraw", APPLICATIONS, found.name))


@acting
async def withdraw_answer(request: Request) -> Response:
    """Take an application's access back."""
    client_id = request.query_params.get("client", "")
    await take_form(request, _withdraw_path(client_id))
    await in_thread(withdraw, edge_of(request).deps, client_id, browser_of(request))
    return done(request, APPLICATIONS, "withdrawn")


def _device_path(session_id: int) -> str:
    return f"{DEVICES}/{session_id}/sign-out"


def _withdraw_path(client_id: str) -> str:
    return f"{APPLICATIONS}/withdraw?{urlencode({'client': client_id})}"
