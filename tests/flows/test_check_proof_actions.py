"""The static proof: what must be known, typed or proved before an action may run."""

from dataclasses import replace

import pytest

from tests.flows.proof_steps import ENDS, JUDGE, PASSWORD, VERIFY, make_sign_in, only
from tests.flows.samples import find_problems, list_codes, load_shipped, make_flow


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
