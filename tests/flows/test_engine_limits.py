"""The engine ends what goes round in circles, and refuses what is too large."""

from dataclasses import replace
from typing import Any

import pytest

from idp.flows.engine import MAX_AUTOMATIC, CallConnector, Finish, RefusedEvent, RunAction, ShowScreen, Submitted, begin
from idp.flows.state import Hop
from tests.flows.runs import SIGN_IN, STEP_UP, Run, reach_verify
from tests.flows.samples import make_flow


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
