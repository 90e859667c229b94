"""How one field of a record is kept in one column: the only place that knows.

Values that both engines hold as they are (integers, floats, text, bytes) need no codec. Text must be free of NUL
(PostgreSQL refuses it) and short enough for its column; JSON is text with every special character escaped, so there
a NUL is safe. Whatever a column cannot hold is an InvalidInput, on both engines alike.
"""

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

from idp.errors import InvalidInput

Convert = Callable[[Any], Any]
Codec = tuple[Convert | None, Convert | None]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} cannot be stored as JSON")


_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=_plain)


def to_json(value: Any) -> str:
    """Return compact ASCII JSON. Raises InvalidInput for NaN, infinities, and structures too deep or circular."""
    try:
        return _ENCODER.encode(value)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("A value cannot be stored.", detail=f"JSON: {error}") from error


def _hexes(values: tuple[bytes, ...]) -> str:
    return to_json([value.hex() for value in values])


def _from_hexes(text: str) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(value) for value in json.loads(text))


def _tuple(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _at_most(length: int) -> Convert:
    def check(value: str) -> str:
        if len(value) > length:
            raise InvalidInput("A value is too long.", detail=f"{len(value)} characters, at most {length} are kept")
        return value

    return check


def _of_dataclass(record: type[Any]) -> Codec:
    names = tuple(field.name for field in fields(record))

    def encode(value: Any) -> str:
        return to_json({name: getattr(value, name) for name in names})

    def decode(text: str) -> Any:
        # While a deployment is under way, a newer node may have written a field that this one does not know.
        return record(**{name: value for name, value in json.loads(text).items() if name in names})

    return encode, decode


def codec(hint: Any, length: int | None = None) -> Codec:
    """Return (encode, decode) for a record's field by its type hint and the length of its column.

    None stands for "as it is". Neither is called with None. Raises TypeError for a type nobody has thought about.
    """
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    origin = get_origin(hint)
    if hint is str or origin is Literal:
        return (_at_most(length) if length else None), None
    if hint is bool:
        return None, bool
    if hint in (int, float, bytes):
        return None, None
    if hint is date:
        return date.isoformat, _date
    if origin is tuple:
        return (_hexes, _from_hexes) if get_args(hint)[0] is bytes else (to_json, _tuple)
    if origin is Mapping:
        return to_json, json.loads
    if is_dataclass(hint) and isinstance(hint, type):
        return _of_dataclass(hint)
    raise TypeError(f"no codec for {hint!r}")
