"""Codes of digits, as people type them."""

import unicodedata
from typing import Final

MAX_TYPED: Final = 32
_DROPPED: Final = frozenset({"Zs", "Pd", "Cc", "Cf"})


def clean_digits(typed: str, count: int) -> str | None:
    """Return the `count` ASCII digits of a typed code, or None.

    Spaces and dashes of any kind are dropped, since codes are shown in groups; digits of other scripts are accepted.
    """
    if len(typed) > MAX_TYPED:
        return None
    kept = (each for each in typed if unicodedata.category(each) not in _DROPPED)
    digits = [unicodedata.decimal(each, -1) for each in kept]
    return None if len(digits) != count or -1 in digits else "".join(map(str, digits))
