"""What differs between two versions of a flow, in the words of flows: steps, edges, texts and the head, layout apart.

The difference is complete: `apply_diff(diff_flows(a, b), a) == b`, and the inverted one leads back. Comments and the
order of steps are no part of it, for they change nothing; the texts of two versions show them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeAlias

from idp.flows.language import (
    STEP_TYPES,
    Case,
    ConditionStep,
    EndStep,
    Flow,
    Group,
    Place,
    Step,
    list_exits,
    name_kind,
)

HEAD: Final = ("id", "title", "purpose", "deadline", "start", "levels", "demands")
ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"

Content: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. `before` is None for what was added, `after` for what was removed.

    `place` is the name of a member of the head; a step; a step and its exit; a locale and a key; a step of the layout.
    """

    place: tuple[str, ...]
    before: Any
    after: Any

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        if self.before is None:
            return ADDED
        return REMOVED if self.after is None else CHANGED

    def invert(self) -> "Difference":
        """Return the way back."""
        return Difference(self.place, self.after, self.before)


@dataclass(frozen=True, slots=True)
class FlowDiff:
    """All that differs between two flows.

    Of a step, `steps` has what it is and does, and `edges` where each of its exits leads; a `changed` edge was
    rerouted. The exit of a condition's case is named by its expression, so that a case put in between moves no other.
    """

    head: tuple[Difference, ...] = ()
    steps: tuple[Difference, ...] = ()
    edges: tuple[Difference, ...] = ()
    texts: tuple[Difference, ...] = ()
    layout: tuple[Difference, ...] = ()
    groups: tuple[Difference, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing at all differs."""
        return not self.changes_runs and not (self.texts or self.layout or self.groups)

    @property
    def changes_runs(self) -> bool:
        """Say whether runs could go differently: anything but texts, layout and groups."""
        return bool(self.head or self.steps or self.edges)

    def invert(self) -> "FlowDiff":
        """Return the difference the other way round."""
        parts = {item.name: tuple(one.invert() for one in getattr(self, item.name)) for item in fields(self)}
        return FlowDiff(**parts)


def diff_flows(before: Flow, after: Flow) -> FlowDiff:
    """Return what differs; for the same flow twice that is nothing."""
    return FlowDiff(
        head=_compare(_list_head(before), _list_head(after)),
        steps=_compare(_list_contents(before), _list_contents(after)),
        edges=_compare(_list_edges(before), _list_edges(after)),
        texts=_compare(_list_texts(before), _list_texts(after)),
        layout=_compare(_list_layout(before), _list_layout(after)),
        groups=_compare(_list_groups(before), _list_groups(after)),
    )


def apply_diff(diff: FlowDiff, flow: Flow) -> Flow:
    """Return the flow with the difference put into it. Raises ValueError if it was not made from such a flow."""
    head = _put(diff.head, _list_head(flow))
    contents = _put(diff.steps, _list_contents(flow))
    edges = _put(diff.edges, _list_edges(flow))
    texts: dict[str, dict[str, str]] = {}
    for (locale, *key), text in _put(diff.texts, _list_texts(flow)).items():
        texts.setdefault(locale, {}).update({key[0]: text} if key else {})
    return replace(
        flow,
        **{name: value for (name,), value in head.items()},
        steps={name: _build_step(name, content, edges) for (name,), content in contents.items()},
        texts=texts,
        layout={name: position for (name,), position in _put(diff.layout, _list_layout(flow)).items()},
        groups={
            title: Group(steps, color) for (title,), (steps, color) in _put(diff.groups, _list_groups(flow)).items()
        },
    )


def name_exits(step: Step) -> list[str]:
    """Name each exit of a step so that the name survives changes around it, in the order of `list_exits`.

    A case is named by its expression, with its number among equal ones from the second on.
    """
    if not isinstance(step, ConditionStep):
        return [outcome for outcome, _ in list_exits(step)]
    seen: dict[str, int] = {}
    names = []
    for case in step.cases:
        seen[case.when] = seen.get(case.when, 0) + 1
        names.append(f"when {case.when}" if seen[case.when] == 1 else f"when#{seen[case.when]} {case.when}")
    return [*names, "otherwise"]


def _list_head(flow: Flow) -> dict[tuple[str, ...], Any]:
    return {(name,): getattr(flow, name) for name in HEAD}


def _list_contents(flow: Flow) -> dict[tuple[str, ...], Content]:
    return {(name,): _describe(step) for name, step in flow.steps.items()}


def _list_edges(flow: Flow) -> dict[tuple[str, ...], str]:
    return {
        (name, exit_name): target
        for name, step in flow.steps.items()
        for exit_name, (_, target) in zip(name_exits(step), list_exits(step), strict=True)
    }


def _list_texts(flow: Flow) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for locale, messages in flow.texts.items():
        found.update({(locale, key): text for key, text in messages.items()})
        if not messages:
            # A locale without a text is told from none at all.
            found[(locale,)] = ""
    return found


def _list_layout(flow: Flow) -> dict[tuple[str, ...], Place]:
    return {(name,): position for name, position in flow.layout.items()}


def _list_groups(flow: Flow) -> dict[tuple[str, ...], tuple[tuple[str, ...], str | None]]:
    return {(title,): (group.steps, group.color) for title, group in flow.groups.items()}


def _describe(step: Step) -> Content:
    """Return what a step is and does, without where its exits lead; its kind stands first."""
    if isinstance(step, ConditionStep):
        return {"condition": tuple((case.when, case.proves) for case in step.cases)}
    told = {item.name: getattr(step, item.name) for item in fields(step) if item.name not in {"id", "on"}}
    kind = name_kind(step)
    subject = told.pop("flow") if kind == "subflow" else told.pop(kind)
    return {kind: subject, **{name: value for name, value in told.items() if value is not None and value != {}}}


def _build_step(name: str, content: Content, edges: Mapping[tuple[str, ...], str]) -> Step:
    told = dict(content)
    kind = next(iter(told))
    on = {place[1]: target for place, target in edges.items() if place[0] == name}
    if kind == "condition":
        plain = ConditionStep(name, tuple(Case(when, "", proves) for when, proves in told["condition"]), "")
        *cases, otherwise = (on[exit_name] for exit_name in name_exits(plain))
        done = (replace(case, to=target) for case, target in zip(plain.cases, cases, strict=True))
        return replace(plain, cases=tuple(done), otherwise=otherwise)
    if kind == "end":
        return EndStep(name, told.pop(kind), **told)
    step: Step = STEP_TYPES[kind](name, told.pop(kind), on, **told)
    return step


def _compare(before: Mapping[tuple[str, ...], Any], after: Mapping[tuple[str, ...], Any]) -> tuple[Difference, ...]:
    places = dict.fromkeys([*before, *after])
    return tuple(
        Difference(place, before.get(place), after.get(place))
        for place in places
        if before.get(place) != after.get(place)
    )


def _put(differences: tuple[Difference, ...], values: dict[tuple[str, ...], Any]) -> dict[tuple[str, ...], Any]:
    for one in differences:
        if values.get(one.place) != one.before:
            raise ValueError(f"{' '.join(one.place)} is not what the difference was made from")
        if one.after is None:
            del values[one.place]
        else:
            values[one.place] = one.after
    return values
