"""What is typed and answered: secrets reach the next action alone, and conditions see the rest."""

from dataclasses import replace

import pytest

from idp.flows.engine import Finish, RefusedEvent, RunAction, Submitted, advance, resume
from idp.flows.language import Flow
from idp.flows.state import to_json
from tests.flows.runs import SIGN_IN, Run
from tests.flows.samples import make_flow

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
