"""A dry run: a flow with scripted answers, no side effects, and a trace of every step before and after.

Nothing is called, written or sent. What is typed into secret fields is dropped before the trace sees it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from idp.flows.engine import (
    ActionDone,
    AwaitReview,
    CallConnector,
    ConnectorDone,
    Event,
    Finish,
    JudgeProof,
    ProofJudged,
    RefusedEvent,
    ReviewDone,
    RunAction,
    ShowScreen,
    Submitted,
    advance,
    begin,
)
from idp.flows.language import APPROVED, RESULT_OUTCOMES, Flow
from idp.flows.methods import IDV, OWNER_PROOF, REVIEW, entry_evidence
from idp.flows.state import Hop, State
from idp.flows.step_types import Catalog

_Question: TypeAlias = ShowScreen | RunAction | CallConnector | AwaitReview | JudgeProof

MAX_ANSWERS: Final = 1000
ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """One scripted answer: `outcome` for any step, `accepted` or `refused` for a proof to be judged.

    `fields` are what a person types, `output` what a connector returns, `values` what an action says.
    """

    outcome: str
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    output: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One answered step: its effect, the outcome given, the states around it, and the hops it led through."""

    step: str
    effect: str
    outcome: str
    before: State
    after: State
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """How a dry run went.

    `end` is None when the scripts ran out at the step `waiting`, or when an answer there did not fit, as `refused`
    says. `evidence` are the methods that a real run would have written by then, with `idv` for an owner's proof.
    """

    steps: tuple[TraceStep, ...]
    end: str | None
    reason: str | None
    evidence: frozenset[str]
    waiting: str | None = None
    refused: str | None = None


def simulate(
    flow: Flow, scripts: Mapping[str, Sequence[Answer]], context: Mapping[str, Any] | None, catalog: Catalog
) -> Simulation:
    """Run an expanded flow against scripts: for each step its answers, in the order of its visits.

    `context` holds the root variables for conditions. The run stops at the first step without an answer left. Never
    raises for what a script says: an answer that does not fit is reported in `refused`.
    """
    given: dict[str, Iterator[Answer]] = {step: iter(answers) for step, answers in scripts.items()}
    proofs = _Proofs(flow, catalog)
    trace: list[TraceStep] = []
    state, effect = begin(flow, 0, context)
    while not isinstance(effect, Finish):
        answer = next(given.get(effect.step, iter(())), None)
        if answer is None or len(trace) >= MAX_ANSWERS:
            return Simulation(tuple(trace), None, None, frozenset(proofs.evidence), waiting=effect.step)
        try:
            # With an empty trail, what comes back are the hops of this answer alone.
            after, following = advance(flow, replace(state, trail=()), _build_event(effect, answer, catalog), context)
        except RefusedEvent as refusal:
            return Simulation(tuple(trace), None, None, frozenset(proofs.evidence), effect.step, str(refusal))
        proofs.collect(effect, answer)
        trace.append(TraceStep(effect.step, type(effect).__name__, answer.outcome, state, after, after.trail))
        state, effect = after, following
    return Simulation(tuple(trace), effect.end, effect.reason, frozenset(proofs.evidence))


def _build_event(effect: _Question, answer: Answer, catalog: Catalog) -> Event:
    match effect:
        case ShowScreen():
            screen = catalog.screens.get(effect.screen)
            plain, secret = screen.split(answer.fields) if screen is not None else ({}, {})
            return Submitted(effect.step, effect.seq, answer.outcome, plain, secret)
        case RunAction():
            return ActionDone(effect.step, answer.outcome, answer.values, effect.seq)
        case CallConnector():
            return ConnectorDone(effect.step, answer.outcome, answer.output, effect.seq)
        case AwaitReview():
            return ReviewDone(effect.step, answer.outcome, effect.seq)
        case _:
            if answer.outcome not in {ACCEPTED, REFUSED}:
                raise RefusedEvent(f"a proof is {ACCEPTED} or {REFUSED}, not {answer.outcome!r}")
            return ProofJudged(effect.step, effect.seq, accepted=answer.outcome == ACCEPTED)


class _Proofs:
    """What the application would have written, had the run been real."""

    def __init__(self, flow: Flow, catalog: Catalog) -> None:
        self.catalog = catalog
        self.evidence = set(entry_evidence(flow.purpose))
        self.results: set[str] = set()

    def collect(self, effect: _Question, answer: Answer) -> None:
        method: str | None = None
        match effect:
            case RunAction():
                action = self.catalog.actions.get(effect.action)
                method = action.proves.get(answer.outcome) if action is not None else None
            case CallConnector():
                self.note_result(effect.connection, answer.outcome)
            case JudgeProof() if answer.outcome == ACCEPTED:
                info = self.catalog.connections.get(effect.connection)
                method = info.proves if info is not None else None
            case AwaitReview() if answer.outcome == APPROVED and self.results:
                method = REVIEW
        if method is not None:
            self.evidence |= {method, IDV} if method in OWNER_PROOF else {method}

    def note_result(self, connection: str, outcome: str) -> None:
        """Remember whether there is a result of this connection that a reviewer could look at."""
        info = self.catalog.connections.get(connection)
        self.results.discard(connection)
        if info is not None and info.verifies_owner and outcome in RESULT_OUTCOMES:
            self.results.add(connection)
