"""Flows and catalogues that the tests of this folder share."""

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from idp.application.level_rules import level_rules
from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.language import CONNECTOR_OUTCOMES, Flow
from idp.flows.parse import parse_flow
from idp.flows.problems import Problem
from idp.flows.step_types import Catalog, ConnectionInfo, identity_connection
from idp.oidc.levels_document import parse_levels

SHIPPED_FOLDER = Path(__file__).parents[2] / "config" / "flows"
#: The flows that serve the four purposes unless something else is configured.
SHIPPED = ("recovery", "sign-in", "sign-up", "step-up")
#: Step-ups, each for a level of its own.
STEP_UPS = ("step-up-2fa", "step-up-passkey")
#: Flows that a client can be given in place of those.
TEMPLATES = ("invite", "passkey-sign-in", "passwordless")
LEVELS = level_rules(parse_levels(YAML(typ="safe").load(SHIPPED_FOLDER.parent / "levels.yaml")))

CATALOG: Catalog = default_catalog(
    {
        "incode_verify": identity_connection(),
        "risk": ConnectionInfo("http", use="identity", outcomes=CONNECTOR_OUTCOMES),
        "second_vendor": identity_connection(),
    }
)

STEP_UP = """\
id: step-up
title: Confirm it is you
purpose: step_up                    # sign_in | sign_up | step_up | recovery
deadline: 15m
start: verify
steps:
  verify:
    connector: incode_verify        # a connection's name
    on: {completed: check, pending: review, not_finished: explain, expired: explain, error: unavailable}
  check:
    condition:
      - when: connectors.incode_verify.data.score.overall.status == "OK"
        proves: incode_verify
        to: done
      - when: connectors.incode_verify.data.score.overall.status in ["WARN", "MANUAL", "MANUAL_PENDING"]
        to: review
    otherwise: rejected
  review:      {review: identity, on: {approved: done, rejected: rejected, expired: explain}}
  explain:     {screen: verification_unfinished, on: {retry: verify, stop: rejected}}
  unavailable: {screen: try_later, on: {retry: verify, stop: rejected}}
  rejected:    {end: denied}
  done:        {end: complete}
layout: {verify: [0, 0], check: [240, 0]}   # positions only; the engine ignores it
"""

#: A step-up of its own for the tests of engine and dry run, so that they do not change with the flows we ship.
STRICT_STEP_UP = """\
id: strict-step-up
title: Confirm it is you
purpose: step_up
deadline: 15m
start: intro
steps:
  intro: {screen: verification_intro, on: {continue: verify, stop: stopped}}
  verify:
    connector: incode_verify
    on: {completed: check, pending: review, not_finished: explain, expired: explain, error: explain, limit: too_many}
    max_visits: 5
  check:
    condition:
      - {when: 'connectors.incode_verify.owner == "mismatch"', to: rejected}
      - when: connectors.incode_verify.data.score.overall.status in ["OK", "MANUAL_OK"]
        proves: incode_verify
        to: done
      - when: connectors.incode_verify.data.score.overall.status in ["WARN", "MANUAL", "MANUAL_PENDING"]
        to: review
    otherwise: rejected
  review: {review: identity, on: {approved: done, rejected: rejected, expired: explain}}
  explain: {screen: verification_unfinished, on: {retry: verify, stop: stopped}}
  rejected: {end: denied, reason: identity_refused}
  stopped: {end: denied, reason: stopped}
  too_many: {end: denied, reason: too_many_attempts}
  done: {end: complete}
"""


@cache
def load_shipped(name: str) -> Flow:
    return parse_flow((SHIPPED_FOLDER / f"{name}.yaml").read_text(), f"{name}.yaml")


def make_flow(steps: str, *, purpose: str = "step_up", start: str = "a", extra: str = "") -> Flow:
    """Parse a flow from its steps, one a line, in YAML's short form."""
    lines = "\n".join(f"  {line.strip()}" for line in steps.strip().splitlines())
    return parse_flow(f"id: f\ntitle: F\npurpose: {purpose}\ndeadline: 15m\nstart: {start}\n{extra}\nsteps:\n{lines}\n")


def find_problems(flow: Flow, code: str | None = None, **options: Any) -> list[Problem]:
    return [problem for problem in check_flow(flow, CATALOG, **options) if code in (None, problem.code)]


def list_codes(flow: Flow, severity: str = "error", **options: Any) -> list[str]:
    return sorted(p.code for p in check_flow(flow, CATALOG, **options) if p.severity == severity)


def score(status: Any, owner: str = "match") -> dict[str, Any]:
    """Return a connector's output with this overall status."""
    return {
        "status": "completed",
        "owner": owner,
        "data": {"status": "ONBOARDING_FINISHED", "score": {"overall": {"status": status}}},
    }
