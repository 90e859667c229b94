"""Files of flow tests for the tests that read them: one that says everything, and one with a single case."""

import jsonschema_rs
import pytest

from idp.flows.flow_test import FlowTests, parse_flow_tests
from idp.flows.flow_test_schema import build_schema
from idp.flows.problems import FlowFault
from tests.flows.samples import CATALOG

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
      explain: {answer: retry, fields: {note: why}, values: {left: 3}}
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


@pytest.fixture
def validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(build_schema(CATALOG))
