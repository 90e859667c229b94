"""A flow back to YAML: one stable text for one flow, so that versions can be compared and exports re-imported.

`parse_flow(render_flow(flow)) == flow`. Comments are not kept: they are not part of a `Flow`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from idp.flows.language import (
    DEFAULT_REVIEW_DEADLINE,
    ActionStep,
    Case,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    ReviewStep,
    ScreenStep,
    Step,
    SubflowStep,
)

# Words that can stand bare: they cannot be taken for a number, a null, a bool or YAML's own signs.
_BARE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NOT_TEXT: Final = frozenset({"true", "false", "null"})
# JSON leaves these as they are, and a YAML reader refuses or folds them.
_UNSAFE: Final = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def render_flow(flow: Flow) -> str:
    """Write the flow as a YAML document."""
    return "".join(f"{line}\n" for line in _list_lines(flow))


def format_duration(seconds: float) -> str:
    """Write whole seconds with the largest unit that leaves no rest: `90s`, `15m`, `48h`, `7d`."""
    whole = int(seconds)
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        # Two days stay 48h, as people write them.
        if whole % size == 0 and whole >= size * (3 if unit == "d" else 1):
            return f"{whole // size}{unit}"
    return f"{whole}s"


def _list_lines(flow: Flow) -> Iterator[str]:
    yield f"id: {_scalar(flow.id)}"
    yield f"title: {_scalar(flow.title)}"
    yield f"purpose: {_scalar(flow.purpose)}"
    yield f"deadline: {format_duration(flow.deadline)}"
    if flow.levels:
        yield f"levels: {_inline(flow.levels)}"
    if flow.demands:
        yield f"demands: {_inline(flow.demands)}"
    yield f"start: {_scalar(flow.start)}"
    yield "steps:"
    for name, step in flow.steps.items():
        yield f"  {_scalar(name)}:"
        for line in _list_step(step):
            yield f"    {line}"
    groups = {
        title: {"color": group.color, "steps": group.steps} if group.color else {"steps": group.steps}
        for title, group in flow.groups.items()
    }
    for key, value in (("layout", flow.layout), ("groups", groups), ("texts", flow.texts)):
        if value:
            yield f"{key}:"
            for name, item in value.items():
                yield f"  {_scalar(name)}: {_inline(item)}"


def _list_step(step: Step) -> Iterator[str]:
    match step:
        case ConditionStep():
            yield "condition:"
            for case in step.cases:
                yield from _list_case(case)
            yield f"otherwise: {_scalar(step.otherwise)}"
        case EndStep():
            yield f"end: {_scalar(step.end)}"
            if step.reason is not None:
                yield f"reason: {_scalar(step.reason)}"
        case ReviewStep():
            yield f"review: {_scalar(step.review)}"
            yield f"on: {_inline(step.on)}"
            if step.deadline != DEFAULT_REVIEW_DEADLINE:
                yield f"deadline: {format_duration(step.deadline)}"
        case SubflowStep():
            yield f"subflow: {_scalar(step.flow)}"
            yield f"on: {_inline(step.on)}"
        case ActionStep():
            yield f"action: {_scalar(step.action)}"
            yield from _list_wiring(step)
        case ScreenStep():
            yield f"screen: {_scalar(step.screen)}"
            yield from _list_wiring(step)
        case _:
            yield f"connector: {_scalar(step.connector)}"
            yield from _list_wiring(step)


def _list_wiring(step: ScreenStep | ActionStep | ConnectorStep) -> Iterator[str]:
    yield f"on: {_inline(step.on)}"
    if step.options:
        yield f"options: {_inline(step.options)}"
    if not isinstance(step, ActionStep) and step.max_visits is not None:
        yield f"max_visits: {step.max_visits}"


def _list_case(case: Case) -> Iterator[str]:
    yield f"  - when: {_scalar(case.when)}"
    if case.proves is not None:
        yield f"    proves: {_scalar(case.proves)}"
    yield f"    to: {_scalar(case.to)}"


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case float():
            return str(int(value)) if value.is_integer() else format(value, ".15f").rstrip("0")
        case int():
            return str(value)
    text = str(value)
    if _BARE.fullmatch(text) and text not in _NOT_TEXT:
        return text
    return _UNSAFE.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    # All that is unsafe is in the first plane.
    return f"\\u{ord(match[0]):04x}"
