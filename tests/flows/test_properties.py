"""What must hold for every flow and every run: tried on random graphs, random damage and random events."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.flows.check import check_flow
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
    RefusedEvent,
    ResultArrived,
    ReviewDone,
    RunAction,
    ShowScreen,
    StaleEvent,
    State,
    Submitted,
    advance,
    begin,
    resume,
)
from idp.flows.graph import Graph
from idp.flows.language import (
    CONNECTOR_OUTCOMES,
    LIMIT,
    REVIEW_OUTCOMES,
    ActionStep,
    Case,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    ReviewStep,
    ScreenStep,
    Step,
    list_exits,
)
from idp.flows.parse import FlowFault, parse_flow
from idp.flows.render import render_flow
from idp.flows.state import from_json, to_json
from tests.flows.samples import CATALOG, SHIPPED, load_shipped, score

FLOWS = {name: load_shipped(name) for name in SHIPPED}
STATUSES = ["OK", "MANUAL_OK", "WARN", "MANUAL", "MANUAL_PENDING", "FAIL", "MANUAL_FAIL", "UNKNOWN", "new", None]
OWNERS = ["match", "mismatch", "unknown", "enrolling"]
PROOF = 'connectors.incode_verify.data.score.overall.status == "OK"'
CANARY = "canary-3b1d"


# --- random flows -----------------------------------------------------------------------------------------------------


#: Purposes, and the steps that a sensible flow has, in their order; a drawn flow has some of them, and others.
SENSIBLE = (
    ("step_up", "verification_intro verify judge review"),
    ("recovery", "has_totp totp check_totp verify judge review new_password set_password"),
    ("sign_in", "identifier password check_password has_totp totp check_totp"),
    ("sign_in", "passkey check_passkey has_passkey add_passkey register_passkey"),
    ("sign_up", "sign_up register send_email_code email_code check_email_code verify judge review create_account"),
)
#: What must be said to use these; those that cannot do without a connection are left out.
OPTIONS = {"message": {"message": "m"}, "send_mail": {"template": "welcome"}}
USABLE = {name for name, action in CATALOG.actions.items() if "connection" not in action.arguments.get("required", ())}
ANYTHING = sorted({*CATALOG.screens, *USABLE, "verify", "judge", "review"})
#: Exits that lead on in a sensible flow; the others lead out or back.
GOOD = {
    "submitted",
    "continue",
    "ok",
    "yes",
    "no",
    "registered",
    "taken",
    "sent",
    "created",
    "added",
    "completed",
    "approved",
}


@st.composite
def draw_graphs(draw: st.DrawFn) -> Flow:
    """Draw a flow of known steps with every outcome wired: somewhat sensible, and with anything possible anywhere."""
    purpose, sensible = draw(st.sampled_from(SENSIBLE))
    words = [word for word in sensible.split() if draw(st.integers(0, 9)) < 9]
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        words.insert(draw(st.integers(0, len(words))), draw(st.sampled_from(ANYTHING)))
    names = [f"s{number}" for number in range(len(words))]
    steps: dict[str, Step] = {"done": EndStep("done", "complete"), "denied": EndStep("denied", "denied")}

    def wire(number: int, outcomes: tuple[str, ...]) -> dict[str, str]:
        return {outcome: aim(number, good=outcome in GOOD) for outcome in outcomes}

    def aim(number: int, *, good: bool) -> str:
        following = names[number + 1] if number + 1 < len(names) else "done"
        luck = draw(st.integers(0, 39))
        if luck == 0:
            return draw(st.sampled_from([*names, "done", "denied"]))
        if good:
            return following if luck < 38 else "done"
        return "denied" if luck < 30 else draw(st.sampled_from(names[: number + 1]))

    for number, word in enumerate(words):
        name = names[number]
        if word in CATALOG.screens:
            screen = CATALOG.screens[word]
            wired = [name for name in screen.outcomes if name not in screen.optional or draw(st.integers(0, 3)) == 0]
            # A page without a way on is no flow at all.
            exits = tuple(wired) or screen.any_of[:1]
            steps[name] = ScreenStep(name, word, wire(number, exits), OPTIONS.get(word, {}))
        elif word in CATALOG.actions:
            outcomes = CATALOG.actions[word].outcomes
            steps[name] = ActionStep(name, word, wire(number, outcomes), OPTIONS.get(word, {}))
        elif word == "verify":
            steps[name] = ConnectorStep(name, "incode_verify", wire(number, CONNECTOR_OUTCOMES))
        elif word == "judge":
            proves = draw(st.sampled_from(["incode_verify"] * 7 + [None]))
            # Past the review, if there is one next: that is for the doubtful.
            past = min(number + 1, len(names) - 1) if words[number + 1 : number + 2] == ["review"] else number
            cases = (Case("user.x == 1", aim(number, good=False)), Case(PROOF, aim(past, good=True), proves))
            steps[name] = ConditionStep(
                name, cases, draw(st.sampled_from([aim(number, good=False), *names[number + 1 :]]))
            )
        else:
            steps[name] = ReviewStep(name, "q", wire(number, REVIEW_OUTCOMES))
    return Flow("f", "F", purpose, 60.0, names[0] if names else "done", steps)


def rewire(flow: Flow, draw: Any) -> Flow:
    """Lead one exit of one step to another step."""
    name = draw(st.sampled_from(sorted(name for name in flow.steps if not isinstance(flow.steps[name], EndStep))))
    step: Any = flow.steps[name]
    target = draw(st.sampled_from(sorted(flow.steps)))
    if isinstance(step, ConditionStep):
        index = draw(st.integers(0, len(step.cases)))
        if index == len(step.cases):
            step = replace(step, otherwise=target)
        else:
            cases = list(step.cases)
            cases[index] = replace(cases[index], to=target)
            step = replace(step, cases=tuple(cases))
    else:
        step = replace(step, on={**step.on, draw(st.sampled_from(sorted(step.on))): target})
    return replace(flow, steps={**flow.steps, name: step})


@st.composite
def draw_damaged(draw: st.DrawFn) -> Flow:
    """Draw a shipped flow with a few exits rewired."""
    flow = FLOWS[draw(st.sampled_from(SHIPPED))]
    for _ in range(draw(st.integers(1, 3))):
        flow = rewire(flow, draw)
    return flow


# --- what a run proves, told by its effects and answers alone ---------------------------------------------------------


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


def passes(flow: Flow) -> bool:
    return not any(problem.severity == "error" for problem in check_flow(flow, CATALOG))


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


def test_no_run_of_a_flow_that_passes_completes_without_what_its_purpose_demands() -> None:
    counts = {"refused": 0, "unfinished": 0, "denied": 0, "complete": 0, "error": 0}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(draw_damaged(), st.data())
    def run(flow: Flow, data: st.DataObject) -> None:
        if not passes(flow):
            counts["refused"] += 1
            return
        effect, ledger = run_at_random(flow, data.draw)
        counts[effect.end if isinstance(effect, Finish) else "unfinished"] += 1
        if isinstance(effect, Finish) and effect.end == "complete":
            assert ledger.suffices(flow.purpose)

    run()
    # Without these the test would say nothing: enough flows pass, and enough runs get to the end.
    assert counts["refused"] > 50
    assert counts["complete"] > 5, counts


def test_no_run_of_any_graph_leaves_the_engines_bounds_and_none_that_passes_completes_unproved() -> None:
    counts = {"passed": 0, "complete": 0}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(draw_graphs(), st.data())
    def run(flow: Flow, data: st.DataObject) -> None:
        passed = passes(flow)
        counts["passed"] += passed
        # Few flows pass, and most runs are led out: those that pass are walked several times.
        for _ in range(25 if passed else 1):
            effect, ledger = run_at_random(flow, data.draw)
            if passed and isinstance(effect, Finish) and effect.end == "complete":
                counts["complete"] += 1
                assert ledger.suffices(flow.purpose)

    run()
    assert counts["passed"] > 20, counts
    assert counts["complete"] > 3, counts


def test_random_runs_do_complete_so_that_the_above_says_something() -> None:
    seen: set[tuple[str, str]] = set()

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(st.sampled_from(SHIPPED), st.data())
    def collect(name: str, data: st.DataObject) -> None:
        effect, _ = run_at_random(FLOWS[name], data.draw)
        if isinstance(effect, Finish):
            seen.add((name, effect.end))

    collect()
    assert seen >= {(name, "denied") for name in SHIPPED}
    assert ("sign-in", "complete") in seen
    assert ("step-up", "complete") in seen


# --- the checker against a walk of every path -------------------------------------------------------------------------


def can_complete_unproved(flow: Flow) -> bool:
    """Walk every path, keeping what was proved on it: the slow and obvious way to know."""
    entry = Ledger(flow.purpose)
    first = (flow.start, frozenset(entry.methods), entry.user, entry.account, False)
    seen, waiting = {first}, [first]
    while waiting:
        name, methods, user, account, result = waiting.pop()
        step = flow.steps[name]
        ledger = Ledger(flow.purpose)
        if isinstance(step, EndStep):
            ledger.methods, ledger.user, ledger.account = set(methods), user, account
            if step.end == "complete" and not ledger.suffices(flow.purpose):
                return True
            continue
        for outcome, target in list_exits(step):
            ledger.methods, ledger.user, ledger.account, ledger.result = set(methods), user, account, result
            match step:
                case ActionStep():
                    ledger.note(RunAction(name, 0, step.action, {}, {}), outcome)
                case ConnectorStep():
                    ledger.note(CallConnector(name, 0, step.connector, {}), outcome)
                case ReviewStep():
                    ledger.note(AwaitReview(name, 0, "q", 1.0), outcome)
                case ConditionStep() if outcome == "case 2" and step.cases[1].proves:
                    ledger.note(JudgeProof(name, 0, 1, "incode_verify", target), True)
            to = (target, frozenset(ledger.methods), ledger.user, ledger.account, ledger.result)
            if to not in seen:
                seen.add(to)
                waiting.append(to)
    return False


@settings(max_examples=300, deadline=None, derandomize=True)
@given(draw_graphs())
def test_the_checker_refuses_every_flow_in_which_some_path_completes_unproved(flow: Flow) -> None:
    refused = any(problem.code == "missing-evidence" for problem in check_flow(flow, CATALOG))
    if can_complete_unproved(flow):
        assert refused


def test_the_checker_refuses_hardly_any_flow_in_which_no_path_does() -> None:
    """It may be too careful in one case only: a review that has a result on some paths and proof on the others."""
    counts = {"sound": 0, "careful": 0}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(draw_graphs())
    def compare(flow: Flow) -> None:
        if can_complete_unproved(flow) or "done" not in Graph(flow).reach():
            return
        problems = [problem for problem in check_flow(flow, CATALOG) if problem.code == "missing-evidence"]
        counts["careful" if problems else "sound"] += 1

    compare()
    assert counts["sound"] > 50
    assert counts["careful"] * 20 <= counts["sound"], counts


# --- events of other steps --------------------------------------------------------------------------------------------


def list_foreign(flow: Flow, at: str, seq: int) -> list[Event]:
    """List every event of every other step, with every outcome there is, at every moment a client could name."""
    events: list[Event] = []
    for name, step in flow.steps.items():
        if name == at:
            continue
        for outcome in {*dict(list_exits(step)), "ok", "submitted", "approved", "completed", "limit"}:
            events += [
                *(Submitted(name, number, outcome, {"email": "x@y.z"}, {"code": "1"}) for number in (0, seq, seq + 1)),
                ActionDone(name, outcome),
                ActionDone(name, outcome, {}, seq),
                ConnectorDone(name, outcome, score("OK")),
                ReviewDone(name, outcome),
                ResultArrived(name, outcome, score("OK")),
            ]
        events += [ProofJudged(name, seq, accepted=True), ProofJudged(name, 0, accepted=True)]
    return events


def reach_email_code() -> tuple[State, Effect]:
    flow = FLOWS["sign-up"]
    state, _ = begin(flow, 1)
    state, _ = advance(flow, state, Submitted("sign_up", 0, "submitted", {"email": "a@b.c"}, {"password": "pw"}))
    state, _ = advance(flow, state, ActionDone("register", "registered"))
    return advance(flow, state, ActionDone("send_code", "sent"))


def test_at_the_email_step_every_event_of_every_other_step_is_refused() -> None:
    """An account was once taken over by choosing another method at the e-mail step, which then counted as done."""
    flow = FLOWS["sign-up"]
    state, effect = reach_email_code()
    assert isinstance(effect, ShowScreen)
    assert effect.step == "email_code"
    saved = to_json(state)
    foreign = list_foreign(flow, "email_code", state.seq)
    assert len(foreign) > 300
    for event in foreign:
        with pytest.raises(StaleEvent):
            advance(flow, state, event)
        assert to_json(state) == saved


def test_at_the_email_step_no_other_kind_of_answer_leads_past_it() -> None:
    flow = FLOWS["sign-up"]
    state, _ = reach_email_code()
    for outcome in ("ok", "sent", "limit", "continue", "completed", "approved", "submitted ", "SUBMITTED", ""):
        for event in (
            ActionDone("email_code", outcome),
            ConnectorDone("email_code", outcome),
            ReviewDone("email_code", outcome),
            ProofJudged("email_code", state.seq, accepted=True),
            Submitted("email_code", state.seq, outcome),
        ):
            with pytest.raises(RefusedEvent):
                advance(flow, state, event)
    after = {
        advance(flow, state, Submitted("email_code", state.seq, outcome))[0].step for outcome in ("back", "resend")
    }
    assert after == {"sign_up", "send_code"}
    assert advance(flow, state, Submitted("email_code", state.seq, "submitted"))[0].step == "check_code"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(SHIPPED), st.data())
def test_wherever_a_run_stands_every_event_of_every_other_step_is_refused(name: str, data: st.DataObject) -> None:
    flow = FLOWS[name]
    state, effect = begin(flow, 1)
    for _ in range(data.draw(st.integers(0, 12))):
        if isinstance(effect, Finish):
            break
        state, effect = advance(flow, state, answer(flow, effect, data.draw)[0])
    saved = to_json(state)
    for event in list_foreign(flow, state.step, state.seq):
        with pytest.raises(StaleEvent):
            advance(flow, state, event)
    assert to_json(state) == saved
    shown = resume(flow, from_json(saved))
    assert shown == (replace(effect, secrets={}) if isinstance(effect, RunAction) else effect)


# --- documents --------------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, derandomize=True)
@given(draw_graphs() | draw_damaged())
def test_a_flow_that_can_be_drawn_can_be_written_read_and_checked(flow: Flow) -> None:
    again = parse_flow(render_flow(flow))
    assert again == flow
    found = {(problem.code, problem.path, problem.message) for problem in check_flow(flow, CATALOG)}
    assert {(problem.code, problem.path, problem.message) for problem in check_flow(again, CATALOG)} == found


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(SHIPPED), st.data())
def test_a_flow_with_any_words_in_it_is_read_and_checked_or_refused(name: str, data: st.DataObject) -> None:
    """Swap words of a shipped flow for each other: the checker must cope with every flow the parser lets through."""
    text = render_flow(FLOWS[name])
    words = sorted(
        {word for word in json.dumps(text).replace("\\n", " ").replace('"', " ").split() if word.isidentifier()}
    )
    for _ in range(data.draw(st.integers(1, 3))):
        text = text.replace(data.draw(st.sampled_from(words)), data.draw(st.sampled_from(words)))
    try:
        flow = parse_flow(text)
    except FlowFault:
        return
    assert isinstance(check_flow(flow, CATALOG), tuple)
