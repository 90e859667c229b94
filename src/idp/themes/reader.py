"""Reading themes for the pages that there are, and judging logos."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from idp.themes.document import Theme, parse_theme

MAX_LOGO: Final = 100 * 1024
SVG_STARTS: Final = (b"<svg", b"<?xml")
PNG_START: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class ThemeReader:
    """Reads themes. `sentences` are what the pages can say in English, `languages` the tags they are shown in."""

    sentences: Collection[str]
    languages: Collection[str]

    def read(self, document: object, source: str = "theme") -> Theme:
        """Return the theme of a parsed document. Raises ThemeFault with every fault."""
        return parse_theme(document, sentences=self.sentences, languages=self.languages, source=source)


def find_logo_fault(name: str, content: bytes) -> str | None:
    """Say what is wrong with the image of a theme that calls it `name`, None if nothing is."""
    starts = SVG_STARTS if name.endswith(".svg") else (PNG_START,)
    if len(content) > MAX_LOGO or not content.startswith((*SVG_STARTS, PNG_START)):
        return f"must be an SVG or PNG image of at most {MAX_LOGO // 1024} KiB"
    return None if content.startswith(starts) else "is another kind of image than its name says"
