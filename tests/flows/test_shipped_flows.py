"""The four flows that come with the product: they pass the checker, they run, and no damage to them goes unnoticed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from idp.flows.language import (
    APPROVED,
    COMPLETE,
    PURPOSES,
    ActionStep,
    ConditionStep,
    EndStep,
    Flow,
    ReviewStep,
    Step,
    list_exits,
)
from idp.flows.simulate import ACCEPTED, Answer, Simulation, simulate
from tests.flows.samples import CATALOG, LEVELS, SHIPPED, SHIPPED_FOLDER, STEP_UPS, find_problems, load_shipped, score


def test_there_is_one_flow_for_each_purpose_and_it_is_named_after_its_file() -> None:
    assert {path.stem for path in SHIPPED_FOLDER.glob("*.yaml")} == {*SHIPPED, *STEP_UPS}
    flows = [load_shipped(name) for name in SHIPPED]
    assert sorted(flow.purpose for flow in flows) == sorted(PURPOSES)
    assert [flow.id for flow in flows] == list(SHIPPED)


@pytest.mark.parametrize("name", [*SHIPPED, *STEP_UPS])
def test_each_passes_the_checker_without_a_single_remark(name: str) -> None:
    assert find_problems(load_shipped(name), levels=LEVELS) == []


@pytest.mark.parametrize("name", [*SHIPPED, *STEP_UPS])
def test_each_has_a_place_in_the_picture_for_every_step(name: str) -> None:
    flow = load_shipped(name)
    assert set(flow.layout) == set(flow.steps)
    assert len(set(flow.layout.values())) == len(flow.layout)


# --- damage: each exit of each step that stands before the proof is rewired past it ----------------------------------


def is_proof(flow: Flow, step: Step, outcome: str) -> bool:
    """Say whether the exit is what the flow's purpose demands last, found without the checker's help."""
    match step:
        case ConditionStep():
            return any(outcome == f"case {index + 1}" and case.proves for index, case in enumerate(step.cases))
        case ReviewStep():
            return outcome == APPROVED
        case ActionStep() if flow.purpose == "sign_in":
            return (step.action, outcome) in {("check_totp", "ok"), ("has_totp", "no")}
    return False


def list_unproved(flow: Flow) -> Iterator[tuple[str, str]]:
    """List every exit that can be reached without passing a proof."""
    seen, waiting = {flow.start}, [flow.start]
    while waiting:
        name = waiting.pop()
        for outcome, target in list_exits(flow.steps[name]):
            if is_proof(flow, flow.steps[name], outcome):
                continue
            yield name, outcome
            if target not in seen:
                seen.add(target)
                waiting.append(target)


def rewire(flow: Flow, name: str, outcome: str, target: str) -> Flow:
    step: Any = flow.steps[name]
    if isinstance(step, ConditionStep):
        if outcome == "otherwise":
            changed: Step = replace(step, otherwise=target)
        else:
            index = int(outcome.removeprefix("case ")) - 1
            cases = list(step.cases)
            cases[index] = replace(cases[index], to=target)
            changed = replace(step, cases=tuple(cases))
    else:
        changed = replace(step, on={**step.on, outcome: target})
    return replace(flow, steps={**flow.steps, name: changed})


def list_damage() -> Iterator[tuple[str, str, str, str]]:
    for name in SHIPPED:
        flow = load_shipped(name)
        past = [step.id for step in flow.steps.values() if isinstance(step, EndStep) and step.end == COMPLETE]
        past += {"recovery": ["new_password", "set_password"], "sign-up": ["create"]}.get(name, [])
        for step, outcome in list_unproved(flow):
            for target in past:
                yield name, step, outcome, target


DAMAGE = list(list_damage())


def test_the_damage_is_worth_the_name() -> None:
    assert len(DAMAGE) > 100
    assert ("recovery", "explain", "retry", "new_password") in DAMAGE
    assert ("step-up", "check", "otherwise", "done") in DAMAGE
    assert ("sign-in", "check_password", "ok", "done") in DAMAGE


@pytest.mark.parametrize(("name", "step", "outcome", "target"), DAMAGE)
def test_every_exit_rewired_past_the_proof_is_refused_with_the_path_printed(
    name: str, step: str, outcome: str, target: str
) -> None:
    problems = find_problems(rewire(load_shipped(name), step, outcome, target))
    proofs = {"missing-evidence", "needs-evidence", "needs-fact", "unproved-change", "needs-secret"}
    refused = [problem for problem in problems if problem.code in proofs]
    assert refused
    shown = [problem for problem in refused if f"{step} ({outcome}) -> {target}" in problem.message]
    assert shown
    assert all("; path: start -> " in problem.message for problem in refused)


@pytest.mark.parametrize("name", ["recovery", "sign-up", "step-up"])
def test_a_proof_that_no_longer_proves_is_refused(name: str) -> None:
    flow = load_shipped(name)
    check = flow.steps["check"]
    assert isinstance(check, ConditionStep)
    cases = tuple(replace(case, proves=None) for case in check.cases)
    problems = find_problems(replace(flow, steps={**flow.steps, "check": replace(check, cases=cases)}))
    assert any("check (case 2)" in problem.message for problem in problems)


# --- dry runs ---------------------------------------------------------------------------------------------------------

VERIFIED = {
    "intro": [Answer("continue")],
    "verify": [Answer("completed", output=score("OK"))],
    "check": [Answer(ACCEPTED)],
    "rejected": [Answer("stop")],
}


def run(name: str, scripts: dict[str, list[Answer]]) -> Simulation:
    return simulate(load_shipped(name), scripts, {}, CATALOG)


def list_steps(simulation: Simulation) -> list[str]:
    return [step.step for step in simulation.steps]


SIGN_IN = {
    "identifier": [Answer("submitted", {"email": "a@b.c"})],
    "password": [Answer("submitted", {"password": "pw"})],
    "check_password": [Answer("ok")],
}


def test_a_sign_in_without_a_second_factor() -> None:
    done = run("sign-in", {**SIGN_IN, "has_totp": [Answer("no")]})
    assert (done.end, done.evidence) == ("complete", {"pwd"})


def test_a_sign_in_with_one() -> None:
    totp = {"totp": [Answer("submitted", {"code": "1"})] * 2, "check_totp": [Answer("wrong"), Answer("ok")]}
    done = run("sign-in", {**SIGN_IN, "has_totp": [Answer("yes")], **totp})
    assert (done.end, done.evidence) == ("complete", {"pwd", "otp"})
    assert list_steps(done).count("check_totp") == 2


def test_a_factor_that_went_away_in_between_is_asked_about_again_and_not_taken_as_given() -> None:
    totp = {"totp": [Answer("submitted", {"code": "1"})], "check_totp": [Answer("not_enrolled")]}
    done = run("sign-in", {**SIGN_IN, "has_totp": [Answer("yes"), Answer("no")], **totp})
    assert (done.end, done.evidence) == ("complete", {"pwd"})


def test_a_password_can_be_tried_ten_times() -> None:
    scripts = {
        **SIGN_IN,
        "password": [Answer("submitted", {"password": "x"})] * 20,
        "check_password": [Answer("wrong")] * 20,
    }
    done = run("sign-in", scripts)
    assert (done.end, done.reason, list_steps(done).count("check_password")) == ("denied", "too_many_attempts", 10)


def test_a_step_up() -> None:
    done = run("step-up", VERIFIED)
    assert (done.end, done.evidence) == ("complete", {"identity", "idv"})
    assert list_steps(done) == ["intro", "verify", "check"]


def test_a_step_up_whose_score_is_good_but_whose_person_is_not() -> None:
    done = run("step-up", {**VERIFIED, "check": [Answer("refused")]})
    assert (done.end, done.reason, done.evidence) == ("denied", "identity_refused", set())


@pytest.mark.parametrize("name", ["step-up", "recovery", "sign-up"])
def test_somebody_else_is_refused_before_any_reviewer_can_say_yes(name: str) -> None:
    flow = replace(load_shipped(name), start="verify")
    for status in ("OK", "WARN", "MANUAL", "MANUAL_PENDING"):
        verify = [Answer("completed", output=score(status, "mismatch"))]
        scripts = {**VERIFIED, "verify": verify, "review": [Answer("approved")]}
        done = simulate(flow, scripts, {}, CATALOG)
        assert (done.end, done.reason, list_steps(done)) == ("denied", "identity_refused", ["verify", "rejected"])


@pytest.mark.parametrize(("decision", "end"), [("approved", "complete"), ("rejected", "denied")])
def test_a_doubtful_step_up_goes_to_a_reviewer(decision: str, end: str) -> None:
    verify = [Answer("completed", output=score("WARN"))]
    done = run("step-up", {**VERIFIED, "verify": verify, "review": [Answer(decision)]})
    assert done.end == end
    assert done.evidence == ({"review", "idv"} if end == "complete" else set())


@pytest.mark.parametrize("name", ["step-up", "recovery", "sign-up"])
def test_somebody_who_was_refused_can_try_again_but_not_for_ever(name: str) -> None:
    flow = replace(load_shipped(name), start="verify")
    wrong = Answer("completed", output=score("OK", "mismatch"))
    done = simulate(flow, {"verify": [wrong] * 9, "rejected": [Answer("retry")] * 9}, {}, CATALOG)
    assert (done.end, done.reason, list_steps(done).count("verify")) == ("denied", "too_many_attempts", 5)
    assert done.evidence.isdisjoint({"identity", "review", "idv"})


def test_a_step_up_that_was_left_can_be_tried_again_but_not_for_ever() -> None:
    verify = [Answer("not_finished"), Answer("expired"), Answer("error"), Answer("completed", output=score("OK"))]
    again = {"explain": [Answer("retry")] * 2, "unavailable": [Answer("retry")]}
    assert run("step-up", {**VERIFIED, **again, "verify": verify}).end == "complete"
    endless = {"explain": [Answer("retry")] * 9, "verify": [Answer("expired")] * 9}
    done = run("step-up", {**VERIFIED, **endless})
    assert (done.end, done.reason) == ("denied", "too_many_attempts")


RESET = {"new_password": [Answer("submitted", {"password": "x"})] * 2, "set_password": [Answer("weak"), Answer("ok")]}


def test_a_recovery_asks_for_the_second_factor_and_for_the_person_before_a_new_password() -> None:
    totp = {"totp": [Answer("submitted", {"code": "1"})], "check_totp": [Answer("ok")]}
    done = run("recovery", {"has_totp": [Answer("yes")], **totp, **VERIFIED, **RESET})
    assert (done.end, done.evidence) == ("complete", {"recovery_link", "otp", "identity", "idv"})
    assert list_steps(done) == [
        *("has_totp", "totp", "check_totp", "intro", "verify", "check"),
        *("new_password", "set_password", "new_password", "set_password"),
    ]


def test_a_recovery_of_somebody_without_one() -> None:
    done = run("recovery", {"has_totp": [Answer("no")], **VERIFIED, **RESET})
    assert (done.end, done.evidence) == ("complete", {"recovery_link", "identity", "idv"})


def test_a_recovery_that_a_reviewer_settles() -> None:
    review = {"verify": [Answer("pending")], "review": [Answer("approved")]}
    done = run("recovery", {"has_totp": [Answer("no")], **VERIFIED, **review, **RESET})
    assert (done.end, done.evidence) == ("complete", {"recovery_link", "review", "idv"})


SIGN_UP = {
    "sign_up": [Answer("submitted", {"email": "a@b.c", "password": "x"})] * 3,
    "register": [Answer("weak"), Answer("registered")],
    "send_code": [Answer("sent")] * 3,
    "email_code": [Answer("resend"), Answer("submitted", {"code": "1"}), Answer("submitted", {"code": "2"})],
    "check_code": [Answer("wrong"), Answer("ok")],
    **VERIFIED,
}


def test_a_sign_up() -> None:
    done = run("sign-up", {**SIGN_UP, "create": [Answer("created")]})
    assert (done.end, done.evidence) == ("complete", {"email", "identity", "idv"})


@pytest.mark.parametrize("outcome", ["taken", "refused"])
def test_a_sign_up_that_ends_without_an_account_does_not_complete(outcome: str) -> None:
    assert run("sign-up", {**SIGN_UP, "create": [Answer(outcome)]}).end == "denied"


def test_a_doubtful_sign_up_waits_for_a_reviewer_before_there_is_an_account() -> None:
    verify = [Answer("completed", output=score("MANUAL", "enrolling"))]
    waiting = run("sign-up", {**SIGN_UP, "verify": verify})
    assert (waiting.end, waiting.waiting) == (None, "review")
    done = run("sign-up", {**SIGN_UP, "verify": verify, "review": [Answer("approved")], "create": [Answer("created")]})
    assert (done.end, done.evidence) == ("complete", {"email", "review", "idv"})
