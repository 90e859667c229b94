"""The engine moves a run by exactly the answers it waits for, and tells who watches."""

from dataclasses import replace

import pytest

from idp.flows.engine import (
    ActionDone,
    CallConnector,
    ConnectorDone,
    Decided,
    Finish,
    JudgeProof,
    Left,
    ProofJudged,
    RefusedEvent,
    ReviewDone,
    RunAction,
    ShowScreen,
    StaleEvent,
    State,
    Submitted,
    advance,
    begin,
    end_run,
    resume,
)
from idp.flows.state import Hop, to_json
from tests.flows.runs import SIGN_IN, STEP_UP, Run
from tests.flows.samples import load_shipped, make_flow

# --- a journey from end to end --------------------------------------------------------------------------------------


def test_a_sign_in_with_password_and_authenticator() -> None:
    run = Run(SIGN_IN)
    assert run.effect == ShowScreen("identifier", 0, "identifier", {}, None, {}, ("submitted", "passkey"))
    shown = run.submit(email="ann@example.org")
    assert shown == ShowScreen("password", 1, "password", {}, None, {"email": "ann@example.org"}, ("submitted", "back"))
    acting = run.submit(secrets={"password": "correct horse"})
    assert acting == RunAction(
        "check_password",
        2,
        "check_password",
        {},
        {"email": "ann@example.org"},
        {"password": "correct horse"},
        ("ok", "wrong", "throttled"),
    )
    assert run.act("ok") == RunAction(
        "factor",
        3,
        "pick_second_factor",
        {},
        {"email": "ann@example.org"},
        {},
        ("passkey", "totp", "sms_code", "recovery_code", "none", "unavailable"),
    )
    assert isinstance(run.act("totp"), ShowScreen)
    assert run.submit(secrets={"code": "123456"}) == RunAction(
        "check_totp",
        5,
        "check_totp",
        {},
        {"email": "ann@example.org"},
        {"code": "123456"},
        ("ok", "wrong", "throttled", "not_enrolled"),
    )
    assert run.act("ok") == Finish("complete", None)
    assert (run.state.finished, run.state.flow, run.state.version, run.state.seq) == ("complete", "sign-in", 7, 6)


def test_the_screen_shown_again_says_what_went_wrong_and_only_once() -> None:
    run = Run(SIGN_IN)
    run.submit(email="a@b.c")
    run.submit(secrets={"password": "no"})
    shown = run.act("wrong")
    assert isinstance(shown, ShowScreen)
    assert (shown.step, shown.error) == ("password", "wrong")
    assert resume(SIGN_IN, run.state) == shown
    shown = run.submit("back")
    assert isinstance(shown, ShowScreen)
    assert (shown.step, shown.error) == ("identifier", None)


def test_a_taken_address_looks_like_any_other() -> None:
    shown = []
    for outcome in ("registered", "taken"):
        run = Run(load_shipped("sign-up"))
        run.submit(email="a@b.c", secrets={"password": "pw"})
        sending = run.act(outcome)
        shown.append((sending, run.act("sent")))
    assert shown[0] == shown[1]


# --- events that do not fit -------------------------------------------------------------------------------------------


def test_an_event_for_another_step_or_an_earlier_moment_is_stale_and_changes_nothing() -> None:
    run = Run(SIGN_IN)
    run.submit(email="a@b.c")
    for event in (
        Submitted("identifier", 0, "submitted", {"email": "x@y.z"}),
        Submitted("identifier", 1, "submitted"),
        Submitted("password", 0, "submitted"),
        Submitted("password", 2, "submitted"),
        ActionDone("check_password", "ok"),
        ActionDone("password", "ok", {}, 0),
        ConnectorDone("verify", "completed", {}, 1),
        ReviewDone("review", "approved", 1),
        ProofJudged("check", 1, accepted=True),
    ):
        before = to_json(run.state)
        with pytest.raises(StaleEvent):
            run.send(event)
        assert to_json(run.state) == before


def test_an_event_of_another_kind_is_refused() -> None:
    run = Run(SIGN_IN)
    for event in (
        ActionDone("identifier", "submitted"),
        ConnectorDone("identifier", "submitted"),
        ReviewDone("identifier", "submitted"),
        ProofJudged("identifier", 0, accepted=True),
    ):
        with pytest.raises(RefusedEvent):
            run.send(event)


@pytest.mark.parametrize("outcome", ["ok", "", "back", "limit", "Submitted", "otherwise"])
def test_an_outcome_that_is_not_wired_is_refused_and_nobody_can_send_the_engines_own(outcome: str) -> None:
    run = Run(SIGN_IN)
    with pytest.raises(RefusedEvent):
        run.submit(outcome)


def test_nothing_moves_a_run_that_is_over() -> None:
    run = Run(STEP_UP)
    run.submit("stop")
    assert run.effect == Finish("denied", "stopped")
    assert resume(STEP_UP, run.state) == run.effect
    for event in (
        Submitted("intro", 0, "continue"),
        Submitted("stopped", 1, "continue"),
        ReviewDone("stopped", "approved"),
    ):
        with pytest.raises(StaleEvent):
            run.send(event)
    with pytest.raises(RefusedEvent):
        end_run(run.state, "denied", "late")


def test_a_state_of_another_flow_is_refused() -> None:
    run = Run(STEP_UP)
    with pytest.raises(RefusedEvent):
        advance(SIGN_IN, run.state, Submitted("intro", 0, "continue"))
    with pytest.raises(RefusedEvent, match=r"^the state belongs to another flow$"):
        resume(SIGN_IN, run.state)
    with pytest.raises(RefusedEvent):
        resume(STEP_UP, replace(run.state, step="gone"))
    with pytest.raises(RefusedEvent):
        advance(STEP_UP, replace(run.state, step="gone"), Submitted("gone", 0, "continue"))


def test_a_run_can_be_ended_from_outside_but_never_as_complete() -> None:
    run = Run(STEP_UP)
    state, effect = end_run(run.state, "error", "deadline")
    assert effect == Finish("error", "deadline")
    assert (state.finished, state.seq) == ("error", 1)
    with pytest.raises(StaleEvent):
        advance(STEP_UP, state, Submitted("intro", 1, "continue"))
    with pytest.raises(RefusedEvent, match=r"^a run ends once, and from outside only as denied or error$"):
        end_run(run.state, "complete", "please")


# --- what conditions see ----------------------------------------------------------------------------------------------


def test_the_trail_keeps_the_last_hops_only() -> None:
    run = Run(SIGN_IN)
    for _ in range(8):
        run.submit(email="a@b.c")
        run.submit("back")
    assert len(run.state.trail) == 12
    assert run.state.trail[-2:] == (Hop("identifier", "submitted"), Hop("password", "back"))


def test_a_state_is_never_changed_in_place() -> None:
    run = Run(SIGN_IN)
    first = run.state
    saved = to_json(first)
    run.submit(email="a@b.c")
    assert to_json(first) == saved
    assert first != run.state
    assert isinstance(first, State)


# --- watching ---------------------------------------------------------------------------------------------------------


def test_who_watches_is_told_every_condition_and_every_edge_in_order() -> None:
    flow = make_flow(
        """
        a: {condition: [{when: 'user.x == 1', to: b}], otherwise: b}
        b: {connector: incode_verify, on: {completed: c}, max_visits: 1}
        c: {condition: [{when: 'connectors.incode_verify.owner != ""', proves: incode_verify, to: b}], otherwise: z}
        z: {end: denied}
        """
    )
    seen: list[Decided | Left] = []
    state, effect = begin(flow, 1, {"user": {"x": 2}}, seen.append)
    assert isinstance(effect, CallConnector)
    decided, left = seen
    assert isinstance(decided, Decided)
    assert (decided.step, decided.decision.case, decided.context["user"]) == ("a", None, {"x": 2})
    assert left == Left("a", "otherwise", "b")
    seen.clear()
    output = {"owner": "match"}
    state, effect = advance(flow, state, ConnectorDone("b", "completed", output), {}, seen.append)
    assert [type(event).__name__ for event in seen] == ["Left", "Decided"]
    assert isinstance(seen[1], Decided)
    assert seen[1].context["connectors"] == {"incode_verify": output}
    assert isinstance(effect, JudgeProof)
    seen.clear()
    advance(flow, state, ProofJudged("c", state.seq, accepted=False), {}, seen.append)
    assert seen == [Left("c", "otherwise", "z")]
    seen.clear()
    after, effect = advance(flow, state, ProofJudged("c", state.seq, accepted=True), {}, seen.append)
    assert (seen, after.finished, after.reason) == ([Left("c", "case 1", "b")], "denied", "limit")


def test_a_limit_is_an_edge_like_any_other_to_who_watches() -> None:
    flow = make_flow("a: {screen: try_later, on: {retry: a, stop: z, limit: z}, max_visits: 1}\nz: {end: denied}")
    seen: list[Decided | Left] = []
    state, _ = begin(flow, 1, None, seen.append)
    advance(flow, state, Submitted("a", 0, "retry"), None, seen.append)
    assert seen == [Left("a", "retry", "a"), Left("a", "limit", "z")]


def test_a_run_that_is_watched_goes_the_same_way() -> None:
    watched = begin(STEP_UP, 1, {}, lambda _: None)
    assert watched == begin(STEP_UP, 1, {})
