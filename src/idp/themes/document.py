"""Reading a theme: tokens, logo, links and texts. Everything that is wrong is said at once.

A theme cannot hold markup, style rules, scripts or addresses to load from: only values for tokens that exist, and
sentences in place of sentences that exist. Colours that people could not tell apart are refused.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from idp.errors import InvalidInput
from idp.themes.colours import contrast, parse_colour
from idp.themes.tokens import COLOURS, FONTS, LENGTHS, PAIRS, Shade

DEFAULT: Final = "default"
MAX_TEXT: Final = 600
MAX_NAME: Final = 60
LINKS: Final = ("help", "privacy", "terms")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}\.(?:svg|png)", re.ASCII)
_FONT: Final = re.compile(r"[A-Za-z0-9 ,\"'-]{1,300}", re.ASCII)
_REM: Final = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,3})?)rem", re.ASCII)
_PLACE: Final = re.compile(r"%\(([a-z_]+)\)[sd]")
_KEYS: Final = frozenset({"id", "name", "logo", "links", "tokens", "texts"})


class ThemeFault(InvalidInput):
    """The document is wrong. `faults` lists everything that is, each as `path: what`."""

    def __init__(self, faults: Iterable[str], source: str = "theme") -> None:
        """Make the error from all faults found."""
        self.faults = tuple(faults)
        super().__init__(f"{source}: " + "; ".join(self.faults))


@dataclass(frozen=True, slots=True)
class Theme:
    """One look. `tokens` are CSS values by token name, for those that differ; `texts` are sentences by language tag,
    keyed by the English sentence whose place they take.
    """

    id: str
    name: str | None = None
    logo: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def parse_theme(
    document: object, *, sentences: Collection[str], languages: Collection[str], source: str = "theme"
) -> Theme:
    """Return the theme of a parsed document.

    `sentences` are the English sentences that the pages have, `languages` the tags they are shown in. Raises ThemeFault
    with every fault.
    """
    reader = _Reader(sentences, languages)
    theme = reader.read(document)
    if reader.faults:
        raise ThemeFault(reader.faults, source)
    return theme


class _Reader:
    def __init__(self, sentences: Collection[str], languages: Collection[str]) -> None:
        self.sentences, self.languages = sentences, languages
        self.faults: list[str] = []

    def fault(self, path: str, what: str) -> None:
        self.faults.append(f"{path}: {what}")

    def mapping(self, value: object, path: str, allowed: Collection[str] | None = None) -> Mapping[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.fault(path or "theme", "must be a mapping")
            return {}
        for key in value:
            if allowed is not None and key not in allowed:
                self.fault(f"{path}.{key}" if path else str(key), "is not known here")
        return {str(key): item for key, item in value.items() if allowed is None or key in allowed}

    def read(self, document: object) -> Theme:
        fields = self.mapping(document, "", _KEYS)
        name, logo = fields.get("name"), fields.get("logo")
        if not isinstance(fields.get("id"), str) or not _ID.fullmatch(fields["id"]):
            self.fault("id", "must be a-z, 0-9 and -, at most 63 characters")
        if name is not None and (not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME):
            self.fault("name", f"must be text of at most {MAX_NAME} characters")
        if logo is not None and (not isinstance(logo, str) or not _FILE.fullmatch(logo)):
            self.fault("logo", "must name an .svg or .png file in the folder of themes")
        return Theme(
            id=str(fields.get("id")),
            name=name,
            logo=logo,
            links=self.links(fields.get("links")),
            tokens=self.tokens(fields.get("tokens")),
            texts=self.texts(fields.get("texts")),
        )

    def links(self, value: object) -> Mapping[str, str]:
        links = self.mapping(value, "links", LINKS)
        for name, url in links.items():
            parts = urlsplit(url) if isinstance(url, str) and url.isascii() and url.isprintable() else None
            if parts is None or parts.scheme not in {"https", "http", "mailto"} or " " in url:
                self.fault(f"links.{name}", "must be a web address")
        return links

    def tokens(self, value: object) -> Mapping[str, str]:
        given = self.mapping(value, "tokens", (*COLOURS, *LENGTHS, *FONTS))
        shades = {name: self.shade(name, item) for name, item in given.items() if name in COLOURS}
        self.check_contrast({name: shade for name, shade in shades.items() if shade is not None})
        found = {name: str(shade) for name, shade in shades.items()}
        for name, item in given.items():
            if name in LENGTHS:
                found[name] = self.length(name, item)
            elif name in FONTS:
                found[name] = self.font(name, item)
        return MappingProxyType(found)

    def shade(self, name: str, value: object) -> Shade | None:
        """Read `{light: "#...", dark: "#..."}`. Both are needed: one alone would look wrong in the other."""
        path = f"tokens.{name}"
        if value is None:
            self.fault(path, "must be a mapping")
            return None
        sides = self.mapping(value, path, ("light", "dark"))
        found = {side: parse_colour(str(sides.get(side))) for side in ("light", "dark")}
        for side, colour in found.items():
            if colour is None and isinstance(value, Mapping):
                self.fault(f"{path}.{side}", "must be a colour such as #0f5f6e")
        light, dark = found["light"], found["dark"]
        return Shade(light, dark) if light is not None and dark is not None else None

    def check_contrast(self, shades: Mapping[str, Shade]) -> None:
        """Report pairs that the theme has changed and that people could not tell apart."""
        merged = {**COLOURS, **shades}
        for front, ground, least in PAIRS:
            if front not in shades and ground not in shades:
                continue
            for side in ("light", "dark"):
                ratio = contrast(getattr(merged[front], side), getattr(merged[ground], side))
                if ratio < least:
                    what = f"on {ground} has a contrast of {ratio:.2f} in {side}, and {least:g} is needed"
                    self.fault(f"tokens.{front if front in shades else ground}", f"{front} {what}")

    def length(self, name: str, value: object) -> str:
        _, least, most = LENGTHS[name]
        match = _REM.fullmatch(value) if isinstance(value, str) else None
        if match is None or not least <= float(match[1]) <= most:
            self.fault(f"tokens.{name}", f"must be from {least:g}rem to {most:g}rem")
        return str(value)

    def font(self, name: str, value: object) -> str:
        text = value if isinstance(value, str) else ""
        if not _FONT.fullmatch(text) or text.count('"') % 2 or text.count("'") % 2:
            self.fault(f"tokens.{name}", "must be a list of font families, such as Georgia, serif")
        return text

    def texts(self, value: object) -> Mapping[str, Mapping[str, str]]:
        found = {}
        for tag, items in self.mapping(value, "texts").items():
            path = f"texts.{tag}"
            if tag not in self.languages:
                self.fault(path, f"is no language of the pages ({', '.join(sorted(self.languages))})")
            found[tag] = self.sentence(self.mapping(items, path), path)
        return MappingProxyType(found)

    def sentence(self, items: Mapping[str, Any], path: str) -> Mapping[str, str]:
        for english, own in items.items():
            where = f"{path}[{english!r}]"
            if english not in self.sentences:
                self.fault(where, "is no sentence of the pages")
            elif not isinstance(own, str) or not own.strip() or len(own) > MAX_TEXT:
                self.fault(where, f"must be text of at most {MAX_TEXT} characters")
            elif set(_PLACE.findall(own)) != set(_PLACE.findall(english)) or "%" in _PLACE.sub(
                "", own.replace("%%", "")
            ):
                self.fault(where, "must have the same %(…)s places as the sentence it replaces")
        return MappingProxyType({str(english): str(own) for english, own in items.items()})


def _fits(own: str, english: str) -> bool:
    """Say whether a sentence has the places of the one it replaces, and no other percent sign than `%%`."""
    places = set(_PLACE.findall(own)) == set(_PLACE.findall(english))
    return places and "%" not in _PLACE.sub("", own.replace("%%", ""))
