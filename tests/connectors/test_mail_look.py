"""A theme in the form that mail programs can show."""

import re
import struct
from typing import Any

import pytest

from idp.connectors.smtp.look import FONT, MONO, PLAIN, Logo, Look, make_look
from idp.themes.colours import contrast, parse_colour
from idp.themes.document import Theme, parse_theme
from idp.themes.tokens import PAIRS

PLUM = {"light": "#5b2a86", "dark": "#d9b8ff"}


def png(width: int = 64, height: int = 32, rest: bytes = b"pixels") -> bytes:
    """Return the beginning of a PNG (its specification, section 11.2.2), which is all that is read of one."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + rest


def look(**fields: Any) -> Look:
    return make_look(parse_theme({"id": "acme", **fields}, sentences=frozenset(), languages=()))


def logo_of(content: bytes) -> Logo | None:
    return make_look(Theme("acme", logo="acme.png"), content).logo


def test_colours_are_those_of_the_theme_and_ours_where_it_says_nothing() -> None:
    worn = look(tokens={"accent": PLUM, "accent-strong": PLUM, "on-accent": {"light": "#fff", "dark": "#1d0b2e"}})
    assert (worn.light["accent"], worn.dark["accent"]) == ("#5b2a86", "#d9b8ff")
    assert (worn.light["on-accent"], worn.dark["on-accent"]) == ("#ffffff", "#1d0b2e")
    assert worn.light["ink"] == PLAIN.light["ink"]


def test_lengths_are_pixels() -> None:
    assert (PLAIN.radius, PLAIN.radius_small) == (20, 12)
    worn = look(tokens={"radius": "0.5rem", "radius-small": "0rem"})
    assert (worn.radius, worn.radius_small) == (8, 0)


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ('Georgia, "Times New Roman", serif', "Georgia,'Times New Roman',serif"),
        ("'Open Sans'", "'Open Sans'"),
        ('"a\'b", serif', "'a b',serif"),
        ("'never closed", "'never closed'"),
        ("\", ', ,", FONT),
    ],
)
def test_no_quote_of_a_font_ends_what_it_stands_in(written: str, used: str) -> None:
    assert make_look(Theme("acme", tokens={"font": written})).font == used
    assert make_look(Theme("acme", tokens={"mono": written})).mono == (used if used != FONT else MONO)


@pytest.mark.parametrize(
    ("name", "said"),
    [("Acme", "Acme"), (None, None), ("Acme\r\nBcc: all@x.example\u202e", "Acme Bcc: all@x.example"), ("\u200b", None)],
)
def test_a_name_is_one_line_that_everybody_can_see(name: str | None, said: str | None) -> None:
    assert make_look(Theme("acme", name=name)).name == said


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((64, 32), (64, 32)),
        ((2000, 1000), (64, 32)),
        ((16, 16), (32, 32)),
        ((1000, 10), (240, 2)),
        ((9999, 1), (240, 1)),
    ],
)
def test_a_png_is_shown_as_large_as_there_is_room(size: tuple[int, int], shown: tuple[int, int]) -> None:
    logo = logo_of(png(*size))
    assert logo is not None
    assert (logo.width, logo.height) == shown
    assert logo.content == png(*size)


def test_a_logo_is_named_by_its_content() -> None:
    one, other = logo_of(png()), logo_of(png(rest=b"others"))
    assert one is not None
    assert other is not None
    assert re.fullmatch(r"[0-9a-f]{32}@logo\.invalid", one.id)
    assert one.id != other.id


OTHERS = [b"<svg/>", b"GIF89a", png()[:20], png(0), png(64, 0), png().replace(b"IHDR", b"IDAT")]


@pytest.mark.parametrize("content", OTHERS)
def test_an_image_that_mail_programs_may_not_show_stays_at_home(content: bytes) -> None:
    assert logo_of(content) is None


def test_what_meets_in_a_mail_is_a_pair_that_themes_are_checked_for() -> None:
    """The templates put these colours on each other; a theme that could not be read would have been refused."""
    pairs = {(front, ground) for front, ground, _ in PAIRS}
    used = {("ink", "surface"), ("ink-soft", "surface"), ("ink", "raised"), ("ink-soft", "raised")}
    used |= {("on-accent", "accent"), ("ink", "accent-soft")}
    assert used <= pairs
    for front, ground in used:
        for side in (PLAIN.light, PLAIN.dark):
            one, other = parse_colour(side[front]), parse_colour(side[ground])
            assert one is not None
            assert other is not None
            assert contrast(one, other) >= 4.5
