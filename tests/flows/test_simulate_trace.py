"""What a dry run tells: each step, what conditions could read, pages as they are seen, and nothing that was typed."""

from typing import Any

from idp.flows.language import CONNECTOR_OUTCOMES
from idp.flows.setting import Person, Script
from idp.flows.trace import TracedCase, explain_cases, mask_text
from tests.flows.dry_runs import run
from tests.flows.samples import CATALOG, load_shipped, make_flow


def test_the_trace_shows_each_step_with_its_answer_and_what_conditions_could_read_before_and_after() -> None:
    done = run()
    assert [(step.step, step.kind, step.subject, step.answer, step.outcome, step.target) for step in done.steps] == [
        ("intro", "screen", "verification_intro", "continue", "continue", "verify"),
        ("verify", "connector", "incode_verify", "OK", "completed", "check"),
        ("check", "condition", "incode_verify", "accepted", "case 2", "done"),
        ("done", "end", "complete", None, None, None),
    ]
    verify = done.steps[1]
    assert verify.before["connectors"] == {}
    assert verify.after["connectors"]["incode_verify"]["owner"] == "match"
    assert verify.options == CONNECTOR_OUTCOMES
    assert (done.end, done.reason, done.waiting, done.refused) == ("complete", None, None, None)
    assert done.edges == (("intro", "continue"), ("verify", "completed"), ("check", "case 2"))


def test_every_case_of_a_condition_is_told_with_true_false_or_error() -> None:
    done = run(verify=Script("completed", output={}))
    check = done.steps[2]
    assert (check.step, check.outcome) == ("check", "otherwise")
    assert [case.holds for case in check.cases] == ["false", "error", "error"]
    assert check.cases[1].detail.startswith("NOT_FOUND")
    assert check.cases[1].proves == "incode_verify"
    assert check.before == check.after
    passed = run()
    assert [case.holds for case in passed.steps[2].cases] == ["false", "true", "false"]


def test_cases_that_cannot_be_compiled_are_told_as_errors() -> None:
    flow = make_flow("a: {condition: [{when: 'user.known ==', to: z}], otherwise: z}\nz: {end: denied}")
    done = run(flow)
    assert (done.path, done.end) == (("a", "z"), "denied")
    assert done.steps[0].cases[0].holds == "error"
    assert "Syntax" in done.steps[0].cases[0].detail


def test_conditions_before_the_first_page_and_limits_are_part_of_the_path() -> None:
    flow = make_flow(
        """
        a: {condition: [{when: 'user.known == true', to: b}], otherwise: z}
        b: {screen: try_later, on: {retry: b, stop: z, limit: y}, max_visits: 2}
        y: {end: denied, reason: enough}
        z: {end: denied}
        """
    )
    done = run(flow)
    assert [(step.step, step.outcome) for step in done.steps] == [
        ("a", "case 1"),
        ("b", "retry"),
        ("b", "retry"),
        ("b", "limit"),
        ("y", None),
    ]
    assert [step.by for step in done.steps] == ["engine", "default", "default", "engine", "engine"]
    assert [step.kind for step in done.steps] == ["condition", "screen", "screen", "screen", "end"]
    assert [step.at for step in done.steps] == [0.0] * 5
    assert (done.end, done.reason) == ("denied", "enough")


def test_a_limit_that_leads_nowhere_ends_the_run_like_a_real_one() -> None:
    flow = make_flow("a: {screen: try_later, on: {retry: a, stop: z}, max_visits: 3}\nz: {end: denied}")
    done = run(flow)
    assert (done.end, done.reason, done.path) == ("denied", "limit", ("a", "a", "a"))


def test_a_page_is_shown_as_the_person_would_see_it() -> None:
    flow = load_shipped("sign-in")
    done = run(flow, check_password=["wrong", "ok"])
    again = [step for step in done.steps if step.step == "password"][1]
    assert again.shown == {
        "title": CATALOG.screens["password"].title,
        "asks": ["password"],
        "error": "wrong",
        "form": {"email": "...@example.com"},
        "options": {},
    }
    assert again.options == ("submitted", "back")


def test_what_was_typed_is_masked_everywhere() -> None:
    person = Person(email="alice.canary@corp.example")
    script = Script("submitted", fields={"password": "canary", "email": "canary@corp.example"})
    done = run(load_shipped("sign-in"), person, identifier=script, password=script)
    assert done.methods == ("pwd",)
    assert "canary" not in repr(done)
    assert done.steps[0].after["form"] == {"email": "...@corp.example"}
    assert mask_text("anything else") == "..."
    assert mask_text('"canary@home"@corp.example') == "...@corp.example"


def test_what_nobody_scripted_is_typed_for_each_field_by_its_kind() -> None:
    flow = make_flow(
        "a: {screen: phone, on: {submitted: b}}\nb: {screen: identifier, on: {submitted: z}}\nz: {end: denied}"
    )
    assert run(flow).steps[1].after["form"] == {"phone": "...", "email": "...@example.com"}


def test_conditions_read_what_is_typed_and_not_its_mask() -> None:
    flow = make_flow(
        """
        a: {screen: identifier, on: {submitted: b}}
        b: {condition: [{when: 'form.email.endsWith("@corp.example")', to: y}], otherwise: z}
        y: {end: denied, reason: ours}
        z: {end: denied}
        """
    )
    assert run(flow, Person(email="a@corp.example")).reason == "ours"
    assert run(flow, a=Script("submitted", fields={"email": "b@corp.example"})).reason == "ours"
    assert run(flow).reason is None


def test_cases_are_explained_without_a_run() -> None:
    flow = make_flow("a: {condition: [{when: 'user.a == 1', to: z}], otherwise: z}\nz: {end: denied}")
    step: Any = flow.steps["a"]
    assert explain_cases(step, {"user": {"a": 1}}) == (TracedCase("user.a == 1", "z", None, "true"),)
    (missing,) = explain_cases(step, {"user": {}})
    assert (missing.holds, missing.detail.partition(":")[0]) == ("error", "NOT_FOUND")
