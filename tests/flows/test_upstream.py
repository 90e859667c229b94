"""Sign-in at another provider, as the checker and the dry run see it. The documented example is the sample."""

from dataclasses import replace
from pathlib import Path

import pytest

from idp.flows.check import check_flow
from idp.flows.parse import parse_flow
from idp.flows.passage import Means, find_passages
from idp.flows.setting import Person, Script, Setting
from idp.flows.simulate import simulate
from idp.flows.step_types import REDIRECT, ConnectionInfo
from tests.flows.samples import CATALOG, LEVELS

EXAMPLE = Path(__file__).parents[2] / "docs/examples/another-provider/flows/another-provider.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
PROVIDER = ConnectionInfo(
    "oidc",
    use=REDIRECT,
    outcomes=("completed", "cancelled", "error"),
    errors=("login_too_old",),
    inputs={"login_hint": "form.email?"},
    outputs={"email_verified": "boolean", "multi_factor": "boolean"},
)
WORLD = replace(CATALOG, connections={**CATALOG.connections, "other_provider": PROVIDER})


def codes(text: str) -> set[str]:
    return {
        problem.code for problem in check_flow(parse_flow(text), WORLD, levels=LEVELS) if problem.severity == "error"
    }


def test_the_example_is_proved() -> None:
    assert codes(TEXT) == set()


def test_who_somebody_is_elsewhere_must_be_known_before_it_is_looked_up() -> None:
    assert codes(TEXT.replace("upstream: upstream, limit", "upstream: check_upstream, limit")) >= {"needs-fact"}


@pytest.mark.parametrize("outcome", ["cancelled", "error"])
def test_a_sign_in_elsewhere_that_did_not_come_about_says_nothing(outcome: str) -> None:
    assert codes(TEXT.replace(f"{outcome}: identifier", f"{outcome}: check_upstream")) == {"needs-fact"}


def test_a_service_that_is_asked_names_nobody() -> None:
    calls = replace(WORLD, connections={**WORLD.connections, "other_provider": replace(PROVIDER, use="call")})
    found = {problem.code for problem in check_flow(parse_flow(TEXT), calls, levels=LEVELS)}
    assert "needs-fact" in found


def test_a_link_takes_the_proof_of_the_account() -> None:
    text = TEXT.replace("unverified: unverified, refused: not_linked}", "unverified: unverified, refused: link}")
    assert codes(text) >= {"unproved-change", "needs-user"}


def test_a_way_around_the_second_factor_is_refused() -> None:
    assert codes(TEXT.replace("on: {ok: factor, unknown: create", "on: {ok: done, unknown: create")) == {
        "missing-evidence"
    }


def test_conditions_see_what_the_connection_declares() -> None:
    text = TEXT.replace(
        "on: {completed: check_upstream, cancelled",
        "on: {completed: judge, cancelled",
    ).replace(
        "  check_upstream:\n",
        "  judge:\n    condition: [{when: connectors.other_provider.data.groups == 1, to: check_upstream}]\n"
        "    otherwise: identifier\n  check_upstream:\n",
    )
    assert codes(text) == {"expression-output"}
    assert codes(text.replace("groups == 1", "email_verified == true")) == set()


def test_a_dry_run_sees_the_return_as_a_real_run_does() -> None:
    flow = parse_flow(TEXT)
    setting = Setting(person=Person(credentials=frozenset({"upstream"})))
    found = simulate(flow, {"identifier": [Script("upstream")]}, setting, WORLD)
    assert (found.end, found.methods) == ("complete", ("federated",))
    (step,) = [step for step in found.steps if step.step == "check_upstream"]
    assert step.before["connectors"]["other_provider"] == {"status": "completed", "error": "", "data": {}}


def test_a_dry_run_can_be_told_what_went_wrong_there() -> None:
    text = TEXT.replace("error: identifier, limit", "error: identifier, 'error:login_too_old': refused, limit")
    scripts = {"identifier": [Script("upstream")], "upstream": [Script("error:login_too_old")]}
    found = simulate(parse_flow(text), scripts, Setting(), WORLD)
    assert (found.end, found.reason) == ("denied", "account_blocked")


@pytest.mark.parametrize(
    ("methods", "wanted"),
    [
        (set(), set()),
        ({"pwd"}, {frozenset({"pwd"})}),
        ({"federated"}, {frozenset({"federated"})}),
        ({"federated", "otp"}, {frozenset({"federated", "otp"})}),
    ],
)
def test_who_gets_through_is_found_with_what_each_person_has(methods: set[str], wanted: set[frozenset[str]]) -> None:
    means = Means(frozenset(methods), {"email": "a@b.example"})
    assert find_passages(parse_flow(TEXT), means, lambda known: {"user": {"known": known}}, WORLD) == wanted
