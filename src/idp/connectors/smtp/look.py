"""How a mail looks: a theme in the form that mail programs can show.

They load nothing: colours are written into the mail, and a logo travels with it. An SVG does not, for mail programs do
not show it; the name of the product stands there in words anyway. Every two colours that meet here are a pair that a
theme is checked for.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from idp.themes.document import DEFAULT, Theme
from idp.themes.legibility import list_shades
from idp.themes.reader import PNG_START
from idp.themes.tokens import LENGTHS

#: Room for the logo, in CSS pixels.
LOGO_HEIGHT: Final = 32
LOGO_WIDTH: Final = 240
#: Pixels for one rem: mail programs do not all know the unit.
REM: Final = 16.0
FONT: Final = "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
MONO: Final = "ui-monospace,Menlo,Consolas,monospace"
_INVISIBLE: Final = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_FAMILY: Final = re.compile(r"[A-Za-z0-9-]+(?: [A-Za-z0-9-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG image, how large it is shown in CSS pixels, and its Content-ID (RFC 2392)."""

    content: bytes = field(repr=False)
    width: int
    height: int
    id: str


@dataclass(frozen=True, slots=True)
class Look:
    """What mails of one theme show. `light` and `dark` are colours such as `#0f5f6e` by token; the radii are pixels.

    `name` is the name of the product, None for the one that the mail was queued with.
    """

    light: Mapping[str, str]
    dark: Mapping[str, str]
    radius: int
    radius_small: int
    font: str
    mono: str
    name: str | None = None
    logo: Logo | None = None


def make_look(theme: Theme, logo: bytes | None = None) -> Look:
    """Return the look of a theme that was read, with its logo if mail programs can show it."""
    shades = list_shades(theme.tokens)
    return Look(
        light={token: str(shade.light) for token, shade in shades.items()},
        dark={token: str(shade.dark) for token, shade in shades.items()},
        radius=_measure(theme, "radius"),
        radius_small=_measure(theme, "radius-small"),
        font=_list_families(theme.tokens.get("font", "")) or FONT,
        mono=_list_families(theme.tokens.get("mono", "")) or MONO,
        name=clean_line(theme.name or "") or None,
        logo=_place_logo(logo) if logo is not None else None,
    )


def clean_line(text: str) -> str:
    """Return a text as one line, without characters that nobody sees or that turn others around."""
    return " ".join(_INVISIBLE.sub("", "".join(one if one.isprintable() else " " for one in text)).split())


def _measure(theme: Theme, token: str) -> int:
    written = theme.tokens.get(token)
    return round(REM * (float(written.removesuffix("rem")) if written is not None else LENGTHS[token][0]))


def _list_families(written: str) -> str:
    """Write a list of font families anew, so that no quote of it can end what it stands in."""
    families = (re.sub(r"[\"']", " ", family) for family in written.split(","))
    names = [" ".join(family.split()) for family in families]
    return ",".join(f"'{name}'" if " " in name else name for name in names if _FAMILY.fullmatch(name))


def _place_logo(content: bytes) -> Logo | None:
    """Return a PNG with the size it is shown in; None for another image, and for one that does not tell its size."""
    header = content[len(PNG_START) : 24]
    if not content.startswith(PNG_START) or len(header) < 16 or header[4:8] != b"IHDR":
        return None
    width, height = int.from_bytes(header[8:12]), int.from_bytes(header[12:16])
    if not width or not height:
        return None
    scale = min(LOGO_HEIGHT / height, LOGO_WIDTH / width)
    name = hashlib.sha256(content).hexdigest()[:32]
    return Logo(content, max(1, round(width * scale)), max(1, round(height * scale)), f"{name}@logo.invalid")


PLAIN: Final = make_look(Theme(DEFAULT))
