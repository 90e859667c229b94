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
from idp.flows.setting import NOBODY, Person, Script, Setting
from idp.flows.simulate import Simulation, simulate
from tests.flows.samples import (
    CATALOG,
    LEVELS,
    SHIPPED,
    SHIPPED_FOLDER,
    STEP_UPS,
    TEMPLATES,
    find_problems,
    load_shipped,
)


def test_there_is_one_flow_for_each_purpose_and_it_is_named_after_its_file() -> None:
    files = [path for path in SHIPPED_FOLDER.glob("*.yaml") if not path.name.endswith(".test.yaml")]
    assert {path.stem for path in files} == {*SHIPPED, *STEP_UPS, *TEMPLATES}
    flows = [load_shipped(name) for name in SHIPPED]
    assert sorted(flow.purpose for flow in flows) == sorted(PURPOSES)
    assert [flow.id for flow in flows] == list(SHIPPED)


@pytest.mark.parametrize("name", [*SHIPPED, *STEP_UPS, *TEMPLATES])
def test_each_passes_the_checker_without_a_single_remark(name: str) -> None:
    assert find_problems(load_shipped(name), levels=LEVELS) == []


@pytest.mark.parametrize("name", [*SHIPPED, *STEP_UPS, *TEMPLATES])
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
            return (step.action, outcome) in {
                ("check_totp", "ok"),
                ("check_passkey", "ok"),
                ("check_sms_code", "ok"),
                ("check_recovery_code", "ok"),
                ("pick_second_factor", "none"),
            }
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
    for name in (*SHIPPED, *TEMPLATES):
        flow = load_shipped(name)
        past = [step.id for step in flow.steps.values() if isinstance(step, EndStep) and step.end == COMPLETE]
        past += {
            "recovery": ["new_password", "set_password"],
            "sign-up": ["create"],
            "passkey-sign-in": ["offer", "register"],
        }.get(name, [])
        for step, outcome in list_unproved(flow):
            for target in past:
                yield name, step, outcome, target


DAMAGE = list(list_damage())


def test_the_damage_is_worth_the_name() -> None:
    assert len(DAMAGE) > 100
    assert ("recovery", "explain", "retry", "new_password") in DAMAGE
    assert ("step-up", "check", "otherwise", "done") in DAMAGE
    assert ("sign-in", "check_password", "ok", "done") in DAMAGE
    assert ("passkey-sign-in", "check_passkey", "unknown", "register") in DAMAGE


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


# --- dry runs: more of them are in config/flows/*.test.yaml -----------------------------------------------------------


def run(name: str, person: Person | None = None, start: str | None = None, **answers: str | list[str]) -> Simulation:
    """Run a shipped flow dry: one word for every visit of a step, or one for each."""
    flow = load_shipped(name)
    flow = replace(flow, start=start or flow.start)
    words = {step: [answer] if isinstance(answer, str) else answer for step, answer in answers.items()}
    scripts = {step: [Script(word) for word in said] for step, said in words.items()}
    person = person or (NOBODY if name == "sign-up" else Person())
    return simulate(flow, scripts, Setting(person), CATALOG)


WITH_TOTP = Person(credentials=frozenset({"password", "totp"}))


def test_a_sign_in_without_a_second_factor() -> None:
    done = run("sign-in")
    assert (done.end, done.methods) == ("complete", ("pwd",))


def test_a_sign_in_with_one() -> None:
    done = run("sign-in", WITH_TOTP, check_totp=["wrong", "ok"])
    assert (done.end, done.methods) == ("complete", ("otp", "pwd"))
    assert done.path.count("check_totp") == 2


def test_a_factor_that_went_away_in_between_is_asked_about_again_and_not_taken_as_given() -> None:
    done = run("sign-in", WITH_TOTP, factor=["totp", "none"], check_totp="not_enrolled")
    assert (done.end, done.methods) == ("complete", ("pwd",))
    assert done.path[-3:] == ("check_totp", "factor", "done")


def test_a_password_can_be_tried_ten_times() -> None:
    done = run("sign-in", check_password="wrong")
    assert (done.end, done.reason, done.path.count("check_password")) == ("denied", "too_many_attempts", 10)


def test_a_step_up() -> None:
    done = run("step-up")
    assert (done.end, done.methods) == ("complete", ("identity",))
    assert done.path == ("intro", "verify", "check", "done")


@pytest.mark.parametrize("verdict", ["MANUAL_OK", "unknown"])
def test_a_step_up_whose_score_looks_good_and_is_no_proof(verdict: str) -> None:
    done = run("step-up", verify=verdict, rejected="stop")
    assert (done.end, done.reason, done.methods) == ("denied", "identity_refused", ())


@pytest.mark.parametrize("name", ["step-up", "recovery", "sign-up"])
def test_somebody_else_is_refused_before_any_reviewer_can_say_yes(name: str) -> None:
    flow = replace(load_shipped(name), start="verify")
    for verdict in ("OK", "WARN", "MANUAL_OK"):
        scripts = {
            "verify": [Script(verdict, owner="mismatch")],
            "review": [Script("approved")],
            "rejected": [Script("stop")],
        }
        done = simulate(flow, scripts, Setting(), CATALOG)
        assert (done.end, done.reason) == ("denied", "identity_refused")
        assert done.path == ("verify", "check", "rejected", "refused")


@pytest.mark.parametrize("name", ["step-up", "recovery", "sign-up"])
def test_a_pending_result_of_somebody_else_cannot_be_approved(name: str) -> None:
    flow = replace(load_shipped(name), start="verify")
    scripts = {
        "verify": [Script("pending", owner="mismatch")],
        "review": [Script("approved")],
        "rejected": [Script("stop")],
    }
    done = simulate(flow, scripts, Setting(), CATALOG)
    assert done.path == ("verify", "review", "rejected", "refused")
    assert {"identity", "review"}.isdisjoint(done.methods)


@pytest.mark.parametrize(("decision", "end"), [("approved", "complete"), ("rejected", "denied")])
def test_a_doubtful_step_up_goes_to_a_reviewer(decision: str, end: str) -> None:
    done = run("step-up", verify="WARN", review=decision, rejected="stop")
    assert done.end == end
    assert done.methods == (("review",) if end == "complete" else ())


@pytest.mark.parametrize("name", ["step-up", "recovery", "sign-up"])
def test_somebody_who_was_refused_can_try_again_but_not_for_ever(name: str) -> None:
    done = run(name, start="verify", verify="mismatch", rejected="retry")
    assert (done.end, done.reason, done.path.count("verify")) == ("denied", "too_many_attempts", 6)
    assert {"identity", "review"}.isdisjoint(done.methods)


def test_a_step_up_that_was_left_can_be_tried_again_but_not_for_ever() -> None:
    assert run("step-up", verify=["not_finished", "expired", "error", "OK"]).end == "complete"
    done = run("step-up", verify="expired")
    assert (done.end, done.reason) == ("denied", "too_many_attempts")


def test_a_recovery_asks_for_the_second_factor_and_for_the_person_before_a_new_password() -> None:
    done = run("recovery", WITH_TOTP, set_password=["weak", "ok"])
    assert (done.end, done.methods) == ("complete", ("identity", "otp", "recovery_link"))
    assert done.path == (
        *("factor", "totp", "check_totp", "intro", "verify", "check"),
        *("new_password", "set_password", "new_password", "set_password", "done"),
    )


def test_a_recovery_of_somebody_without_one() -> None:
    done = run("recovery")
    assert (done.end, done.methods) == ("complete", ("identity", "recovery_link"))


def test_a_recovery_that_a_reviewer_settles() -> None:
    done = run("recovery", verify="pending", review="approved")
    assert (done.end, done.methods) == ("complete", ("recovery_link", "review"))


def test_a_sign_up() -> None:
    done = run(
        "sign-up", register=["weak", "registered"], email_code=["resend", "submitted"], check_code=["wrong", "ok"]
    )
    assert (done.end, done.methods) == ("complete", ("email", "identity"))


@pytest.mark.parametrize("outcome", ["taken", "refused"])
def test_a_sign_up_that_ends_without_an_account_does_not_complete(outcome: str) -> None:
    assert run("sign-up", create=outcome, rejected="stop").end == "denied"


def test_a_doubtful_sign_up_waits_for_a_reviewer_before_there_is_an_account() -> None:
    waiting = run("sign-up", verify="MANUAL")
    assert (waiting.end, waiting.waiting) == (None, "review")
    done = run("sign-up", verify="MANUAL", review="approved")
    assert (done.end, done.methods) == ("complete", ("email", "review"))
