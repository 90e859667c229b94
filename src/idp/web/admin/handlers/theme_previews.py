"""Pages and mails in a theme that nobody has saved yet, from the real templates, with a person who does not exist."""

import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from idp.application import themes
from idp.application.mail_samples import render_sample
from idp.errors import InvalidInput
from idp.themes.document import Theme, ThemeFault
from idp.themes.reader import find_logo_fault
from idp.web import views
from idp.web.admin.calls import Call, Reply
from idp.web.admin.handlers.themes import read_logo
from idp.web.admin.models import setup as models
from idp.web.theme_files import Dress

_CLIENT: Final = "Example Shop"
_EMAIL: Final = "alex@example.com"
_FORM: Final = views.Form("#", "", "sample", 1)
#: One page of each sort: what most people see first, what they are stopped by, and where it goes wrong.
PAGES: Final[Mapping[str, views.View]] = MappingProxyType(
    {
        "sign_in": views.Identifier(_FORM, client_name=_CLIENT, recover_url="#", sign_up_url="#"),
        "code": views.Totp(_FORM, _EMAIL, other_way=True, problems=(views.Problem("wrong_code", "code"),)),
        "check": views.VerificationIntro(_FORM, "step_up", _CLIENT),
        "consent": views.Consent(
            _FORM,
            _CLIENT,
            _EMAIL,
            (views.Scope("openid"), views.Scope("profile"), views.Scope("email")),
            "shop.example",
        ),
        "refusal": views.Failure("access_denied", "0123456789abcdef", client_name=_CLIENT),
    }
)
#: Mails by what is asked for.
MAILS: Final[Mapping[str, str]] = MappingProxyType({"code_mail": "sign_in_code", "link_mail": "recovery_link"})
#: How mails have what a program shows that prefers dark.
_IN_THE_DARK: Final = "@media (prefers-color-scheme:dark)"


def preview_theme(call: Call) -> Reply:
    """Show a page or a mail in a theme, or what is wrong with the theme."""
    body: models.ThemePreview = call.body
    image = read_logo(body.logo)
    try:
        theme = themes.check_theme(call.deps, body.text)
        _check_logo(theme, image)
    except ThemeFault as fault:
        return Reply(models.ThemePreviewed(faults=list(fault.faults), html=None, tokens={}))
    except InvalidInput as fault:
        return Reply(models.ThemePreviewed(faults=[fault.message], html=None, tokens={}))
    mailed = body.page in MAILS
    html = _show_mail(call, theme, image) if mailed else _show_page(call, theme, image)
    link = f'<link rel="stylesheet" href="{call.desk.assets.url(f"preview-{body.scheme}.css")}">\n</head>'
    # A mail holds its colours itself.
    tokens = {} if mailed else dict(theme.tokens)
    return Reply(models.ThemePreviewed(faults=[], html=html.replace("</head>", link, 1), tokens=tokens))


def _show_page(call: Call, theme: Theme, image: bytes | None) -> str:
    body: models.ThemePreview = call.body
    dress = Dress(theme, logo_url=_place_logo(call, theme, image))
    return call.desk.pages.render(PAGES[body.page], call.desk.find_locale(body.locale), dress=dress).html


def _show_mail(call: Call, theme: Theme, image: bytes | None) -> str:
    """Return the HTML of a mail as a program shows it that prefers the scheme, with its images in itself."""
    body: models.ThemePreview = call.body
    mail = render_sample(call.deps, MAILS[body.page], call.desk.find_locale(body.locale), theme, image)
    html = mail.html.replace(_IN_THE_DARK, "@media all" if body.scheme == "dark" else "@media not all")
    for name, content in mail.images.items():
        html = html.replace(f"cid:{name}", _write_data("image/png", content))
    return html


def _check_logo(theme: Theme, image: bytes | None) -> None:
    fault = None if theme.logo is None or image is None else find_logo_fault(theme.logo, image)
    if fault is not None:
        raise ThemeFault([f"logo: {fault}"])


def _place_logo(call: Call, theme: Theme, image: bytes | None) -> str | None:
    """Return where the page finds the image: in the page itself, or as the saved theme has it."""
    if theme.logo is None:
        return None
    if image is None:
        known = call.desk.themes.dress(theme.id)
        return known.logo_url if known.theme.id == theme.id else None
    media = "image/svg+xml" if theme.logo.endswith(".svg") else "image/png"
    return _write_data(media, image)


def _write_data(media: str, content: bytes) -> str:
    return f"data:{media};base64,{base64.b64encode(content).decode('ascii')}"
