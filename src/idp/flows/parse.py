"""Flow documents (YAML 1.2) to `Flow`, with every problem found in one pass.

The language is described in `docs/flows.md`. Only the shape is judged here: whether words are known and values have
the right type. Whether the flow is *safe* is the checker's question.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from idp.flows.document import read_document
from idp.flows.language import (
    CODE_PREFIX,
    COLORS,
    DEFAULT_REVIEW_DEADLINE,
    ENDS,
    ERROR_CODE,
    MAX_STEPS,
    PURPOSES,
    ActionStep,
    Case,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    Group,
    Place,
    ReviewStep,
    ScreenStep,
    Step,
    SubflowStep,
)
from idp.flows.problems import FlowFault, Problem, escape_pointer
from idp.flows.reader import PLAIN_NAME, NameShape, Reader, parse_duration

__all__ = ["FlowFault", "Problem", "parse_duration", "parse_flow"]

MAX_VISITS: Final = 1000

FLOW_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,62}")
FLOW_NAME: Final = NameShape(FLOW_ID, "small letters, digits and '-', starting with a letter, at most 63")
_STEP_NAME: Final = NameShape(
    re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}"), "letters, digits, '-' and '_', starting with a letter, at most 40"
)
_CODE_NAME: Final = NameShape(ERROR_CODE, "small letters, digits and '_', starting with a letter, at most 40")

_FLOW_KEYS: Final = (
    *("id", "title", "purpose", "deadline", "start", "steps"),
    *("layout", "groups", "levels", "demands", "texts"),
)
_STEP_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "screen": ("screen", "on", "options", "max_visits"),
    "action": ("action", "on", "options"),
    "connector": ("connector", "on", "options", "max_visits"),
    "condition": ("condition", "otherwise"),
    "subflow": ("subflow", "on"),
    "review": ("review", "on", "deadline"),
    "end": ("end", "reason"),
}
_CASE_KEYS: Final = ("when", "proves", "to")


def parse_flow(text: str, source: str = "") -> Flow:
    """Read a flow from YAML text.

    Raises FlowFault, and nothing else whatever the text, with all problems at once; `source` names the file in it.
    """
    document = read_document(text, source)
    reader = _Reader(document)
    flow = reader.read_flow(document.value)
    if reader.problems or flow is None:
        raise FlowFault(sorted(reader.problems, key=lambda problem: (problem.line or 0, problem.column or 0)), source)
    return flow


class _Reader(Reader):
    """Reads a flow, and notes each value that is not of its known shape."""

    def read_flow(self, value: Any) -> Flow | None:
        top = self.mapping(value, "")
        if not isinstance(value, dict):
            return None
        self.keys(top, "", _FLOW_KEYS)
        return Flow(
            id=self.required(top, "id", "", lambda v, p: self.name(v, p, FLOW_NAME), ""),
            title=self.required(top, "title", "", self.text, ""),
            purpose=self.required(top, "purpose", "", lambda v, p: self.one_of(v, p, PURPOSES), ""),
            deadline=self.required(top, "deadline", "", self.duration, 0.0),
            start=self.required(top, "start", "", lambda v, p: self.name(v, p, _STEP_NAME), ""),
            steps=self.required(top, "steps", "", self.read_steps, {}),
            layout=self.optional(top, "layout", "", self.read_layout, {}),
            levels=self.optional(top, "levels", "", self.words, ()),
            demands=self.optional(top, "demands", "", self.words, ()),
            texts=self.optional(top, "texts", "", self.read_texts, {}),
            groups=self.optional(top, "groups", "", self.read_groups, {}),
            marks=self.marks,
        )

    def read_steps(self, value: Any, path: str) -> dict[str, Step]:
        found = self.mapping(value, path)
        if isinstance(value, dict) and not found:
            self.note("no-steps", "a flow needs at least one step", path)
        if len(found) > MAX_STEPS:
            self.note("too-large", f"a flow may have at most {MAX_STEPS} steps", path)
            return {}
        steps: dict[str, Step] = {}
        for key, body in found.items():
            self.step = key[:60]
            place = f"{path}/{escape_pointer(key)}"
            name = self.name(key, place, _STEP_NAME)
            step = self.read_step(name, body, place)
            if step is not None:
                steps[name] = step
        self.step = None
        return steps

    def read_step(self, name: str, value: Any, path: str) -> Step | None:
        body = self.mapping(value, path)
        kinds = [kind for kind in _STEP_KEYS if kind in body]
        if len(kinds) != 1:
            if isinstance(value, dict):
                found = f"both {kinds[0]!r} and {kinds[1]!r}" if kinds else "none of them"
                self.note("step-kind", f"a step has exactly one of {', '.join(_STEP_KEYS)}; found {found}", path)
                known = {key for keys in _STEP_KEYS.values() for key in keys}
                self.keys(body, path, known)
            return None
        kind = kinds[0]
        self.keys(body, path, _STEP_KEYS[kind])
        return self.read_kind(kind, name, body, path)

    def read_kind(self, kind: str, name: str, body: Mapping[str, Any], path: str) -> Step:
        if kind == "condition":
            cases = tuple(self.read_cases(body["condition"], f"{path}/condition"))
            otherwise = self.required(body, "otherwise", path, self.read_otherwise, "")
            return ConditionStep(name, cases, otherwise)
        place = f"{path}/{kind}"
        if kind == "end":
            reason = self.optional(body, "reason", path, self.name, None)
            return EndStep(name, self.one_of(body["end"], place, ENDS), reason)
        subject = self.name(body[kind], place)
        on: dict[str, str] = self.required(body, "on", path, self.read_wiring, {})
        if kind == "subflow":
            return SubflowStep(name, subject, on)
        if kind == "review":
            return ReviewStep(
                name, subject, on, self.optional(body, "deadline", path, self.duration, DEFAULT_REVIEW_DEADLINE)
            )
        options: dict[str, Any] = self.optional(body, "options", path, self.mapping, {})
        if kind == "action":
            return ActionStep(name, subject, on, options)
        visits = self.optional(body, "max_visits", path, self.read_visits, None)
        make = ScreenStep if kind == "screen" else ConnectorStep
        return make(name, subject, on, options, visits)

    def read_cases(self, value: Any, path: str) -> Iterable[Case]:
        found = self.sequence(value, path)
        if isinstance(value, list) and not found:
            self.note("no-cases", "a condition needs at least one case", path)
        for index, item in enumerate(found):
            place = f"{path}/{index}"
            case = self.mapping(item, place)
            if not isinstance(item, dict):
                continue
            self.keys(case, place, _CASE_KEYS)
            yield Case(
                when=self.required(case, "when", place, lambda v, p: self.text(v, p, most=2048), ""),
                to=self.required(case, "to", place, lambda v, p: self.name(v, p, _STEP_NAME), ""),
                proves=self.optional(case, "proves", place, self.name, None),
            )

    def read_otherwise(self, value: Any, path: str) -> str:
        if isinstance(value, dict) and "proves" in value:
            self.note("otherwise-proves", "'otherwise' proves nothing: it is taken when nothing is known", path)
            return ""
        return self.name(value, path, _STEP_NAME)

    def read_wiring(self, value: Any, path: str) -> dict[str, str]:
        found = self.mapping(value, path)
        wiring: dict[str, str] = {}
        for outcome, target in found.items():
            place = f"{path}/{escape_pointer(outcome)}"
            prefix = CODE_PREFIX if outcome.startswith(CODE_PREFIX) else ""
            name = self.name(outcome.removeprefix(prefix), place, _CODE_NAME if prefix else PLAIN_NAME)
            wiring[f"{prefix}{name}"] = self.name(target, place, _STEP_NAME)
        return wiring

    def read_visits(self, value: Any, path: str) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_VISITS:
            return value
        self.note("type", f"expected a whole number from 1 to {MAX_VISITS}", path)
        return None

    # --- the rest ---------------------------------------------------------------------------------------------------

    def read_layout(self, value: Any, path: str) -> dict[str, Place]:
        layout: dict[str, Place] = {}
        for key, place in self.mapping(value, path).items():
            pointer = f"{path}/{escape_pointer(key)}"
            match place:
                case [int() | float() as x, int() | float() as y, *rest] if (
                    not isinstance(x, bool) and not isinstance(y, bool) and len(rest) <= 1
                ):
                    color = self.one_of(rest[0], f"{pointer}/2", COLORS) if rest else ""
                    layout[key] = (float(x), float(y), color) if color else (float(x), float(y))
                case _:
                    self.note("type", "a position is two numbers, and a colour if you like: [x, y, blue]", pointer)
        return layout

    def read_groups(self, value: Any, path: str) -> dict[str, Group]:
        groups: dict[str, Group] = {}
        for key, item in self.mapping(value, path).items():
            place = f"{path}/{escape_pointer(key)}"
            body = self.mapping(item, place)
            self.keys(body, place, ("color", "steps"))
            color = self.optional(body, "color", place, lambda v, p: self.one_of(v, p, COLORS), "")
            groups[self.text(key, place, most=80)] = Group(
                self.optional(body, "steps", place, self.words, ()), color or None
            )
        return groups

    def read_texts(self, value: Any, path: str) -> dict[str, dict[str, str]]:
        texts: dict[str, dict[str, str]] = {}
        for locale, messages in self.mapping(value, path).items():
            place = f"{path}/{escape_pointer(locale)}"
            texts[locale] = {
                key: self.text(text, f"{place}/{escape_pointer(key)}", most=2000)
                for key, text in self.mapping(messages, place).items()
            }
        return texts
