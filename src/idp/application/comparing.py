"""Two texts of a flow side by side: what differs in the words of flows, line by line, and in what is embedded."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from idp.application.dependencies import Dependencies
from idp.application.releasing import find_live
from idp.application.versions import read_flow
from idp.errors import NotFound
from idp.flows.diff import FlowDiff, diff_flows
from idp.flows.parse import FlowFault, parse_flow

CONTEXT_LINES = 3


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
    names = sorted({*before.embeds, *after.embeds})
    pins = ((name, before.embeds.get(name), after.embeds.get(name)) for name in names)
    return Comparison(
        before.label,
        after.label,
        _diff(before, after),
        tuple(lines),
        tuple((name, old, new) for name, old, new in pins if old != new),
    )


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


def _diff(before: Text, after: Text) -> FlowDiff | None:
    try:
        return diff_flows(parse_flow(before.text), parse_flow(after.text))
    except FlowFault:
        return None
