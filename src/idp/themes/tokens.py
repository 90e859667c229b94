"""The design tokens that a theme may set, their values without one, and which colours must stand out from which.

`web/static/tokens.css` holds the same values; a test keeps the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from idp.themes.colours import Colour, parse_colour


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour token's two values: in light and in dark."""

    light: Colour
    dark: Colour

    def __str__(self) -> str:
        """Write it as CSS does."""
        return f"light-dark({self.light}, {self.dark})"


def _shade(light: str, dark: str) -> Shade:
    bright, dim = parse_colour(light), parse_colour(dark)
    if bright is None or dim is None:
        raise ValueError(f"not colours: {light}, {dark}")
    return Shade(bright, dim)


COLOURS: Final[Mapping[str, Shade]] = MappingProxyType(
    {
        "surface": _shade("#f3f6f7", "#0d1315"),
        "raised": _shade("#fff", "#151d20"),
        "sunken": _shade("#f4f7f8", "#1c272b"),
        "ink": _shade("#132227", "#eaf1f3"),
        "ink-soft": _shade("#51636a", "#a5b5bb"),
        "line": _shade("#e1e8ea", "#2a373c"),
        "line-strong": _shade("#7d8f96", "#71858d"),
        "accent": _shade("#0f5f6e", "#74ccd8"),
        "accent-strong": _shade("#0a4a56", "#98dfe8"),
        "accent-soft": _shade("#e4f1f3", "#16333a"),
        "on-accent": _shade("#fff", "#06262c"),
        "danger": _shade("#a8231f", "#ff9d95"),
        "danger-soft": _shade("#fdeeed", "#3a1c1b"),
        "warn": _shade("#7c4a00", "#f2bd6b"),
        "warn-soft": _shade("#fdf2df", "#35270f"),
        "good": _shade("#1b6b3f", "#7bd3a0"),
        "good-soft": _shade("#e6f5ec", "#14301f"),
    }
)
#: Lengths, in rem: name, value without a theme, least, most.
LENGTHS: Final[Mapping[str, tuple[float, float, float]]] = MappingProxyType(
    {"radius": (1.25, 0, 2), "radius-small": (0.75, 0, 1.5)}
)
#: Font stacks: family names that the person's own machine has. Nothing is loaded from anywhere.
FONTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "font": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
        "mono": 'ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", monospace',
    }
)

#: WCAG 2.2: text needs 4.5 to 1 (1.4.3), what is not text but must be seen 3 to 1 (1.4.11).
TEXT: Final = 4.5
SHAPE: Final = 3.0

#: Which colour must stand out from which, and by how much. Every use in `site.css` is here.
PAIRS: Final[tuple[tuple[str, str, float], ...]] = (
    *(("ink", ground, TEXT) for ground in ("surface", "raised", "sunken", "accent-soft", "danger-soft")),
    *(("ink-soft", ground, TEXT) for ground in ("surface", "raised", "sunken")),
    *(("accent", ground, TEXT) for ground in ("surface", "raised", "sunken", "accent-soft")),
    *(("accent-strong", ground, TEXT) for ground in ("raised", "accent-soft")),
    *(("on-accent", ground, TEXT) for ground in ("accent", "accent-strong")),
    *(("danger", ground, TEXT) for ground in ("raised", "danger-soft")),
    ("warn", "warn-soft", TEXT),
    ("good", "good-soft", TEXT),
    ("line-strong", "raised", SHAPE),
)
