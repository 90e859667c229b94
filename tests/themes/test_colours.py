"""Colours and their contrast, against the values of WCAG."""

import pytest

from idp.themes.colours import Colour, contrast, parse_colour


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#fff", Colour(255, 255, 255)),
        ("#0f5F6e", Colour(15, 95, 110)),
        ("#000000", Colour(0, 0, 0)),
        ("#12f", Colour(17, 34, 255)),
    ],
)
def test_hex_colours_are_read_and_written(text: str, colour: Colour) -> None:
    assert parse_colour(text) == colour
    assert parse_colour(str(colour)) == colour


@pytest.mark.parametrize(
    "text", ["", "fff", "#ffff", "#ffffffff", "red", "rgb(0,0,0)", "#ggg", "#fff ", "#fff;x", "url(x)"]
)
def test_nothing_else_is_a_colour(text: str) -> None:
    assert parse_colour(text) is None


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000", "#fff", 21.0),
        ("#fff", "#fff", 1.0),
        ("#777", "#fff", 4.48),
        ("#767676", "#fff", 4.54),
        ("#f00", "#fff", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    first, second = parse_colour(one), parse_colour(other)
    assert first is not None
    assert second is not None
    assert contrast(first, second) == pytest.approx(ratio, abs=0.01)
    assert contrast(second, first) == contrast(first, second)
