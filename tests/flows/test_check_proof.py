"""The static proof: a flow with one path that avoids what its purpose demands is refused, and the path is printed."""

from dataclasses import replace

import pytest

from tests.flows.proof_steps import ENDS, JUDGE, PASSWORD, VERIFY, make_sign_in, only
from tests.flows.samples import find_problems, list_codes, load_shipped, make_flow


def test_a_path_around_the_proof_is_printed_step_by_step() -> None:
    flow = make_flow(
        f"""
        explain: {{screen: verification_unfinished, on: {{retry: verify, stop: skip}}}}
        verify: {{{VERIFY}}}
        {JUDGE}
        skip: {{screen: message, options: {{message: sorry}}, on: {{continue: yes}}}}
        yes: {{end: complete}}
        no: {{end: denied}}
        """,
        start="explain",
    )
    problem = only(flow, "missing-evidence")
    assert problem.message == (
        "the flow can complete without proof of identity (a proving case or an approved review); "
        "path: start -> explain (stop) -> skip (continue) -> yes"
    )
    assert problem.route == ("explain (stop)", "skip (continue)", "yes")
    assert (problem.step, problem.path, problem.severity) == ("yes", "/steps/yes", "error")


def test_a_condition_that_merely_reads_the_score_is_no_proof() -> None:
    """The classic mistake of flow builders: branch on the status, but let nothing check whose status it is."""
    flow = make_flow(f"a: {{{VERIFY}}}\n{JUDGE.replace('proves: incode_verify, ', '')}\n{ENDS}")
    assert only(flow, "missing-evidence").route == ("a (completed)", "judge (case 1)", "yes")


def test_otherwise_of_a_proving_condition_is_no_proof() -> None:
    flow = make_flow(f"a: {{{VERIFY}}}\n{JUDGE.replace('otherwise: no', 'otherwise: yes')}\n{ENDS}")
    assert only(flow, "missing-evidence").route == ("a (completed)", "judge (otherwise)", "yes")


@pytest.mark.parametrize("outcome", ["completed", "pending", "not_finished", "expired", "error"])
def test_no_outcome_of_a_connector_is_proof(outcome: str) -> None:
    wired = VERIFY.replace(f"{outcome}: judge" if outcome == "completed" else f"{outcome}: no", f"{outcome}: yes")
    flow = make_flow(f"a: {{{wired}}}\n{JUDGE}\n{ENDS}")
    assert f"a ({outcome})" in only(flow, "missing-evidence").route


def test_a_proof_reached_without_the_connector_is_refused() -> None:
    flow = make_flow(
        f"""
        a: {{action: has_totp, on: {{yes: v, no: judge}}}}
        v: {{{VERIFY}}}
        {JUDGE}
        yes: {{end: complete}}
        no: {{end: denied}}
        """
    )
    problem = only(flow, "proof-not-dominated")
    assert problem.route == ("a (no)", "judge")
    assert problem.path == "/steps/judge/condition/0/proves"


def test_a_proof_behind_another_connection_is_refused() -> None:
    flow = make_flow(f"a: {{{VERIFY.replace('incode_verify', 'second_vendor')}}}\n{JUDGE}\n{ENDS}")
    assert {"proof-not-dominated", "expression-connection"} == set(list_codes(flow))


def test_a_connector_used_again_after_a_proof_does_not_take_it_away() -> None:
    flow = make_flow(
        f"""
        a: {{{VERIFY}}}
        {JUDGE.replace("to: yes", "to: again")}
        again: {{{VERIFY.replace("judge", "yes").replace(": no", ": yes")}}}
        yes: {{end: complete}}
        no: {{end: denied}}
        """
    )
    assert list_codes(flow) == []


# --- review -----------------------------------------------------------------------------------------------------------


REVIEW = "review: {review: q, on: {approved: yes, rejected: no, expired: no}}"


def test_an_approved_review_of_a_result_is_proof() -> None:
    wired = VERIFY.replace("judge", "review").replace("pending: no", "pending: review")
    assert list_codes(make_flow(f"a: {{{wired}}}\n{REVIEW}\n{ENDS}")) == []


@pytest.mark.parametrize("outcome", ["not_finished", "expired", "error"])
def test_an_approved_review_of_nothing_is_no_proof(outcome: str) -> None:
    wired = VERIFY.replace("judge", "review").replace(f"{outcome}: no", f"{outcome}: review")
    flow = make_flow(f"a: {{{wired}}}\n{REVIEW}\n{ENDS}")
    assert only(flow, "missing-evidence").route[-2:] == ("review (approved)", "yes")


def test_a_result_that_a_newer_attempt_replaced_is_nothing_to_review() -> None:
    flow = make_flow(
        f"""
        a: {{{VERIFY.replace("judge", "b")}}}
        b: {{{VERIFY.replace("judge", "review").replace("expired: no", "expired: review")}}}
        {REVIEW}
        yes: {{end: complete}}
        no: {{end: denied}}
        """
    )
    assert list_codes(flow) == ["missing-evidence"]


def test_a_review_without_a_connector_is_no_proof() -> None:
    flow = make_flow(f"{REVIEW}\n{ENDS}", start="review")
    assert only(flow, "missing-evidence").route == ("review (approved)", "yes")


def test_a_review_behind_a_connection_that_verifies_nobody_is_no_proof() -> None:
    wired = VERIFY.replace("incode_verify", "risk").replace("judge", "review")
    assert list_codes(make_flow(f"a: {{{wired}}}\n{REVIEW}\n{ENDS}")) == ["missing-evidence"]


# --- sign-in ----------------------------------------------------------------------------------------------------------


def test_identify_set_password_and_end_is_refused() -> None:
    """A misordered flow that lets anybody in: who you say you are, a new password, done."""
    flow = make_sign_in(
        """
        a: {screen: identifier, on: {submitted: b}}
        b: {screen: new_password, on: {submitted: c}}
        c: {action: set_password, on: {ok: yes, weak: b}}
        """
    )
    assert set(list_codes(flow)) == {"missing-evidence", "needs-user", "unproved-change", "unreachable"}
    routes = {problem.code: problem.route for problem in find_problems(flow) if problem.route}
    assert routes["unproved-change"] == ("a (submitted)", "b (submitted)", "c")
    assert routes["missing-evidence"] == ("a (submitted)", "b (submitted)", "c (ok)", "yes")


def test_a_password_is_enough_for_a_sign_in() -> None:
    assert list_codes(make_sign_in(PASSWORD)) == []


@pytest.mark.parametrize(("outcome", "target"), [("wrong", "b"), ("throttled", "no")])
def test_a_password_that_was_not_right_is_not(outcome: str, target: str) -> None:
    steps = PASSWORD.replace(f"{outcome}: {target}", f"{outcome}: yes").replace("back: a", "back: no")
    flow = make_sign_in(steps)
    assert list_codes(flow) == ["missing-evidence", "missing-evidence"]
    assert find_problems(flow)[0].route[-2] == f"c ({outcome})"


def test_proving_an_address_alone_says_nobody_in_particular_signed_in() -> None:
    flow = make_sign_in(
        """
        a: {screen: email_code, on: {submitted: b, resend: a, back: no}}
        b: {action: check_email_code, on: {ok: yes, wrong: a, expired: a, throttled: no}}
        """
    )
    assert only(flow, "missing-evidence").message.startswith("the flow can complete without a known user; path: ")


def test_a_second_factor_that_is_demanded_must_be_asked_on_every_path() -> None:
    flow = load_shipped("sign-in")
    check = flow.steps["check_password"]
    skipped = replace(check, on={**check.on, "ok": "done"})  # type: ignore[union-attr, call-arg]
    broken = replace(flow, steps={**flow.steps, "check_password": skipped})
    problem = find_problems(broken, "missing-evidence")[0]
    assert "without the question for the second factor" in problem.message
    assert problem.route[-2:] == ("check_password (ok)", "done")


def test_a_demanded_method_must_be_proved_on_every_path_and_must_exist() -> None:
    assert list_codes(make_sign_in(PASSWORD, extra="demands: [pwd]")) == []
    assert list_codes(make_sign_in(PASSWORD, extra="demands: [otp]")) == ["missing-evidence"]
    unknown = find_problems(make_sign_in(PASSWORD, extra="demands: [psw]"), "unknown-demand")[0]
    assert unknown.path == "/demands/0"
    assert "did you mean 'pwd'?" in unknown.message
