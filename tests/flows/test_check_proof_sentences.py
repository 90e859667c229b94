"""What a flow proves too little is one line, with the path that shows the harm."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from idp.flows.check import LevelRule
from idp.flows.language import Flow
from tests.flows.samples import make_flow
from tests.flows.sentences import CONNECTIONS, ENDS, JUDGE, REST, VERIFY, tell

PERSON = "proof of identity (a proving case or an approved review)"
#: Purpose and demands of a flow that shows a message and completes, and what it completes without.
DEMANDS = {
    ("sign_in", ""): ["a known user", "authentication"],
    ("sign_up", ""): ["a created account", "a proved e-mail address"],
    ("step_up", ""): [PERSON],
    ("recovery", ""): [PERSON],
    ("step_up", "demands: [otp]"): [PERSON, "otp"],
    ("step_up", "demands: [zzz]"): [PERSON, "zzz"],
    ("step_up", "demands: [second_factor, pdw]"): [PERSON, "pdw", "the question for the second factor"],
    ("sign_in", "demands: [recovery_link]"): ["a known user", "authentication", "the mailed link"],
    ("recovery", "demands: [recovery_link]"): [PERSON],
    ("step_up", "demands: [idv]"): [PERSON],
}
#: Purpose and action, reached by a screen that asks for nothing, and what it is reached without.
ACTIONS = {
    ("sign_in", "has_totp"): [("needs-user", "a known user")],
    ("step_up", "has_totp"): [],
    ("sign_in", "limit_attempts"): [("needs-account", "a known user or an e-mail address")],
    ("recovery", "limit_attempts"): [],
    ("sign_in", "check_password"): [("needs-field", "the form field 'email'"), ("needs-secret", "a secret just typed")],
    ("recovery", "check_password"): [
        ("needs-field", "the form field 'email'"),
        ("needs-secret", "a secret just typed"),
    ],
    ("step_up", "check_upstream"): [("needs-fact", "a sign-in at another provider")],
    ("sign_up", "create_account"): [
        ("needs-evidence", "a proved e-mail address"),
        ("needs-evidence", PERSON),
        ("needs-fact", "a registration"),
    ],
    ("step_up", "enrol_identity"): [("needs-evidence", PERSON)],
    ("sign_in", "set_password"): [
        ("needs-secret", "a secret just typed"),
        ("needs-user", "a known user"),
        ("unproved-change", "a known user"),
        ("unproved-change", "authentication"),
    ],
    ("sign_up", "set_password"): [
        ("needs-secret", "a secret just typed"),
        ("needs-user", "a known user"),
        ("unproved-change", "a proved e-mail address"),
    ],
    ("step_up", "set_password"): [("needs-secret", "a secret just typed"), ("unproved-change", PERSON)],
    ("recovery", "set_password"): [("needs-secret", "a secret just typed"), ("unproved-change", PERSON)],
    ("sign_up", "register"): [("needs-field", "the form field 'email'"), ("needs-secret", "a secret just typed")],
    ("step_up", "send_phone_code"): [("needs-field", "the form field 'phone'"), ("unproved-change", PERSON)],
    ("sign_up", "register_passkey"): [
        ("needs-secret", "a secret just typed"),
        ("needs-user", "a known user"),
        ("unproved-change", "a proved e-mail address"),
    ],
    ("sign_in", "link_upstream"): [
        ("needs-user", "a known user"),
        ("unproved-change", "a known user"),
        ("unproved-change", "authentication"),
    ],
    ("step_up", "check_totp"): [("needs-secret", "a secret just typed")],
}
#: Purpose and input of a connection that the flow begins with, and what that is reached without.
INPUTS = {
    ("sign_in", "user.email"): [("needs-user", "a known user")],
    ("sign_in", "user.email?"): [],
    ("step_up", "user.email"): [],
    ("sign_in", "form.email"): [("needs-field", "the form field 'email'")],
    ("sign_in", "form.email?"): [],
    ("sign_in", "connectors.risk.data.email"): [("needs-call", "a use of the connection 'risk'")],
    ("sign_in", "connectors.risk.data.email?"): [],
    ("sign_in", "client.id"): [],
    ("sign_in", "run.values.a.b"): [],
    ("step_up", "connectors.crm.data.tier"): [("needs-call", "a use of the connection 'crm'")],
}


@pytest.mark.parametrize(("purpose", "extra"), DEMANDS)
def test_a_flow_that_completes_without_evidence_is_told_each_that_it_lacks(purpose: str, extra: str) -> None:
    step = "a: {screen: message, options: {message: m}, on: {continue: yes}}"
    flow = make_flow(f"{step}\nyes: {{end: complete}}", purpose=purpose, extra=extra)
    assert [line for line in tell(flow) if "unknown-demand" not in line] == [
        f"9:3: error missing-evidence at /steps/yes: the flow can complete without {what}; "
        "path: start -> a (continue) -> yes"
        for what in DEMANDS[purpose, extra]
    ]


@pytest.mark.parametrize(
    ("demands", "lines"),
    [
        ("otp", []),
        ("idv, second_factor", []),
        ("otp, pdw", ["6:16: error unknown-demand at /demands/1: nothing yields 'pdw'; did you mean 'pwd'?"]),
        (
            "zzz",
            [
                (
                    "6:11: error unknown-demand at /demands/0: nothing yields 'zzz'; known: email, federated, "
                    "identity, idv, otp, passkey, pwd, recovery_code, recovery_link, review, second_factor, sms"
                )
            ],
        ),
    ],
)
def test_a_demand_that_nothing_yields_is_a_line(demands: str, lines: list[str]) -> None:
    flow = make_flow(REST, start="v", extra=f"demands: [{demands}]")
    assert [line for line in tell(flow) if "missing-evidence" not in line] == lines


@pytest.mark.parametrize(("purpose", "action"), ACTIONS)
def test_an_action_that_comes_too_early_is_told_each_thing_that_it_lacks(purpose: str, action: str) -> None:
    on = ", ".join(f"{outcome}: no" for outcome in CONNECTIONS.actions[action].outcomes)
    options = "options: {name: n, most: 3}, " if action == "limit_attempts" else ""
    flow = make_flow(
        f"""
        s: {{screen: verification_intro, on: {{continue: a, stop: no}}}}
        a: {{action: {action}, {options}on: {{{on}}}}}
        no: {{end: denied}}
        """,
        purpose=purpose,
        start="s",
    )
    no_complete = "7:1: error no-complete at /steps: the flow has no completing end"
    assert tell(flow) == [
        no_complete,
        *(
            f"9:3: error {code} at /steps/a: the action {action!r} can be reached without {what}; "
            "path: start -> s (continue) -> a"
            for code, what in ACTIONS[purpose, action]
        ),
    ]


@pytest.mark.parametrize(("purpose", "path"), INPUTS)
def test_a_call_whose_input_may_be_missing_is_told_what_it_lacks(purpose: str, path: str) -> None:
    flow = make_flow(
        f"""
        a: {{connector: crm, options: {{inputs: {{email: '{path}'}}}}, on: {{completed: no, error: no}}}}
        no: {{end: denied}}
        """,
        purpose=purpose,
    )
    assert tell(flow)[1:] == [
        f"8:7: error {code} at /steps/a/connector: the connection 'crm' can be reached without {what}; path: start -> a"
        for code, what in INPUTS[purpose, path]
    ]


def test_a_screen_for_a_known_person_is_told_that_nobody_is_known() -> None:
    flow = make_flow("a: {screen: confirm_link, on: {submitted: no, skip: no}}\nno: {end: denied}", purpose="sign_in")
    (line,) = tell(flow)[1:]
    assert line == (
        "8:7: error needs-user at /steps/a/screen: "
        "the screen 'confirm_link' can be reached without a known user; path: start -> a"
    )


def test_a_proof_around_its_connection_is_told_with_the_way_around_it() -> None:
    flow = make_flow(f"a: {{action: has_totp, on: {{yes: v, no: j}}}}\n{REST}")
    (line,) = tell(flow)
    assert line == (
        "10:88: error proof-not-dominated at /steps/j/condition/0/proves: "
        "a proof can be reached without a use of the connection 'incode_verify'; path: start -> a (no) -> j"
    )


def test_a_user_who_may_change_after_the_proof_is_told_at_the_action() -> None:
    flow = make_flow(
        f"""
        v: {VERIFY.replace("NEXT", "j")}
        j: {JUDGE.replace("to: yes", "to: a")}
        a: {{screen: identifier, on: {{submitted: b}}}}
        b: {{screen: password, max_visits: 3, on: {{submitted: c, back: no}}}}
        c: {{action: check_password, on: {{ok: yes, wrong: b, throttled: no}}}}
        {ENDS}
        """,
        start="v",
    )
    (line,) = tell(flow)
    assert line == (
        "12:7: error user-after-proof at /steps/c/action: "
        "the action 'check_password' can change the user after an identity proof; "
        "path: start -> v (completed) -> j (case 1) -> a (submitted) -> b (submitted) -> c"
    )


def test_an_address_that_may_change_after_the_proof_is_told_at_the_action() -> None:
    flow = make_flow(
        f"""
        a: {{screen: sign_up, max_visits: 3, on: {{submitted: r}}}}
        r: {{action: register, on: {{registered: m, taken: m, weak: a}}}}
        m: {{screen: email_code, max_visits: 3, on: {{submitted: c, resend: m, back: a}}}}
        c: {{action: check_email_code, on: {{ok: v, wrong: m, expired: m, throttled: m}}}}
        v: {VERIFY.replace("NEXT", "j").replace("not_finished: no", "not_finished: a")}
        j: {JUDGE.replace("to: yes", "to: k")}
        k: {{action: create_account, on: {{created: yes, taken: no, refused: no}}}}
        {ENDS}
        """,
        purpose="sign_up",
    )
    (line,) = tell(flow)
    assert line == (
        "9:7: error registration-after-proof at /steps/r/action: "
        "the action 'register' can take another address after one was proved; path: start -> a (submitted) -> "
        "r (registered) -> m (submitted) -> c (ok) -> v (not_finished) -> a (submitted) -> r"
    )


# --- levels -----------------------------------------------------------------------------------------------------------

LEVELS: Mapping[str, LevelRule] = {
    "1fa": lambda evidence: "pwd" in evidence,
    "2fa": lambda evidence: {"pwd", "otp"} <= evidence,
    "idv": lambda evidence: "identity" in evidence,
}


def step_up_2fa(levels: str, purpose: str = "step_up") -> Flow:
    return make_flow(
        """
        a: {action: has_totp, on: {yes: t, no: yes}}
        t: {screen: totp, max_visits: 3, on: {submitted: c, back: no}}
        c: {action: check_totp, on: {ok: yes, wrong: t, throttled: t, not_enrolled: no}}
        yes: {end: complete}
        no: {end: denied}
        """,
        purpose=purpose,
        extra=f"levels: [{levels}]",
    )


NO_PERSON = (
    "11:3: error missing-evidence at /steps/yes: "
    "the flow can complete without proof of identity (a proving case or an approved review); "
    "path: start -> a (no) -> yes"
)
NO_LEVEL = (
    "11:3: error missing-evidence at /steps/yes: "
    "the flow can complete without evidence for any level it names ({}); path: start -> a (no) -> yes"
)
#: The levels that a step-up by authenticator names, where somebody without one completes, and what is told.
NAMED = {
    "2fa": [NO_LEVEL.format("2fa")],
    "1fa": [NO_LEVEL.format("1fa")],
    "1fa, 2fa": [NO_LEVEL.format("1fa, 2fa")],
    "2fa, idv": [
        "6:15: error level-unreachable at /levels/1: no path of the flow reaches the level 'idv'",
        NO_LEVEL.format("2fa, idv"),
    ],
    "2fa, 2fb": ["6:15: error unknown-level at /levels/1: there is no level '2fb'; did you mean '2fa'?", NO_PERSON],
    "zzz": ["6:10: error unknown-level at /levels/0: there is no level 'zzz'; known: 1fa, 2fa, idv", NO_PERSON],
}


@pytest.mark.parametrize("levels", NAMED)
def test_a_level_that_is_not_earned_is_told_with_the_way_that_does_not(levels: str) -> None:
    assert tell(step_up_2fa(levels), levels=LEVELS) == NAMED[levels]


def test_of_a_level_nothing_is_told_where_no_level_is_known() -> None:
    assert tell(step_up_2fa("zzz"), levels=None) == [NO_PERSON]
    unknown = "6:10: error unknown-level at /levels/0: there is no level 'zzz'"
    assert tell(step_up_2fa("zzz"), levels={}) == [unknown, NO_PERSON]


def test_a_recovery_that_names_a_level_owes_the_person_all_the_same() -> None:
    assert tell(step_up_2fa("2fa", "recovery"), levels=LEVELS) == [
        "6:10: error level-unreachable at /levels/0: no path of the flow reaches the level '2fa'",
        NO_PERSON,
    ]
    flow = replace(step_up_2fa("2fa"), demands=("idv",))
    assert tell(flow, levels=LEVELS) == [NO_PERSON, NO_LEVEL.format("2fa")]
