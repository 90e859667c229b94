"""A dry run follows scripts, does nothing, keeps no secret, and says what a real run would have proved."""

import pytest

from idp.flows.language import ReviewStep, ScreenStep
from idp.flows.parse import parse_flow
from idp.flows.simulate import ACCEPTED, MAX_ANSWERS, Answer, simulate
from idp.flows.state import Hop
from idp.flows.step_types import Catalog
from tests.flows.samples import CATALOG, STRICT_STEP_UP, load_shipped, make_flow, score

STEP_UP = parse_flow(STRICT_STEP_UP)
GOOD = {
    "intro": [Answer("continue")],
    "verify": [Answer("completed", output=score("OK"))],
    "check": [Answer(ACCEPTED)],
}


def test_the_trace_shows_each_step_before_and_after() -> None:
    done = simulate(STEP_UP, GOOD, None, CATALOG)
    assert [(step.step, step.effect, step.outcome) for step in done.steps] == [
        ("intro", "ShowScreen", "continue"),
        ("verify", "CallConnector", "completed"),
        ("check", "JudgeProof", "accepted"),
    ]
    verify = done.steps[1]
    assert verify.before.connectors == {}
    assert verify.after.connectors == {"incode_verify": score("OK")}
    assert (done.end, done.reason, done.waiting, done.refused) == ("complete", None, None, None)


def test_the_trace_shows_the_hops_of_each_answer_with_the_errors_of_its_conditions() -> None:
    done = simulate(STEP_UP, {**GOOD, "verify": [Answer("completed")]}, {}, CATALOG)
    hops = done.steps[-1].hops
    assert hops[0] == Hop("verify", "completed")
    assert hops[1].step == "check"
    assert hops[1].fault is not None
    assert hops[1].fault.startswith("case 1: NOT_FOUND, case 3: NOT_FOUND")
    assert done.end == "denied"


def test_a_run_without_further_answers_waits_where_it_is() -> None:
    done = simulate(STEP_UP, {"intro": [Answer("continue")]}, {}, CATALOG)
    assert (done.end, done.waiting, done.refused) == (None, "verify", None)


@pytest.mark.parametrize(
    ("scripts", "waiting"),
    [
        ({"intro": [Answer("limit")]}, "intro"),
        ({"intro": [Answer("continue")], "verify": [Answer("completed", output={"x": object()})]}, "verify"),
        ({**GOOD, "check": [Answer("complete")]}, "check"),
    ],
)
def test_an_answer_that_does_not_fit_is_reported(scripts: dict[str, list[Answer]], waiting: str) -> None:
    done = simulate(STEP_UP, scripts, {}, CATALOG)
    assert (done.end, done.waiting) == (None, waiting)
    assert done.refused


def test_no_secret_is_in_the_trace() -> None:
    scripts = {
        "identifier": [Answer("submitted", {"email": "a@b.c"})],
        "password": [Answer("submitted", {"password": "canary", "unknown": "canary"})],
        "check_password": [Answer("ok")],
        "has_totp": [Answer("no")],
    }
    done = simulate(load_shipped("sign-in"), scripts, {}, CATALOG)
    assert done.evidence == {"pwd"}
    assert "canary" not in repr(done) + repr(scripts)


def test_a_flow_without_an_end_to_its_scripts_is_stopped() -> None:
    flow = make_flow("a: {screen: try_later, on: {retry: a, stop: z}}\nz: {end: denied}")
    done = simulate(flow, {"a": [Answer("retry")] * (MAX_ANSWERS + 9)}, {}, CATALOG)
    assert (len(done.steps), done.waiting) == (MAX_ANSWERS, "a")


def test_a_flow_that_ends_where_it_starts() -> None:
    done = simulate(make_flow("a: {end: denied, reason: closed}"), {}, {}, CATALOG)
    assert (done.steps, done.end, done.reason) == ((), "denied", "closed")


def test_what_the_catalogue_does_not_know_proves_nothing() -> None:
    empty = Catalog({}, {}, {})
    flow = make_flow(
        """
        a: {screen: password, on: {submitted: b}}
        b: {action: check_password, on: {ok: c}}
        c: {connector: incode_verify, on: {completed: d}}
        d: {condition: [{when: 'connectors.incode_verify.x == 1', proves: incode_verify, to: e}], otherwise: z}
        e: {review: q, on: {approved: z}}
        z: {end: complete}
        """
    )
    scripts = {
        "a": [Answer("submitted", {"password": "x"})],
        "b": [Answer("ok")],
        "c": [Answer("completed", output={"x": 1})],
        "d": [Answer(ACCEPTED)],
        "e": [Answer("approved")],
    }
    done = simulate(flow, scripts, {}, empty)
    assert (done.end, done.evidence) == ("complete", set())


def test_an_approval_is_evidence_only_while_there_is_a_result() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: b, error: b}}
        b: {screen: try_later, on: {retry: a, stop: r}}
        r: {review: q, on: {approved: z}}
        z: {end: complete}
        """
    )
    assert isinstance(flow.steps["b"], ScreenStep)
    assert isinstance(flow.steps["r"], ReviewStep)
    review = {"r": [Answer("approved")]}
    scripts = {"a": [Answer("completed")], "b": [Answer("stop")], **review}
    assert simulate(flow, scripts, {}, CATALOG).evidence == {"review", "idv"}
    scripts = {"a": [Answer("completed"), Answer("error")], "b": [Answer("retry"), Answer("stop")], **review}
    assert simulate(flow, scripts, {}, CATALOG).evidence == set()
