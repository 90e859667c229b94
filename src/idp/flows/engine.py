"""The state machine that runs a flow: data in, data out, and nothing else.

`begin` and `advance` return the next state and one effect for the application to perform. The engine never writes
evidence: where a condition's proving case holds it asks for a judgement (`JudgeProof`) and waits for the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

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
    ReviewDone,
    RunAction,
    ShowScreen,
    StaleEvent,
    Submitted,
)
from idp.flows.expressions import ConditionError, ExpressionFault, compile_condition
from idp.flows.language import (
    DENIED,
    ERROR,
    FAILURES,
    LIMIT,
    OTHERWISE,
    ActionStep,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    ReviewStep,
    ScreenStep,
    Step,
    case_name,
)
from idp.flows.state import MAX_COUNTED, MAX_FORM, MAX_OUTPUTS, MAX_TRAIL, MAX_VALUES, Hop, State, measure_json

__all__ = [
    "ActionDone",
    "AwaitReview",
    "CallConnector",
    "ConnectorDone",
    "Decision",
    "Effect",
    "Event",
    "Finish",
    "JudgeProof",
    "ProofJudged",
    "RefusedEvent",
    "ReviewDone",
    "RunAction",
    "ShowScreen",
    "StaleEvent",
    "Submitted",
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
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_MAX_FAULT: Final = 48


@dataclass(frozen=True, slots=True)
class Decision:
    """What a condition decided: the index of the case that holds, or None, and the errors met on the way."""

    case: int | None
    faults: tuple[tuple[int, str, str], ...] = ()


def begin(flow: Flow, version: int, context: Mapping[str, Any] | None = None) -> tuple[State, Effect]:
    """Start a run of the flow at its first step.

    `flow` is expanded and checked; a flow that is neither ends in `error` rather than anywhere else. `context` holds
    the root variables that conditions may read beside the run's own (`user`, `client`, `request`, `device`, `run`);
    it is used and not kept.
    """
    state = State(flow=flow.id, version=version, step=flow.start)
    return _enter(flow, state, flow.start, context or _NOTHING, _NOTHING)


def advance(
    flow: Flow, state: State, event: Event, context: Mapping[str, Any] | None = None
) -> tuple[State, Effect]:
    """Answer the step the run stands at and return the next state and effect.

    Raises StaleEvent when the event names another step or an earlier `seq`, RefusedEvent when the run is over, the
    event is of the wrong kind, its outcome is not wired, or it carries too much. The given state is never changed.
    """
    step = _admit(flow, state, event)
    context = context or _NOTHING
    state = replace(state, seq=state.seq + 1, error=None, case=None)
    match event, step:
        case Submitted(), ScreenStep():
            state = replace(state, automatic=0, form=_merge_form(state, event.fields))
            return _leave(flow, state, step.on, event.outcome, context, event.secrets)
        case ActionDone(), ActionStep():
            state = replace(state, values=_keep_values(state, event), error=_name_error(event.outcome))
            return _leave(flow, state, step.on, event.outcome, context)
        case ConnectorDone(), ConnectorStep():
            state = replace(state, connectors=_keep_output(state, step, event), error=_name_error(event.outcome))
            return _leave(flow, state, step.on, event.outcome, context)
        case ReviewDone(), ReviewStep():
            return _leave(flow, replace(state, automatic=0), step.on, event.outcome, context)
        case ProofJudged(), ConditionStep():
            # `_admit` has seen that a proving case waits.
            outcome = PROVED if event.accepted else OTHERWISE
            target = step.cases[_waiting_case(flow, event, step)].to if event.accepted else step.otherwise
            return _go(flow, state, outcome, target, context)
    raise RefusedEvent(f"a {type(event).__name__} cannot answer the step {state.step!r}")
