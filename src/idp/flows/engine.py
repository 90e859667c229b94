"""The state machine that runs a flow: data in, data out, and nothing else.

`begin` and `advance` return the next state and one effect for the application to perform. The engine never writes
evidence: where a condition's proving case holds it asks for a judgement (`JudgeProof`) and waits for the answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from idp.flows.events import (
    ActionDone,
    AwaitReview,
    CallConnector,
    ConnectorDone,
    Effect,
    Event,
    Finish,
    JudgeProof,
    ProofJudged,
    RefusedEvent,
    ResultArrived,
    ReviewDone,
    RunAction,
    ShowScreen,
    StaleEvent,
    Submitted,
)
from idp.flows.expressions import ConditionError, ExpressionFault, compile_condition
from idp.flows.language import (
    CODE_PREFIX,
    COMPLETED,
    DENIED,
    ERROR,
    ERROR_CODE,
    FAILED,
    FAILURES,
    LIMIT,
    OTHERWISE,
    PENDING,
    ActionStep,
    Case,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    ReviewStep,
    ScreenStep,
    Step,
    case_name,
    find_exit,
)
from idp.flows.state import MAX_FORM, MAX_OUTPUTS, MAX_TRAIL, MAX_VALUES, Hop, State, measure_json

__all__ = [
    "ActionDone",
    "AwaitReview",
    "CallConnector",
    "ConnectorDone",
    "Decided",
    "Decision",
    "Effect",
    "Event",
    "Finish",
    "JudgeProof",
    "Left",
    "ProofJudged",
    "RefusedEvent",
    "ResultArrived",
    "ReviewDone",
    "RunAction",
    "ShowScreen",
    "StaleEvent",
    "Submitted",
    "Watch",
    "advance",
    "begin",
    "build_context",
    "decide",
    "end_run",
    "resume",
]

#: Steps a run may enter without a person answering a screen or deciding a review in between.
MAX_AUTOMATIC: Final = 100
PROVED: Final = "proved"
#: How a trail says that a review was left because the result itself came.
ARRIVED: Final = "arrived"
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_MAX_FAULT: Final = 48


@dataclass(frozen=True, slots=True)
class Decision:
    """What a condition decided: the index of the case that holds, or None, and the errors met on the way."""

    case: int | None
    faults: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """A condition was entered and decided; `context` is all that it could read."""

    step: str
    decision: Decision
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Left:
    """An edge was taken. A proving case whose proof was accepted is named like any other: `case 2`."""

    step: str
    outcome: str
    target: str


#: Told of everything the engine does on its way, in order. For dry runs: it cannot change what happens.
Watch: TypeAlias = Callable[[Decided | Left], None]


def _look_away(_: Decided | Left) -> None:
    """Watch nothing."""


def begin(
    flow: Flow, version: int, context: Mapping[str, Any] | None = None, watch: Watch = _look_away
) -> tuple[State, Effect]:
    """Start a run of the flow at its first step.

    `flow` is expanded and checked; a flow that is neither ends in `error` rather than anywhere else. `context` holds
    the root variables that conditions may read beside the run's own (`user`, `client`, `request`, `device`, `run`);
    it is used and not kept.
    """
    state = State(flow=flow.id, version=version, step=flow.start)
    return _enter(flow, state, flow.start, context or _NOTHING, _NOTHING, watch)


def advance(
    flow: Flow, state: State, event: Event, context: Mapping[str, Any] | None = None, watch: Watch = _look_away
) -> tuple[State, Effect]:
    """Answer the step the run stands at and return the next state and effect.

    Raises StaleEvent when the run is over or the event names another step or an earlier `seq`; RefusedEvent when the
    event is of the wrong kind, its outcome is not wired, or it carries too much. The given state is never changed.
    """
    _admit(flow, state, event)
    step = flow.steps.get(state.step)
    context = context or _NOTHING
    moved = replace(state, seq=state.seq + 1, error=None, case=None)
    match event, step:
        case Submitted(), ScreenStep():
            moved = replace(moved, automatic=0, form=_merge_form(state, event))
            return _leave(flow, moved, step.on, event.outcome, context, watch, event.secrets)
        case ActionDone(), ActionStep():
            moved = replace(moved, values=_keep_values(state, event), error=_name_error(event.outcome))
            return _leave(flow, moved, step.on, event.outcome, context, watch)
        case ConnectorDone(), ConnectorStep():
            code = _read_code(event)
            outputs = _keep_output(state, step.connector, event)
            error = f"{CODE_PREFIX}{code}" if code else _name_error(event.outcome)
            moved = replace(moved, connectors=outputs, error=error)
            return _leave(flow, moved, step.on, find_exit(step.on, event.outcome, code), context, watch, fault=code)
        case ReviewDone(), ReviewStep():
            return _leave(flow, replace(moved, automatic=0), step.on, event.outcome, context, watch)
        case ResultArrived(), ReviewStep() if (asked := _find_pending(flow, state, event)) is not None:
            outputs = _keep_output(state, asked.connector, event)
            moved = replace(_record(moved, ARRIVED), step=asked.id, connectors=outputs)
            watch(Left(state.step, ARRIVED, asked.id))
            return _leave(flow, moved, asked.on, COMPLETED, context, watch)
        case ProofJudged(), ConditionStep() if (case := _find_waiting(state, step)) is not None:
            # Only a plain True accepts; a truthy record or a text "false" does not.
            accepted = event.accepted is True
            target = case.to if accepted else step.otherwise
            watch(Left(step.id, case_name(state.case or 0) if accepted else OTHERWISE, target))
            moved = _record(moved, PROVED if accepted else OTHERWISE)
            return _enter(flow, moved, target, context, _NOTHING, watch)
    raise RefusedEvent(f"a {type(event).__name__} cannot answer the step {state.step!r}")


def resume(flow: Flow, state: State) -> Effect:
    """Return what the run waits for, without moving it: for a reload, a second tab, or after a crash.

    An action is returned without secrets, which are gone by then. Raises RefusedEvent when the state is not this
    flow's.
    """
    if state.finished is not None:
        return Finish(state.finished, state.reason)
    step = flow.steps.get(state.step)
    if state.flow != flow.id or step is None:
        raise RefusedEvent("the state belongs to another flow")
    return _describe(state, step, _NOTHING)


def end_run(state: State, end: str, reason: str) -> tuple[State, Effect]:
    """End a run from outside, as at its deadline or on a change of user; never as complete.

    Raises RefusedEvent when the run is over or `end` is not `denied` or `error`.
    """
    if state.finished is not None or end not in {DENIED, ERROR}:
        raise RefusedEvent("a run ends once, and from outside only as denied or error")
    return _finish(replace(state, seq=state.seq + 1), end, reason)


def decide(step: ConditionStep, context: Mapping[str, Any]) -> Decision:
    """Find the first case that holds.

    A case whose expression errs does not hold, and after an error no proving case is taken any more: something that
    should have been known was not.
    """
    faults: list[tuple[int, str, str]] = []
    for index, case in enumerate(step.cases):
        if faults and case.proves is not None:
            continue
        try:
            if compile_condition(case.when).evaluate(context):
                return Decision(index, tuple(faults))
        except ConditionError as error:
            faults.append((index, error.kind, error.detail))
        except ExpressionFault as fault:
            faults.append((index, "EXPRESSION", fault.message))
    return Decision(None, tuple(faults))


def build_context(state: State, context: Mapping[str, Any]) -> dict[str, Any]:
    """Join the caller's context with what the run itself knows, which always wins."""
    known = context.get("run")
    run = {**(known if isinstance(known, Mapping) else {}), "values": state.values, "visits": state.visits}
    failed = sum(hop.outcome in FAILURES for hop in state.trail)
    risk = context.get("risk")
    risk = {**(risk if isinstance(risk, Mapping) else {}), "failed_attempts": failed}
    return {**context, "connectors": state.connectors, "form": state.form, "risk": risk, "run": run}


def _admit(flow: Flow, state: State, event: Event) -> None:
    """Refuse every event that does not answer exactly the step and moment the run stands at."""
    if state.flow != flow.id:
        raise RefusedEvent("the state belongs to another flow")
    if state.finished is not None:
        raise StaleEvent("the run is over")
    if event.step != state.step:
        raise StaleEvent(f"the run stands at {state.step!r}, not at {event.step!r}")
    if event.seq is not None and event.seq != state.seq:
        raise StaleEvent(f"the run has moved on since {event.seq}")


def _leave(
    flow: Flow,
    state: State,
    on: Mapping[str, str],
    outcome: str,
    context: Mapping[str, Any],
    watch: Watch,
    secrets: Mapping[str, str] = _NOTHING,
    fault: str | None = None,
) -> tuple[State, Effect]:
    # `limit` is the engine's own outcome: nobody can send it.
    if outcome == LIMIT or outcome not in on:
        raise RefusedEvent(f"the step {state.step!r} has no outcome {outcome!r}")
    watch(Left(state.step, outcome, on[outcome]))
    return _enter(flow, _record(state, outcome, fault=fault), on[outcome], context, secrets, watch)


def _enter(
    flow: Flow, state: State, target: str, context: Mapping[str, Any], secrets: Mapping[str, str], watch: Watch
) -> tuple[State, Effect]:
    """Go to a step and on, through conditions and limits, until something must happen outside."""
    while True:
        state = replace(state, step=target, automatic=state.automatic + 1)
        step = flow.steps.get(target)
        if state.automatic > MAX_AUTOMATIC:
            return _finish(state, ERROR, "loop")
        if isinstance(step, EndStep):
            return _finish(state, step.end, step.reason)
        if isinstance(step, ConditionStep):
            seen = build_context(state, context)
            decision = decide(step, seen)
            watch(Decided(step.id, decision, seen))
            if decision.case is None:
                watch(Left(step.id, OTHERWISE, step.otherwise))
                state, target = _record(state, OTHERWISE, decision), step.otherwise
                continue
            case = step.cases[decision.case]
            if case.proves is not None:
                state = replace(state, case=decision.case)
                return state, _describe(state, step, _NOTHING)
            watch(Left(step.id, case_name(decision.case), case.to))
            state, target = _record(state, case_name(decision.case), decision), case.to
            continue
        if isinstance(step, ScreenStep | ConnectorStep) and step.max_visits is not None:
            count = state.visits.get(target, 0)
            if count >= step.max_visits:
                if LIMIT not in step.on:
                    return _finish(_record(state, LIMIT), DENIED, LIMIT)
                watch(Left(target, LIMIT, step.on[LIMIT]))
                state, target, secrets = _record(state, LIMIT), step.on[LIMIT], _NOTHING
                continue
            state = replace(state, visits={**state.visits, target: count + 1})
        if isinstance(step, ConnectorStep):
            # What an earlier use of the connection said must not be judged after this one.
            kept = {name: output for name, output in state.connectors.items() if name != step.connector}
            state = replace(state, connectors=kept)
        if isinstance(step, ScreenStep | ActionStep | ConnectorStep | ReviewStep):
            return state, _describe(state, step, secrets)
        return _finish(state, ERROR, "unknown_step")


def _describe(state: State, step: Step, secrets: Mapping[str, str]) -> Effect:
    match step:
        case ScreenStep():
            outcomes = tuple(outcome for outcome in step.on if outcome != LIMIT)
            return ShowScreen(step.id, state.seq, step.screen, step.options, state.error, state.form, outcomes)
        case ActionStep():
            return RunAction(step.id, state.seq, step.action, step.options, state.form, secrets, tuple(step.on))
        case ConnectorStep():
            return CallConnector(step.id, state.seq, step.connector, step.options)
        case ReviewStep():
            return AwaitReview(step.id, state.seq, step.review, step.deadline)
        case ConditionStep() if (case := _find_waiting(state, step)) is not None:
            return JudgeProof(step.id, state.seq, state.case or 0, case.proves or "", case.to)
    raise RefusedEvent(f"a run cannot wait at the step {step.id!r}")


def _find_waiting(state: State, step: ConditionStep) -> Case | None:
    """Return the proving case that waits for judgement, None if there is none, whatever a state claims."""
    if state.case is None or state.case >= len(step.cases):
        return None
    case = step.cases[state.case]
    return case if case.proves is not None else None


def _find_pending(flow: Flow, state: State, event: ResultArrived) -> ConnectorStep | None:
    """Return the connector step whose last output in this run is still the pending one, None if that is not so."""
    step = flow.steps.get(event.connector)
    if not isinstance(step, ConnectorStep) or state.connectors.get(step.connector, _NOTHING).get("status") != PENDING:
        return None
    return step


def _finish(state: State, end: str, reason: str | None) -> tuple[State, Effect]:
    return replace(state, finished=end, reason=reason, case=None, error=None), Finish(end, reason)


def _record(state: State, outcome: str, decision: Decision | None = None, fault: str | None = None) -> State:
    faults = decision.faults if decision is not None else ()
    met = ", ".join(f"{case_name(index)}: {kind}" for index, kind, _ in faults)[:_MAX_FAULT] or fault
    return replace(state, trail=(*state.trail, Hop(state.step, outcome, met))[-MAX_TRAIL:])


def _name_error(outcome: str) -> str | None:
    return outcome if outcome in FAILURES else None


def _read_code(event: ConnectorDone) -> str | None:
    """Return the code of an error, None for a code that no flow could name."""
    return event.error if event.outcome == FAILED and event.error and ERROR_CODE.fullmatch(event.error) else None


def _merge_form(state: State, event: Submitted) -> Mapping[str, str]:
    if not all(isinstance(name, str) and isinstance(value, str) for name, value in event.fields.items()):
        raise RefusedEvent("form fields are text")
    return _bounded({**state.form, **event.fields}, MAX_FORM)


def _keep_values(state: State, event: ActionDone) -> Mapping[str, Mapping[str, Any]]:
    kept = {step: values for step, values in state.values.items() if step != event.step}
    return _bounded({**kept, event.step: dict(event.values)} if event.values else kept, MAX_VALUES)


def _keep_output(
    state: State, connection: str, event: ConnectorDone | ResultArrived
) -> Mapping[str, Mapping[str, Any]]:
    return _bounded({**state.connectors, connection: dict(event.output)}, MAX_OUTPUTS)


def _bounded(value: dict[str, Any], most: int) -> dict[str, Any]:
    try:
        size = measure_json(value)
    except (TypeError, ValueError, RecursionError):
        raise RefusedEvent("an event carries plain data only") from None
    if size > most:
        raise RefusedEvent(f"an event may not make the run keep more than {most} bytes")
    return value
