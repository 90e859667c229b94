"""What a `form` screen is made of: its fields, each with words of its own for every language, and what each accepts.

A flow's author lists them in the step's options; `COMPONENT` is their JSON Schema. Values are text, checked field by
field when they are sent: what is not right never reaches the run.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final

KINDS: Final = ("text", "tel", "date", "number", "choice", "checkbox")
MAX_COMPONENTS: Final = 12
MAX_LENGTH: Final = 200
DEFAULT_LENGTH: Final = 100
#: Names that pages and other screens use for something else.
RESERVED: Final = frozenset({"email", "phone", "password", "code", "credential", "csrf", "step", "seq", "outcome"})
CHECKED: Final = "yes"
#: What may be wrong with a value; pages have a sentence for each.
MISSING: Final = "missing_value"
LONG: Final = "long_value"
INVALID: Final = "invalid_value"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LOCALE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_TEL: Final = re.compile(r"\+?[0-9 ()/.-]{4,40}")

_TEXTS: Final[Mapping[str, Any]] = MappingProxyType({"type": "object", "title": "Text by language"})
_CHOICE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {"value": {"type": "string", "minLength": 1, "maxLength": 60}, "label": _TEXTS},
        "required": ["value", "label"],
        "additionalProperties": False,
    }
)
COMPONENT: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "title": "Name, as in form.<name>", "minLength": 1, "maxLength": 40},
            "type": {"type": "string", "title": "Kind", "enum": list(KINDS)},
            "label": _TEXTS,
            "hint": _TEXTS,
            "required": {"type": "boolean", "title": "Must be filled in", "default": True},
            "max_length": {"type": "integer", "minimum": 1, "maximum": MAX_LENGTH, "default": DEFAULT_LENGTH},
            "minimum": {"type": "number", "title": "Least number"},
            "maximum": {"type": "number", "title": "Greatest number"},
            "choices": {"type": "array", "title": "Choices", "items": _CHOICE},
        },
        "required": ["name", "type", "label"],
        "additionalProperties": False,
    }
)
FORM: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "title": _TEXTS,
            "text": _TEXTS,
            "fields": {"type": "array", "title": "Fields", "items": COMPONENT},
        },
        "required": ["title", "fields"],
        "additionalProperties": False,
    }
)


@dataclass(frozen=True, slots=True)
class Component:
    """One field of a form. `label`, `hint` and the labels of `choices` are texts by language."""

    name: str
    kind: str
    label: Mapping[str, str]
    hint: Mapping[str, str] = field(default_factory=dict)
    required: bool = True
    max_length: int = DEFAULT_LENGTH
    minimum: float | None = None
    maximum: float | None = None
    choices: Sequence[tuple[str, Mapping[str, str]]] = ()


def list_components(options: Mapping[str, Any]) -> tuple[Component, ...]:
    """Return the fields that a step's options describe. Those must fit the schema; what does not is left out."""
    found = options.get("fields")
    return tuple(_read(item) for item in found if _is_component(item)) if isinstance(found, list | tuple) else ()


def check_components(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (JSON pointer, message) for what is wrong with fields whose shape the schema allows."""
    yield from _check_texts(options.get("title"), "/title")
    yield from _check_texts(options.get("text", {"en": "-"}), "/text")
    fields = options.get("fields")
    items = fields if isinstance(fields, list | tuple) else ()
    if not 1 <= len(items) <= MAX_COMPONENTS:
        yield "/fields", f"a form has 1 to {MAX_COMPONENTS} fields"
    seen: set[str] = set()
    for index, item in enumerate(items):
        if not _is_component(item):
            continue
        place, component = f"/fields/{index}", _read(item)
        if not _NAME.fullmatch(component.name) or component.name in RESERVED:
            yield f"{place}/name", f"{component.name!r} cannot be the name of a field"
        if component.name in seen:
            yield f"{place}/name", f"{component.name!r} is there twice"
        seen.add(component.name)
        yield from _check_texts(component.label, f"{place}/label")
        yield from _check_texts(component.hint or {"en": "-"}, f"{place}/hint")
        yield from _check_choices(component, place)
        if component.minimum is not None and component.maximum is not None and component.minimum > component.maximum:
            yield f"{place}/minimum", "is greater than the maximum"


def read_values(
    components: Sequence[Component], values: Mapping[str, str]
) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Return what was filled in, tidied up, and what is wrong as (field, code) in the order of the fields."""
    clean: dict[str, str] = {}
    wrong = []
    for component in components:
        typed = values.get(component.name, "").strip()
        code = _find_fault(component, typed)
        if code:
            wrong.append((component.name, code))
        elif typed:
            clean[component.name] = typed
    return clean, tuple(wrong)


def pick_text(texts: Mapping[str, str], locale: str) -> str:
    """Return the text in a language, in the language without its region, in English, or in any there is."""
    for tag in (locale, locale.partition("-")[0], "en"):
        if tag in texts:
            return texts[tag]
    return next(iter(texts.values()), "")


def _find_fault(component: Component, typed: str) -> str:
    if not typed:
        return MISSING if component.required else ""
    if len(typed) > component.max_length:
        return LONG
    return "" if _FITS[component.kind](component, typed) else INVALID


def _fits_date(_component: Component, typed: str) -> bool:
    try:
        return date.fromisoformat(typed).isoformat() == typed
    except ValueError:
        return False


def _fits_number(component: Component, typed: str) -> bool:
    if not _NUMBER.fullmatch(typed):
        return False
    number = float(typed)
    above = component.minimum is None or number >= component.minimum
    return above and (component.maximum is None or number <= component.maximum)


_FITS: Final[Mapping[str, Callable[[Component, str], bool]]] = {
    "text": lambda _component, typed: typed.isprintable(),
    "tel": lambda _component, typed: bool(_TEL.fullmatch(typed)),
    "date": _fits_date,
    "number": _fits_number,
    "choice": lambda component, typed: any(typed == value for value, _ in component.choices),
    "checkbox": lambda _component, typed: typed == CHECKED,
}


def _check_texts(texts: Any, place: str) -> Iterator[tuple[str, str]]:
    sound = isinstance(texts, Mapping) and bool(texts)
    if not sound or not all(
        _LOCALE.fullmatch(str(tag)) and isinstance(text, str) and 0 < len(text) <= MAX_LENGTH
        for tag, text in texts.items()
    ):
        yield place, f"expected a text for each language, such as {{en: Name}}, of at most {MAX_LENGTH} characters"


def _check_choices(component: Component, place: str) -> Iterator[tuple[str, str]]:
    values = [value for value, _ in component.choices]
    if (component.kind == "choice") != bool(values):
        yield f"{place}/choices", "a choice has choices, and nothing else has"
    if len(set(values)) != len(values):
        yield f"{place}/choices", "a value is there twice"
    for index, (_, label) in enumerate(component.choices):
        yield from _check_texts(label, f"{place}/choices/{index}/label")


def _is_component(item: Any) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get("name"), str) and item.get("type") in KINDS


def _read(item: Mapping[str, Any]) -> Component:
    choices = item.get("choices", ())
    return Component(
        name=item["name"],
        kind=item["type"],
        label=_texts(item.get("label")),
        hint=_texts(item.get("hint")),
        required=item.get("required") is not False,
        max_length=item["max_length"] if isinstance(item.get("max_length"), int) else DEFAULT_LENGTH,
        minimum=_number(item.get("minimum")),
        maximum=_number(item.get("maximum")),
        choices=tuple(
            (str(choice.get("value")), _texts(choice.get("label")))
            for choice in (choices if isinstance(choices, list | tuple) else ())
            if isinstance(choice, Mapping)
        ),
    )


def _texts(value: Any) -> Mapping[str, str]:
    return value if isinstance(value, Mapping) else {}


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
