"""JSON pointers (RFC 6901): where in an answer a value is."""

import re
from typing import Any, Final

POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)+")
#: There is nothing at the place.
MISSING: Final = object()
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")


def find(document: Any, pointer: str) -> Any:
    """Return the value at the pointer, or MISSING. Never raises, whatever the document is."""
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name, MISSING)
        elif isinstance(value, list) and _INDEX.fullmatch(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            return MISSING
        if value is MISSING:
            return MISSING
    return value
