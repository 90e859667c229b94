"""A dry run: a flow against scripts and an imagined person, with a trace of every step and no side effects.

The engine is the real one, and so are the rules of the identity door. Everything else is imagined: nothing is called,
written or sent. What is typed into secret fields does not exist here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from idp.flows.door import lacks_evidence
from idp.flows.engine import advance, begin, build_context, end_run
from idp.flows.events import (
    AwaitReview,
    CallConnector,
    Effect,
    Finish,
    RefusedEvent,
    RunAction,
    ShowScreen,
)
from idp.flows.language import COMPLETE, DENIED, ERROR, EndStep, Flow
from idp.flows.setting import Script, Setting
from idp.flows.stage import Ask, DeadlinePassed, Question, Reply, Stage
from idp.flows.stage_people import answer_action, answer_screen
from idp.flows.stage_reviews import answer_review
from idp.flows.stage_vendors import answer_connector, judge_proof
from idp.flows.state import State
from idp.flows.step_types import Catalog
from idp.flows.trace import Trace, Traced, list_methods, mask_context, mask_text
from idp.records.journeys import Evidence, Run

__all__ = ["MAX_ANSWERS", "Simulation", "simulate"]

#: Answers that one dry run takes at most.
MAX_ANSWERS: Final = 1000
DEADLINE: Final = "deadline"
EVIDENCE_MISSING: Final = "evidence_missing"


@dataclass(frozen=True, slots=True)
class Simulation:
    """How a dry run went.

    `end` is None when the run was left waiting, at the step `waiting`, or when an answer there did not fit, as
    `refused` says. `evidence` is what a real run would have written by then, `run` the row it would have left, `state`
    what would have been saved in it, `now` the imagined time. `edges` are the exits taken, as (step, outcome), `unused`
    the steps of which scripts are left over. After `sessions_ended` no older session of the person is left.
    """

    steps: tuple[Traced, ...]
    end: str | None
    reason: str | None
    evidence: tuple[Evidence, ...]
    run: Run
    state: State = field(repr=False)
    now: float
    edges: tuple[tuple[str, str], ...]
    unused: tuple[str, ...]
    sessions_ended: bool
    waiting: str | None = None
    refused: str | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """Return the steps in the order in which they were visited."""
        return tuple(step.step for step in self.steps)

    @property
    def methods(self) -> tuple[str, ...]:
        """Return the methods of the evidence, each once, sorted."""
        return list_methods(self.evidence)


def simulate(
    flow: Flow,
    scripts: Mapping[str, Sequence[Script]],
    setting: Setting,
    catalog: Catalog,
    ask: Ask | None = None,
) -> Simulation:
    """Run an expanded flow against scripts: for each step its answers, in the order of its visits.

    Where a step has no script, `ask` is asked, or else the facts about the setting's person decide. Never raises for
    what flow or scripts say: an answer that does not fit is reported in `refused`.
    """
    return _Rehearsal(Stage(flow, setting, scripts, catalog, ask)).play()


class _Rehearsal:
    """The loop: the engine asks, the stage answers, and everything is written down."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.flow = stage.flow
        self.trace = Trace(stage.flow)

    def play(self) -> Simulation:
        state, effect = begin(self.flow, 0, self.stage.look(), self.trace.watch)
        for _ in range(MAX_ANSWERS):
            if isinstance(effect, Finish):
                break
            try:
                moved = self.answer(state, effect)
            except DeadlinePassed:
                self.note_rest(state, effect, DEADLINE)
                moved = end_run(state, DENIED, DEADLINE)
            except RefusedEvent as refusal:
                return self.rest(state, effect, refused=str(refusal))
            if moved is None:
                return self.rest(state, effect)
            state, effect = moved
        return self.finish(state, effect) if isinstance(effect, Finish) else self.rest(state, effect)

    def answer(self, state: State, effect: Question) -> tuple[State, Effect] | None:
        """Answer what the run waits for and note what that led to; None where it is left waiting."""
        stage = self.stage
        written, index = len(stage.evidence), len(self.trace.steps)
        before = self.read_context(state)
        reply = _answer(stage, effect)
        if reply is None:
            return None
        self.trace.at = self.elapsed
        try:
            after, following = advance(self.flow, state, reply.event, stage.look(), self.trace.watch)
        except RefusedEvent:
            # A real run would have been rolled back to where it stood.
            del stage.evidence[written:]
            raise
        self.trace.complete(
            index,
            **_describe(stage, effect),
            by=reply.by,
            note=reply.note,
            answer=reply.outcome,
            before=before,
            after=self.read_context(after),
            evidence=tuple(stage.evidence[written:]),
        )
        return after, following

    @property
    def elapsed(self) -> float:
        return self.stage.now - self.stage.setting.start

    def read_context(self, state: State) -> dict[str, Any]:
        return mask_context(build_context(state, self.stage.look()))

    def note_rest(self, state: State, effect: Question, note: str = "") -> None:
        context = self.read_context(state)
        known = _describe(self.stage, effect)
        self.trace.rest(Traced(effect.step, before=context, after=context, at=self.elapsed, note=note, **known))

    def rest(self, state: State, effect: Question, refused: str | None = None) -> Simulation:
        """Conclude a run that stands where it is."""
        self.note_rest(state, effect, refused or "")
        return replace(self.conclude(state, None, None), waiting=effect.step, refused=refused)

    def finish(self, state: State, effect: Finish) -> Simulation:
        """Conclude a run that has come to an end, by the rule that a real one must satisfy there."""
        if isinstance(self.flow.steps.get(state.step), EndStep):
            self.trace.rest(Traced(state.step, "end", effect.end, at=self.elapsed))
        if effect.end == COMPLETE and self.lacks_evidence():
            return self.conclude(state, ERROR, EVIDENCE_MISSING)
        return self.conclude(state, effect.end, effect.reason)

    def lacks_evidence(self) -> bool:
        stage = self.stage
        known = stage.run.user_id is not None
        reached = stage.setting.reached(stage.run, stage.evidence, stage.now)
        return lacks_evidence(self.flow.purpose, list_methods(stage.evidence), user_known=known, reached=reached)

    def conclude(self, state: State, end: str | None, reason: str | None) -> Simulation:
        stage = self.stage
        status: Any = end or "active"
        return Simulation(
            steps=tuple(self.trace.steps),
            end=end,
            reason=reason,
            evidence=tuple(stage.evidence),
            run=replace(stage.run, status=status, reason=reason, finished_at=stage.now if end else None),
            state=state,
            now=stage.now,
            edges=tuple(self.trace.edges),
            unused=tuple(step for step, scripts in stage.scripts.items() if stage.used[step] < len(scripts)),
            sessions_ended=stage.sessions_ended,
        )


def _answer(stage: Stage, effect: Question) -> Reply | None:
    match effect:
        case ShowScreen():
            return answer_screen(stage, effect)
        case RunAction():
            return answer_action(stage, effect)
        case CallConnector():
            return answer_connector(stage, effect)
        case AwaitReview():
            return answer_review(stage, effect)
        case _:
            return judge_proof(stage, effect)


def _describe(stage: Stage, effect: Question) -> dict[str, Any]:
    """Say what the run waits for, as a page or the application would get it."""
    options = stage.list_exits(effect.step)
    match effect:
        case ShowScreen():
            screen = stage.catalog.screens.get(effect.screen)
            fields = [item.name for item in screen.list_fields(effect.options)] if screen is not None else []
            form = {name: mask_text(value) for name, value in effect.form.items()}
            shown = {"title": screen.title if screen is not None else "", "asks": fields, "error": effect.error}
            return {
                "kind": "screen",
                "subject": effect.screen,
                "shown": {**shown, "form": form, "options": dict(effect.options)},
                "options": options,
            }
        case RunAction():
            return {"kind": "action", "subject": effect.action, "options": options}
        case CallConnector():
            return {"kind": "connector", "subject": effect.connection, "options": options}
        case AwaitReview():
            return {"kind": "review", "subject": effect.queue, "options": options}
        case _:
            return {"kind": "condition", "subject": effect.connection}
