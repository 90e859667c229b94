"""Forms of a flow's own: what an author may write, what a person may send, and what the checker knows of them."""

from dataclasses import replace
from typing import Any

import pytest

from idp.flows.check import check_flow
from idp.flows.components import (
    COMPONENT,
    FORM,
    KINDS,
    MAX_COMPONENTS,
    MAX_LENGTH,
    Component,
    check_components,
    list_components,
    pick_text,
    read_values,
)
from idp.flows.flow_test import parse_flow_tests
from idp.flows.flow_test_check import check_flow_tests
from idp.flows.options import check_options
from idp.flows.parse import parse_flow
from idp.flows.passage import Means, find_passages
from idp.flows.setting import Script, Setting
from idp.flows.simulate import simulate
from idp.flows.step_types import ConnectionInfo
from tests.flows.samples import CATALOG

EN = {"en": "Name"}


def a_field(**changes: Any) -> dict[str, Any]:
    return {"name": "dept", "type": "text", "label": EN} | changes


def a_form(*fields: Any, **changes: Any) -> dict[str, Any]:
    return {"title": {"en": "About you"}, "fields": list(fields or [a_field()])} | changes


def test_a_form_that_is_right_has_nothing_to_say() -> None:
    whole = a_form(
        a_field(hint={"de-AT": "Wie am Ausweis"}, required=False, max_length=40),
        a_field(name="n", type="number", minimum=1, maximum=2),
        a_field(name="m", type="number", minimum=2, maximum=2),
        a_field(name="c", type="choice", choices=[{"value": "a", "label": EN}]),
        *[a_field(name=f"f{number}") for number in range(MAX_COMPONENTS - 4)],
        title={"en": "x" * MAX_LENGTH},
        text={"en": "Once."},
    )
    assert list(check_options(whole, FORM)) == []
    assert list(check_components(whole)) == []
    assert COMPONENT["properties"]["type"]["enum"] == list(KINDS)


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (a_form(title={}), "/title"),
        (a_form(title={"en": ""}), "/title"),
        (a_form(title={"EN": "x"}), "/title"),
        (a_form(title={"en": 1}), "/title"),
        (a_form(title={"en": "x" * 201}), "/title"),
        (a_form(text={"de": ""}), "/text"),
        ({"title": EN, "fields": []}, "/fields"),
        ({"title": EN, "fields": "x"}, "/fields"),
        (a_form(*[a_field(name=f"f{number}") for number in range(13)]), "/fields"),
        (a_form(a_field(name="email")), "/fields/0/name"),
        (a_form(a_field(name="Dept")), "/fields/0/name"),
        (a_form(a_field(), a_field()), "/fields/1/name"),
        (a_form(a_field(label={})), "/fields/0/label"),
        (a_form(a_field(hint={"en": ""})), "/fields/0/hint"),
        (a_form(a_field(type="choice")), "/fields/0/choices"),
        (a_form(a_field(choices=[{"value": "a", "label": EN}])), "/fields/0/choices"),
        (a_form(a_field(type="choice", choices=[{"value": "a", "label": EN}] * 2)), "/fields/0/choices"),
        (a_form(a_field(type="choice", choices=[{"value": "a", "label": {}}])), "/fields/0/choices/0/label"),
        (a_form(a_field(type="number", minimum=2, maximum=1)), "/fields/0/minimum"),
    ],
)
def test_a_fault_is_told_with_its_place(options: dict[str, Any], place: str) -> None:
    assert [path for path, _ in check_components(options)] == [place]


def test_what_is_no_field_at_all_is_for_the_schema_to_refuse() -> None:
    odd = {"title": EN, "fields": ["x", {"name": 1, "type": "text"}, {"name": "a", "type": "password"}, a_field()]}
    assert [item.name for item in list_components(odd)] == ["dept"]
    assert list(check_components(odd)) == []
    assert [path for path, _ in check_components({**odd, "fields": [*odd["fields"], a_field(name="No")]})] == [
        "/fields/4/name"
    ]
    assert list(check_options(odd, FORM)) != []
    assert list_components({}) == ()
    plain = list_components(a_form(a_field(label=1, max_length="x", minimum=True, choices=["x"])))
    assert plain == (Component("dept", "text", {}),)
    assert list_components(a_form(a_field(choices=7))) == (Component("dept", "text", EN),)


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        (a_field(), "Accounts", ""),
        (a_field(), "  ", "missing_value"),
        (a_field(required=False), "", ""),
        (a_field(max_length=3), "abc", ""),
        (a_field(max_length=3), "abcd", "long_value"),
        (a_field(), "a\x00b", "invalid_value"),
        (a_field(type="tel"), "+49 (151) 123-45", ""),
        (a_field(type="tel"), "call me", "invalid_value"),
        (a_field(type="date"), "2026-04-12", ""),
        (a_field(type="date"), "20260412", "invalid_value"),
        (a_field(type="date"), "2026-02-30", "invalid_value"),
        (a_field(type="number"), "-1.5", ""),
        (a_field(type="number"), "1e9", "invalid_value"),
        (a_field(type="number", minimum=2), "1", "invalid_value"),
        (a_field(type="number", maximum=2), "3", "invalid_value"),
        (a_field(type="number", minimum=2, maximum=4), "2", ""),
        (a_field(type="number", minimum=2, maximum=4), "4", ""),
        (a_field(type="choice", choices=[{"value": "a", "label": EN}]), "a", ""),
        (a_field(type="choice", choices=[{"value": "a", "label": EN}]), "b", "invalid_value"),
        (a_field(type="checkbox"), "yes", ""),
        (a_field(type="checkbox"), "on", "invalid_value"),
        (a_field(type="checkbox"), "", "missing_value"),
    ],
)
def test_each_field_is_checked_by_itself(field: dict[str, Any], typed: str, code: str) -> None:
    components = list_components(a_form(field, a_field(name="other", required=False)))
    clean, wrong = read_values(components, {"dept": typed, "other": " kept ", "stray": "dropped"})
    assert wrong == ((("dept", code),) if code else ())
    assert clean.pop("other") == "kept"
    assert clean == ({} if code or not typed.strip() else {"dept": typed.strip()})


def test_what_was_not_sent_at_all_is_missing() -> None:
    components = list_components(a_form(a_field(), a_field(name="other", required=False)))
    assert read_values(components, {}) == ({}, (("dept", "missing_value"),))


@pytest.mark.parametrize(
    ("locale", "wanted"),
    [("de-AT", "Servus"), ("de-DE", "Hallo"), ("de-Latn-CH", "Hallo"), ("fr", "Hello"), ("en", "Hello")],
)
def test_a_text_is_in_the_nearest_language(locale: str, wanted: str) -> None:
    assert pick_text({"de": "Hallo", "de-AT": "Servus", "en": "Hello"}, locale) == wanted


def test_a_text_in_one_language_alone_is_better_than_none() -> None:
    assert pick_text({"es": "Hola"}, "de") == "Hola"
    assert pick_text({}, "de") == ""


FLOW = """\
id: about
title: About you
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: password, limit: no}, max_visits: 5}
  password: {screen: password, on: {submitted: check, back: identifier, limit: no}, max_visits: 5}
  check: {action: check_password, on: {ok: about, wrong: password, throttled: password}}
  about:
    screen: form
    options: {title: {en: About you}, fields: [{name: dept, type: text, label: {en: Department}}]}
    on: {submitted: ask}
  ask: {connector: crm, on: {completed: judge, error: judge}}
  judge: {condition: [{when: form.dept == "Accounts", to: keep}], otherwise: done}
  keep: {action: set_profile, options: {fields: {department: dept}}, on: {saved: done, refused: done}}
  no: {end: denied}
  done: {end: complete}
"""


def world(**inputs: str) -> Any:
    crm = ConnectionInfo("http", inputs=inputs or {"dept": "form.dept"})
    return replace(CATALOG, connections={**CATALOG.connections, "crm": crm})


def codes(text: str, **inputs: str) -> set[str]:
    problems = check_flow(parse_flow(text), world(**inputs))
    return {problem.code for problem in problems if problem.severity == "error"}


def test_the_checker_knows_which_fields_a_form_asks() -> None:
    assert codes(FLOW) == set()
    assert codes(FLOW.replace("label: {en: Department}", "label: {en: Department}, required: false")) == {"needs-field"}
    assert codes(FLOW, desk="form.desk") == {"needs-field"}
    assert codes(FLOW.replace("name: dept", "name: password")) >= {"form-field"}


def test_a_dry_run_fills_a_form_in() -> None:
    scripts = {"about": [Script("submitted", fields={"dept": "Accounts", "stray": "x"})]}
    found = simulate(parse_flow(FLOW), scripts, Setting(), world())
    assert (found.end, found.state.form["dept"]) == ("complete", "Accounts")
    assert "keep" in found.path
    assert "stray" not in found.state.form
    shown = next(step.shown for step in found.steps if step.step == "about")
    assert shown["asks"] == ["dept"]
    assert "keep" not in simulate(parse_flow(FLOW), {}, Setting(), world()).path


def test_a_flow_test_may_fill_in_the_fields_of_a_form_and_no_others() -> None:
    def faults(name: str) -> int:
        answer = f"{{about: {{answer: submitted, fields: {{{name}: x}}}}}}"
        text = f"flow: about\ncases:\n  - name: A\n    answers: {answer}\n    expect: {{end: complete}}\n"
        tests = parse_flow_tests(text, world())
        return len(check_flow_tests(tests, parse_flow(FLOW), world()))

    assert (faults("dept"), faults("desk")) == (0, 1)


def test_who_gets_through_fills_forms_in() -> None:
    means = Means(frozenset({"pwd"}), {"email": "a@b.example"})
    found = find_passages(parse_flow(FLOW), means, lambda known: {"user": {"known": known}}, world())
    assert found == {frozenset({"pwd"})}
