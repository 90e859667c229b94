"""The static proof: a flow with one path that avoids what its purpose demands is refused, and the path is printed."""

from dataclasses import replace

import pytest

from idp.flows.check import LevelRule
from idp.flows.language import Flow
from idp.flows.problems import Problem
from tests.flows.samples import find_problems, list_codes, load_shipped, make_flow

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


def make_sign_in(steps: str, *, extra: str = "") -> Flow:
    return make_flow(f"{steps}\n{ENDS}", purpose="sign_in", extra=extra)


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


PASSWORD = """
    a: {screen: identifier, on: {submitted: b}}
    b: {screen: password, on: {submitted: c, back: a}}
    c: {action: check_password, on: {ok: yes, wrong: b, throttled: no}}
"""


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


# --- what actions need ----------------------------------------------------------------------------------------------


def test_a_password_cannot_be_checked_before_anybody_said_who_they_are() -> None:
    flow = make_sign_in(
        PASSWORD.replace(
            "a: {screen: identifier, on: {submitted: b}}",
            "a: {screen: message, on: {continue: b}, options: {message: m}}",
        )
    )
    problem = only(flow, "needs-field")
    assert problem.message.startswith(
        "the action 'check_password' can be reached without the form field 'email'; path: "
    )


def test_a_code_cannot_be_checked_before_the_user_is_known() -> None:
    flow = make_sign_in(
        """
        a: {screen: totp, on: {submitted: b, back: no}}
        b: {action: check_totp, on: {ok: yes, wrong: a, throttled: a, not_enrolled: no}}
        """
    )
    assert "needs-user" in list_codes(flow)


def test_an_action_that_reads_a_secret_must_follow_the_screen_that_asks_for_it() -> None:
    flow = make_sign_in(PASSWORD.replace("wrong: b", "wrong: c"))
    problem = only(flow, "needs-secret")
    assert problem.route == ("a (submitted)", "b (submitted)", "c (wrong)", "c")
    assert "cycle-unattended" in list_codes(flow)


def test_a_condition_between_screen_and_action_does_not_lose_the_secret() -> None:
    condition = "x: {condition: [{when: 'form.email == \"a\"', to: no}], otherwise: c}"
    assert list_codes(make_sign_in(f"{PASSWORD.replace('submitted: c', 'submitted: x')}\n{condition}")) == []


def test_leaving_a_screen_by_another_exit_gives_no_secret() -> None:
    flow = make_sign_in(PASSWORD.replace("back: a", "back: c"))
    assert only(flow, "needs-secret").route[-2:] == ("b (back)", "c")


def test_an_account_is_created_only_with_a_registration_an_address_and_a_verified_person() -> None:
    flow = make_flow(
        "a: {action: create_account, on: {created: yes, taken: no, refused: no}}\n" + ENDS, purpose="sign_up"
    )
    assert set(list_codes(flow)) == {"needs-evidence", "needs-fact", "missing-evidence"}
    assert sorted(p.message.split(";")[0] for p in find_problems(flow, "needs-evidence")) == [
        "the action 'create_account' can be reached without a proved e-mail address",
        "the action 'create_account' can be reached without proof of identity (a proving case or an approved review)",
    ]


def test_a_sign_up_that_creates_no_account_is_refused() -> None:
    flow = load_shipped("sign-up")
    create = flow.steps["create"]
    around = replace(create, on={**create.on, "refused": "done"})  # type: ignore[union-attr, call-arg]
    problem = only(replace(flow, steps={**flow.steps, "create": around}), "missing-evidence")
    assert "without a created account" in problem.message
    assert problem.route[-2:] == ("create (refused)", "done")


def test_a_created_account_is_a_known_user() -> None:
    flow = load_shipped("sign-up")
    steps = dict(flow.steps)
    enrol = make_flow("a: {action: enrol_identity, on: {enrolled: done, conflict: rejected}}").steps["a"]
    steps["enrol"] = replace(enrol, id="enrol")
    steps["create"] = replace(steps["create"], on={"created": "enrol", "taken": "rejected", "refused": "rejected"})  # type: ignore[call-arg]
    assert list_codes(replace(flow, steps=steps)) == []


@pytest.mark.parametrize("purpose", ["step_up", "recovery", "sign_in"])
def test_an_identity_is_kept_only_after_it_was_proved(purpose: str) -> None:
    flow = make_flow(f"a: {{action: enrol_identity, on: {{enrolled: no, conflict: no}}}}\n{ENDS}", purpose=purpose)
    assert "needs-evidence" in list_codes(flow)


@pytest.mark.parametrize("purpose", ["step_up", "recovery", "sign_up", "sign_in"])
def test_a_password_is_set_only_after_the_proof_its_purpose_demands(purpose: str) -> None:
    steps = "a: {screen: new_password, on: {submitted: b}}\nb: {action: set_password, on: {ok: no, weak: a}}"
    problems = find_problems(make_flow(f"{steps}\n{ENDS}", purpose=purpose), "unproved-change")
    assert problems
    assert all(problem.route == ("a (submitted)", "b") for problem in problems)


def test_a_user_who_changes_after_an_identity_proof_is_refused() -> None:
    flow = make_flow(
        f"""
        a: {{{VERIFY}}}
        {JUDGE.replace("to: yes", "to: who")}
        who: {{screen: identifier, on: {{submitted: pw}}}}
        pw: {{screen: password, on: {{submitted: check, back: who}}}}
        check: {{action: check_password, on: {{ok: yes, wrong: pw, throttled: no}}}}
        yes: {{end: complete}}
        no: {{end: denied}}
        """
    )
    problem = only(flow, "user-after-proof")
    assert problem.route == (
        "a (completed)",
        "judge (case 1)",
        "who (submitted)",
        "pw (submitted)",
        "check",
    )
    assert list_codes(flow) == ["user-after-proof"]


SIGN_UP_STEPS = """
        sign_up: {screen: sign_up, on: {submitted: register}}
        register: {action: register, on: {registered: send, taken: send, weak: sign_up}}
        send: {action: send_email_code, on: {sent: code, throttled: code}}
        code: {screen: email_code, on: {submitted: check, resend: send, back: sign_up}}
        check: {action: check_email_code, on: {ok: verify, wrong: code, expired: code, throttled: code}}
        verify: {connector: incode_verify,
          on: {completed: judge, pending: no, not_finished: GIVEN_UP, expired: no, error: no}}
        judge: {condition: [{when: 'connectors.incode_verify.data.score.overall.status == "OK"',
          proves: incode_verify, to: create}], otherwise: no}
        create: {action: create_account, on: {created: yes, taken: no, refused: no}}
        yes: {end: complete}
        no: {end: denied}
"""


def test_an_address_that_is_registered_after_another_one_was_proved_is_refused() -> None:
    """Prove one's own address, go back, register the victim's: the account would have an address nobody proved."""
    sound = make_flow(SIGN_UP_STEPS.replace("GIVEN_UP", "no"), purpose="sign_up", start="sign_up")
    assert list_codes(sound) == []
    flow = make_flow(SIGN_UP_STEPS.replace("GIVEN_UP", "sign_up"), purpose="sign_up", start="sign_up")
    problem = only(flow, "registration-after-proof")
    assert problem.route == (
        "sign_up (submitted)",
        "register (registered)",
        "send (sent)",
        "code (submitted)",
        "check (ok)",
        "verify (not_finished)",
        "sign_up (submitted)",
        "register",
    )
    assert list_codes(flow) == ["registration-after-proof"]


def test_a_user_who_is_known_before_the_proof_is_fine() -> None:
    verify = f"v: {{{VERIFY}}}"
    assert list_codes(make_sign_in(f"{PASSWORD.replace('ok: yes', 'ok: v')}\n{verify}\n{JUDGE}")) == []


# --- levels -----------------------------------------------------------------------------------------------------------

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
