"""Flow tests fail where they should, and say what was expected and what was found."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from idp.application.flow_tests import FlowTestReport, run_flow_tests
from idp.application.rehearsal import Surroundings, rehearse
from idp.commands.flow_files import read_folder, surround
from idp.errors import InvalidInput
from idp.flows.flow_test import parse_flow_tests
from idp.flows.flow_test_check import check_flow_tests
from idp.flows.given import Given
from idp.flows.setting import Script
from idp.oidc.levels_document import parse_levels
from idp.oidc.situation import Needs, Refuse, Satisfied
from tests.flows.samples import CATALOG, SHIPPED_FOLDER, load_shipped

LEVELS = parse_levels(YAML(typ="safe").load(SHIPPED_FOLDER.parent / "levels.yaml"))
AROUND: Surroundings = surround(read_folder(SHIPPED_FOLDER).flows, CATALOG, LEVELS, 1_800_000_000.0)
IDV = "urn:idp:acr:idv"
EXPECT = "{end: complete}"


def run(expect: str, flow: str = "step-up", given: str = "{}", answers: str = "{}") -> FlowTestReport:
    text = f"flow: {flow}\ncases:\n  - name: A\n    given: {given}\n    answers: {answers}\n    expect: {expect}\n"
    tests = parse_flow_tests(text, CATALOG)
    whole = load_shipped(flow)
    assert check_flow_tests(tests, whole, CATALOG) == ()
    return run_flow_tests(tests, whole, AROUND)


def differ(expect: str, **more: str) -> dict[str, tuple[Any, Any]]:
    (result,) = run(expect, **more).results
    assert result.passed is not bool(result.differences)
    return {difference.what: (difference.expected, difference.found) for difference in result.differences}


GOOD = f"""{{end: complete, path: [intro, verify, check, done], through: [intro, done], never: [review],
      evidence: [identity], acr: "{IDV}", amr: [pwd, face]}}"""


def test_a_case_that_is_as_expected_passes() -> None:
    report = run(GOOD)
    assert (report.failed, report.results[0].passed) == (0, True)
    assert report.results[0].path == ("intro", "verify", "check", "done")
    assert (report.coverage.taken, report.coverage.total) == (3, 21)


@pytest.mark.parametrize(
    ("expect", "what", "expected", "found"),
    [
        ("{end: denied}", "end", "denied", "complete"),
        ("{end: complete, reason: x}", "reason", "x", None),
        ("{end: complete, path: [intro]}", "path", ("intro",), ("intro", "verify", "check", "done")),
        (
            "{end: complete, through: [verify, intro]}",
            "through",
            ("verify", "intro"),
            ("intro", "verify", "check", "done"),
        ),
        ("{end: complete, never: [check, review]}", "never", (), ("check",)),
        ("{end: complete, evidence: [identity, pwd]}", "evidence", ("identity", "pwd"), ("identity",)),
        ("{end: complete, evidence: []}", "evidence", (), ("identity",)),
        ("{end: complete, acr: urn:idp:acr:1fa}", "acr", "urn:idp:acr:1fa", IDV),
        ("{end: complete, acr: null}", "acr", None, IDV),
        ("{end: complete, amr: [face]}", "amr", ("face",), ("face", "pwd")),
        ("{end: complete, error: access_denied}", "error", "access_denied", None),
        ("{end: complete, needs: sign_in}", "needs", "sign_in", None),
    ],
)
def test_everything_that_is_said_is_compared(expect: str, what: str, expected: Any, found: Any) -> None:
    assert differ(expect) == {what: (expected, found)}


def test_everything_that_differs_is_told() -> None:
    found = differ(
        "{end: complete, evidence: [identity], acr: 'urn:idp:acr:idv'}", answers="{verify: FAIL, rejected: stop}"
    )
    assert set(found) == {"end", "evidence", "acr"}


def test_what_the_client_gets_when_the_level_is_not_reached() -> None:
    request = f'{{request: {{acr_values: ["{IDV}"]}}}}'
    answers = "{verify: FAIL, rejected: stop}"
    unmet = "{end: denied, acr: null, error: unmet_authentication_requirements}"
    assert differ(unmet, given=request, answers=answers) == {}
    waiting = "{end: waiting, acr: null, needs: step_up}"
    assert differ(waiting, given=request, answers="{verify: pending}") == {}


def test_an_answer_that_nobody_asked_for_fails_the_case() -> None:
    """Else a test could go on passing that no longer tests what it says."""
    assert differ(EXPECT, answers="{review: approved}") == {"answers": ((), ("review",))}
    assert differ(EXPECT, answers="{verify: [OK, expired]}") == {"answers": ((), ("verify",))}
    assert differ("{end: complete, never: [review]}", answers="{review: approved}") == {}


def test_answers_of_the_whole_file_need_not_be_used_by_each_case() -> None:
    text = "flow: step-up\nanswers: {review: approved}\ncases: [{name: A, expect: {end: complete}}]\n"
    assert run_flow_tests(parse_flow_tests(text, CATALOG), load_shipped("step-up"), AROUND).failed == 0


def test_an_answer_that_the_engine_refuses_fails_the_case() -> None:
    big = "x" * 3000
    (found,) = run(EXPECT, answers=f"{{verify: {{answer: completed, output: {{x: {big}}}}}}}").results
    assert [(item.what, item.found) for item in found.differences] == [("end", "refused")]


def test_a_request_that_would_be_refused_fails_the_case() -> None:
    (result,) = run(EXPECT, given="{request: {prompt: [none, login]}}").results
    assert result.rehearsal is None
    assert result.path == ()
    assert [(item.what, item.expected) for item in result.differences] == [("request", "a valid request")]
    assert "prompt=none stands alone" in result.differences[0].found


def test_a_recovery_that_is_not_started_has_no_path_and_covers_nothing() -> None:
    report = run("{end: complete, path: [intro]}", "recovery", "{user: {enrolled: false}}", "{verify: OK}")
    (result,) = report.results
    assert {item.what: item.found for item in result.differences} == {
        "end": "not_started",
        "path": (),
        "answers": ("verify",),
    }
    assert report.coverage.taken == 0


# --- what surrounds a flow --------------------------------------------------------------------------------------------


def test_before_the_flow_it_is_told_what_the_request_needs() -> None:
    flow = load_shipped("step-up")
    asked = rehearse(flow, Given(acr_values=(IDV,)), {}, AROUND)
    assert asked.before == Needs("step_up", "acr_values", IDV)
    assert isinstance(asked.after, Satisfied)
    plain = rehearse(flow, Given(), {}, AROUND)
    assert isinstance(plain.before, Satisfied)
    lost = rehearse(flow, Given(acr_values=("urn:nobody:knows",)), {}, AROUND)
    assert isinstance(lost.before, Refuse)


def test_an_essential_acr_a_floor_and_an_age_are_asked_for_as_given() -> None:
    flow = load_shipped("sign-in")
    for given in (Given(essential_acr=(IDV,)), Given(minimum_acr=IDV)):
        done = rehearse(flow, given, {}, AROUND)
        assert isinstance(done.after, Needs)
        assert done.after.target_acr == IDV
    old = Given(session={"pwd": 3600.0}, max_age=60.0)
    assert rehearse(flow, old, {}, AROUND).before == Needs("sign_in", "max_age")
    assert isinstance(rehearse(flow, Given(session={"pwd": 30.0}, max_age=60.0), {}, AROUND).before, Satisfied)


def test_a_session_carries_its_evidence_with_the_amr_that_it_was_proved_with() -> None:
    ages = {"pwd": 60.0, "otp": 60.0, "identity": 30.0, "review": 10.0, "recovery_link": 5.0}
    done = rehearse(load_shipped("sign-in"), Given(session=ages), {}, AROUND)
    assert done.session is not None
    assert [(item.method, item.amr, item.purpose) for item in done.session] == [
        ("pwd", ("pwd",), "sign_in"),
        ("otp", ("otp",), "sign_in"),
        ("identity", ("face",), "step_up"),
        ("review", (), "step_up"),
        ("recovery_link", ("email",), "recovery"),
    ]
    assert rehearse(load_shipped("sign-in"), Given(session={}), {}, AROUND).session is None


def test_a_request_that_grows_too_old_meanwhile_is_not_answered() -> None:
    scripts = {"verify": (Script("WARN"),), "review": (Script("approved", takes=7200.0),)}
    done = rehearse(load_shipped("step-up"), Given(acr_values=(IDV,)), scripts, AROUND)
    assert (done.result, done.after, done.earned) == ("complete", None, None)


def test_a_step_up_is_for_the_highest_level_it_leads_to_when_nothing_is_asked_for() -> None:
    done = rehearse(load_shipped("step-up-2fa"), Given(credentials=("password", "totp")), {}, AROUND)
    assert done.simulation is not None
    assert done.simulation.run.target_acr in load_shipped("step-up-2fa").levels
    assert done.result == "complete"


def test_a_flow_serves_its_purpose_even_where_no_other_does() -> None:
    alone = Surroundings(CATALOG, LEVELS)
    done = rehearse(load_shipped("sign-in"), Given(), {}, alone)
    assert done.earned is not None
    asked = rehearse(load_shipped("sign-in"), Given(acr_values=(IDV,)), {}, alone)
    assert isinstance(asked.before, Refuse)
    recovery = rehearse(load_shipped("recovery"), Given(), {}, alone)
    assert recovery.earned is not None
    assert recovery.earned.acr == "urn:idp:acr:recovery"


def test_a_faulty_request_is_told() -> None:
    with pytest.raises(InvalidInput, match="invalid_scope"):
        rehearse(load_shipped("sign-in"), Given(scopes=("wrong",)), {}, AROUND)
