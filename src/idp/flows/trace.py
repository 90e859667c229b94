"""What a dry run has to tell, step by step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from idp.flows.engine import Decided, Left
from idp.flows.expressions import ConditionError, ExpressionFault, compile_condition
from idp.flows.language import ConditionStep, Flow, name_kind
from idp.records.journeys import Evidence

#: Who gave an answer: the script, the person asked in an interactive dry run, the facts about the imagined person, a
#: rule that nobody can overrule, or the engine itself.
By = Literal["script", "asked", "default", "rule", "engine"]
Holds = Literal["true", "false", "error"]


@dataclass(frozen=True, slots=True)
class TracedCase:
    """One case of a condition, and whether it holds by itself. `detail` says what went wrong."""

    when: str
    to: str
    proves: str | None
    holds: Holds
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Traced:
    """One step of a dry run.

    `subject` is the screen, action, connection or queue, `shown` what a page would tell and ask, `options` the outcomes
    that are wired. `outcome` is None where the run waits or ends; `answer` is the word that led to it, as `OK` leads to
    `completed`. `note` says why a rule answered as it did. `at` is when the step was left, in seconds from the start.
    `before` and `after` are what conditions could read, with what was typed masked. `evidence` is what a real run would
    have written.
    """

    step: str
    kind: str
    subject: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    outcome: str | None = None
    answer: str | None = None
    target: str | None = None
    by: By = "engine"
    note: str = ""
    at: float = 0.0
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    cases: tuple[TracedCase, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Trace:
    """Writes down what the engine does, in order: hand `watch` to it."""

    def __init__(self, flow: Flow) -> None:
        """Start with an empty trace."""
        self.flow = flow
        self.steps: list[Traced] = []
        self.edges: list[tuple[str, str]] = []
        self.at = 0.0
        self._explained: dict[str, tuple[Mapping[str, Any], tuple[TracedCase, ...]]] = {}

    def watch(self, event: Decided | Left) -> None:
        """Note a condition's cases as they stood, and every edge taken."""
        step = self.flow.steps[event.step]
        if isinstance(event, Decided):
            cases = explain_cases(step, event.context) if isinstance(step, ConditionStep) else ()
            self._explained[event.step] = (mask_context(event.context), cases)
            return
        self.edges.append((event.step, event.outcome))
        context, cases = self._explained.get(event.step, ({}, ()))
        self.steps.append(
            Traced(
                event.step,
                name_kind(step),
                outcome=event.outcome,
                target=event.target,
                at=self.at,
                before=context,
                after=context,
                cases=cases,
            )
        )

    def complete(self, index: int, **known: Any) -> None:
        """Add to an entry what the engine could not know of it."""
        self.steps[index] = replace(self.steps[index], **known)

    def rest(self, entry: Traced) -> None:
        """Note the step where the run waits or ends."""
        _, cases = self._explained.get(entry.step, ({}, ()))
        self.steps.append(replace(entry, cases=cases) if entry.kind == "condition" else entry)


def explain_cases(step: ConditionStep, context: Mapping[str, Any]) -> tuple[TracedCase, ...]:
    """Evaluate every case of a condition by itself, also those that the engine had no reason to look at."""
    return tuple(TracedCase(case.when, case.to, case.proves, *_evaluate(case.when, context)) for case in step.cases)


def mask_context(context: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a context for a trace, with what a person typed masked."""
    copied: dict[str, Any] = _copy(context)
    return {**copied, "form": {name: mask_text(str(value)) for name, value in copied.get("form", {}).items()}}


def mask_text(text: str) -> str:
    """Mask what was typed. The domain of an address is left: conditions may ask for it."""
    _, at, domain = text.rpartition("@")
    return f"...@{domain}" if at else "..."


def list_methods(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Return the methods of the evidence, each once, sorted."""
    return tuple(sorted({item.method for item in evidence}))


def _evaluate(source: str, context: Mapping[str, Any]) -> tuple[Holds, str]:
    try:
        return ("true" if compile_condition(source).evaluate(context) else "false"), ""
    except ConditionError as error:
        return "error", str(error)
    except ExpressionFault as fault:
        return "error", fault.message


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _copy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(item) for item in value]
    return value
