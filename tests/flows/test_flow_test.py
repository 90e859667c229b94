"""Files of flow tests: what they say is read, and all that is wrong with them is told at once, with its place."""

import jsonschema_rs
import pytest

from idp.flows.document import Document, read_document
from idp.flows.flow_test import NEEDS
from idp.flows.given import Given, GivenConnection, GivenReader
from idp.flows.problems import FlowFault
from idp.flows.scripts import ScriptReader
from idp.flows.setting import Script
from idp.oidc.situation import NeedKind
from tests.flows.flow_test_files import FULL, case, list_faults, read, validator
from tests.flows.samples import CATALOG

__all__ = ["validator"]


def list_sentences(text: str) -> list[str]:
    with pytest.raises(FlowFault) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_everything_that_can_be_said_is_read() -> None:
    tests = read(FULL)
    assert (tests.flow, tests.source, len(tests.cases)) == ("strict-step-up", "f.test.yaml", 1)
    only = tests.cases[0]
    assert (only.name, only.path) == ("Everything that can be said", "/cases/0")
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
        "explain": (Script("retry", fields={"note": "why"}, values={"left": 3}),),
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
given: {user: {enrolled: true}, request: {acr_values: [a]}, context: {device: {user_agent: a}}}
answers: {verify: OK, intro: stop}
cases:
  - {name: A, given: {user: {enrolled: false}}, answers: {verify: FAIL}, expect: {end: denied}}
  - {name: B, given: {session: none}, expect: {end: denied}}
"""
    first, second = read(text).cases
    assert (first.given.enrolled, second.given.enrolled) == (False, True)
    assert first.given.acr_values == second.given.acr_values == ("a",)
    assert first.given.context == second.given.context == {"device": {"user_agent": "a"}}
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


#: What somebody reads about a whole file.
FILE_FAULTS = {
    "": ["error type at /: expected a mapping, found nothing"],
    "[]": ["1:1: error type at /: expected a mapping, found a list"],
    "flow: f": ["1:1: error missing-key at /: the key 'cases' is missing"],
    "cases: []": [
        "1:1: error missing-key at /: the key 'flow' is missing",
        "1:1: error cases at /cases: a file has from 1 to 500 cases",
    ],
    "flow: Not A Flow\ncases: [{name: A, expect: {end: denied}}]": [
        (
            "1:1: error name at /flow: 'Not A Flow' is not a name: small letters, digits and '-', starting with "
            "a letter, at most 63"
        )
    ],
    "flow: f\ncases: {}": [
        "2:1: error type at /cases: expected a list, found a mapping",
        "2:1: error cases at /cases: a file has from 1 to 500 cases",
    ],
    "flow: f\ncases: [x]": ["2:9: error type at /cases/0: expected a mapping, found the text 'x'"],
    "flow: f\nextra: 1\ncases: [{name: A, expect: {end: denied}}]": [
        "2:1: error unknown-key at /extra: unknown key 'extra'; known: answers, cases, flow, given"
    ],
    "flow: f\ncases: [{name: A, expect: {end: denied}}, {name: A, expect: {end: denied}}]": [
        "2:44: error duplicate-name at /cases/1/name: two cases are named 'A'"
    ],
    case("given: {}"): ["3:5: error missing-key at /cases/0: the key 'expect' is missing"],
    "flow: 7\ncases: [{name: A, expect: {end: denied}}]": [
        "1:1: error type at /flow: expected text, found the number 7"
    ],
    "flow: f\ngiven: 3\ncases: [{name: A, expect: {end: denied}}]": [
        "2:1: error type at /given: expected a mapping, found the number 3"
    ],
    "flow: f\nanswers: 3\ncases: [{name: A, expect: {end: denied}}]": [
        "2:1: error type at /answers: expected a mapping, found the number 3"
    ],
    "flow: f\ncases: 3": [
        "2:1: error type at /cases: expected a list, found the number 3",
        "2:1: error cases at /cases: a file has from 1 to 500 cases",
    ],
    "flow: f\ncases: [x, y]": [
        "2:9: error type at /cases/0: expected a mapping, found the text 'x'",
        "2:12: error type at /cases/1: expected a mapping, found the text 'y'",
    ],
    "flow: f\ncases: [{name: '', expect: {end: denied}}, {name: '', expect: {end: denied}}]": [
        "2:10: error type at /cases/0/name: expected text, found empty text",
        "2:45: error type at /cases/1/name: expected text, found empty text",
    ],
}
A_DURATION = "expected a duration such as 30s, 15m, 48h or 7d, at most 30d"
#: And about one case, which begins at line 3; where the fault is at line 5, line 4 expects something sound.
CASE_FAULTS = {
    "expect: {}": "4:5: error missing-key at expect: the key 'end' is missing",
    "expect: []": "4:5: error type at expect: expected a mapping, found a list",
    "expect: {end: completed}": (
        "4:14: error unknown-value at expect/end: 'completed' is not allowed here; did you mean 'complete'?"
    ),
    "expect: {end: denied, acr: 1}": "4:27: error type at expect/acr: expected text, found the number 1",
    "expect: {end: denied, path: intro}": "4:27: error type at expect/path: expected a list, found the text 'intro'",
    "expect: {end: denied, needs: money}": (
        "4:27: error unknown-value at expect/needs: 'money' is not allowed here; known: "
        "consent, recovery, select_account, sign_in, sign_up, step_up"
    ),
    "expect: {end: denied, error: Access Denied}": (
        "4:27: error name at expect/error: 'Access Denied' is not a name: "
        "small letters and '_', starting with a letter, at most 64"
    ),
    "expect: {end: denied, ends: x}": "4:27: error unknown-key at expect/ends: unknown key 'ends'; did you mean 'end'?",
    "expect: {end: denied, error: 7}": "4:27: error type at expect/error: expected text, found the number 7",
    "given: {user: {known: 'true'}}": (
        "5:20: error type at given/user/known: expected true or false, found the text 'true'"
    ),
    "given: {user: {credentials: [pasword]}}": (
        "5:34: error unknown-value at given/user/credentials/0: 'pasword' is not allowed here; did you mean 'password'?"
    ),
    "given: {user: {credentials: password}}": (
        "5:20: error type at given/user/credentials: expected a list, found the text 'password'"
    ),
    "given: {user: x}": "5:13: error type at given/user: expected a mapping, found the text 'x'",
    "given: {session: {pwd: old}}": f"5:23: error duration at given/session/pwd: {A_DURATION}",
    "given: {session: {pswd: 1h}}": (
        "5:23: error unknown-value at given/session/pswd: 'pswd' is not allowed here; did you mean 'pwd'?"
    ),
    "given: {session: nothing}": "5:13: error type at given/session: expected a mapping, found the text 'nothing'",
    "given: {client: {acr_values: sometimes}}": (
        "5:22: error unknown-value at given/client/acr_values: 'sometimes' is not allowed here; known: "
        "necessary, voluntary"
    ),
    "given: {request: {prompt: [never]}}": (
        "5:32: error unknown-value at given/request/prompt/0: 'never' is not allowed here; known: "
        "consent, create, login, none, select_account"
    ),
    "given: {policy: {proof_freshness: 5}}": f"5:22: error duration at given/policy/proof_freshness: {A_DURATION}",
    "given: {connections: {incode: {}}}": (
        "5:27: error unknown-value at given/connections/incode: 'incode' is not allowed here; did you mean "
        "'incode_verify'?"
    ),
    "given: {connections: {incode_verify: {passing: OK}}}": (
        "5:43: error type at given/connections/incode_verify/passing: expected a list, found the text 'OK'"
    ),
    "given: {context: {connectors: {}}}": (
        "5:23: error unknown-value at given/context/connectors: 'connectors' is not allowed here; known: "
        "client, device, request, risk, run, user"
    ),
    "given: {context: {form: {}}}": (
        "5:23: error unknown-value at given/context/form: 'form' is not allowed here; known: "
        "client, device, request, risk, run, user"
    ),
    "given: {context: {user: 1}}": "5:23: error type at given/context/user: expected a mapping, found the number 1",
    "answers: {intro: []}": "5:15: error answers at answers/intro: a step has from 1 to 100 answers",
    "answers: {intro: 1}": "5:15: error type at answers/intro: expected text, found the number 1",
    "answers: {intro: {takes: 1m}}": "5:15: error missing-key at answers/intro: the key 'answer' is missing",
    "answers: {intro: {answer: x, take: 1m}}": (
        "5:34: error unknown-key at answers/intro/take: unknown key 'take'; did you mean 'takes'?"
    ),
    "answers: {intro: {answer: x, owner: me}}": (
        "5:34: error unknown-value at answers/intro/owner: 'me' is not allowed here; known: "
        "enrolling, match, mismatch, unknown"
    ),
    "answers: {intro: {answer: x, fields: {email: 1}}}": (
        "5:43: error type at answers/intro/fields/email: expected text, found the number 1"
    ),
    "answers: []": "5:5: error type at answers: expected a mapping, found a list",
    "given: x": "5:5: error type at given: expected a mapping, found the text 'x'",
    "given: {users: {}}": "5:13: error unknown-key at given/users: unknown key 'users'; did you mean 'user'?",
    "given: {user: {mail: x}}": "5:20: error unknown-key at given/user/mail: unknown key 'mail'; did you mean 'email'?",
    "given: {user: {email: 7}}": "5:20: error type at given/user/email: expected text, found the number 7",
    "given: {client: x}": "5:13: error type at given/client: expected a mapping, found the text 'x'",
    "given: {client: {ids: x}}": "5:22: error unknown-key at given/client/ids: unknown key 'ids'; did you mean 'id'?",
    "given: {client: {id: 7}}": "5:22: error type at given/client/id: expected text, found the number 7",
    "given: {client: {consent: no}}": (
        "5:22: error unknown-value at given/client/consent: 'no' is not allowed here; known: explicit, implicit"
    ),
    "given: {request: x}": "5:13: error type at given/request: expected a mapping, found the text 'x'",
    "given: {request: {acr: x}}": (
        "5:23: error unknown-key at given/request/acr: unknown key 'acr'; known: "
        "acr_values, essential_acr, max_age, prompt, scopes"
    ),
    "given: {request: {max_age: 7}}": f"5:23: error duration at given/request/max_age: {A_DURATION}",
    "given: {policy: x}": "5:13: error type at given/policy: expected a mapping, found the text 'x'",
    "given: {policy: {enrol: x}}": (
        "5:22: error unknown-key at given/policy/enrol: unknown key 'enrol'; known: "
        "enrol_on_step_up, proof_freshness, recovery_unenrolled"
    ),
    "given: {policy: {recovery_unenrolled: allow}}": (
        "5:22: error unknown-value at given/policy/recovery_unenrolled: 'allow' is not allowed here; known: "
        "refuse, review"
    ),
    "given: {connections: x}": "5:13: error type at given/connections: expected a mapping, found the text 'x'",
    "given: {connections: {incode_verify: x}}": (
        "5:27: error type at given/connections/incode_verify: expected a mapping, found the text 'x'"
    ),
    "given: {connections: {incode_verify: {pass: x}}}": (
        "5:43: error unknown-key at given/connections/incode_verify/pass: unknown key 'pass'; did you mean 'passing'?"
    ),
    "given: {connections: {incode_verify: {attempt: 7}}}": (
        f"5:43: error duration at given/connections/incode_verify/attempt: {A_DURATION}"
    ),
    "given: {context: x}": "5:13: error type at given/context: expected a mapping, found the text 'x'",
    "answers: {intro: [a, 7]}": "5:26: error type at answers/intro/1: expected text, found the number 7",
    f"answers: {{intro: {'x' * 65}}}": "5:15: error too-long at answers/intro: longer than 64 characters",
    "answers: {intro: {answer: x, takes: 7}}": f"5:34: error duration at answers/intro/takes: {A_DURATION}",
    "answers: {intro: {answer: x, fields: 7}}": (
        "5:34: error type at answers/intro/fields: expected a mapping, found the number 7"
    ),
}


@pytest.mark.parametrize("text", FILE_FAULTS)
def test_a_file_with_a_fault_is_refused_and_editors_see_it_too(text: str, validator: jsonschema_rs.Validator) -> None:
    assert list_sentences(text) == FILE_FAULTS[text]
    # Whether two names are the same is more than JSON Schema can say.
    assert validator.is_valid(read_document(text).value) is ("two cases are named" in FILE_FAULTS[text][0])


@pytest.mark.parametrize("body", CASE_FAULTS)
def test_a_case_with_a_fault_is_refused_and_editors_see_it_too(body: str, validator: jsonschema_rs.Validator) -> None:
    sound = "" if CASE_FAULTS[body].startswith("4:") else "expect: {end: denied}\n"
    text = case(sound + body)
    assert list_sentences(text) == [CASE_FAULTS[body].replace(" at ", " at /cases/0/", 1)]
    assert not validator.is_valid(read_document(text).value)


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


def test_the_words_of_the_protocol_are_those_of_the_protocol() -> None:
    assert set(NEEDS) == set(NeedKind.__args__)  # type: ignore[attr-defined]


def test_what_an_api_sends_is_read_by_the_same_words() -> None:
    reader = GivenReader(Document())
    assert reader.read_given({"user": {"enrolled": False}}, "/given", CATALOG) == Given(enrolled=False)
    scripts = ScriptReader(Document())
    assert scripts.read_answers({"verify": "OK"}, "/answers") == {"verify": (Script("OK"),)}
    assert reader.problems == scripts.problems == []
