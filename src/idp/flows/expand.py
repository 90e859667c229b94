"""Embedded flows made plain: each subflow step is replaced by the steps of its flow, so the engine never sees one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from idp.flows.language import ENDS, MAX_STEP_ID, MAX_STEPS, ConditionStep, EndStep, Flow, Step, SubflowStep
from idp.flows.problems import FlowFault, Problem, suggest

MAX_NESTING: Final = 5


def expand(flow: Flow, flows: Mapping[str, Flow]) -> Flow:
    """Return the flow with every subflow step replaced by the embedded flow's steps, named `<step>.<inner step>`.

    `flows` is keyed by flow id. The embedded flow's ends become the subflow step's outcomes, by their reason where
    that is wired and else by their kind: `on: {complete: …, stopped: …, denied: …}`. Its own purpose, levels and
    demands have no say: the expanded flow is checked as a whole. A flow without subflow steps is returned as it is.
    Raises FlowFault when a flow is unknown, embeds itself, or has an end that is not wired.
    """
    if not any(isinstance(step, SubflowStep) for step in flow.steps.values()):
        return flow
    expansion = _Expansion(flows)
    start, steps = expansion.inline(flow, (flow.id,))
    for name in steps:
        if len(name) > MAX_STEP_ID:
            expansion.note("too-long", f"the expanded step {name!r} is longer than {MAX_STEP_ID} characters", name)
    if expansion.problems:
        raise FlowFault(expansion.problems, flow.id)
    return replace(flow, start=start, steps=steps)


class _Expansion:
    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self.flows = flows
        self.problems: list[Problem] = []
        #: The steps that embed the flow which is being read, from the outside in.
        self.within: list[str] = []

    def note(self, code: str, message: str, step: str) -> None:
        """Note a problem with the whole name of its step, at the step of the outermost flow that brings it in."""
        name = ".".join((*self.within, step))
        self.problems.append(Problem(code, message, name, f"/steps/{name.partition('.')[0]}"))

    def inline(self, flow: Flow, outer: tuple[str, ...]) -> tuple[str, dict[str, Step]]:
        """Return the start and the steps of a flow, expanded, under the names they have inside that flow."""
        steps: dict[str, Step] = {}
        entries: dict[str, str] = {}
        for name, step in flow.steps.items():
            if not isinstance(step, SubflowStep):
                steps[name] = step
            elif (inner := self.find(step, outer)) is not None:
                entries[name], embedded = self.embed(step, inner, outer)
                steps.update(embedded)
            # Twenty flows that embed each other twice would make a million steps: stop as soon as it is too many.
            if len(steps) > MAX_STEPS:
                self.note("too-large", f"the expanded flow has more than {MAX_STEPS} steps", name)
                break
        steps = {name: _rewire(step, name, lambda at: entries.get(at, at)) for name, step in steps.items()}
        return entries.get(flow.start, flow.start), steps

    def find(self, step: SubflowStep, outer: tuple[str, ...]) -> Flow | None:
        inner = self.flows.get(step.flow)
        if inner is None:
            self.note("unknown-subflow", f"there is no flow {step.flow!r}{suggest(step.flow, self.flows)}", step.id)
        elif inner.id in outer:
            self.note("subflow-recursion", f"the flow embeds itself: {' -> '.join((*outer, inner.id))}", step.id)
        elif len(outer) > MAX_NESTING:
            self.note("too-deep", f"flows are embedded deeper than {MAX_NESTING}", step.id)
        elif self.problems:
            # One cause is told once, and a faulty tree is not walked any further.
            return None
        else:
            return inner
        return None

    def embed(self, step: SubflowStep, inner: Flow, outer: tuple[str, ...]) -> tuple[str, dict[str, Step]]:
        """Return the entry and the steps of an embedded flow, under the names they have in the embedding one."""
        self.within.append(step.id)
        start, steps = self.inline(inner, (*outer, inner.id))
        self.within.pop()
        if self.problems:
            return start, {}
        found_ends = {name: found for name, found in steps.items() if isinstance(found, EndStep)}
        ends = {name: _name_outcome(end, step.on) for name, end in found_ends.items()}
        for end in dict.fromkeys(ends.values()):
            if end not in step.on:
                self.note("outcome-unwired", f"the flow {inner.id!r} can end as {end!r}, which is not wired", step.id)
        known = {end.end for end in found_ends.values()} | set(ends.values())
        for outcome in step.on:
            if outcome not in known:
                self.note("outcome-unknown", f"the flow {inner.id!r} never ends as {outcome!r}", step.id)
        if start in ends:
            self.note("subflow-empty", f"the flow {inner.id!r} ends where it starts", step.id)

        def rename(name: str) -> str:
            return step.on.get(ends[name], "") if name in ends else f"{step.id}.{name}"

        return rename(start), {
            rename(name): _rewire(found, rename(name), rename) for name, found in steps.items() if name not in ends
        }


def _name_outcome(end: EndStep, on: Mapping[str, str]) -> str:
    """Name the outcome that an end of an embedded flow becomes. A reason cannot pass for another kind of end."""
    return end.reason if end.reason is not None and end.reason in on and end.reason not in ENDS else end.end


def _rewire(step: Step, name: str, rename: Callable[[str], str]) -> Step:
    """Return the step under a new name with its targets renamed."""
    match step:
        case EndStep():
            return replace(step, id=name)
        case ConditionStep():
            cases = tuple(replace(case, to=rename(case.to)) for case in step.cases)
            return replace(step, id=name, cases=cases, otherwise=rename(step.otherwise))
        case _:
            return replace(step, id=name, on={outcome: rename(target) for outcome, target in step.on.items()})
