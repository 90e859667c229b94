"""Steps of flows that prove something, or seem to, for the tests of the static proof."""

from idp.flows.language import Flow
from idp.flows.problems import Problem
from tests.flows.samples import find_problems, list_codes, make_flow

VERIFY = "connector: incode_verify, on: {completed: judge, pending: no, not_finished: no, expired: no, error: no}"
JUDGE = (
    "judge: {condition: [{when: 'connectors.incode_verify.data.score.overall.status == \"OK\"', "
    "proves: incode_verify, to: yes}], otherwise: no}"
)
ENDS = "yes: {end: complete}\nno: {end: denied}"


def only(flow: Flow, code: str) -> Problem:
    problems = find_problems(flow, code)
    assert len(problems) == 1, list_codes(flow)
    return problems[0]


def make_sign_in(steps: str, *, extra: str = "") -> Flow:
    return make_flow(f"{steps}\n{ENDS}", purpose="sign_in", extra=extra)


PASSWORD = """
    a: {screen: identifier, on: {submitted: b}}
    b: {screen: password, on: {submitted: c, back: a}}
    c: {action: check_password, on: {ok: yes, wrong: b, throttled: no}}
"""
