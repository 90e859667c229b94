"""Reading a name into words, and comparing two people's names. Never fuzzy.

What is ignored: case, accents, apostrophes, the difference between a space, a hyphen and a dot, leading titles (Dr,
Mrs), trailing generational suffixes (Jr, III), and the spelling choices of issuing authorities (`transliteration`).
What is never ignored: a letter. There is no edit distance, no nickname list and no initials: "J." is not "John", and a
middle "Q." is not "Quincy". Accents alone never tell two people apart, because the machine-readable zone has none.

Given names: the first must be equal; of the others, one side may leave some out, but may not replace or reorder them
("Maria Elena" is "Maria" and is "Maria Elena Luz", and is not "Maria Jose").
Surnames: the paternal surname must be there; the second may be missing on one side. A second surname that is on both
sides must be equal. Both may be given in either order (the Portuguese order is maternal first).
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from idp.identity.transliteration import Script, latin_spellings, native_spelling, script_of

Agreement = Literal["same", "different", "unclear"]
Words = tuple[str, ...]

MAX_NAME_LENGTH: Final = 300
MRZ_NAME_FIELD: Final = 39  # characters of the name field of a passport (ICAO Doc 9303 part 4, section 4.2.2)
MIN_TRUNCATED: Final = 3
TITLES: Final = frozenset({"mr", "mrs", "ms", "mx", "miss", "dr", "dra", "prof", "herr", "frau", "sr", "sra", "srta"})
SUFFIXES: Final = frozenset({"jr", "sr", "jnr", "snr", "ii", "iii", "iv"})
# fmt: off
PARTICLES: Final = frozenset({
    "AL", "BIN", "DA", "DAS", "DE", "DEL", "DELA", "DER", "DI", "DO", "DOS", "DU", "E", "EL", "IBN", "LA", "LAS", "LE",
    "LOS", "MC", "O", "SAN", "SANTA", "ST", "TE", "TEN", "TER", "VAN", "VOM", "VON", "Y", "ZU", "ZUM",
})
# fmt: on
APOSTROPHES: Final = frozenset("'`\u00b4\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u2032\uff07")
SEPARATORS: Final = frozenset(".,<_\u00b7\u2022")


@dataclass(frozen=True, slots=True)
class Reading:
    """Words of a name (lower case, NFC), in one script. `script` is None when they cannot be read for comparison."""

    words: Words
    script: Script | None


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name as one source gives it.

    Either parted (`given` and at least one surname) or only `full`, in unknown order. `mrz` says that it comes from the
    machine-readable zone, which cuts long names off.
    """

    given: str = ""
    paternal: str = ""
    maternal: str = ""
    full: str = ""
    mrz: bool = False

    @property
    def is_present(self) -> bool:
        """Whether there is any name at all."""
        return any(fold_words(part) for part in (self.given, self.paternal, self.maternal, self.full))

    @property
    def parted(self) -> bool:
        """Whether given name and surname are known apart."""
        return bool(self.given and (self.paternal or self.maternal))

    @property
    def cut_off(self) -> bool:
        """Whether the machine-readable line is full, so that its end may be missing."""
        surnames = " ".join(part for part in (self.paternal, self.maternal) if part)
        return self.mrz and len(surnames) + len("<<") + len(self.given) >= MRZ_NAME_FIELD


@dataclass(frozen=True, slots=True)
class _Spelled:
    """One spelling of a parted name; `full` is used instead when the parts are not known."""

    given: Words
    paternal: Words
    maternal: Words
    full: Words


def fold_words(text: str) -> Words:
    """Split a name into lower-case NFC words without apostrophes and punctuation. Folding twice changes nothing.

    Characters that are neither letters nor known punctuation stay, so that `read_words` finds the name unreadable.
    """
    folded: list[str] = []
    for character in unicodedata.normalize("NFKC", text):
        kind = unicodedata.category(character)
        if character in APOSTROPHES or kind == "Cf":
            continue
        breaks = character in SEPARATORS or kind in {"Pd", "Zs", "Cc", "Zl", "Zp"}
        # One letter at a time: the lower case of a Greek sigma would otherwise depend on its neighbours.
        folded.append(" " if breaks else character.lower())
    composed = unicodedata.normalize("NFC", "".join(folded))
    # Marks that belong to no composed letter (a stress mark on a Cyrillic vowel) are accents like any other.
    return tuple("".join(c for c in composed if unicodedata.category(c) not in {"Mn", "Me"}).split())


def read_words(words: Words) -> Reading:
    """Find the one script of all `words`; a name in two scripts, or in one that is not compared, is unreadable."""
    scripts = {script_of(word) for word in words}
    return Reading(words, scripts.pop() if len(scripts) == 1 else None)


def compare_names(one: PersonName, other: PersonName) -> Agreement:
    """Compare two names; the order of the arguments does not matter.

    "unclear" when a name is absent, unreadable (see `read_words`), longer than `MAX_NAME_LENGTH` characters, a single
    word, or fits only if the order or the number of surnames is guessed.
    """
    if not (_comparable(one) and _comparable(other)):
        return "unclear"
    ours, theirs = _spellings(one, other)
    found = {_compare_spelled(mine, yours, one, other) for mine in ours for yours in theirs}
    for agreement in ("same", "unclear"):
        if agreement in found:
            return agreement
    return "different" if found else "unclear"


def parse_full_name(text: str, *, mrz: bool = False) -> PersonName:
    """Read a full name; "Surname, Given" and the machine-readable "SURNAME<<GIVEN" tell the parts apart."""
    for mark in ("<<", ","):
        before, _, after = text.partition(mark)
        # The fillers are dropped here because a full line is recognised by its length.
        surname, given = before.strip(" <"), after.strip(" <")
        if surname and given and mark not in given and not SUFFIXES.issuperset(fold_words(given)):
            return PersonName(given=given, paternal=surname, mrz=mrz)
    return PersonName(full=text, mrz=mrz)


def _parts(name: PersonName) -> tuple[Words, Words, Words, Words]:
    if not name.parted:
        return (), (), (), _strip(fold_words(name.full), titles=True)
    given = _strip(fold_words(name.given), titles=True)
    paternal = _strip(fold_words(name.paternal), titles=True)
    maternal = _strip(fold_words(name.maternal), titles=False)
    return given, paternal, maternal, ()


def _strip(words: Words, *, titles: bool) -> Words:
    while titles and len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    while len(words) > 1 and words[-1] in SUFFIXES:
        words = words[:-1]
    return words


def _comparable(name: PersonName) -> bool:
    if max(map(len, (name.given, name.paternal, name.maternal, name.full))) > MAX_NAME_LENGTH:
        return False
    given, paternal, maternal, full = _parts(name)
    if name.parted:
        return bool(given and (paternal or maternal))
    return len(full) > 1


def _spellings(one: PersonName, other: PersonName) -> tuple[frozenset[_Spelled], frozenset[_Spelled]]:
    """Return the spellings to compare; two names in one non-Latin script are compared in their own letters."""
    parts = _parts(one), _parts(other)
    readings = tuple(read_words(tuple(word for part in name for word in part)) for name in parts)
    scripts = {reading.script for reading in readings}
    if None in scripts or ("latin" not in scripts and len(scripts) > 1):
        return frozenset(), frozenset()
    spell: Callable[[Reading], frozenset[Words]]
    spell = _spell_in_latin if "latin" in scripts else _spell_natively
    ours, theirs = (
        frozenset(_regroup(spelling, name) for spelling in spell(reading))
        for reading, name in zip(readings, parts, strict=True)
    )
    return ours, theirs


def _spell_in_latin(reading: Reading) -> frozenset[Words]:
    return latin_spellings(reading.words, reading.script) if reading.script else frozenset()


def _spell_natively(reading: Reading) -> frozenset[Words]:
    return frozenset({native_spelling(reading.words)})


def _regroup(words: Words, parts: tuple[Words, Words, Words, Words]) -> _Spelled:
    grouped: list[Words] = []
    at = 0
    for part in parts:
        grouped.append(words[at : at + len(part)])
        at += len(part)
    return _Spelled(*grouped)


def _compare_spelled(mine: _Spelled, yours: _Spelled, one: PersonName, other: PersonName) -> Agreement:
    if mine.full and yours.full:
        return _compare_whole(mine.full, yours.full)
    if mine.full:
        return _compare_parted_with_whole(yours, mine.full)
    if yours.full:
        return _compare_parted_with_whole(mine, yours.full)
    if not _surnames_agree(mine, yours):
        return "different"
    return _compare_given(mine.given, yours.given, (one.cut_off, other.cut_off))


def _compare_whole(mine: Words, yours: Words) -> Agreement:
    """Compare two undivided names: equal, or one of them surname first. Left-out words need a person to judge."""
    if any(mine == yours[at:] + yours[:at] for at in range(len(yours))):
        return "same"
    shorter, longer = sorted((mine, yours), key=len)
    left_out = len(shorter) > 1 and shorter[0] == longer[0] and shorter[-1] == longer[-1]
    return "unclear" if left_out and _is_subsequence(shorter, longer) else "different"


def _compare_parted_with_whole(parted: _Spelled, whole: Words) -> Agreement:
    """Try every division of `whole`, given names first and surname first."""
    surnames = parted.paternal + parted.maternal
    unclear = False
    for at in range(1, len(whole)):
        for given, family in ((whole[:at], whole[at:]), (whole[at:], whole[:at])):
            if not _given_agree(parted.given, given):
                continue
            if _same_words(family, surnames):
                return "same"
            # With the division guessed, a left-out surname could as well be a middle name.
            unclear = unclear or _is_surname_start(family, surnames) or _is_surname_start(surnames, family)
    return "unclear" if unclear else "different"


def _surnames_agree(mine: _Spelled, yours: _Spelled) -> bool:
    if mine.paternal and mine.maternal and yours.paternal and yours.maternal:
        same_order = _same_words(mine.paternal, yours.paternal) and _same_words(mine.maternal, yours.maternal)
        return same_order or (_same_words(mine.paternal, yours.maternal) and _same_words(mine.maternal, yours.paternal))
    return _one_surname_agrees(mine, yours) or _one_surname_agrees(yours, mine)


def _one_surname_agrees(less: _Spelled, more: _Spelled) -> bool:
    """Compare surnames when at least one side does not tell two apart; `less` may lack the second one."""
    given = less.paternal + less.maternal
    if not (more.paternal and more.maternal):
        known = more.paternal + more.maternal
        return _same_words(given, known) or _is_surname_start(given, known)
    orders = (more.paternal, more.paternal + more.maternal, more.maternal + more.paternal)
    return any(_same_words(given, order) for order in orders)


def _is_surname_start(short: Words, long: Words) -> bool:
    """Whether `short` begins `long` and can stand alone: it does not end in a particle, as "de la" (Cruz) does."""
    return 0 < len(short) < len(long) and long[: len(short)] == short and short[-1] not in PARTICLES


def _same_words(mine: Words, yours: Words) -> bool:
    """Whether the words are equal, or one side writes them as one word ("Delacruz", "OBrien")."""
    if mine == yours:
        return True
    return 1 in (len(mine), len(yours)) and "".join(mine) == "".join(yours)


def _given_agree(mine: Words, yours: Words) -> bool:
    if _same_words(mine, yours):
        return True
    shorter, longer = sorted((mine, yours), key=len)
    return shorter[0] == longer[0] and _is_subsequence(shorter, longer)


def _compare_given(mine: Words, yours: Words, cut_off: tuple[bool, bool]) -> Agreement:
    if _given_agree(mine, yours):
        return "same"
    for cut, whole, may_be_cut in ((mine, yours, cut_off[0]), (yours, mine, cut_off[1])):
        if not may_be_cut or len(whole) < len(cut) or len(cut[-1]) < MIN_TRUNCATED:
            continue
        if cut[:-1] == whole[: len(cut) - 1] and whole[len(cut) - 1].startswith(cut[-1]):
            # A first name that is cut off does not tell Alexander from Alexandra.
            return "same" if len(cut) > 1 else "unclear"
    return "different"


def _is_subsequence(short: Words, long: Words) -> bool:
    remaining = iter(long)
    return all(word in remaining for word in short)
