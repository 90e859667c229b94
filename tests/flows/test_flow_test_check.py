"""Files of flow tests against their flow: what does not fit is told with its place."""

from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest

from idp.flows.document import read_document
from idp.flows.flow_test import sort_problems
from idp.flows.flow_test_check import check_flow_tests
from idp.flows.parse import parse_flow
from idp.flows.problems import Problem
from idp.flows.script_check import list_words
from tests.flows.flow_test_files import case, read, validator
from tests.flows.samples import CATALOG, SHIPPED_FOLDER, STRICT_STEP_UP, load_shipped

__all__ = ["validator"]

FLOW = parse_flow(STRICT_STEP_UP)


# --- against the flow -------------------------------------------------------------------------------------------------


def check(body: str, acrs: Any = ("one", "two")) -> list[Problem]:
    return list(check_flow_tests(read(case(body)), FLOW, CATALOG, acrs))


@pytest.mark.parametrize(
    ("code", "body", "message", "path"),
    [
        (
            "answer",
            "answers: {intor: stop}\nexpect: {end: denied}",
            "no step 'intor'; did you mean 'intro'?",
            "answers/intor",
        ),
        ("answer", "answers: {intor: [stop, go]}\nexpect: {end: denied}", "no step 'intor'", "answers/intor/0"),
        ("answer", "answers: {done: [x, y]}\nexpect: {end: denied}", "'done' is an end; nobody", "answers/done/0"),
        (
            "answer",
            "answers: {review: {answer: approved, age: 1s}}\nexpect: {end: denied}",
            "'age' does not",
            "answers/review",
        ),
        ("answer", "answers: {check: otherwise}\nexpect: {end: denied}", "decides by itself; nobody", "answers/check"),
        ("answer", "answers: {done: x}\nexpect: {end: denied}", "'done' is an end; nobody", "answers/done"),
        ("answer", "answers: {intro: go}\nexpect: {end: denied}", "cannot be answered by 'go'", "answers/intro"),
        (
            "answer",
            "answers: {verify: [OK, ok]}\nexpect: {end: denied}",
            "cannot be answered by 'ok'; known: FAIL",
            "answers/verify/1",
        ),
        ("answer", "answers: {verify: limit}\nexpect: {end: denied}", "the engine's own", "answers/verify"),
        (
            "answer",
            "answers: {intro: {answer: stop, fields: {email: a}}}\nexpect: {end: denied}",
            "no field 'email'",
            "answers/intro",
        ),
        (
            "answer",
            "answers: {verify: {answer: OK, fields: {email: a}}}\nexpect: {end: denied}",
            "'fields' does not",
            "answers/verify",
        ),
        (
            "answer",
            "answers: {intro: {answer: stop, values: {a: 1}}}\nexpect: {end: denied}",
            "'values' does not",
            "answers/intro",
        ),
        (
            "answer",
            "answers: {intro: {answer: stop, output: {}}}\nexpect: {end: denied}",
            "'output' does not",
            "answers/intro",
        ),
        (
            "answer",
            "answers: {review: {answer: approved, age: 1m}}\nexpect: {end: denied}",
            "'age' does not",
            "answers/review",
        ),
        (
            "answer",
            "answers: {intro: {answer: stop, owner: match}}\nexpect: {end: denied}",
            "'owner' does not",
            "answers/intro",
        ),
        ("session", "given: {session: none}\nexpect: {end: denied}", "starts with a session", "given/session"),
        (
            "level",
            "given: {client: {minimum_acr: x}}\nexpect: {end: denied}",
            "no level 'x'",
            "given/client/minimum_acr",
        ),
        ("step", "expect: {end: denied, path: [intro, x]}", "no step 'x'", "expect/path/1"),
        ("step", "expect: {end: denied, through: [x]}", "no step 'x'", "expect/through/0"),
        ("step", "expect: {end: denied, never: [x]}", "no step 'x'", "expect/never/0"),
        (
            "contradiction",
            "expect: {end: denied, through: [intro], never: [intro]}",
            "expected and excluded",
            "expect/never",
        ),
        ("evidence", "expect: {end: denied, evidence: [idv]}", "'idv' is no evidence method", "expect/evidence/0"),
        ("level", "expect: {end: denied, acr: three}", "no level 'three'", "expect/acr"),
        ("contradiction", "expect: {end: denied, acr: one, error: access_denied}", "gets no error", "expect/acr"),
        ("contradiction", "expect: {end: denied, acr: one, needs: step_up}", "gets no error", "expect/acr"),
    ],
)
def test_what_does_not_fit_the_flow_is_told_with_its_place(code: str, body: str, message: str, path: str) -> None:
    (problem,) = check(body)
    assert problem.code == code
    assert message in problem.message
    assert problem.path == f"/cases/0/{path}"
    assert problem.line is not None
    assert problem.line > 3


def test_a_review_can_be_answered_by_the_vendors_people_and_by_nothing_else_of_theirs() -> None:
    assert check("answers: {review: [MANUAL_OK, approved]}\nexpect: {end: denied}") == []
    (problem,) = check("answers: {review: pending}\nexpect: {end: denied}")
    assert "cannot be answered by 'pending'" in problem.message


def test_a_secret_in_a_test_file_is_refused() -> None:
    text = case(
        "answers: {password: {answer: submitted, fields: {password: hunter2}}}\nexpect: {end: denied}", "sign-in"
    )
    (problem,) = check_flow_tests(read(text), load_shipped("sign-in"), CATALOG)
    assert "secret: say the outcome instead" in problem.message
    plain = case("answers: {identifier: {answer: submitted, fields: {email: a@b.c}}}\nexpect: {end: denied}", "sign-in")
    assert check_flow_tests(read(plain), load_shipped("sign-in"), CATALOG) == ()
    (problem,) = check_flow_tests(read(plain.replace("a@b.c", "a@b.c, emial: x")), load_shipped("sign-in"), CATALOG)
    assert problem.message == "the screen has no field 'emial'; did you mean 'email'?"


def test_tests_for_another_flow_are_refused() -> None:
    problems = check_flow_tests(read(case("expect: {end: denied}", "sign-in")), FLOW, CATALOG)
    assert [str(problem) for problem in problems] == [
        "1:1: error flow at /flow: these tests are for 'sign-in', the flow is 'strict-step-up'"
    ]


def test_tests_that_were_read_from_no_text_have_no_lines() -> None:
    tests = replace(read(case("answers: {intor: stop}\nexpect: {end: denied}")), marks={})
    (problem,) = check_flow_tests(tests, FLOW, CATALOG)
    assert (problem.path, problem.line, problem.column) == ("/cases/0/answers/intor", None, None)


def test_problems_are_sorted_by_line_and_column_and_those_without_a_line_come_first() -> None:
    places = [(2, 5), (2, 1), (1, 9), (1, 1), (None, None)]
    problems = [Problem("c", "m", line=line, column=column) for line, column in places]
    assert [(problem.line, problem.column) for problem in sort_problems(problems)] == places[::-1]


def test_nobody_answers_an_end_or_a_condition() -> None:
    assert list_words(FLOW.steps["done"], CATALOG) == list_words(FLOW.steps["check"], CATALOG) == ("wait",)


def test_what_the_whole_file_says_is_told_once_and_there() -> None:
    text = """\
flow: strict-step-up
answers: {intro: go}
given: {session: none}
cases:
  - {name: A, expect: {end: denied}}
  - {name: B, expect: {end: denied}}
"""
    problems = check_flow_tests(read(text), FLOW, CATALOG)
    assert [(problem.path, problem.line) for problem in problems] == [("/answers/intro", 2), ("/given/session", 3)]


def test_levels_are_not_looked_at_where_none_are_known() -> None:
    assert check("expect: {end: denied, acr: three}", None) == []


def test_a_connection_that_is_not_known_is_answered_by_its_exits() -> None:
    text = case("answers: {verify: [completed, OK]}\nexpect: {end: denied}")
    (problem,) = check_flow_tests(read(text), FLOW, type(CATALOG)(CATALOG.screens, CATALOG.actions, {}))
    assert problem.path == "/cases/0/answers/verify/1"


# --- words and schema -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [path.name.partition(".")[0] for path in sorted(SHIPPED_FOLDER.glob("*.test.yaml"))])
def test_the_shipped_tests_fit_their_flows_and_the_schema(name: str, validator: jsonschema_rs.Validator) -> None:
    text = (SHIPPED_FOLDER / f"{name}.test.yaml").read_text()
    tests = read(text)
    assert check_flow_tests(tests, load_shipped(name), CATALOG) == ()
    validator.validate(read_document(text).value)
    assert len(tests.cases) >= 8
