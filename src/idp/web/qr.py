"""QR codes as inline SVG: dark on light in every colour scheme, because cameras expect it."""

import io

import segno
from markupsafe import Markup

MAX_TEXT = 800


def draw_qr(text: str) -> Markup:
    """Return an SVG element without size or title of its own. Raises ValueError for text too long to scan."""
    if len(text) > MAX_TEXT:
        raise ValueError("too long for a QR code that a phone can read from a screen")
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, svgclass="qr", lineclass=None,
        dark="#10181c", light="#fff",
    )  # fmt: skip
    # The markup is segno's own; the text is in it as squares only.
    return Markup(out.getvalue().decode())  # noqa: S704
