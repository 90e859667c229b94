"""Mails as they would leave in a theme that need not be saved, with a person and a device that do not exist."""

from collections.abc import Mapping
from typing import Final

from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.application.documents import find_document
from idp.connectors.smtp.look import make_look
from idp.connectors.smtp.render import Rendered, Value, render
from idp.identity.mailed_codes import group_code
from idp.records.documents import THEME
from idp.themes.document import Theme

_DEVICE: Final = describe_device("Firefox/140.0 (Windows)")
#: One that nobody was sent, as long as those that people are.
_CODE: Final = group_code("48291375")


def render_sample(deps: Dependencies, template: str, locale: str, theme: Theme, logo: bytes | None = None) -> Rendered:
    """Return the mail `sign_in_code` or `recovery_link` with sample values, in a theme that was read.

    `logo` is the image that the theme names; None is the one of the saved theme of that id.
    """
    image = None if theme.logo is None else logo if logo is not None else _find_logo(deps, theme.id)
    return render(template, locale, _list_values(deps, template), make_look(theme, image))


def _find_logo(deps: Dependencies, theme_id: str) -> bytes | None:
    with deps.storage.read() as uow:
        document = find_document(uow, THEME, theme_id)
    return document.logo if document is not None else None


def _list_values(deps: Dependencies, template: str) -> Mapping[str, Value]:
    policy, link = deps.policy, template == "recovery_link"
    values: dict[str, Value] = {"service": policy.service, "device": _DEVICE, "at": deps.clock.now()}
    values["minutes"] = max(1, round((policy.link_seconds if link else policy.email_code_seconds) / 60))
    values |= {"link": f"{policy.issuer}/recover/confirm?link=example"} if link else {"code": _CODE}
    return values
