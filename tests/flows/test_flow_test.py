"""Files of flow tests: what they say is read, and all that is wrong with them is told at once, with its place."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.flows import flow_test
from idp.flows.document import Document, read_document
from idp.flows.flow_test import NEEDS, FlowTests, parse_flow_tests
from idp.flows.flow_test_check import check_flow_tests
from idp.flows.flow_test_schema import build_schema
from idp.flows.given import Given, GivenConnection, GivenReader
from idp.flows.parse import parse_flow
from idp.flows.problems import FlowFault, Problem
from idp.flows.scripts import ScriptReader
from idp.flows.setting import Script
from idp.oidc.situation import NeedKind
from tests.flows.samples import CATALOG, SHIPPED_FOLDER, STRICT_STEP_UP, load_shipped

FLOW = parse_flow(STRICT_STEP_UP)
VALIDATOR = jsonschema_rs.validator_for(build_schema(CATALOG))
FULL = """\
flow: strict-step-up
given:
  user: {known: true, enrolled: true}
  context: {device: {user_agent: a, extra: 1}}
answers:
  rejected_unused: x
cases:
  - name: Everything that can be said
    given:
      user:
        known: true
        email_verified: false
        enrolled: false
        credentials: [password, totp]
        email: a@b.c
        locale: de
      session: {pwd: 2h, otp: 30s}
      client: {id: bank, acr_values: voluntary, minimum_acr: one, consent: explicit}
      request: {acr_values: [one, two], essential_acr: [two], scopes: [openid, email], prompt: [login], max_age: 5m}
      policy: {recovery_unenrolled: review, enrol_on_step_up: false, proof_freshness: 1m}
      connections: {incode_verify: {passing: [OK, MANUAL_OK], accept_manual_review_approved: true, attempt: 2m}}
      context: {device: {user_agent: b}, user: {vip: true}}
    answers:
      intro: continue
      verify:
        - expired
        - {answer: completed, output: {status: completed}, owner: match, takes: 1m, age: 2m}
      explain: {answer: retry}
    expect:
      end: complete
      reason: because
      path: [intro, verify]
      through: [verify]
      never: [review]
      evidence: [identity]
      acr: one
      amr: [face]
      error: access_denied
      needs: step_up
"""


def read(text: str) -> FlowTests:
    return parse_flow_tests(text, CATALOG, "f.test.yaml")


def list_faults(text: str) -> list[tuple[str, str, int | None]]:
    with pytest.raises(FlowFault) as caught:
        read(text)
    assert caught.value.source == "f.test.yaml"
    return [(problem.code, problem.path, problem.line) for problem in caught.value.problems]


def case(body: str, flow: str = "strict-step-up") -> str:
    """Write a file with one case; `body` are its lines beside the name."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return f"flow: {flow}\ncases:\n  - name: One\n{lines}\n"


def test_everything_that_can_be_said_is_read() -> None:
    tests = read(FULL)
    assert (tests.flow, tests.source, len(tests.cases)) == ("strict-step-up", "f.test.yaml", 1)
    only = tests.cases[0]
    assert only.given == Given(
        known=True,
        email_verified=False,
        enrolled=False,
        credentials=("password", "totp"),
        email="a@b.c",
        locale="de",
        session={"pwd": 7200.0, "otp": 30.0},
        client="bank",
        acr_policy="voluntary",
        minimum_acr="one",
        consent="explicit",
        acr_values=("one", "two"),
        essential_acr=("two",),
        scopes=("openid", "email"),
        prompt=("login",),
        max_age=300.0,
        recovery_unenrolled="review",
        enrol_on_step_up=False,
        proof_freshness=60.0,
        connections={"incode_verify": GivenConnection(("OK", "MANUAL_OK"), True, 120.0)},
        context={"device": {"user_agent": "b", "extra": 1}, "user": {"vip": True}},
    )
    assert only.scripts == {
        "rejected_unused": (Script("x"),),
        "intro": (Script("continue"),),
        "verify": (
            Script("expired"),
            Script("completed", output={"status": "completed"}, owner="match", takes=60.0, age=120.0),
        ),
        "explain": (Script("retry"),),
    }
    assert only.own == {"intro", "verify", "explain"}
    expected = only.expected
    assert expected.said == {
        *("end", "reason", "path", "through", "never", "evidence"),
        *("acr", "amr", "error", "needs"),
    }
    assert (expected.end, expected.reason, expected.path, expected.acr) == (
        "complete",
        "because",
        ("intro", "verify"),
        "one",
    )


def test_what_a_case_says_goes_before_what_the_file_says() -> None:
    text = """\
flow: f
given: {user: {enrolled: true}, request: {acr_values: [a]}}
answers: {verify: OK, intro: stop}
cases:
  - {name: A, given: {user: {enrolled: false}}, answers: {verify: FAIL}, expect: {end: denied}}
  - {name: B, given: {session: none}, expect: {end: denied}}
"""
    first, second = read(text).cases
    assert (first.given.enrolled, second.given.enrolled) == (False, True)
    assert first.given.acr_values == second.given.acr_values == ("a",)
    assert (first.given.session, second.given.session) == (None, {})
    assert (first.scripts["verify"], second.scripts["verify"]) == ((Script("FAIL"),), (Script("OK"),))
    assert first.scripts["intro"] == (Script("stop"),)


def test_an_acr_that_is_null_is_expected_to_be_absent() -> None:
    expected = read(case("expect: {end: denied, acr: null}")).cases[0].expected
    assert (expected.acr, "acr" in expected.said) == (None, True)
    assert "acr" not in read(case("expect: {end: denied}")).cases[0].expected.said


def test_yes_and_no_are_words_here() -> None:
    only = read(case("answers: {factor: [yes, no]}\nexpect: {end: denied}", "sign-in")).cases[0]
    assert [script.word for script in only.scripts["factor"]] == ["yes", "no"]


BAD = {
    "": ["type"],
    "[]": ["type"],
    "flow: f": ["missing-key"],
    "cases: []": ["cases", "missing-key"],
    "flow: Not A Flow\ncases: [{name: A, expect: {end: denied}}]": ["name"],
    "flow: f\ncases: {}": ["cases", "type"],
    "flow: f\ncases: [x]": ["type"],
    "flow: f\nextra: 1\ncases: [{name: A, expect: {end: denied}}]": ["unknown-key"],
    "flow: f\ncases: [{name: A, expect: {end: denied}}, {name: A, expect: {end: denied}}]": ["duplicate-name"],
    case("expect: {}"): ["missing-key"],
    case("expect: []"): ["type"],
    case("given: {}"): ["missing-key"],
    case("expect: {end: completed}"): ["unknown-value"],
    case("expect: {end: denied, acr: 1}"): ["type"],
    case("expect: {end: denied, path: intro}"): ["type"],
    case("expect: {end: denied, needs: money}"): ["unknown-value"],
    case("expect: {end: denied, error: Access Denied}"): ["name"],
    case("expect: {end: denied}\ngiven: {user: {known: 'true'}}"): ["type"],
    case("expect: {end: denied}\ngiven: {user: {credentials: [pasword]}}"): ["unknown-value"],
    case("expect: {end: denied}\ngiven: {user: {credentials: password}}"): ["type"],
    case("expect: {end: denied}\ngiven: {user: x}"): ["type"],
    case("expect: {end: denied}\ngiven: {session: {pwd: old}}"): ["duration"],
    case("expect: {end: denied}\ngiven: {session: {pswd: 1h}}"): ["unknown-value"],
    case("expect: {end: denied}\ngiven: {session: nothing}"): ["type"],
    case("expect: {end: denied}\ngiven: {client: {acr_values: sometimes}}"): ["unknown-value"],
    case("expect: {end: denied}\ngiven: {request: {prompt: [never]}}"): ["unknown-value"],
    case("expect: {end: denied}\ngiven: {policy: {proof_freshness: 5}}"): ["duration"],
    case("expect: {end: denied}\ngiven: {connections: {incode: {}}}"): ["unknown-value"],
    case("expect: {end: denied}\ngiven: {connections: {incode_verify: {passing: OK}}}"): ["type"],
    case("expect: {end: denied}\ngiven: {context: {connectors: {}}}"): ["unknown-value"],
    case("expect: {end: denied}\ngiven: {context: {form: {}}}"): ["unknown-value"],
    case("expect: {end: denied}\ngiven: {context: {user: 1}}"): ["type"],
    case("expect: {end: denied}\nanswers: {intro: []}"): ["answers"],
    case("expect: {end: denied}\nanswers: {intro: 1}"): ["type"],
    case("expect: {end: denied}\nanswers: {intro: {takes: 1m}}"): ["missing-key"],
    case("expect: {end: denied}\nanswers: {intro: {answer: x, take: 1m}}"): ["unknown-key"],
    case("expect: {end: denied}\nanswers: {intro: {answer: x, owner: me}}"): ["unknown-value"],
    case("expect: {end: denied}\nanswers: {intro: {answer: x, fields: {email: 1}}}"): ["type"],
    case("expect: {end: denied}\nanswers: []"): ["type"],
}


@pytest.mark.parametrize("text", BAD)
def test_a_file_with_a_fault_is_refused_and_editors_see_it_too(text: str) -> None:
    assert sorted(code for code, _, _ in list_faults(text)) == BAD[text]
    duplicate = "duplicate-name" in BAD[text]
    assert VALIDATOR.is_valid(read_document(text).value) is duplicate


def test_all_faults_are_told_at_once_each_with_its_line_and_path() -> None:
    text = """\
flow: strict-step-up
cases:
  - name: A
    given: {user: {known: maybe}}
    answers: {intro: 7}
    expect: {end: fine, acr: 2}
  - expect: {end: denied}
    expects: 1
"""
    assert list_faults(text) == [
        ("type", "/cases/0/given/user/known", 4),
        ("type", "/cases/0/answers/intro", 5),
        ("unknown-value", "/cases/0/expect/end", 6),
        ("type", "/cases/0/expect/acr", 6),
        ("missing-key", "/cases/1", 7),
        ("unknown-key", "/cases/1/expects", 8),
    ]


def test_too_many_cases_or_answers_are_refused() -> None:
    many = "".join(f"  - {{name: N{number}, expect: {{end: denied}}}}\n" for number in range(501))
    assert [code for code, _, _ in list_faults(f"flow: f\ncases:\n{many}")] == ["cases"]
    answers = ", ".join(["OK"] * 101)
    assert [code for code, _, _ in list_faults(case(f"answers: {{a: [{answers}]}}\nexpect: {{end: denied}}"))] == [
        "answers"
    ]


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "!!python/object:os.system {}", "flow: [", "flow: f\n---\nflow: g"])
def test_hostile_text_is_refused_like_in_a_flow(text: str) -> None:
    assert list_faults(text)


# --- against the flow -------------------------------------------------------------------------------------------------


def check(body: str, acrs: Any = ("one", "two")) -> list[Problem]:
    return list(check_flow_tests(read(case(body)), FLOW, CATALOG, acrs))


@pytest.mark.parametrize(
    ("body", "message", "path"),
    [
        ("answers: {intor: stop}\nexpect: {end: denied}", "no step 'intor'; did you mean 'intro'?", "answers/intor"),
        ("answers: {check: otherwise}\nexpect: {end: denied}", "decides by itself; nobody", "answers/check"),
        ("answers: {done: x}\nexpect: {end: denied}", "'done' is an end; nobody", "answers/done"),
        ("answers: {intro: go}\nexpect: {end: denied}", "cannot be answered by 'go'", "answers/intro"),
        (
            "answers: {verify: [OK, ok]}\nexpect: {end: denied}",
            "cannot be answered by 'ok'; known: FAIL",
            "answers/verify/1",
        ),
        ("answers: {verify: limit}\nexpect: {end: denied}", "the engine's own", "answers/verify"),
        (
            "answers: {intro: {answer: stop, fields: {email: a}}}\nexpect: {end: denied}",
            "no field 'email'",
            "answers/intro",
        ),
        (
            "answers: {verify: {answer: OK, fields: {email: a}}}\nexpect: {end: denied}",
            "'fields' does not",
            "answers/verify",
        ),
        (
            "answers: {intro: {answer: stop, values: {a: 1}}}\nexpect: {end: denied}",
            "'values' does not",
            "answers/intro",
        ),
        ("answers: {intro: {answer: stop, output: {}}}\nexpect: {end: denied}", "'output' does not", "answers/intro"),
        ("answers: {review: {answer: approved, age: 1m}}\nexpect: {end: denied}", "'age' does not", "answers/review"),
        ("answers: {intro: {answer: stop, owner: match}}\nexpect: {end: denied}", "'owner' does not", "answers/intro"),
        ("given: {session: none}\nexpect: {end: denied}", "starts with a session", "given/session"),
        ("given: {client: {minimum_acr: x}}\nexpect: {end: denied}", "no level 'x'", "given/client/minimum_acr"),
        ("expect: {end: denied, path: [intro, x]}", "no step 'x'", "expect/path/1"),
        ("expect: {end: denied, through: [x]}", "no step 'x'", "expect/through/0"),
        ("expect: {end: denied, never: [x]}", "no step 'x'", "expect/never/0"),
        ("expect: {end: denied, through: [intro], never: [intro]}", "expected and excluded", "expect/never"),
        ("expect: {end: denied, evidence: [idv]}", "'idv' is no evidence method", "expect/evidence/0"),
        ("expect: {end: denied, acr: three}", "no level 'three'", "expect/acr"),
        ("expect: {end: denied, acr: one, error: access_denied}", "gets no error", "expect/acr"),
        ("expect: {end: denied, acr: one, needs: step_up}", "gets no error", "expect/acr"),
    ],
)
def test_what_does_not_fit_the_flow_is_told_with_its_place(body: str, message: str, path: str) -> None:
    (problem,) = check(body)
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


def test_tests_for_another_flow_are_refused() -> None:
    problems = check_flow_tests(read(case("expect: {end: denied}", "sign-in")), FLOW, CATALOG)
    assert [(problem.code, problem.path, problem.line) for problem in problems] == [("flow", "/flow", 1)]


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


def test_the_words_of_the_protocol_are_those_of_the_protocol() -> None:
    assert set(NEEDS) == set(NeedKind.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [path.name.partition(".")[0] for path in sorted(SHIPPED_FOLDER.glob("*.test.yaml"))])
def test_the_shipped_tests_fit_their_flows_and_the_schema(name: str) -> None:
    text = (SHIPPED_FOLDER / f"{name}.test.yaml").read_text()
    tests = read(text)
    assert check_flow_tests(tests, load_shipped(name), CATALOG) == ()
    VALIDATOR.validate(read_document(text).value)
    assert len(tests.cases) >= 8


def test_the_schema_takes_everything_that_can_be_said() -> None:
    VALIDATOR.validate(read_document(FULL).value)


WORDS = st.sampled_from(["OK", "denied", "intro", "1h", "pwd", "a b", "", "bank", "incode_verify", "none", "match"])
SCALARS = WORDS | st.booleans() | st.none() | st.integers(-2, 2)
#: Every key that some part of a file knows.
KEYS = st.sampled_from(
    [
        *("user", "session", "client", "request", "policy", "connections", "context", "known", "credentials", "pwd"),
        *("id", "acr_values", "scopes", "prompt", "passing", "name", "given", "answers", "expect", "end", "path"),
        *("acr", "amr", "error", "needs", "answer", "takes", "age", "owner", "output", "fields", "flow", "cases"),
    ]
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


def set_somewhere(value: Any, draw: Any) -> Any:
    """Put any value anywhere into a document."""
    if isinstance(value, dict) and value and draw(st.integers(0, 5)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: set_somewhere(value[key], draw)}
    if isinstance(value, dict) and draw(st.booleans()):
        return {**value, draw(KEYS): draw(VALUES)}
    if isinstance(value, list) and value and draw(st.integers(0, 5)):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], set_somewhere(value[index], draw), *value[index + 1 :]]
    return draw(VALUES)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_the_schema_refuses_what_the_reader_refuses_and_nothing_else(data: st.DataObject) -> None:
    value = set_somewhere(read_document(FULL).value, data.draw)
    if data.draw(st.booleans()):
        value = set_somewhere(value, data.draw)
    assert VALIDATOR.is_valid(value) is not has_faults(value)


def has_faults(value: Any) -> bool:
    reader = flow_test._Reader(Document(value))
    return reader.read_file(value, CATALOG, "") is None or bool(reader.problems)


def test_what_an_api_sends_is_read_by_the_same_words() -> None:
    reader = GivenReader(Document())
    assert reader.read_given({"user": {"enrolled": False}}, "/given", CATALOG) == Given(enrolled=False)
    scripts = ScriptReader(Document())
    assert scripts.read_answers({"verify": "OK"}, "/answers") == {"verify": (Script("OK"),)}
    assert reader.problems == scripts.problems == []
