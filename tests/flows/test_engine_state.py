"""What stands in the state, in the trail and before whoever watches, to the last field and the last step."""

import pytest

from idp.flows import engine
from idp.flows.engine import (
    AwaitReview,
    Decided,
    Finish,
    JudgeProof,
    Left,
    RefusedEvent,
    ResultArrived,
    ShowScreen,
    Submitted,
    advance,
    begin,
)
from idp.flows.parse import parse_flow
from idp.flows.state import MAX_FORM, Hop, measure_json
from tests.flows.runs import Run, reach_verify
from tests.flows.samples import STEP_UP, make_flow

REVIEWED = make_flow(
    """
    ask: {screen: verification_intro, on: {continue: look, stop: out}}
    look: {review: identity, on: {approved: which, rejected: out, expired: out}}
    which: {condition: [{when: 'client.id == "bank"', to: done}], otherwise: out}
    done: {end: complete}
    out: {end: denied}
    """,
    start="ask",
)


def test_after_a_review_conditions_read_what_the_caller_knows() -> None:
    run = Run(REVIEWED, client={"id": "bank"})
    assert isinstance(run.submit("continue"), AwaitReview)
    assert run.review("approved") == Finish("complete", None)


@pytest.mark.parametrize(("most", "end"), [(3, "complete"), (2, "error")])
def test_after_an_answer_of_a_person_so_many_steps_are_entered_and_no_more(
    monkeypatch: pytest.MonkeyPatch, most: int, end: str
) -> None:
    monkeypatch.setattr(engine, "MAX_AUTOMATIC", most)
    flow = make_flow(
        """
        ask: {screen: verification_intro, on: {continue: one, stop: one}}
        one: {condition: [{when: 'false', to: done}], otherwise: two}
        two: {condition: [{when: 'true', to: done}], otherwise: done}
        done: {end: complete}
        """,
        start="ask",
    )
    run = Run(flow)
    assert run.submit("continue") == Finish(end, None if end == "complete" else "loop")
    assert run.state.automatic == (3 if end == "complete" else most + 1)


@pytest.mark.parametrize(("most", "end"), [(2, "complete"), (1, "error")])
def test_after_a_reviewer_decided_so_many_steps_are_entered_and_no_more(
    monkeypatch: pytest.MonkeyPatch, most: int, end: str
) -> None:
    monkeypatch.setattr(engine, "MAX_AUTOMATIC", most)
    run = Run(REVIEWED, client={"id": "bank"})
    assert isinstance(run.submit("continue"), AwaitReview)
    assert run.review("approved") == Finish(end, None if end == "complete" else "loop")


def test_a_judged_case_and_an_error_are_forgotten_when_the_run_goes_on_or_ends() -> None:
    run = reach_verify()
    effect = run.connect("completed", {"status": "completed", "owner": "match", "data": passed()})
    assert effect == JudgeProof("check", run.state.seq, 1, "incode_verify", "done")
    assert run.state.case == 1
    assert run.judge(True) == Finish("complete", None)
    assert (run.state.case, run.state.error) == (None, None)
    assert run.state.trail[-1] == Hop("check", "proved", None)


def test_the_first_case_is_judged_as_the_first_and_forgotten_at_the_next_screen() -> None:
    run = Run(parse_flow(STEP_UP.replace("otherwise: rejected", "otherwise: explain")))
    effect = run.connect("completed", {"status": "completed", "owner": "match", "data": passed()})
    assert effect == JudgeProof("check", run.state.seq, 0, "incode_verify", "done")
    assert isinstance(run.judge(False), ShowScreen)
    assert run.state.case is None


def passed() -> dict[str, object]:
    return {"score": {"overall": {"status": "OK"}}}


ACTING = make_flow(
    """
    try: {action: check_password, on: {ok: again, wrong: again, locked: out}}
    again: {screen: password, on: {submitted: try, forgot: out}}
    out: {end: denied, reason: locked}
    """,
    start="try",
)


def test_a_screen_says_what_went_wrong_and_nothing_when_nothing_did() -> None:
    for outcome, error in (("wrong", "wrong"), ("ok", None)):
        effect = Run(ACTING).act(outcome)
        assert isinstance(effect, ShowScreen)
        assert effect.error == error


def test_an_error_does_not_stand_in_a_run_that_is_over() -> None:
    run = Run(ACTING)
    assert run.act("locked") == Finish("denied", "locked")
    assert (run.state.finished, run.state.error) == ("denied", None)


def test_a_case_that_holds_after_errors_leaves_them_in_the_trail_and_names_its_target_to_who_watches() -> None:
    flow = make_flow(
        """
        a: {condition: [{when: 'form.none == "x"', to: no}, {when: 'true', to: yes}], otherwise: no}
        yes: {end: complete}
        no: {end: denied}
        """
    )
    seen: list[Decided | Left] = []
    state, effect = begin(flow, 1, watch=seen.append)
    assert effect == Finish("complete", None)
    assert [(hop.step, hop.outcome) for hop in state.trail] == [("a", "case 2")]
    assert state.trail[0].fault is not None
    assert state.trail[0].fault.startswith("case 1: ")
    assert seen[-1] == Left("a", "case 2", "yes")


def test_a_limit_that_is_not_wired_is_the_last_of_the_trail() -> None:
    flow = make_flow(
        """
        a: {screen: verification_intro, on: {continue: a, stop: done}, max_visits: 1}
        done: {end: denied}
        """
    )
    run = Run(flow)
    assert run.submit("continue") == Finish("denied", "limit")
    assert [hop.outcome for hop in run.state.trail] == ["continue", "limit"]


def test_a_result_that_arrives_is_told_to_who_watches_with_the_step_that_it_belongs_to() -> None:
    run = reach_verify()
    run.connect("pending", {"status": "pending"})
    seen: list[Decided | Left] = []
    event = ResultArrived("review", "verify", {"status": "completed", "owner": "match", "data": passed()})
    advance(run.flow, run.state, event, watch=seen.append)
    assert [told for told in seen if isinstance(told, Left)][:2] == [
        Left("review", "arrived", "verify"),
        Left("verify", "completed", "check"),
    ]


def test_a_form_of_exactly_the_greatest_size_is_kept() -> None:
    run = Run(ACTING)
    run.act("wrong")
    room = MAX_FORM - measure_json({"password": ""})
    run.submit(password="x" * room)
    assert measure_json(run.state.form) == MAX_FORM
    run = Run(ACTING)
    run.act("wrong")
    with pytest.raises(RefusedEvent):
        run.send(Submitted("again", run.state.seq, "submitted", {"password": "x" * (room + 1)}, {}))
