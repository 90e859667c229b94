"""How well the colours of a theme stand out from each other, for every pair that pages use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from idp.themes.colours import contrast, parse_colour
from idp.themes.tokens import COLOURS, PAIRS, Shade

_SHADE: Final = re.compile(r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")


@dataclass(frozen=True, slots=True)
class PairContrast:
    """The contrast ratio of two colours in light and in dark, and what WCAG 2.2 needs."""

    front: str
    ground: str
    light: float
    dark: float
    needed: float


def list_shades(tokens: Mapping[str, str]) -> Mapping[str, Shade]:
    """Return every colour token, with those of a theme in place of ours. What is no colour is left out."""
    return {**COLOURS, **{name: shade for name, text in tokens.items() if (shade := _read(text)) is not None}}


def list_contrasts(tokens: Mapping[str, str]) -> tuple[PairContrast, ...]:
    """Return the contrast of every pair, with the tokens of a theme in place of ours. What is no colour is left out."""
    shades = list_shades(tokens)
    return tuple(
        PairContrast(
            front,
            ground,
            round(contrast(shades[front].light, shades[ground].light), 2),
            round(contrast(shades[front].dark, shades[ground].dark), 2),
            needed,
        )
        for front, ground, needed in PAIRS
    )


def _read(text: str) -> Shade | None:
    found = _SHADE.fullmatch(text)
    light, dark = (parse_colour(found[1]), parse_colour(found[2])) if found is not None else (None, None)
    return Shade(light, dark) if light is not None and dark is not None else None
