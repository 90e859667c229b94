"""Names that people give to their authenticators and passkeys, to tell them apart."""

import unicodedata
from typing import Final

MAX_LABEL: Final = 60


def clean_label(typed: str, fallback: str) -> str:
    """Return a typed name as one line of visible text, at most `MAX_LABEL` characters; `fallback` if nothing is left.

    Control and invisible characters are dropped, so that no name can turn a line around or hide in a list.
    """
    visible = "".join(" " if unicodedata.category(each) in {"Zs", "Zl", "Zp", "Cc"} else each for each in typed)
    kept = "".join(each for each in visible if not unicodedata.category(each).startswith("C"))
    return " ".join(unicodedata.normalize("NFC", kept).split())[:MAX_LABEL].strip() or fallback
