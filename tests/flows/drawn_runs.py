"""Runs answered at random, and what they prove, told by their effects and answers alone."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from idp.flows.engine import (
    ActionDone,
    AwaitReview,
    CallConnector,
    ConnectorDone,
    Effect,
    Event,
    Finish,
    JudgeProof,
    ProofJudged,
    ResultArrived,
    ReviewDone,
    RunAction,
    ShowScreen,
    State,
    Submitted,
    advance,
    begin,
)
from idp.flows.language import LIMIT, ConnectorStep, Flow, list_exits
from idp.flows.state import from_json, to_json
from tests.flows.samples import score

STATUSES = ["OK", "MANUAL_OK", "WARN", "MANUAL", "MANUAL_PENDING", "FAIL", "MANUAL_FAIL", "UNKNOWN", "new", None]
OWNERS = ["match", "mismatch", "unknown", "enrolling"]
CANARY = "canary-3b1d"

#: What says who the person is, and by which method.
OPENS = {
    ("check_password", "ok"): "pwd",
    ("check_passkey", "ok"): "passkey",
    ("send_sign_in_code", "proved"): "email",
    ("check_sign_in_code", "ok"): "email",
}
#: What proves something more.
PROVES = {"check_totp": "otp", "check_recovery_code": "recovery_code", "check_email_code": "email"}


class Ledger:
    """The evidence an application would keep; knows nothing of the checker."""

    def __init__(self, purpose: str) -> None:
        self.methods = {"recovery_link"} if purpose == "recovery" else set()
        self.user = purpose in {"step_up", "recovery"}
        self.account = False
        self.result = False

    def note(self, effect: Effect, outcome: Any) -> None:
        match effect, outcome:
            case RunAction(action=action), _ if (action, outcome) in OPENS:
                self.methods.add(OPENS[action, outcome])
                self.user = True
            case RunAction(action=action), "ok" if action in PROVES:
                self.methods.add(PROVES[action])
            case RunAction(action="create_account"), "created":
                self.account = self.user = True
            case CallConnector(), _:
                self.result = outcome in {"completed", "pending"}
            case JudgeProof(), True:
                self.methods.add("idv")
            case AwaitReview(), "arrived":
                self.result = True
            case AwaitReview(), "approved" if self.result:
                self.methods.add("idv")

    def suffices(self, purpose: str) -> bool:
        match purpose:
            case "sign_in":
                return self.user and bool(self.methods & {"pwd", "otp", "email", "passkey"})
            case "sign_up":
                return self.account and "email" in self.methods
            case "step_up":
                return "idv" in self.methods
            case _:
                return {"recovery_link", "idv"} <= self.methods


def answer(flow: Flow, effect: Effect, draw: Any) -> tuple[Event, Any]:
    """Draw any answer that the engine will take."""
    match effect:
        case ShowScreen():
            outcome = draw(st.sampled_from(effect.outcomes))
            return Submitted(effect.step, effect.seq, outcome, {"email": "a@b.c"}, {"password": CANARY}), outcome
        case JudgeProof():
            accepted = draw(st.booleans())
            return ProofJudged(effect.step, effect.seq, accepted), accepted
    outcomes = [outcome for outcome, _ in list_exits(flow.steps[effect.step]) if outcome != LIMIT]  # type: ignore[union-attr]
    outcome = draw(st.sampled_from(outcomes))
    match effect:
        case RunAction():
            return ActionDone(effect.step, outcome), outcome
        case AwaitReview():
            return ReviewDone(effect.step, outcome), outcome
    output = score(draw(st.sampled_from(STATUSES)), draw(st.sampled_from(OWNERS))) | {"status": outcome}
    return ConnectorDone(effect.step, outcome, draw(st.sampled_from([{}, output, output]))), outcome  # type: ignore[union-attr]


def is_pending(flow: Flow, state: State, asked: str) -> bool:
    """Say whether the connector step that was used last has a result that is pending."""
    step = flow.steps.get(asked)
    return isinstance(step, ConnectorStep) and state.connectors.get(step.connector, {}).get("status") == "pending"


def run_at_random(flow: Flow, draw: Any) -> tuple[Effect, Ledger]:
    ledger = Ledger(flow.purpose)
    context: Mapping[str, Any] = {"user": draw(st.sampled_from([{}, {"x": 1}, {"x": 2}]))}
    state, effect = begin(flow, 1, context)
    asked = ""
    for _ in range(60):
        if isinstance(effect, Finish):
            break
        event, outcome = answer(flow, effect, draw)
        asked = effect.step if isinstance(effect, CallConnector) else asked
        if isinstance(effect, AwaitReview) and is_pending(flow, state, asked) and draw(st.booleans()):
            output = score(draw(st.sampled_from(STATUSES)), draw(st.sampled_from(OWNERS)))
            event, outcome = ResultArrived(state.step, asked, output, state.seq), "arrived"
        ledger.note(effect, outcome)
        state, effect = advance(flow, state, event, context)
        saved = to_json(state)
        assert len(saved.encode()) < 8192
        assert from_json(saved) == state
        assert CANARY not in saved
    return effect, ledger
