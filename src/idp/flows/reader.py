"""Reads a document of known shape, value by value, and notes every fault with its place.

Whoever reads a document derives from `Reader`; what is wrong becomes a note and an empty value, so that one pass finds
everything.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

from idp.flows.document import Document
from idp.flows.problems import Problem, escape_pointer, suggest

MAX_DEADLINE: Final = 30 * 86400.0
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
DURATION: Final = re.compile(r"([0-9]{1,7})(s|m|h|d)")
_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

_T = TypeVar("_T")


class NameShape(NamedTuple):
    """What a name of some kind may be: its pattern, and the same in words."""

    pattern: re.Pattern[str]
    words: str


PLAIN_NAME: Final = NameShape(NAME, "letters, digits, '-' and '_', starting with a letter, at most 63")


def parse_duration(text: str) -> float | None:
    """Read `30s`, `15m`, `48h` or `7d` into seconds; None for anything else, zero and more than 30 days included."""
    match = DURATION.fullmatch(text)
    if match is None:
        return None
    seconds = float(match[1]) * _UNITS[match[2]]
    return seconds if 0 < seconds <= MAX_DEADLINE else None


class Reader:
    """Reads values of a known shape and notes each one that is not."""

    def __init__(self, document: Document) -> None:
        """Take a document; what was wrong with its text is among the problems already."""
        self.marks = document.marks
        self.problems = list(document.problems)
        self.step: str | None = None

    def note(self, code: str, message: str, path: str) -> None:
        """Note a problem with its place in the text; an empty document has none."""
        mark = self.marks.get(path, (None, None))
        self.problems.append(Problem(code, message, self.step, path, *mark))

    def mapping(self, value: Any, path: str) -> dict[str, Any]:
        """Return a mapping, an empty one for anything else."""
        if isinstance(value, dict):
            return value
        self.note("type", f"expected a mapping, found {describe(value)}", path)
        return {}

    def sequence(self, value: Any, path: str) -> list[Any]:
        """Return a list, an empty one for anything else."""
        if isinstance(value, list):
            return value
        self.note("type", f"expected a list, found {describe(value)}", path)
        return []

    def text(self, value: Any, path: str, *, most: int = 200) -> str:
        """Return text that says something, at most `most` characters; empty for anything else."""
        if not isinstance(value, str) or not value.strip():
            self.note("type", f"expected text, found {describe(value)}", path)
        elif len(value) > most:
            self.note("too-long", f"longer than {most} characters", path)
        else:
            return value
        return ""

    def name(self, value: Any, path: str, shape: NameShape = PLAIN_NAME) -> str:
        """Return text that has the shape of a name; empty for anything else."""
        found = self.text(value, path)
        if found and not shape.pattern.fullmatch(found):
            self.note("name", f"{found[:60]!r} is not a name: {shape.words}", path)
            return ""
        return found

    def one_of(self, value: Any, path: str, known: Iterable[str]) -> str:
        """Return text that is one of the known words; empty for anything else."""
        found = self.text(value, path)
        if found and found not in known:
            self.note("unknown-value", f"{found[:60]!r} is not allowed here{suggest(found, known)}", path)
            return ""
        return found

    def flag(self, value: Any, path: str) -> bool:
        """Return a bool; False for anything else."""
        if not isinstance(value, bool):
            self.note("type", f"expected true or false, found {describe(value)}", path)
        return value is True

    def words(self, value: Any, path: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(self.text(item, f"{path}/{index}") for index, item in enumerate(self.sequence(value, path)))

    def choices(self, value: Any, path: str, known: Iterable[str]) -> tuple[str, ...]:
        """Return a list of known words; others are noted and left out."""
        found = (self.one_of(item, f"{path}/{index}", known) for index, item in enumerate(self.sequence(value, path)))
        return tuple(word for word in found if word)

    def duration(self, value: Any, path: str) -> float:
        """Return seconds of a duration such as 15m; 0 for anything else."""
        seconds = parse_duration(value) if isinstance(value, str) else None
        if seconds is None:
            self.note("duration", "expected a duration such as 30s, 15m, 48h or 7d, at most 30d", path)
            return 0.0
        return seconds

    def keys(self, value: Mapping[str, Any], path: str, known: Iterable[str]) -> None:
        """Note every key that is not known."""
        for key in value:
            if key not in known:
                self.note(
                    "unknown-key", f"unknown key {key[:60]!r}{suggest(key, known)}", f"{path}/{escape_pointer(key)}"
                )

    def required(self, value: Mapping[str, Any], key: str, path: str, read: Callable[[Any, str], _T], empty: _T) -> _T:
        """Read the value of a key that must be there."""
        if key not in value:
            self.note("missing-key", f"the key {key!r} is missing", path)
            return empty
        return read(value[key], f"{path}/{key}")

    def optional(self, value: Mapping[str, Any], key: str, path: str, read: Callable[[Any, str], _T], empty: _T) -> _T:
        """Read the value of a key that may be there."""
        return read(value[key], f"{path}/{key}") if key in value else empty


def describe(value: Any) -> str:
    """Say what a value is, for a message."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return f"the text {value[:40]!r}" if value.strip() else "empty text"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case _:
            return "a mapping"
