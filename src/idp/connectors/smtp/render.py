"""The texts of our mails: plain text and HTML from one template a mail and locale, under `templates/`.

Each template has the blocks `subject`, `title` and `body`. It is rendered twice: with `mail.txt` and with `mail.html`
as the layout. Values are escaped in HTML, lose line breaks and invisible direction marks everywhere, and a missing one
is an error. A look gives the HTML its colours and its logo, and both the name of the product.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from idp.connectors.smtp.look import PLAIN, Look, clean_line
from idp.errors import InvalidInput

LOCALES: Final = ("en", "ar", "de", "es")
#: Those that are read from right to left.
RIGHT_TO_LEFT: Final = frozenset({"ar"})
FALLBACK: Final = "en"
MAX_VALUE: Final = 2000
MAX_DEVICE: Final = 80
Value = str | int | float

#: The values each mail needs. Times (`at`, `until`) are epoch seconds; a name ending in `link` is an http(s) URL.
MAILS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "recovery_link": frozenset({"service", "link", "minutes", "device", "at"}),
        "email_code": frozenset({"service", "code", "minutes"}),
        "sign_in_code": frozenset({"service", "code", "minutes", "device", "at"}),
        "sign_in_link": frozenset({"service", "link", "minutes", "device", "at"}),
        "recovery_code_used": frozenset({"service", "left", "device", "at", "recovery_link"}),
        "password_changed": frozenset({"service", "recovery_link", "device", "at"}),
        "passkey_added": frozenset({"service", "recovery_link", "name", "device", "at"}),
        "phone_added": frozenset({"service", "phone", "recovery_link", "device", "at"}),
        "signed_in": frozenset({"service", "recovery_link", "device", "at"}),
        "wait_over": frozenset({"service", "link", "until"}),
        "invitation": frozenset({"service", "link", "until"}),
        "welcome": frozenset({"service", "sign_in_link"}),
        "account_exists": frozenset({"service", "sign_in_link", "recovery_link"}),
        "verification_pending": frozenset({"service"}),
        "verification_approved": frozenset({"service", "link", "until"}),
        "verification_rejected": frozenset({"service", "link"}),
        "verification_too_late": frozenset({"service", "link"}),
        "account_changed": frozenset({"service", "change", "account_link", "device", "at"}),
        "email_changed": frozenset({"service", "device", "at"}),
        "address_in_use": frozenset({"service"}),
        "account_closing": frozenset({"service", "link", "until", "device", "at"}),
        "account_closed": frozenset({"service", "device", "at"}),
        "account_kept": frozenset({"service", "sign_in_link", "device", "at"}),
        "identity_enrolled": frozenset({"service", "account_link", "at"}),
    }
)
#: What `account_changed` can tell of; the templates have a sentence for each.
CHANGES: Final = frozenset(
    [
        "password_added",
        "password_changed",
        "password_removed",
        "totp_added",
        "totp_replaced",
        "totp_removed",
        "recovery_codes_made",
        "recovery_codes_removed",
        "passkey_removed",
        "phone_replaced",
        "phone_removed",
        "name_changed",
        "identity_deleted",
        "upstream_added",
        "upstream_removed",
    ]
)
_TEXTS: Final = frozenset({"service", "device", "name", "code", "phone"})
#: They come from outside: mail readers must find no address in them to make a link of.
_FOREIGN: Final = frozenset({"device", "name"})
#: Whole numbers, with the least they can be.
_COUNTS: Final[Mapping[str, int]] = MappingProxyType({"minutes": 1, "left": 0})
_TIMES: Final = frozenset({"at", "until"})
_LINK: Final = re.compile(r"https?://[^\s<>\"'\\]+", re.ASCII)
_ADDRESS_MARKS: Final = re.compile(r"[./:@\\]+")
_TEMPLATES: Final = Path(__file__).parent / "templates"


class CannotRender(InvalidInput):
    """There is no such mail, or its values are not those it needs."""

    code = "mail_not_rendered"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's subject (one line), plain text and HTML. `images` are the PNGs that it shows, by Content-ID."""

    subject: str
    text: str
    html: str
    images: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def _make_environment(*, html: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=html,  # noqa: S701  # the other environment writes plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.globals["layout"] = "mail.html" if html else "mail.txt"
    return environment


_HTML: Final = _make_environment(html=True)
_TEXT: Final = _make_environment(html=False)


def render(template: str, locale: str, values: Mapping[str, Value], look: Look = PLAIN) -> Rendered:
    """Render a mail. An unknown locale falls back to its language, then to English.

    The name of a look takes the place of the value `service`.

    Raises CannotRender for an unknown mail, and for values that are missing, too many or of the wrong kind.
    """
    needed = MAILS.get(template)
    if needed is None:
        raise CannotRender(detail=f"no mail is called {template!r}")
    if needed != set(values):
        raise CannotRender(detail=f"{template} needs {sorted(needed)} and was given {sorted(values)}")
    language = find_locale(locale)
    named = {**values, "service": values["service"] if look.name is None else look.name}
    checked = {name: _check(name, value, language) for name, value in named.items()}
    path = f"{language}/{template}.j2"
    frame = {"locale": language, "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr", "look": look}
    context = {**checked, **frame, "parts": _TEXT.get_template("parts.txt").module}
    plain = _TEXT.get_template(path)
    subject = " ".join("".join(plain.blocks["subject"](plain.new_context(context))).split())
    text = re.sub(r"\n{3,}", "\n\n", plain.render(context)).strip() + "\n"
    parts = _HTML.get_template("parts.html").make_module({"look": look})
    html = _HTML.get_template(path).render({**context, "parts": parts})
    return Rendered(subject, text, html, {look.logo.id: look.logo.content} if look.logo is not None else {})


def find_locale(locale: str) -> str:
    """Return the locale whose texts are used."""
    language = re.split(r"[-_]", locale.lower(), maxsplit=1)[0]
    return language if language in LOCALES else FALLBACK


def _check(name: str, value: Value, locale: str) -> str | int:
    if name in _TIMES:
        return _tell_time(name, value, locale)
    if name in _COUNTS:
        if not isinstance(value, int) or isinstance(value, bool) or value < _COUNTS[name]:
            raise CannotRender(detail=f"{name} is not a whole number of at least {_COUNTS[name]}")
        return value
    if name == "change" and value not in CHANGES:
        raise CannotRender(detail="nothing is known of such a change")
    if not isinstance(value, str) or not value or len(value) > MAX_VALUE:
        raise CannotRender(detail=f"{name} is not a text, is empty or is too long")
    if name == "change":
        return value
    if name in _TEXTS:
        if name in _FOREIGN:
            value = _ADDRESS_MARKS.sub(" ", value)[:MAX_DEVICE]
        return clean_line(value)
    if not _LINK.fullmatch(value):
        raise CannotRender(detail=f"{name} is not an http(s) URL")
    return value


def _tell_time(name: str, value: Value, locale: str) -> str:
    try:
        at = datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError):
        raise CannotRender(detail=f"{name} is not a time") from None
    return f"{format_date(at, 'long', locale=locale)}, {at:%H:%M} UTC"
