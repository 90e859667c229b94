"""Languages: gettext catalogues compiled in memory, and the choice of one for a person.

English is the source language, so its catalogue is empty. Two pseudo-locales exist for tests: `en-XA` (accented and a
third longer, shows text that was never translated or does not fit) and `ar-XB` (the same, from right to left).
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE_LOCALE: Final = "en"
PSEUDO_LOCALES: Final = ("en-XA", "ar-XB")
LOCALES_FOLDER: Final = Path(__file__).parent / "locales"

_MAX_TAGS: Final = 20
_MAX_HEADER: Final = 1000
_QUALITY: Final = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.IGNORECASE)
# What may not be touched in a pseudo-translation: %(name)s, %%, tags and entities.
_UNTOUCHED: Final = re.compile(r"(%\([a-z_]+\)[sd]|%%|<[^>]+>|&[a-z]+;)")
_ACCENTED: Final = str.maketrans("aceinouyACEINOUY", "àçéîñöûýÀÇÉÎÑÖÛÝ")


def mark(message: str) -> str:
    """Return the message unchanged; marks a sentence in code for translation where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Language:
    """One language that pages can be shown in: its BCP 47 tag, its catalogue, and its locale for dates.

    `messages` are the English sentences that its catalogue has.
    """

    tag: str
    catalog: NullTranslations
    babel: Locale
    messages: frozenset[str] = frozenset()

    @property
    def own_name(self) -> str:
        """Return what the language is called in itself, as `Deutsch`."""
        return (self.babel.get_display_name(self.babel) or self.tag).capitalize()

    @property
    def direction(self) -> str:
        """Return `ltr` or `rtl`, for the `dir` attribute."""
        return self.babel.text_direction

    def gettext(self, message: str, **values: object) -> str:
        """Translate a plain-text message and fill in its `%(name)s` places. Not for HTML: nothing is escaped."""
        return self.catalog.gettext(message) % values

    def catalog_with(self, own: Mapping[str, str]) -> NullTranslations:
        """Return the catalogue with own sentences in place of some of its messages."""
        return _OwnWords(self.catalog, own) if own else self.catalog

    def ngettext(self, singular: str, plural: str, number: int, **values: object) -> str:
        """Translate a plain-text message that depends on a number, which fills `%(num)s`."""
        return self.catalog.ngettext(singular, plural, number) % {"num": number, **values}


class Translation:
    """All languages of the product, and the rule that picks one."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        """Take languages by tag; the source language must be among them."""
        if SOURCE_LOCALE not in languages:
            raise ValueError(f"the source language {SOURCE_LOCALE} is missing")
        self._languages = dict(languages)
        self._by_lower = {tag.lower(): tag for tag in languages}

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the tags of all languages, source language first."""
        return tuple(self._languages)

    @property
    def sentences(self) -> frozenset[str]:
        """Return the English sentences that some catalogue translates: what the pages can say."""
        return frozenset().union(*(language.messages for language in self._languages.values()))

    def language(self, tag: str) -> Language:
        """Return the language of this tag, or the source language if there is none."""
        return self._languages.get(tag) or self._languages[SOURCE_LOCALE]

    def negotiate(
        self, ui_locales: str | None = None, user_locale: str | None = None, accept_language: str | None = None
    ) -> str:
        """Return the tag to use: the client's wish (OIDC Core 3.1.2.1), then the user's, then the browser's.

        Tags match whole or by their language (`de-AT` is served by `de`, RFC 4647 section 3.4). Whatever is malformed
        is passed over; the source language is the last resort.
        """
        wishes = (ui_locales or "")[:_MAX_HEADER].split()[:_MAX_TAGS]
        wishes += [user_locale] if user_locale else []
        wishes += rank_accept_language(accept_language)
        return next((found for wish in wishes if (found := self._look_up(wish))), SOURCE_LOCALE)

    def _look_up(self, wish: str) -> str | None:
        parts = wish.lower().replace("_", "-").split("-")
        for length in range(len(parts), 0, -1):
            if found := self._by_lower.get("-".join(parts[:length])):
                return found
        return None


def rank_accept_language(header: str | None) -> list[str]:
    """Return the tags of an `Accept-Language` header, best first, without `q=0` and `*` (RFC 9110 section 12.5.4)."""
    ranked: list[tuple[float, str]] = []
    for item in (header or "")[:_MAX_HEADER].split(",")[:_MAX_TAGS]:
        tag, semicolon, parameter = item.partition(";")
        quality = _QUALITY.fullmatch(parameter)
        weight = float(quality[1]) if quality else 0.0 if semicolon else 1.0
        if tag.strip() and tag.strip() != "*" and weight > 0:
            ranked.append((weight, tag.strip()))
    return [tag for _, tag in sorted(ranked, key=lambda pair: -pair[0])]


def load_translation(folder: Path = LOCALES_FOLDER, *, pseudo: bool = False) -> Translation:
    """Read every `<tag>.po` in the folder and compile it in memory. `pseudo` adds the pseudo-locales."""
    languages = {SOURCE_LOCALE: Language(SOURCE_LOCALE, NullTranslations(), Locale.parse(SOURCE_LOCALE))}
    for path in sorted(folder.glob("*.po")):
        catalog, messages = _compile(path, path.stat().st_mtime_ns)
        languages[path.stem] = Language(path.stem, catalog, Locale.parse(path.stem, sep="-"), messages)
    for tag in PSEUDO_LOCALES if pseudo else ():
        languages[tag] = Language(tag, _PseudoCatalog(), Locale.parse(tag.partition("-")[0]))
    return Translation(languages)


@cache
def _compile(path: Path, _changed: int) -> tuple[GNUTranslations, frozenset[str]]:
    """Compile a catalogue, once for every application of this process; nothing changes it after that."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.stem.replace("-", "_"), abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalog, use_fuzzy=False)
    compiled.seek(0)
    messages = frozenset(message.id for message in catalog if isinstance(message.id, str) and message.id)
    return GNUTranslations(compiled), messages


class _OwnWords(NullTranslations):
    """Answers some messages in own words and the rest by another catalogue."""

    def __init__(self, catalog: NullTranslations, own: Mapping[str, str]) -> None:
        super().__init__()
        self._own = own
        self.add_fallback(catalog)

    def gettext(self, message: str) -> str:
        return self._own.get(message) or super().gettext(message)


class _PseudoCatalog(NullTranslations):
    """Translates English into something legible that is longer and clearly not English."""

    def gettext(self, message: str) -> str:
        return _pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _pseudo(super().ngettext(msgid1, msgid2, n))


def _pseudo(message: str) -> str:
    parts: Sequence[str] = _UNTOUCHED.split(message)
    accented = "".join(part if _UNTOUCHED.fullmatch(part) else part.translate(_ACCENTED) for part in parts)
    return f"[{accented}{' ~' * (len(message) // 6)}]"
