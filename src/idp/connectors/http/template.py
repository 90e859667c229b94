"""Templates: text with `{name}` where a declared input goes. There is nothing else: no filter, no logic, no access.

A brace that is meant is written twice. What an input looks like in a place is the place's business: it is escaped for a
part of a path, checked for a header, and left to the JSON or form encoder elsewhere, so that no value can end the place
it stands in.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from idp.connectors.api import Value

MAX_TEMPLATE: Final = 2048
_PIECE: Final = re.compile(r"\{\{|\}\}|\{(?P<name>[A-Za-z][A-Za-z0-9_-]{0,62})\}|(?P<stray>[{}])|(?P<text>[^{}]+)")
_HEADER: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


class TemplateFault(Exception):
    """The text is no template: a brace stands alone, or an input is not declared."""


class UnfitValue(Exception):
    """A value cannot stand where the template puts it. Names the input, never the value."""


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: literal text and names of inputs, in turn. A name is a tuple of one, to tell them apart."""

    parts: tuple[str | tuple[str], ...]

    @property
    def names(self) -> frozenset[str]:
        """The inputs it uses."""
        return frozenset(part[0] for part in self.parts if isinstance(part, tuple))

    @property
    def only(self) -> str | None:
        """The one input that is all of the template, None if there is more or less."""
        match self.parts:
            case ((name,),):
                return name
        return None

    def render(self, values: Mapping[str, Value]) -> str:
        """Fill in the values as text. An optional one that is missing is empty."""
        return "".join(part if isinstance(part, str) else write(values.get(part[0], "")) for part in self.parts)


def parse_template(text: str, declared: Collection[str]) -> Template:
    """Read a template. Raises TemplateFault."""
    if len(text) > MAX_TEMPLATE:
        raise TemplateFault(f"longer than {MAX_TEMPLATE} characters")
    parts: list[str | tuple[str]] = []
    for match in _PIECE.finditer(text):
        name = match["name"]
        if match["stray"]:
            raise TemplateFault(f"a {match['stray']} stands alone at {match.start() + 1}; write it twice to mean it")
        if name is not None and name not in declared:
            raise TemplateFault(f"{{{name}}} is not declared as an input")
        literal = match["text"] or match[0][:1]
        if name is not None:
            parts.append((name,))
        elif parts and isinstance(parts[-1], str):
            parts[-1] += literal
        else:
            parts.append(literal)
    return Template(tuple(parts))


def write(value: Value) -> str:
    """Write a value as text: true and false, numbers as JSON has them, lists with spaces between."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return " ".join(value)
    return json.dumps(value)


def fill_path(template: Template, values: Mapping[str, Value]) -> str:
    """Return the path with each value percent-encoded as a whole (RFC 3986 section 2.1).

    Raises UnfitValue where a value makes a segment `.` or `..`, which would lead to another path, or is missing.
    """
    encoded = {}
    for name in template.names:
        if name not in values:
            raise UnfitValue(name)
        encoded[name] = quote(write(values[name]), safe="")
    path = template.render(encoded)
    if any(part in {".", ".."} for part in path.split("/")):
        raise UnfitValue(", ".join(sorted(template.names)))
    return path


def fill_header(template: Template, values: Mapping[str, Value]) -> str | None:
    """Return a header's value, None if it is empty. Raises UnfitValue for what no header can carry, such as a newline.

    RFC 9110 section 5.5: visible ASCII with spaces inside.
    """
    text = template.render(values).strip(" ")
    if text and not _HEADER.fullmatch(text):
        raise UnfitValue(", ".join(sorted(template.names)))
    return text or None


def fill_field(template: Template, values: Mapping[str, Value]) -> str | None:
    """Return a form field or query parameter, None where the one input that it is made of is missing."""
    if template.only is not None and template.only not in values:
        return None
    return template.render(values)


class _Absent:
    """A member of a JSON body that is left out, because its optional input is missing."""


_ABSENT: Final = _Absent()


def parse_json(value: Any, declared: Collection[str], depth: int = 8) -> Any:
    """Return a JSON body with a Template for each text in it. Names of members are literal. Raises TemplateFault."""
    if depth < 0:
        raise TemplateFault("nested too deep")
    match value:
        case str():
            return parse_template(value, declared)
        case dict():
            for name in value:
                if not isinstance(name, str) or "{" in name or "}" in name:
                    raise TemplateFault(f"{str(name)[:40]!r}: the name of a member is literal text")
            return {name: parse_json(item, declared, depth - 1) for name, item in value.items()}
        case list() | tuple():
            return [parse_json(item, declared, depth - 1) for item in value]
        case None | bool() | int() | float():
            return value
    raise TemplateFault(f"{type(value).__name__} is not JSON")


def fill_json(value: Any, values: Mapping[str, Value]) -> Any:
    """Return the body to send: a text that is one input alone becomes that value, number or list as it is."""
    found = _fill(value, values)
    return None if found is _ABSENT else found


def _fill(value: Any, values: Mapping[str, Value]) -> Any:
    match value:
        case Template():
            if value.only is None:
                return value.render(values)
            found = values.get(value.only, _ABSENT)
            return list(found) if isinstance(found, tuple) else found
        case dict():
            filled = {name: _fill(item, values) for name, item in value.items()}
            return {name: item for name, item in filled.items() if item is not _ABSENT}
        case list():
            return [item for item in (_fill(each, values) for each in value) if item is not _ABSENT]
    return value
