"""Checks a step's options against the JSON Schema of its type.

Only the few keywords that the catalogue's schemas use are known: type, properties, required, additionalProperties,
enum, minimum, maximum, minLength, maxLength, items. A schema with any other keyword is refused rather than half obeyed.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from idp.flows.problems import escape_pointer, suggest

_TYPES: Final[Mapping[str, tuple[type[Any], ...]]] = {
    "object": (Mapping,),
    "array": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_NOTES: Final = frozenset({"title", "description", "default", "examples"})
_KEYWORDS: Final = frozenset(
    {"type", "properties", "required", "additionalProperties", "enum", "items"}
    | {"minimum", "maximum", "minLength", "maxLength"}
)


def check_options(value: Any, schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (JSON pointer, message) for each part of `value` that the schema does not allow."""
    unknown = set(schema) - _KEYWORDS - _NOTES
    if unknown:
        yield path, f"the schema uses {', '.join(sorted(unknown))}, which is not supported"
    kind = schema.get("type")
    if kind is not None and not _is_type(value, kind):
        yield path, f"expected {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield path, f"expected one of {', '.join(map(str, schema['enum']))}"
    match value:
        case Mapping():
            yield from _check_object(value, schema, path)
        case list() | tuple():
            for index, item in enumerate(value):
                yield from check_options(item, schema.get("items", {}), f"{path}/{index}")
        case str():
            yield from _check_range(len(value), schema.get("minLength"), schema.get("maxLength"), path, " characters")
        case int() | float() if not isinstance(value, bool):
            yield from _check_range(value, schema.get("minimum"), schema.get("maximum"), path, "")


def _check_object(value: Mapping[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    properties: Mapping[str, Any] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield path, f"the option {name!r} is missing"
    for name, item in value.items():
        place = f"{path}/{escape_pointer(name)}"
        if name in properties:
            yield from check_options(item, properties[name], place)
        elif schema.get("additionalProperties", True) is False:
            yield place, f"unknown option {name!r}{suggest(name, properties)}"


def _check_range(
    value: float, least: float | None, most: float | None, path: str, unit: str
) -> Iterator[tuple[str, str]]:
    if least is not None and value < least:
        yield path, f"expected at least {least}{unit}"
    if most is not None and value > most:
        yield path, f"expected at most {most}{unit}"


def _is_type(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES.get(kind, ()))
