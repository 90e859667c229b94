"""YAML 1.2 text to a tree of plain values with line numbers, without constructing a single object.

The tree is built from the parser's events, so that anchors, aliases, tags, directives, depth and size are refused
before they can cost anything: an alias bomb is stopped at its first anchor.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from idp.flows.problems import FlowFault, Problem, escape_pointer

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 20
MAX_NODES: Final = 20_000

_INT: Final = re.compile(r"[-+]?[0-9]{1,15}")
_FLOAT: Final = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}
# What a parser may throw at hostile text beside its own errors; everything becomes a FlowFault.
_PARSER_FAULTS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)


class Mark(NamedTuple):
    """A place in the text; both count from 1."""

    line: int
    column: int


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been seen yet."""

    value: dict[str, Any] | list[Any]
    path: str
    key: str | None = None
    keyed: bool = False


@dataclass(slots=True)
class Document:
    """A parsed document: its value, where each part stands, and what was wrong with it."""

    value: Any = None
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_document(text: str, source: str = "") -> Document:
    """Read one YAML document into dicts, lists, strings, ints, floats, bools and None.

    Raises FlowFault when the text is too large, too deep, not YAML, or uses anchors, tags, directives or more than one
    document. Duplicate and non-text keys are collected in `problems` instead, to be told with all others.
    """
    # A lone surrogate has no UTF-8 form and counts as one unreadable character; the YAML reader refuses it below.
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise FlowFault([Problem("too-large", f"the document is larger than {MAX_BYTES // 1024} KiB")], source)
    try:
        return _Builder().build(YAML(typ="safe", pure=True).parse(text))
    except _Refused as refused:
        raise FlowFault([refused.problem], source) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark is not None else (None, None)
        text_of = error.problem or error.context or "cannot be read"
        raise FlowFault([Problem("yaml", f"not YAML: {text_of}", None, "", *place)], source) from None
    except YAMLError as error:
        raise FlowFault([Problem("yaml", f"not YAML: {str(error).splitlines()[0][:120]}")], source) from None
    except _PARSER_FAULTS as error:
        raise FlowFault([Problem("yaml", f"not YAML: {type(error).__name__}")], source) from None


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


class _Builder:
    def __init__(self) -> None:
        self.document = Document()
        self.stack: list[_Open] = []
        self.documents = 0
        self.nodes = 0

    def build(self, events: Iterator[Event]) -> Document:
        for event in events:
            mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
            self.guard(event, mark)
            match event:
                case ScalarEvent():
                    self.place(_resolve(event), mark, event)
                case MappingStartEvent():
                    self.open({}, mark)
                case SequenceStartEvent():
                    self.open([], mark)
                case MappingEndEvent() | SequenceEndEvent():
                    self.stack.pop()
        return self.document

    def guard(self, event: Event, mark: Mark) -> None:
        match event:
            case DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise self.refuse("yaml-documents", "only one document is allowed in a file", mark)
                if event.version or event.tags:
                    raise self.refuse("yaml-directive", "YAML directives are not allowed", mark)
            case AliasEvent():
                raise self.refuse("yaml-anchor", "anchors and aliases are not allowed", mark)
            case ScalarEvent() | MappingStartEvent() | SequenceStartEvent():
                self.nodes += 1
                if self.nodes > MAX_NODES:
                    raise self.refuse("too-large", f"the document has more than {MAX_NODES} values", mark)
                if event.anchor is not None:
                    raise self.refuse("yaml-anchor", "anchors and aliases are not allowed", mark)
                if event.tag is not None:
                    raise self.refuse("yaml-tag", "tags are not allowed", mark)

    def refuse(self, code: str, message: str, mark: Mark) -> _Refused:
        path = self.stack[-1].path if self.stack else ""
        return _Refused(Problem(code, message, None, path, *mark))

    def open(self, value: dict[str, Any] | list[Any], mark: Mark) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise self.refuse("too-deep", f"nested deeper than {MAX_DEPTH}", mark)
        self.stack.append(_Open(value, self.place(value, mark, None)))

    def place(self, value: Any, mark: Mark, scalar: ScalarEvent | None) -> str:
        """Put a value where it belongs and return its JSON pointer."""
        if not self.stack:
            self.document.value = value
            self.document.marks[""] = mark
            return ""
        top = self.stack[-1]
        if isinstance(top.value, list):
            path = f"{top.path}/{len(top.value)}"
            top.value.append(value)
            self.document.marks[path] = mark
            return path
        if not top.keyed:
            return self.take_key(top, mark, scalar)
        top.keyed = False
        if top.key is None:
            return self.aside(top)
        path = f"{top.path}/{escape_pointer(top.key)}"
        top.value[top.key] = value
        return path

    def take_key(self, top: _Open, mark: Mark, scalar: ScalarEvent | None) -> str:
        """Remember the key of the pair being read; a bad key is reported and its value dropped."""
        top.keyed = True
        top.key = None
        if scalar is None:
            self.document.problems.append(Problem("yaml-key", "a key must be text", None, top.path, *mark))
            return self.aside(top)
        # Keys are always text: `on`, `no`, `1` mean what they say.
        key = str(scalar.value)
        path = f"{top.path}/{escape_pointer(key)}"
        if path in self.document.marks:
            self.document.problems.append(
                Problem("duplicate-key", f"the key {key[:60]!r} is given twice", None, path, *mark)
            )
            return path
        self.document.marks[path] = mark
        top.key = key
        return path

    def aside(self, top: _Open) -> str:
        """Return a place of its own for what is dropped, so that it cannot collide with what is kept."""
        return f"{top.path}/-{self.nodes}"


def _resolve(event: ScalarEvent) -> str | int | float | bool | None:
    """Give a plain scalar its YAML 1.2 core meaning; anything quoted, and every other word, is text."""
    value = str(event.value)
    if not event.implicit[0]:
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INT.fullmatch(value):
        return int(value)
    return float(value) if _FLOAT.fullmatch(value) else value
