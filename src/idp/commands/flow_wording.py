"""Differences between flows, told in lines: `+` for added, `-` for removed, `~` for changed."""

import json
from collections.abc import Iterator
from typing import Any, Final

from idp.application.comparing import Comparison
from idp.flows.diff import ADDED, REMOVED, Difference, FlowDiff

_SIGNS: Final = {ADDED: "+", REMOVED: "-"}


def tell_comparison(comparison: Comparison) -> Iterator[str]:
    """Tell how two texts differ: first what changed in the flow, then line by line."""
    if comparison.is_empty:
        yield f"{comparison.before} and {comparison.after} are the same."
        return
    if comparison.flow is None:
        yield "One of the two cannot be read as a flow; this is how their texts differ."
    else:
        yield from tell_flow(comparison.flow)
    for name, before, after in comparison.embeds:
        yield f"~ embeds {name}: version {_or_none(before)} -> {_or_none(after)}"
    yield from ("", *comparison.lines) if comparison.lines else ()


def tell_flow(diff: FlowDiff) -> Iterator[str]:
    """Tell what changed in a flow."""
    if diff.is_empty:
        yield "Nothing changes for people: only comments, spelling or order differ."
    for one in diff.head:
        yield f"~ {one.place[0]}: {_write(one.before)} -> {_write(one.after)}"
    for one in diff.steps:
        yield f"{_sign(one)} step {one.place[0]}: {_tell_step(one)}"
    for one in diff.edges:
        yield f"{_sign(one)} {one.place[0]} ({one.place[1]}) -> {_tell_target(one)}"
    for one in diff.texts:
        yield f"{_sign(one)} text {'.'.join(one.place)}"
    if diff.layout:
        yield f"  {len(diff.layout)} steps were moved or coloured in the drawing"
    if diff.groups:
        yield f"  {len(diff.groups)} groups of steps differ in the drawing"


def count_changes(diff: FlowDiff) -> str:
    """Sum a difference up in one line."""
    steps, edges = len(diff.steps), len(diff.edges)
    counted = ((len(diff.head), "properties"), (steps, "steps"), (edges, "exits"), (len(diff.texts), "texts"))
    return ", ".join(f"{count} {what}" for count, what in counted if count) or "no change in what it does"


def _sign(one: Difference) -> str:
    return _SIGNS.get(one.kind, "~")


def _tell_step(one: Difference) -> str:
    if one.before is None or one.after is None:
        content = one.after if one.before is None else one.before
        kind, subject = next(iter(content.items()))
        return f"{kind} {_write(subject)}"
    names = [name for name in dict.fromkeys([*one.before, *one.after]) if one.before.get(name) != one.after.get(name)]
    return ", ".join(f"{name} {_write(one.before.get(name))} -> {_write(one.after.get(name))}" for name in names)


def _tell_target(one: Difference) -> str:
    if one.before is None or one.after is None:
        return str(one.after if one.before is None else one.before)
    return f"{one.after} (it led to {one.before})"


def _write(value: Any) -> str:
    return "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _or_none(version: int | None) -> str:
    return "none" if version is None else str(version)
