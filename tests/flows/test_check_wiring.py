"""The checker refuses a flow in which a step, an exit, an option or an expression makes no sense."""

from dataclasses import replace

import pytest

from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.language import EndStep, Flow, Group, ScreenStep
from idp.flows.parse import parse_flow
from idp.flows.step_types import identity_connection
from tests.flows.samples import CATALOG, STEP_UP, find_problems, list_codes, load_shipped, make_flow


def test_the_flow_of_the_design_passes_but_should_limit_its_retries() -> None:
    flow = parse_flow(STEP_UP)
    assert list_codes(flow) == []
    assert list_codes(flow, "warning") == ["cycle-unlimited"]


def test_a_screen_that_lets_choose_among_factors_leads_to_one_of_them_at_least() -> None:
    flow = make_flow("a: {screen: choose_factor, on: {back: a, stop: a}}")
    (problem,) = find_problems(flow, "outcome-unwired")
    assert problem.message.startswith("none of ")
    assert problem.path == "/steps/a/on"
    assert find_problems(make_flow("a: {screen: choose_factor, on: {totp: a}}"), "outcome-unwired") == []


def change(old: str, new: str) -> Flow:
    assert old in STEP_UP
    return parse_flow(STEP_UP.replace(old, new))


SECOND_CASE = "to: review\n      - {when: 'connectors.risk.x == 1', to: review}"


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("start: verify", "start: verfy", "unknown-start", "/start"),
        ("on: {retry: verify", "on: {retry: gone", "unknown-target", "/steps/explain/on/retry"),
        ("to: review", "to: gone", "unknown-target", "/steps/check/condition/1/to"),
        ("otherwise: rejected", "otherwise: gone", "unknown-target", "/steps/check/otherwise"),
        ("screen: try_later", "screen: try_latr", "unknown-screen", "/steps/unavailable/screen"),
        ("connector: incode_verify", "connector: incode", "unknown-connection", "/steps/verify/connector"),
        ("expired: explain, error", "error", "outcome-unwired", "/steps/verify/on"),
        ("expired: explain}}", "expird: explain}}", "outcome-unknown", "/steps/review/on/expird"),
        ("{completed: check", "{limit: check, completed: check", "outcome-unknown", "/steps/verify/on/limit"),
        ("{screen: try_later,", "{screen: try_later, options: {x: 1},", "options", "/steps/unavailable/options/x"),
        ('status == "OK"', 'status = "OK"', "expression", "/steps/check/condition/0/when"),
        ('status == "OK"', "status", "expression", "/steps/check/condition/0/when"),
        ("when: connectors.", "when: conectors.", "expression", "/steps/check/condition/0/when"),
        ("to: review", SECOND_CASE, "expression-connection", "/steps/check/condition/2/when"),
        ("proves: incode_verify", "proves: incode", "proves-nothing", "/steps/check/condition/0/proves"),
        ("proves: incode_verify", "proves: risk", "proves-nothing", "/steps/check/condition/0/proves"),
        ("proves: incode_verify", "proves: second_vendor", "proof-unread", "/steps/check/condition/0/when"),
        ("layout: {verify", "layout: {verfy", "layout", "/layout/verfy"),
    ],
)
def test_each_fault_is_told_with_its_place(old: str, new: str, code: str, path: str) -> None:
    problems = find_problems(change(old, new), code)
    assert problems, list_codes(change(old, new))
    assert problems[0].path == path
    assert problems[0].line is not None


def test_a_group_of_what_is_no_step_is_told() -> None:
    flow = replace(
        change("on: {retry: verify", "on: {retry: verify"), groups={"The vendor/ours": Group(("verify", "gone"))}
    )
    (problem,) = find_problems(flow, "layout")
    assert (problem.severity, problem.path) == ("warning", "/groups/The vendor~1ours")
    assert "'gone'" in problem.message


def test_a_misspelt_name_is_answered_with_the_nearest_one() -> None:
    assert (
        "did you mean 'incode_verify'?"
        in find_problems(change("connector: incode_verify", "connector: incode_verfy"))[0].message
    )
    flow = make_flow("a: {action: chek_password, on: {}}")
    assert "did you mean 'check_password'?" in find_problems(flow, "unknown-action")[0].message
    assert (
        "needs max_visits" in find_problems(change("{completed: check", "{limit: check, completed: check"))[0].message
    )


def test_an_expression_is_refused_with_its_column() -> None:
    problem = find_problems(change('status == "OK"', 'status == "OK" && nothing'), "expression")[0]
    assert problem.message == "column 63: undeclared reference to 'nothing' (in container '')"


@pytest.mark.parametrize(
    "when",
    [
        'connectors.incode_verify.data.score.overall.status != "FAIL"',
        'connectors.incode_verify.data.score.overall.status in ["OK", "UNKNOWN"]',
        'connectors.incode_verify.status == "completed"',
        'connectors.incode_verify.owner == "match"',
        "has(connectors.incode_verify.data)",
        'true || connectors.incode_verify.x == "y"',
        "!has(connectors.incode_verify.data)",
        "connectors.incode_verify.data.score.overall.status == null",
    ],
)
def test_a_proof_that_would_accept_what_is_no_proof_is_refused(when: str) -> None:
    flow = change('connectors.incode_verify.data.score.overall.status == "OK"', f"'{when}'")
    assert "proof-too-loose" in list_codes(flow)


@pytest.mark.parametrize(
    "when",
    [
        'connectors.incode_verify.data.score.overall.status == "OK" && user.country == "DE"',
        'connectors["incode_verify"].data.score.overall.status in ["OK", "MANUAL_OK"]',
        'has(connectors.incode_verify.data) && connectors.incode_verify.data.score.overall.status == "OK"',
    ],
)
def test_a_proof_may_ask_for_more_or_be_written_otherwise(when: str) -> None:
    assert list_codes(change('connectors.incode_verify.data.score.overall.status == "OK"', f"'{when}'")) == []


def test_a_proof_that_speaks_of_the_connection_only_in_a_text_is_refused() -> None:
    flow = change(
        'connectors.incode_verify.data.score.overall.status == "OK"', "'\"connectors.incode_verify\" == user.x'"
    )
    assert list_codes(flow) == ["proof-unread"]


def test_outcomes_that_would_tell_who_has_an_account_must_lead_to_the_same_step() -> None:
    flow = load_shipped("sign-up")
    register = flow.steps["register"]
    assert not isinstance(register, EndStep)
    steps = {**flow.steps, "register": replace(register, on={**register.on, "taken": "sign_up"})}
    problem = find_problems(replace(flow, steps=steps), "outcome-reveals")[0]
    assert problem.path == "/steps/register/on"
    assert "who has an account" in problem.message


def test_steps_that_nothing_leads_to_and_steps_without_an_end_are_refused() -> None:
    flow = make_flow(
        """
        a: {screen: message, options: {message: m}, on: {continue: b}}
        b: {screen: message, options: {message: m}, on: {continue: b}}
        z: {end: complete}
        """
    )
    assert list_codes(flow) == ["no-end", "no-end", "unreachable"]
    problem = find_problems(flow, "no-end")[1]
    assert problem.message == "no end can be reached from this step; path: start -> a (continue) -> b"
    assert problem.route == ("a (continue)", "b")


def test_a_flow_without_a_completing_end_is_refused() -> None:
    assert "no-complete" in list_codes(make_flow("a: {end: denied}"))


def test_a_cycle_in_which_nobody_does_anything_is_refused() -> None:
    flow = make_flow(
        """
        a: {action: has_totp, on: {yes: b, no: z}}
        b: {condition: [{when: 'user.x == 1', to: a}], otherwise: z}
        z: {end: denied}
        """
    )
    problem = find_problems(flow, "cycle-unattended")[0]
    assert problem.message.endswith(": a (yes) -> b (case 1) -> a")


@pytest.mark.parametrize(
    "step",
    [
        "b: {screen: try_later, on: {retry: a, stop: z}}",
        "b: {review: q, on: {approved: a, rejected: z, expired: z}}",
        "b: {connector: risk, on: {completed: a, pending: z, not_finished: z, expired: z, error: z}}",
    ],
)
def test_a_cycle_through_a_person_is_allowed(step: str) -> None:
    flow = make_flow(f"a: {{action: has_totp, on: {{yes: b, no: z}}}}\n{step}\nz: {{end: denied}}")
    assert "cycle-unattended" not in list_codes(flow)
    assert list_codes(flow, "warning") == ["cycle-unlimited"]


def test_a_limit_on_any_step_of_the_cycle_is_enough() -> None:
    flow = make_flow(
        """
        a: {action: has_totp, on: {yes: b, no: z}}
        b: {screen: try_later, on: {retry: a, stop: z}, max_visits: 3}
        z: {end: denied}
        """
    )
    assert list_codes(flow, "warning") == []


def test_more_limits_than_a_saved_run_can_count_are_refused() -> None:
    steps = "".join(
        f"s{number}-{'x' * 30}: {{screen: message, on: {{continue: z}}, max_visits: 3}}\n" for number in range(40)
    )
    assert "too-many-limits" in list_codes(make_flow(f"{steps}z: {{end: denied}}", start="z"))


@pytest.mark.parametrize("deadline", [0.0, -1.0, float("nan")])
def test_a_flow_without_a_deadline_is_refused(deadline: float) -> None:
    assert list_codes(replace(parse_flow(STEP_UP), deadline=deadline)) == ["deadline"]


def test_an_unknown_purpose_is_refused() -> None:
    assert list_codes(replace(parse_flow(STEP_UP), purpose="login")) == ["unknown-purpose"]


def test_a_flow_made_by_hand_is_checked_as_well_without_lines() -> None:
    flow = Flow("f", "F", "step_up", 60.0, "a", {"a": ScreenStep("a", "message", {"continue": "b"})})
    problems = check_flow(flow, CATALOG)
    assert {problem.code for problem in problems} == {"unknown-target", "options", "no-end", "no-complete"}
    assert all(problem.line is None for problem in problems)


def test_errors_come_before_warnings() -> None:
    flow = change("layout: {verify", "layout: {verfy")
    severities = [problem.severity for problem in find_problems(replace(flow, deadline=0.0))]
    assert severities == ["error", "warning", "warning"]


def test_a_step_after_an_unknown_action_or_screen_is_still_looked_at() -> None:
    flow = make_flow(
        """
        a: {screen: nothing, on: {x: b}}
        b: {action: nothing, on: {x: c}}
        c: {connector: nothing, on: {completed: d, pending: d, not_finished: d, expired: d, error: d}}
        d: {condition: [{when: 'connectors.nothing.x == 1', proves: nothing, to: z}], otherwise: z}
        z: {end: complete}
        """
    )
    assert list_codes(flow) == [
        "missing-evidence",
        "proves-nothing",
        "unknown-action",
        "unknown-connection",
        "unknown-screen",
    ]


# --- embedded flows ---------------------------------------------------------------------------------------------------


def test_embedded_flows_are_checked_as_part_of_the_whole() -> None:
    inner = load_shipped("step-up")
    flow = make_flow("a: {subflow: step-up, on: {complete: z, denied: n}}\nn: {end: denied}\nz: {end: complete}")
    assert list_codes(flow, subflows={"step-up": inner}) == []
    assert list_codes(flow) == ["unknown-subflow"]
    loose = replace(inner, steps={**inner.steps, "stopped": EndStep("stopped", "complete")})
    problem = find_problems(flow, subflows={"step-up": loose})[0]
    assert problem.code == "missing-evidence"
    assert problem.message.endswith("path: start -> a.intro (stop) -> z")


def test_a_problem_inside_an_embedded_flow_is_shown_at_the_step_that_embeds_it() -> None:
    inner = load_shipped("step-up")
    flow = make_flow("a: {subflow: step-up, on: {complete: z, denied: n}}\nn: {end: denied}\nz: {end: complete}")
    problems = check_flow(flow, default_catalog({"other": identity_connection()}), subflows={"step-up": inner})
    found = {(problem.code, problem.step, problem.path, problem.line) for problem in problems}
    assert ("unknown-connection", "a.verify", "/steps/a", 8) in found


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ({}, "none at all"),
        ({"status": "x"}, "{'status': 'x'}"),
        ({"status": "x" * 200}, f"{{'status': '{'x' * 148}"),
    ],
)
def test_a_proof_that_is_too_loose_is_shown_the_result_that_it_lets_through(output: dict[str, str], told: str) -> None:
    info = replace(CATALOG.connections["incode_verify"], never_passes=(output,))
    catalog = replace(CATALOG, connections={"incode_verify": info})
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: b, pending: n, not_finished: n, expired: n, error: n}}
        b: {condition: [{when: 'true', proves: incode_verify, to: y}], otherwise: n}
        y: {end: complete}
        n: {end: denied}
        """
    )
    (problem,) = [one for one in check_flow(flow, catalog) if one.code == "proof-too-loose"]
    assert problem.message == f"a case that proves 'incode_verify' holds for a result that is no proof: {told}"
    assert problem.path == "/steps/b/condition/0/when"
