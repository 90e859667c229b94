"""One turn of a run, in one unit of work."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from idp.application.actions import ACTIONS
from idp.application.attempts import find_verification
from idp.application.audit import note_run
from idp.application.browser import Browser, find_session
from idp.application.calls import CallPlan, Taken, fit_answer, note_call, plan_call
from idp.application.context import condition_context
from idp.application.departures import (
    CANCELLED,
    AtSite,
    DeparturePlan,
    Judging,
    cancel_departure,
    plan_departure,
)
from idp.application.dependencies import Dependencies
from idp.application.finish import finish_run
from idp.application.hops import Walk
from idp.application.proof import accept_review, judge_proof
from idp.application.refresh import is_recent
from idp.application.review import take_case
from idp.application.run_view import (
    AtCall,
    AtProvider,
    AtReview,
    AtScreen,
    AtVendor,
    CallService,
    CallVendor,
    Depart,
    Ended,
    LookAgain,
    Prepare,
    Turn,
)
from idp.application.steps import ActionCall
from idp.application.vendor_decision import is_vendors, list_taken_up, settle_cases
from idp.application.verify import error_of, outcome_of, output_of, vendor_url
from idp.application.waiting import look_at_wait, outlive_browser
from idp.errors import NotFound
from idp.flows.calls import wrap_answer
from idp.flows.components import list_components, read_values
from idp.flows.engine import advance, end_run, resume
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
    Submitted,
)
from idp.flows.language import PENDING, ActionStep, ConnectorStep, Flow
from idp.flows.state import State, from_plain, to_json
from idp.flows.step_types import CALL, REDIRECT, ConnectionInfo
from idp.records.journeys import Case, Run, Verification
from idp.storage.protocols.unit import UnitOfWork

#: All that a person can answer to a wait.
STOP: Final = "stop"
EFFECTS: Final = (ShowScreen, RunAction, CallConnector, AwaitReview, JudgeProof, Finish)


class Answer(Protocol):
    """A person's answer to a screen (see `run.Submission`)."""

    @property
    def step(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def outcome(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str]: ...


def take_turn(deps: Dependencies, run_id: int, browser: Browser, answer: Answer | Event | None, prepared: Any) -> Turn:
    """Take one turn. Raises NotFound for a foreign run, RefusedEvent for an answer that does not fit."""
    with deps.storage.write() as uow:
        run = load_run(uow, run_id, browser)
        if run.status != "active":
            return Ended(run)
        hand = _Hand(deps, uow, run, browser, prepared)
        ended = hand.check_pins()
        return ended if ended is not None else hand.play(answer)


def load_run(uow: UnitOfWork, run_id: int, browser: Browser) -> Run:
    """Find a run of this browser. A run of another browser does not exist for this one."""
    run = uow.runs.get(run_id)
    if run is None or run.browser_digest != browser.digest:
        raise NotFound(code="not_here", detail="no such run of this browser")
    return run


class _Hand:
    """The turn being taken: the run, its flow and state, and the unit of work they live in."""

    def __init__(self, deps: Dependencies, uow: UnitOfWork, run: Run, browser: Browser, prepared: Any) -> None:
        self.deps, self.uow, self.run, self.browser, self.prepared = deps, uow, run, browser, prepared
        self.flow: Flow = deps.flows.get(uow, run.flow_id, run.flow_version)
        self.loaded = run
        self.state: State = from_plain(run.state)
        self.resumed = self.state
        self.screen: tuple[str, int] | None = None
        self.walk = Walk()

    def check_pins(self) -> Ended | None:
        """End a run whose time is over, whose user changed, or whose credentials were replaced meanwhile."""
        reason = self._broken_pin()
        if reason is None:
            return None
        self.state, effect = end_run(self.state, "denied", reason)
        return self._finish(effect, status="expired" if reason == "deadline" else "ended")

    def play(self, answer: Answer | Event | None) -> Turn:
        """Apply the answer and perform what follows, until something must happen outside of the unit of work."""
        following: Effect | Turn = self._apply(answer)
        while isinstance(following, EFFECTS):
            following = self._perform(following)
        return following

    def _perform(self, effect: Effect) -> Effect | Turn:
        match effect:
            case RunAction():
                return self._run(effect)
            case JudgeProof():
                judgement, self.run = judge_proof(
                    self.deps, self.uow, self.run, effect.connection, effect.step, self.browser.trace
                )
                return self._advance(ProofJudged(effect.step, effect.seq, judgement.accepted))
            case CallConnector():
                return self._connect(effect)
            case AwaitReview():
                return self._review(effect)
            case ShowScreen():
                return self._wait(effect) if self._waits(effect) else self._show(effect)
            case Finish():
                return self._finish(effect)

    def _show(self, effect: ShowScreen) -> AtScreen:
        return AtScreen(self._save(), effect, self.state.values, self._last_action())

    def _waits(self, effect: ShowScreen) -> bool:
        kind = self.deps.flows.inventory.screens.get(effect.screen)
        return kind is not None and kind.waits

    def _wait(self, effect: ShowScreen) -> Effect | AtScreen:
        """Go on where the wait is over, and else see to it that the run outlives its browser."""
        run = self._save()
        found = look_at_wait(self.deps, self.uow, run, effect)
        if found.outcome is not None:
            return self._advance(Submitted(effect.step, effect.seq, found.outcome))
        self.run = outlive_browser(self.deps, self.uow, run, effect, found.until)
        return self._show(effect)

    def _run(self, effect: RunAction) -> Effect | Turn:
        prepare = ACTIONS[effect.action].prepare
        if prepare is not None and self.prepared is None:
            return Prepare(prepare(self.deps, self.uow, self._call(effect)))
        return self._act(effect)

    def _connect(self, effect: CallConnector) -> Effect | Turn:
        match self._info(effect).use:
            case use if use == CALL:
                return self._call_service(effect)
            case use if use == REDIRECT:
                return self._send_away(effect)
            case _:
                return self._call_vendor(effect)

    def _send_away(self, effect: CallConnector) -> Effect | Turn:
        step, info = self._connector_step(effect), self._info(effect)
        planned = plan_departure(self.deps, self.uow, self.run, self.state, step, info, effect, self.browser)
        match planned:
            case DeparturePlan():
                self._save()
                return Depart(planned)
            case Judging():
                return AtCall(self._save())
            case AtSite(url, name):
                return AtProvider(self._save(), effect.step, effect.seq, url, name)
            case ConnectorDone():
                return self._take_answer(planned)

    def _call_vendor(self, effect: CallConnector) -> Effect | Turn:
        found = self._newest(effect)
        if found is None:
            self._save()
            return CallVendor(effect.step, effect.connection, effect.seq)
        outcome = outcome_of(found)
        if outcome is None:
            return self._at_vendor(effect, found)
        return self._advance(ConnectorDone(effect.step, outcome, output_of(found), effect.seq, error_of(found)))

    def _call_service(self, effect: CallConnector) -> Effect | Turn:
        step, info = self._connector_step(effect), self._info(effect)
        planned = plan_call(self.deps, self.uow, self.run, self.state, step, info, effect, self.browser)
        match planned:
            case CallPlan():
                self._save()
                return CallService(planned)
            case Taken():
                return AtCall(self._save())
            case ConnectorDone():
                return self._take_answer(planned)

    def _apply(self, answer: Answer | Event | None) -> Effect | AtScreen:
        if answer is None:
            return resume(self.flow, self.state)
        if isinstance(answer, ConnectorDone):
            return self._take_answer(answer)
        if isinstance(answer, (ActionDone, ReviewDone, ResultArrived, ProofJudged, Submitted)):
            return self._advance(answer)
        here = resume(self.flow, self.state)
        if isinstance(here, CallConnector) and self._info(here).attended:
            return self._leave_vendor(here, answer)
        kind = self.deps.flows.inventory.screens.get(here.screen) if isinstance(here, ShowScreen) else None
        if kind is None:
            raise RefusedEvent("the run is not at a screen")
        if kind.waits and answer.outcome != STOP:
            raise RefusedEvent("nobody can hurry a wait")
        options = here.options if isinstance(here, ShowScreen) else {}
        values = answer.values
        if kind.designed and isinstance(here, ShowScreen) and answer.outcome == kind.submit:
            values, wrong = read_values(list_components(options), answer.values)
            if wrong and (answer.step, answer.seq) == (here.step, here.seq):
                typed, _ = kind.split(answer.values, options)
                return replace(self._show(here), wrong=wrong, typed=typed)
        fields, secrets = kind.split(values, options)
        self.screen = (answer.step, answer.seq)
        return self._advance(Submitted(answer.step, answer.seq, answer.outcome, fields, secrets))

    def _leave_vendor(self, here: CallConnector, answer: Answer) -> Effect:
        """The person gives up waiting: the attempt is over for the run, whatever the vendor says later."""
        if (answer.step, answer.seq) != (here.step, here.seq) or answer.outcome not in {"restart", "stop"}:
            raise RefusedEvent("the page is out of date")
        if self._info(here).use == REDIRECT:
            cancel_departure(self.uow, self.run, here)
            outcome = CANCELLED if CANCELLED in self._connector_step(here).on else "error"
            return self._take_answer(ConnectorDone(here.step, outcome, wrap_answer(outcome, None, {}), here.seq))
        found = self._newest(here)
        if found is not None and found.status == "started":
            self.uow.verifications.save(replace(found, status="expired", error="abandoned", next_look_at=None))
        note_run(self.deps, self.uow, self.run, "verification", "abandoned", trace=self.browser.trace)
        return self._advance(ConnectorDone(here.step, "not_finished", {}, here.seq))

    def _info(self, effect: CallConnector) -> ConnectionInfo:
        """Return what the catalogue knows of a connection; one that is gone since can only fail."""
        return self.deps.flows.inventory.catalog(self.uow).connections.get(effect.connection) or ConnectionInfo(
            "unknown"
        )

    def _connector_step(self, effect: CallConnector) -> ConnectorStep:
        step = self.flow.steps[effect.step]
        if not isinstance(step, ConnectorStep):
            raise RefusedEvent(f"{effect.step!r} is no connector step")
        return step

    def _take_answer(self, done: ConnectorDone) -> Effect:
        """Feed what a connector answered to the engine; of a service that was asked, the audit trail tells."""
        here = resume(self.flow, self.state)
        if isinstance(here, CallConnector) and (info := self._info(here)).use in {CALL, REDIRECT}:
            done = fit_answer(self.state, self._connector_step(here), info, done)
            note_call(self.deps, self.uow, self.run, here.connection, done, self.browser.trace)
        return self._advance(done)

    def _advance(self, event: Event) -> Effect:
        context = condition_context(self.deps, self.uow, self.run, self.browser)
        self.state, effect = advance(self.flow, self.state, event, context, self.walk.follow(self.state.seq))
        self.walk.close(self.state)
        return effect

    def _act(self, effect: RunAction) -> Effect:
        call = replace(self._call(effect), prepared=self.prepared)
        self.prepared = None
        result = ACTIONS[effect.action].perform(self.deps, self.uow, call)
        self.run = result.run
        if result.user_changed:
            self.state, ended = end_run(self.state, "denied", "other_user")
            return ended
        return self._advance(ActionDone(effect.step, result.outcome, result.values, effect.seq))

    def _call(self, effect: RunAction) -> ActionCall:
        return ActionCall(
            run=self.run,
            step=effect.step,
            form=effect.form,
            options=effect.options,
            values=self.state.values,
            browser=self.browser,
            secrets=effect.secrets,
            screen=self.screen,
            outcomes=effect.outcomes,
        )

    def _last_action(self) -> str:
        steps = (self.flow.steps.get(hop.step) for hop in reversed(self.state.trail))
        return next((step.action for step in steps if isinstance(step, ActionStep)), "")

    def _newest(self, effect: CallConnector) -> Verification | None:
        return find_verification(self.uow, self.run.id, effect.step, effect.seq, self.deps.clock.now())

    def _at_vendor(self, effect: CallConnector, verification: Verification) -> AtVendor:
        return AtVendor(
            self._save(),
            verification,
            vendor_url(self.deps, verification),
            effect.step,
            effect.seq,
            ("restart", "stop"),
        )

    def _review(self, effect: AwaitReview) -> Effect | AtReview | LookAgain:
        pending = {name for name, output in self.state.connectors.items() if output.get("status") == PENDING}
        if settle_cases(self.deps, self.uow, self.run, pending, self.browser.trace):
            stored = self.uow.runs.get(self.run.id) or self.run
            self.run = replace(self.run, version=stored.version, deadline_at=stored.deadline_at)
        taken_up = list_taken_up(self.uow, self.run, pending)
        case = take_case(self.deps, self.uow, self.run, effect, self.browser.trace, taken_up)
        if case is None:
            return self._advance(ReviewDone(effect.step, "rejected", effect.seq))
        self.run = replace(self.run, deadline_at=max(self.run.deadline_at, case.deadline_at))
        if case.status == "open":
            return AtReview(self._save(), self.run.deadline_at)
        if case.status == "approved" and is_vendors(case):
            return self._take_up_result(effect, case)
        outcome = case.status
        if outcome == "approved":
            judgement, self.run = accept_review(self.deps, self.uow, self.run, case, effect.step, self.browser.trace)
            outcome = "approved" if judgement.accepted else "rejected"
        return self._advance(ReviewDone(effect.step, outcome, effect.seq))

    def _take_up_result(self, effect: AwaitReview, case: Case) -> Effect | LookAgain:
        """Go back to the condition with what the vendor's people decided, fetched not long ago."""
        found = self.uow.verifications.get(case.verification_id)
        if found is None:
            return self._advance(ReviewDone(effect.step, "rejected", effect.seq))
        if found.status == "completed" and not is_recent(self.deps, found):
            return LookAgain(found.id, AtReview(self._save(), self.run.deadline_at))
        return self._advance(ResultArrived(effect.step, found.step, output_of(found), effect.seq))

    def _broken_pin(self) -> str | None:
        if self.deps.clock.now() >= self.run.deadline_at:
            return "deadline"
        user_id = self.run.user_id or self.run.expected_user_id
        if user_id is None:
            return None
        user = self.uow.users.get(user_id)
        if user is None or user.status != "active":
            return "user_blocked"
        if user.credential_epoch != self.run.credential_epoch:
            return "credentials_changed"
        if self.run.purpose == "step_up":
            signed_in = find_session(self.deps, self.uow, self.browser)
            if signed_in is not None and signed_in.user.id != user_id:
                return "other_user"
            if signed_in is None or signed_in.session.id != self.run.session_id:
                return "session_ended"
        return None

    def _finish(self, effect: Effect, status: str | None = None) -> Ended:
        end, reason = (effect.end, effect.reason) if isinstance(effect, Finish) else ("error", "engine")
        run = replace(self.run, state=json.loads(to_json(self.state)))
        self.run = self.walk.keep(self.uow, run, self.deps.clock.now())
        self.run, session = finish_run(self.deps, self.uow, self.run, end, reason, self.browser, status)
        return Ended(self.run, session)

    def _save(self) -> Run:
        if self.state is self.resumed and self.run is self.loaded:
            return self.run
        saved = json.loads(to_json(self.state))
        self.run = self.walk.keep(self.uow, self.run, self.deps.clock.now())
        if saved != self.loaded.state or self.run != self.loaded:
            self.run = self.uow.runs.save(replace(self.run, state=saved))
        return self.run


def find_run(deps: Dependencies, run_id: int, browser: Browser) -> Run:
    """Return a run of this browser, whatever its state. Raises NotFound."""
    with deps.storage.read() as uow:
        return load_run(uow, run_id, browser)
