"""Phone numbers as E.164 writes them: a plus, the country's code, the number; 15 digits at most."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

_TYPED: Final = re.compile(r"\+?[0-9]{1,40}")
_E164: Final = re.compile(r"\+[1-9][0-9]{7,14}")
#: What people write between digits.
_BETWEEN: Final = re.compile(r"[\s().\-/\u00a0\u2010-\u2015\u2060]+")
SHOWN_DIGITS: Final = 3
MAX_TYPED: Final = 60


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number, and how a page may show it to somebody who has not proved to be its owner."""

    number: str = field(repr=False)

    @property
    def masked(self) -> str:
        """The last digits, which its owner knows and a stranger learns nothing by."""
        return f"\u2022\u2022\u2022 {self.number[-SHOWN_DIGITS:]}"


def parse_phone(typed: str, country: str = "") -> Phone | None:
    """Read a phone number as a person types it, None if it is none.

    `country` is the code (`49`) for numbers without one: these start with a single 0, which is left out.
    """
    if len(typed) > MAX_TYPED:
        return None
    text = _BETWEEN.sub("", typed)
    if not _TYPED.fullmatch(text) or not text.isascii():
        return None
    if text.startswith("00"):
        text = f"+{text[2:]}"
    elif text.startswith("0") and country:
        text = f"+{country}{text[1:]}"
    return Phone(text) if _E164.fullmatch(text) else None


def may_be_sent_to(phone: Phone, prefixes: Collection[str]) -> bool:
    """Say whether messages may go there: the number starts with one of the prefixes (`+49`), or there are none."""
    return not prefixes or any(phone.number.startswith(prefix) for prefix in prefixes)
