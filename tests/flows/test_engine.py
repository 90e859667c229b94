"""The engine moves a run by exactly the answers it waits for, and never proves anything by itself."""

from dataclasses import replace
from typing import Any

import pytest

from idp.flows.engine import (
    MAX_AUTOMATIC,
    ActionDone,
    AwaitReview,
    CallConnector,
    ConnectorDone,
    Decided,
    Effect,
    Event,
    Finish,
    JudgeProof,
    Left,
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
    decide,
    end_run,
    resume,
)
from idp.flows.language import Case, ConditionStep, Flow
from idp.flows.parse import parse_flow
from idp.flows.state import Hop, from_json, to_json
from tests.flows.samples import STRICT_STEP_UP, load_shipped, make_flow, score

SIGN_IN = load_shipped("sign-in")
STEP_UP = parse_flow(STRICT_STEP_UP)


class Run:
    """A run that is saved and read back between any two events, as a real one is."""

    def __init__(self, flow: Flow, **context: Any) -> None:
        self.flow = flow
        self.context = context
        self.state, self.effect = begin(flow, 7, context)

    def send(self, event: Event) -> Effect:
        saved = from_json(to_json(self.state))
        assert saved == self.state
        self.state, self.effect = advance(self.flow, saved, event, self.context)
        return self.effect

    def submit(self, outcome: str = "submitted", secrets: dict[str, str] | None = None, **fields: str) -> Effect:
        return self.send(Submitted(self.state.step, self.state.seq, outcome, fields, secrets or {}))

    def act(self, outcome: str, **values: Any) -> Effect:
        return self.send(ActionDone(self.state.step, outcome, values))

    def connect(self, outcome: str, output: dict[str, Any] | None = None) -> Effect:
        return self.send(ConnectorDone(self.state.step, outcome, output or {}))

    def review(self, outcome: str) -> Effect:
        return self.send(ReviewDone(self.state.step, outcome))

    def judge(self, accepted: Any) -> Effect:
        return self.send(ProofJudged(self.state.step, self.state.seq, accepted))


def reach_verify(**context: Any) -> Run:
    run = Run(STEP_UP, **context)
    assert run.submit("continue") == CallConnector("verify", 1, "incode_verify", {})
    return run


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


# --- one door for proof -----------------------------------------------------------------------------------------------


def test_a_passing_score_asks_for_a_judgement_and_moves_nothing_by_itself() -> None:
    run = reach_verify()
    asked = run.connect("completed", score("OK"))
    assert asked == JudgeProof("check", 2, 1, "incode_verify", "done")
    assert (run.state.step, run.state.case, run.state.finished) == ("check", 1, None)
    assert resume(STEP_UP, run.state) == asked
    assert run.judge(True) == Finish("complete", None)
    assert run.state.trail[-1] == Hop("check", "proved")


@pytest.mark.parametrize("accepted", [False, None, 1, "true", "accepted", [True], {}])
def test_anything_but_a_plain_true_refuses_the_proof(accepted: Any) -> None:
    run = reach_verify()
    run.connect("completed", score("OK"))
    assert run.judge(accepted) == Finish("denied", "identity_refused")
    assert run.state.trail[-1] == Hop("check", "otherwise")


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (score("FAIL"), Finish("denied", "identity_refused")),
        (score("UNKNOWN"), Finish("denied", "identity_refused")),
        (score(None), Finish("denied", "identity_refused")),
        ({}, Finish("denied", "identity_refused")),
        ({"owner": "match"}, Finish("denied", "identity_refused")),
        ({"owner": "match", "data": {"score": {"overall": None}}}, Finish("denied", "identity_refused")),
        (score("OK", owner="mismatch"), Finish("denied", "identity_refused")),
        (score("WARN", owner="mismatch"), Finish("denied", "identity_refused")),
        (score("WARN"), AwaitReview("review", 2, "identity", 172800.0)),
        (score("MANUAL"), AwaitReview("review", 2, "identity", 172800.0)),
        (score("MANUAL_OK"), JudgeProof("check", 2, 1, "incode_verify", "done")),
    ],
)
def test_each_result_leads_where_the_flow_says(output: dict[str, Any], expected: Effect) -> None:
    assert reach_verify().connect("completed", output) == expected


def test_an_unknown_owner_is_an_error_after_which_no_proof_is_taken() -> None:
    """The first case reads a key that is absent; a score of OK must not pass behind it."""
    output = score("OK")
    del output["owner"]
    run = reach_verify()
    assert run.connect("completed", output) == Finish("denied", "identity_refused")
    assert run.state.trail[-1] == Hop("check", "otherwise", "case 1: NOT_FOUND")


def test_after_an_error_a_case_that_proves_nothing_may_still_be_taken() -> None:
    step = ConditionStep(
        "c", (Case("user.a == 1", "x"), Case("true", "y", "incode_verify"), Case("true", "z")), "otherwise"
    )
    decision = decide(step, {})
    assert decision.case == 2
    assert [(index, kind) for index, kind, _ in decision.faults] == [(0, "NOT_FOUND")]
    assert decide(step, {"user": {"a": 2}}).case == 1


def test_an_expression_that_does_not_compile_counts_as_an_error() -> None:
    decision = decide(ConditionStep("c", (Case("1 +", "x"), Case("true", "y", "incode_verify")), "z"), {})
    assert decision.case is None
    assert decision.faults[0][:2] == (0, "EXPRESSION")


def test_what_an_earlier_attempt_said_is_gone_when_the_connection_is_used_again() -> None:
    run = reach_verify()
    run.connect("expired", score("OK"))
    assert "incode_verify" in run.state.connectors
    run.submit("retry")
    assert run.state.connectors == {}
    assert run.connect("completed", {}) == Finish("denied", "identity_refused")


def test_a_review_decides_in_its_own_name() -> None:
    for outcome, expected in (
        ("approved", Finish("complete", None)),
        ("rejected", Finish("denied", "identity_refused")),
    ):
        run = reach_verify()
        assert isinstance(run.connect("pending"), AwaitReview)
        assert run.review(outcome) == expected


def test_a_state_made_up_to_wait_for_a_judgement_is_refused() -> None:
    run = reach_verify()
    run.connect("completed", score("OK"))
    for case in (None, 0, 2, 3, 99):
        forged = replace(run.state, case=case)
        with pytest.raises(RefusedEvent):
            advance(STEP_UP, forged, ProofJudged("check", forged.seq, accepted=True))
        with pytest.raises(RefusedEvent):
            resume(STEP_UP, forged)


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


# --- secrets ----------------------------------------------------------------------------------------------------------

CANARY = "canary-9f2c"


def test_a_secret_reaches_the_next_action_and_nothing_else() -> None:
    run = Run(SIGN_IN)
    run.submit(email="a@b.c", secrets={"password": CANARY})
    assert CANARY not in repr(run.effect) + to_json(run.state)
    run.submit(secrets={"password": CANARY})
    assert isinstance(run.effect, RunAction)
    assert run.effect.secrets == {"password": CANARY}
    assert CANARY not in repr(run.effect) + repr(run.state) + to_json(run.state)
    assert CANARY not in repr(Submitted("a", 0, "b", {}, {"password": CANARY}))
    again = resume(SIGN_IN, run.state)
    assert isinstance(again, RunAction)
    assert again.secrets == {}
    run.act("ok")
    assert isinstance(run.effect, RunAction)
    assert run.effect.secrets == {}


def test_a_secret_passes_through_a_condition_but_not_through_a_limit() -> None:
    flow = make_flow(
        """
        a: {screen: password, on: {submitted: c, back: l}}
        c: {condition: [{when: 'form.x == "y"', to: z}], otherwise: k}
        k: {action: check_password, on: {ok: z, wrong: a, throttled: a}}
        l: {screen: message, on: {continue: z, limit: k}, max_visits: 1}
        z: {end: denied}
        """
    )
    run = Run(flow)
    acting = run.submit(secrets={"password": CANARY})
    assert isinstance(acting, RunAction)
    assert acting.secrets == {"password": CANARY}
    state = replace(run.state, step="a", visits={"l": 1})
    _, effect = advance(flow, state, Submitted("a", state.seq, "back", {}, {"password": CANARY}))
    assert isinstance(effect, RunAction)
    assert effect.secrets == {}


# --- limits -----------------------------------------------------------------------------------------------------------


def test_the_visit_after_the_last_one_takes_the_exit_for_it() -> None:
    run = Run(STEP_UP)
    run.submit("continue")
    for _ in range(4):
        assert isinstance(run.connect("not_finished"), ShowScreen)
        assert isinstance(run.submit("retry"), CallConnector)
    run.connect("not_finished")
    assert run.submit("retry") == Finish("denied", "too_many_attempts")
    assert run.state.trail[-1] == Hop("verify", "limit")


def test_a_limit_that_is_not_wired_ends_as_denied() -> None:
    flow = make_flow("a: {screen: message, on: {continue: a}, max_visits: 2}\nz: {end: complete}")
    run = Run(flow)
    assert isinstance(run.submit("continue"), ShowScreen)
    assert run.submit("continue") == Finish("denied", "limit")
    assert run.state.visits == {"a": 2}


def test_a_circle_of_conditions_ends_in_an_error() -> None:
    flow = make_flow("a: {condition: [{when: 'user.x == 1', to: z}], otherwise: a}\nz: {end: complete}")
    state, effect = begin(flow, 1)
    assert effect == Finish("error", "loop")
    assert len(state.trail) == 12


def test_a_circle_of_actions_ends_in_an_error_though_each_is_run_outside() -> None:
    flow = make_flow("a: {action: has_totp, on: {yes: a, no: z}}\nz: {end: complete}")
    run = Run(flow)
    for _ in range(MAX_AUTOMATIC - 1):
        assert isinstance(run.act("yes"), RunAction)
    assert run.act("yes") == Finish("error", "loop")


def test_a_person_who_answers_starts_the_count_again() -> None:
    flow = make_flow(
        "a: {action: has_totp, on: {yes: b, no: z}}\nb: {screen: message, on: {continue: a}}\nz: {end: complete}"
    )
    run = Run(flow)
    for _ in range(MAX_AUTOMATIC):
        assert isinstance(run.act("yes"), ShowScreen)
        assert isinstance(run.submit("continue"), RunAction)


def test_a_flow_that_was_never_checked_ends_in_an_error_and_nowhere_else() -> None:
    flow = make_flow(
        "a: {screen: message, on: {continue: nowhere}}\ns: {subflow: x, on: {complete: a}}\nz: {end: complete}"
    )
    assert Run(flow).submit("continue") == Finish("error", "unknown_step")
    assert begin(replace(flow, start="s"), 1)[1] == Finish("error", "unknown_step")
    assert begin(replace(flow, start="nowhere"), 1)[1] == Finish("error", "unknown_step")


@pytest.mark.parametrize(
    "event",
    [
        Submitted("identifier", 0, "submitted", {"email": "x" * 2000}),
        Submitted("identifier", 0, "submitted", {"email": "\ud800"}),
        Submitted("identifier", 0, "submitted", {"email": 3}),  # type: ignore[dict-item]
        Submitted("identifier", 0, "submitted", {3: "x"}),  # type: ignore[dict-item]
    ],
)
def test_a_form_that_is_too_large_or_no_text_is_refused(event: Submitted) -> None:
    with pytest.raises(RefusedEvent):
        Run(SIGN_IN).send(event)


@pytest.mark.parametrize("output", [{"x": "y" * 2100}, {"x": object()}, {"x": float("inf")}])
def test_an_output_that_is_too_large_or_not_plain_is_refused(output: dict[str, Any]) -> None:
    run = reach_verify()
    with pytest.raises(RefusedEvent):
        run.connect("completed", output)
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    with pytest.raises(RefusedEvent):
        run.connect("completed", loop)


# --- what conditions see ----------------------------------------------------------------------------------------------


def make_condition(when: str) -> Flow:
    return make_flow(
        f"""
        a: {{screen: message, on: {{continue: b}}}}
        b: {{action: has_totp, on: {{yes: c, no: c}}}}
        c: {{condition: [{{when: '{when}', to: y}}], otherwise: n}}
        y: {{end: complete}}
        n: {{end: denied}}
        """
    )


@pytest.mark.parametrize(
    ("when", "end"),
    [
        ('user.email_verified == true && client.id == "shop"', "complete"),
        ('form.kind == "b"', "complete"),
        ('run.values.b.kind == "v"', "complete"),
        ("run.attempts == 2", "complete"),
        ("size(run.visits) == 0", "complete"),
        ('connectors.incode_verify.owner == "match"', "denied"),
        ('request.acr == "x"', "denied"),
    ],
)
def test_conditions_see_the_callers_context_and_the_runs_own(when: str, end: str) -> None:
    forged = {"incode_verify": {"owner": "match"}}
    run = Run(
        make_condition(when),
        user={"email_verified": True},
        client={"id": "shop"},
        run={"attempts": 2, "values": "forged"},
        form={"kind": "forged"},
        connectors=forged,
    )
    run.submit("continue", kind="b")
    effect = run.act("yes", kind="v")
    assert isinstance(effect, Finish)
    assert effect.end == end
    assert "shop" not in to_json(run.state)


def test_a_context_of_the_wrong_shape_is_no_reason_to_fail() -> None:
    run = Run(make_condition('run.values.b.kind == "v"'), run="text")
    run.submit("continue")
    assert run.act("no", kind="v") == Finish("complete", None)


def test_what_an_action_said_is_replaced_by_what_it_says_next() -> None:
    flow = make_flow("a: {action: has_totp, on: {yes: a, no: z}}\nz: {end: complete}")
    run = Run(flow)
    run.act("yes", left=3)
    assert run.state.values == {"a": {"left": 3}}
    run.act("yes")
    assert run.state.values == {}
    with pytest.raises(RefusedEvent):
        run.act("yes", left="x" * 600)


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


# --- a result that comes while a reviewer has the case ----------------------------------------------------------------


def reach_pending_review(**output: Any) -> Run:
    run = reach_verify()
    run.connect("pending", {**score("MANUAL"), "status": "pending", **output})
    assert isinstance(run.effect, AwaitReview)
    return run


def arrive(run: Run, status: str, connector: str = "verify") -> Effect:
    return run.send(ResultArrived(run.state.step, connector, score(status), run.state.seq))


def test_a_result_that_arrives_is_judged_by_the_condition_and_proves_nothing_by_itself() -> None:
    run = reach_pending_review()
    asked = arrive(run, "MANUAL_OK")
    assert isinstance(asked, JudgeProof)
    assert (asked.step, asked.connection) == ("check", "incode_verify")
    assert [(hop.step, hop.outcome) for hop in run.state.trail[-3:]] == [
        ("verify", "pending"),
        ("review", "arrived"),
        ("verify", "completed"),
    ]
    assert run.judge(True) == Finish("complete", None)
    refused = reach_pending_review()
    arrive(refused, "MANUAL_OK")
    assert refused.judge(False) == Finish("denied", "identity_refused")


@pytest.mark.parametrize("status", ["FAIL", "MANUAL_FAIL", "UNKNOWN", "new", ""])
def test_a_result_that_arrives_and_does_not_pass_leads_where_it_would_have_led_at_first(status: str) -> None:
    run = reach_pending_review()
    assert arrive(run, status) == Finish("denied", "identity_refused")


def test_a_result_arrives_once_and_only_for_what_is_pending() -> None:
    run = reach_pending_review()
    for connector in ("check", "review", "nowhere", "intro"):
        with pytest.raises(RefusedEvent):
            arrive(run, "OK", connector)
    arrive(run, "WARN")
    assert isinstance(run.effect, AwaitReview)
    with pytest.raises(RefusedEvent):
        arrive(run, "OK")
    with pytest.raises(StaleEvent):
        run.send(ResultArrived("review", "verify", score("OK"), 1))
    doubtful = reach_verify()
    doubtful.connect("completed", score("WARN"))
    with pytest.raises(RefusedEvent):
        arrive(doubtful, "OK")
    at_a_screen = Run(STEP_UP)
    with pytest.raises(RefusedEvent):
        at_a_screen.send(ResultArrived("intro", "verify", score("OK")))
    never_asked = Run(
        make_flow("a: {review: q, on: {approved: z}}\nb: {connector: c, on: {completed: z}}\nz: {end: denied}")
    )
    with pytest.raises(RefusedEvent, match=r"^a ResultArrived cannot answer the step 'a'$"):
        arrive(never_asked, "OK", "b")
