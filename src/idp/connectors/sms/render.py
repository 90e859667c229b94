"""The texts of our text messages, under `templates/`: short, plain, and made of nothing a stranger can choose."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from idp.connectors.smtp.render import CannotRender, find_locale

#: The values each text message needs. `host` is the issuer's, for browsers that fill in codes by themselves.
TEXTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {"sms_code": frozenset({"service", "code", "minutes", "host"})}
)
MAX_VALUE: Final = 200
MAX_TEXT: Final = 480
_PLAIN: Final = re.compile(r"[^\x00-\x1f\x7f]+")
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=False,  # noqa: S701  # plain text
    undefined=StrictUndefined,
)


def render_text(template: str, locale: str, values: Mapping[str, str | int]) -> str:
    """Render a text message. Raises CannotRender for an unknown one, and for values that are not those it needs."""
    needed = TEXTS.get(template)
    if needed is None or needed != set(values):
        raise CannotRender(detail=f"{template}: no such text message, or other values than it needs")
    for name, value in values.items():
        if not _PLAIN.fullmatch(str(value)) or len(str(value)) > MAX_VALUE:
            raise CannotRender(detail=f"{name} is not one line of text")
    text = _ENVIRONMENT.get_template(f"{find_locale(locale)}/{template}.j2").render(values).strip()
    if len(text) > MAX_TEXT:
        raise CannotRender(detail=f"{template} is too long")
    return text
