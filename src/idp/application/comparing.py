"""Two texts of a flow side by side: what differs in the words of flows, line by line, and in what is embedded."""

import difflib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from idp.application.dependencies import Dependencies
from idp.application.releasing import find_live
from idp.application.versions import read_flow
from idp.errors import NotFound
from idp.flows.diff import Difference, FlowDiff, diff_flows
from idp.flows.parse import FlowFault, parse_flow

CONTEXT_LINES = 3
#: The parts of a difference between flows.
AREAS: Final = ("head", "steps", "edges", "texts", "layout", "groups")
#: What a summary lists at most, and how long each part of a place may be: a case's exit is named by its expression.
MAX_CHANGES: Final = 20
MAX_PLACE: Final = 120


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a flow: a version, a draft or a file. `label` says which, `embeds` what a version pins."""

    label: str
    text: str
    embeds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two texts differ.

    `flow` is None where one of them cannot be read as a flow. `lines` is a unified diff, empty for equal texts.
    `embeds` are (flow, version before, version after), with None for a flow that only one of them embeds.
    """

    before: str
    after: str
    flow: FlowDiff | None
    lines: tuple[str, ...]
    embeds: tuple[tuple[str, int | None, int | None], ...]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing differs."""
        return not self.lines and not self.embeds


def compare_texts(before: Text, after: Text) -> Comparison:
    """Compare two texts."""
    lines = difflib.unified_diff(
        before.text.splitlines(), after.text.splitlines(), before.label, after.label, lineterm="", n=CONTEXT_LINES
    )
    return Comparison(before.label, after.label, _diff(before, after), tuple(lines), _compare_pins(before, after))


def sum_up_changes(before: Text, after: Text) -> Mapping[str, Any] | None:
    """Say what differs in a few words of bounded size: how much in each area, and which things, without what they say.

    None where one of the two cannot be read as a flow.
    """
    flow = _diff(before, after)
    if flow is None:
        return None
    found: list[tuple[str, Difference]] = [(area, one) for area in AREAS for one in getattr(flow, area)]
    found.extend(("embeds", Difference((name,), old, new)) for name, old, new in _compare_pins(before, after))
    told = [one for one in found if one[0] != "layout"]
    return {
        "counts": dict(Counter(area for area, _ in found)),
        "list": [
            {"area": area, "kind": one.kind, "place": [part[:MAX_PLACE] for part in one.place]}
            for area, one in told[:MAX_CHANGES]
        ],
        "more": max(0, len(told) - MAX_CHANGES),
    }


def find_version(deps: Dependencies, flow_id: str, version: int | None = None) -> Text:
    """Return the text of a version, by default of the one that serves everybody. Raises NotFound."""
    with deps.storage.read() as uow:
        number = find_live(uow, flow_id).version if version is None else version
        record, _ = read_flow(uow, flow_id, number)
        return Text(f"{flow_id}@{number}", record.text, record.embeds)


def find_draft_text(deps: Dependencies, flow_id: str, name: str) -> Text:
    """Return the text of a draft. Raises NotFound."""
    with deps.storage.read() as uow:
        draft = uow.drafts.find(flow_id, name)
    if draft is None:
        raise NotFound(f"The flow {flow_id} has no draft {name}.")
    return Text(f"{flow_id}@draft/{name}", draft.text)


def _compare_pins(before: Text, after: Text) -> tuple[tuple[str, int | None, int | None], ...]:
    names = sorted({*before.embeds, *after.embeds})
    pins = ((name, before.embeds.get(name), after.embeds.get(name)) for name in names)
    return tuple((name, old, new) for name, old, new in pins if old != new)


def _diff(before: Text, after: Text) -> FlowDiff | None:
    try:
        return diff_flows(parse_flow(before.text), parse_flow(after.text))
    except FlowFault:
        return None
