"""The static proof: the levels that a flow claims, and a step-up to levels that it names."""

from dataclasses import replace

import pytest

from idp.flows.check import LevelRule
from idp.flows.language import Flow
from tests.flows.samples import find_problems, list_codes, load_shipped, make_flow

LEVELS: dict[str, LevelRule] = {
    "1fa": lambda evidence: bool(evidence & {"pwd", "otp"}),
    "2fa": lambda evidence: {"pwd", "otp"} <= evidence,
    "idv": lambda evidence: bool(evidence & {"identity", "review"}) and "pwd" in evidence,
    "reviewed": lambda evidence: "review" in evidence and "identity" not in evidence,
}


def claim(name: str, *levels: str) -> list[str]:
    return list_codes(replace(load_shipped(name), levels=levels), levels=LEVELS)


def test_a_level_a_flow_claims_must_be_reached_by_some_path() -> None:
    assert claim("sign-in", "1fa", "2fa") == []
    assert claim("sign-in", "idv") == ["level-unreachable"]
    assert claim("step-up", "idv", "1fa", "reviewed") == []
    assert claim("step-up", "2fa") == ["level-unreachable", "missing-evidence"]
    assert claim("recovery", "2fa", "idv") == ["level-unreachable", "level-unreachable"]


STEP_UP_2FA = """
    h: {action: has_totp, on: {yes: t, no: HERE}}
    t: {screen: totp, max_visits: 3, on: {submitted: c, back: no}}
    c: {action: check_totp, on: {ok: yes, wrong: t, throttled: t, not_enrolled: no}}
    no: {end: denied}
    yes: {end: complete}
"""


def step_up_2fa(here: str = "no", levels: str = "levels: [2fa]") -> Flow:
    return make_flow(STEP_UP_2FA.replace("HERE", here), start="h", extra=levels)


def test_a_step_up_to_levels_it_names_needs_their_evidence_and_not_proof_of_identity() -> None:
    assert list_codes(step_up_2fa(), levels=LEVELS) == []


def test_one_way_that_earns_none_of_the_levels_is_refused_with_that_way_printed() -> None:
    [problem] = find_problems(step_up_2fa(here="yes"), "missing-evidence", levels=LEVELS)
    assert "without evidence for any level it names (2fa); path: start -> h (no) -> yes" in problem.message


@pytest.mark.parametrize("levels", [None, {}])
def test_a_step_up_to_a_level_that_nobody_can_explain_needs_proof_of_identity(levels) -> None:
    assert "missing-evidence" in list_codes(step_up_2fa(), levels=levels)


def test_a_step_up_cannot_talk_itself_out_of_the_proof_by_naming_a_level_below_it() -> None:
    """`1fa` is earned by the session alone; such a flow may run, and gives nobody more than the session has."""
    flow = make_flow(
        "a: {screen: message, options: {message: x}, on: {continue: b}}\nb: {end: complete}", extra="levels: [1fa]"
    )
    assert "missing-evidence" in list_codes(flow, levels=LEVELS)


def test_naming_a_level_does_not_open_credentials() -> None:
    steps = (
        STEP_UP_2FA.replace("HERE", "no").replace("ok: yes", "ok: n")
        + """
    n: {screen: new_password, max_visits: 3, on: {submitted: s}}
    s: {action: set_password, on: {ok: yes, weak: n}}
    """
    )
    assert "unproved-change" in list_codes(make_flow(steps, start="h", extra="levels: [2fa]"), levels=LEVELS)


def test_a_level_that_does_not_exist_cannot_be_claimed() -> None:
    assert claim("sign-in", "3fa") == ["unknown-level"]


def test_levels_are_left_alone_when_nothing_is_known_about_them() -> None:
    assert list_codes(replace(load_shipped("sign-in"), levels=("nonsense",))) == []


def test_no_level_is_reached_from_a_start_that_does_not_exist() -> None:
    flow = replace(load_shipped("sign-in"), levels=("1fa",), start="nowhere")
    assert "level-unreachable" in list_codes(flow, levels=LEVELS)
