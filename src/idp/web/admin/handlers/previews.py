"""Screens as people see them, from the real templates, with a person who does not exist."""

import re
from typing import Final

from idp.application.frame import Frame
from idp.application.run_view import AtScreen
from idp.application.upstream import Offer
from idp.flows.components import check_components
from idp.flows.events import ShowScreen
from idp.flows.factors import FACTOR_NAMES
from idp.flows.options import check_options
from idp.flows.step_types import ScreenType
from idp.records.journeys import Run
from idp.web.admin.calls import Call, Reply
from idp.web.admin.models.problem import InputFault
from idp.web.admin.models.trials import ScreenPreview
from idp.web.admin.problems import Refused, refuse_input
from idp.web.screens import build_view
from idp.web.views import Form

#: Nothing runs and nothing can be sent; the console's own page may frame it.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)
_EMAIL: Final = "alex@example.com"
_ERROR: Final = re.compile(r"[a-z_]{1,40}")
_LINK: Final = Offer("Example ID", "alex@elsewhere.example")
_CEREMONY: Final = {"challenge": "", "timeout": 60000}


def preview_screen(call: Call) -> Reply:
    """Show a screen with sample values."""
    body: ScreenPreview = call.body
    screen = call.deps.flows.inventory.screens.get(body.screen)
    if screen is None:
        raise refuse_input("screen", f"There is no screen {body.screen[:40]!r}.", pointer="/screen")
    _check(call, body, screen)
    outcomes = tuple(body.outcomes) if body.outcomes is not None else screen.outcomes
    effect = ShowScreen(screen.name, 1, screen.name, body.options, body.error, {"email": _EMAIL}, outcomes)
    now = call.deps.clock.now()
    locale = call.desk.find_locale(body.locale)
    run = Run(0, "preview", 0, "sign_in", b"", {}, now, now + 900, user_id=1, request_id=0, locale=locale)
    frame = Frame("Example Shop", None, _EMAIL, body.theme, _CEREMONY, FACTOR_NAMES, _LINK)
    values = {"send": {"phone": "••• 42"}}
    form = Form("#", "", screen.name, 1)
    view = build_view(AtScreen(run, effect, values), frame, form, call.deps.policy.email_code_seconds)
    page = call.desk.pages.render(view, locale, theme=body.theme)
    link = f'<link rel="stylesheet" href="{call.desk.assets.url(f"preview-{body.scheme}.css")}">\n</head>'
    headers = {"Content-Security-Policy": POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return Reply(page.html.replace("</head>", link, 1), headers=headers)


def _check(call: Call, body: ScreenPreview, screen: ScreenType) -> None:
    faults = [
        InputFault(pointer=f"/options{pointer}", code="options", detail=message)
        for pointer, message in check_options(body.options, screen.arguments)
    ]
    if screen.designed and not faults:
        faults = [
            InputFault(pointer=f"/options{pointer}", code="options", detail=message)
            for pointer, message in check_components(body.options)
        ]
    for index, outcome in enumerate(body.outcomes or ()):
        if outcome not in screen.outcomes:
            detail = f"{screen.name} has no outcome {outcome[:40]!r}."
            faults.append(InputFault(pointer=f"/outcomes/{index}", code="outcome", detail=detail))
    if body.error is not None and not _ERROR.fullmatch(body.error):
        faults.append(InputFault(pointer="/error", code="error", detail="This is not the name of an outcome."))
    if body.theme is not None and body.theme not in call.desk.themes.ids:
        faults.append(InputFault(pointer="/theme", code="theme", detail=f"There is no theme {body.theme[:40]!r}."))
    if faults:
        raise Refused("invalid", "This screen cannot be shown so.", errors=faults)
