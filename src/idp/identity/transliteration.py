"""How issuing authorities write names in the letters A to Z.

Sources: ICAO Doc 9303 part 3 (8th edition) section 6, table A (Latin letters) and table B (Cyrillic letters with their
exceptions for single languages). Greek has no ICAO table; ELOT 743 (ISO 843 type 2), which Greek and Cypriot passports
use, is taken. Arabic is left out on purpose: its ICAO table encodes the letters reversibly and is not what documents
print, so an Arabic name is never compared.
"""

# ruff: noqa: RUF001  (letters of other alphabets are this module's subject)

import unicodedata
from collections.abc import Mapping
from itertools import product
from typing import Final, Literal

Script = Literal["latin", "cyrillic", "greek"]

# Letters that do not decompose into an ASCII letter and marks, and have one spelling everywhere.
LATIN_FIXED: Final[Mapping[str, str]] = {
    "ß": "SS",
    "æ": "AE",
    "œ": "OE",
    "þ": "TH",
    "ð": "D",
    "đ": "D",
    "ħ": "H",
    "ı": "I",
    "ĸ": "K",
    "ł": "L",
    "ŋ": "N",
    "ŧ": "T",
}
# The same letter is printed in three ways, by country; one document uses one way throughout.
UMLAUT_STYLES: Final[tuple[Mapping[str, str], ...]] = (
    {"ä": "A", "ö": "O", "ø": "O", "ü": "U", "å": "A"},
    {"ä": "AE", "ö": "OE", "ø": "OE", "ü": "UE", "å": "AA"},
    {"ä": "AE", "ö": "OE", "ø": "OE", "ü": "UXX", "å": "AA"},
)
TILDE_STYLES: Final[tuple[Mapping[str, str], ...]] = ({"ñ": "N"}, {"ñ": "NXX"})
LATIN_STYLES: Final[tuple[Mapping[str, str], ...]] = tuple(
    {**LATIN_FIXED, **umlaut, **tilde} for umlaut, tilde in product(UMLAUT_STYLES, TILDE_STYLES)
)

CYRILLIC_GROUPS: Final = ("ZH", "KH", "TS", "CH", "SH", "IE", "IU", "IA", "IE", "DZ", "LJ", "NJ", "DZ")
CYRILLIC: Final[Mapping[str, str]] = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "ABVGDEZIIKLMNOPRSTUFYE", strict=True)),
    **dict(zip("ёіїјђћќѓґўѫѵ", "EIIJDCKGGUUY", strict=True)),
    **dict(zip("жхцчшъюяєѕљњџ", CYRILLIC_GROUPS, strict=True)),
    "щ": "SHCH",
    "ь": "",
}
CYRILLIC_STYLES: Final[tuple[Mapping[str, str], ...]] = (
    CYRILLIC,
    {**CYRILLIC, "г": "H", "и": "Y"},  # Ukrainian, with the initial letters below
    {**CYRILLIC, "г": "H", "ё": "IO"},  # Belarusian
    {**CYRILLIC, "ж": "Z", "х": "H", "ц": "C", "ч": "C", "ш": "S"},  # Serbian
    {**CYRILLIC, "х": "H", "ц": "C", "ѓ": "GJ", "ќ": "KJ", "џ": "DJ"},  # Macedonian
    {**CYRILLIC, "щ": "SHT"},  # Bulgarian
)
UKRAINIAN: Final = 1
UKRAINIAN_INITIALS: Final[Mapping[str, str]] = {"є": "YE", "ї": "YI", "й": "Y", "ю": "YU", "я": "YA"}

GREEK: Final[Mapping[str, str]] = {
    **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "AVGDEZIIKLMNXOPRSSTYFO", strict=True)),
    "θ": "TH",
    "χ": "CH",
    "ψ": "PS",
}
GREEK_VOICED: Final = frozenset("αεηιουωβγδζλμνρ")
GREEK_PAIRS: Final[Mapping[str, str]] = {"ου": "OU", "γγ": "NG", "γξ": "NX", "γχ": "NCH"}
TONOS: Final = "\u0301"
DIAERESIS: Final = "\u0308"


def script_of(token: str) -> Script | None:
    """Return the one script a lower-case word is written in.

    None when it mixes scripts (a look-alike letter from another alphabet is the classic forgery) or contains anything
    but letters these tables know.
    """
    scripts = {_script_of_letter(letter) for letter in token}
    return scripts.pop() if len(scripts) == 1 else None


def latin_spellings(words: tuple[str, ...], script: Script) -> frozenset[tuple[str, ...]]:
    """Return every A-Z spelling of lower-case NFC `words` that an authority would print, one style at a time."""
    if script == "latin":
        return frozenset(tuple(_spell_latin(word, style) for word in words) for style in LATIN_STYLES)
    if script == "greek":
        return frozenset({tuple(_spell_greek(word) for word in words)})
    return frozenset(tuple(_spell_cyrillic(word, number) for word in words) for number, _ in enumerate(CYRILLIC_STYLES))


def native_spelling(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return non-Latin `words` in their own letters without stress marks; Russian often leaves the dots off its io."""
    return tuple(
        "".join(letter if letter in CYRILLIC else _bare(letter) for letter in word).replace("ё", "е").replace("ς", "σ")
        for word in words
    )


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


def _script_of_letter(letter: str) -> Script | None:
    if letter in LATIN_STYLES[0]:
        return "latin"
    if letter in CYRILLIC:
        return "cyrillic"
    bare = _bare(letter)
    if len(bare) == 1 and "a" <= bare <= "z":
        return "latin"
    if bare in CYRILLIC:
        return "cyrillic"
    return "greek" if bare in GREEK else None


def _spell_latin(word: str, style: Mapping[str, str]) -> str:
    return "".join(style.get(letter) or _bare(letter).upper() for letter in word)


def _spell_cyrillic(word: str, number: int) -> str:
    style = CYRILLIC_STYLES[number]
    letters = [style[letter] if letter in style else style[_bare(letter)] for letter in word]
    if number == UKRAINIAN and word[0] in UKRAINIAN_INITIALS:
        letters[0] = UKRAINIAN_INITIALS[word[0]]
    return "".join(letters)


def _spell_greek(word: str) -> str:
    letters = [unicodedata.normalize("NFD", letter) for letter in word]
    spelled: list[str] = []
    at = 0
    while at < len(letters):
        first, rest = letters[at][0], letters[at + 1 :]
        # An accent on the first vowel or a diaeresis on the second says that the two are sounded apart.
        joined = bool(rest) and TONOS not in letters[at] and DIAERESIS not in rest[0]
        pair = first + rest[0][0] if joined else ""
        if pair in GREEK_PAIRS:
            spelled.append(GREEK_PAIRS[pair])
        elif pair in ("αυ", "ευ", "ηυ"):
            voiced = len(rest) > 1 and rest[1][0] in GREEK_VOICED
            spelled.append(GREEK[first] + ("V" if voiced else "F"))
        elif pair == "μπ" and (at == 0 or len(rest) == 1):
            spelled.append("B")
        else:
            spelled.append(GREEK[first])
            at -= 1
        at += 2
    return "".join(spelled)
