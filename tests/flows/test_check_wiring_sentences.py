"""What is wrong with a step by itself is one line that says where it is, what it is and what would be right."""

from dataclasses import replace

import pytest

from idp.flows.language import ScreenStep
from tests.flows.samples import make_flow
from tests.flows.sentences import JUDGE, REST, VERIFY, tell

#: A first step `a` at line 8, before a sound rest, and what is told of it.
STEPS = {
    "a: {screen: verification_intro, on: {continue: v, stop: noo}}": (
        "8:53: error unknown-target at /steps/a/on/stop: 'stop' leads to 'noo', which is not a step; did you mean 'no'?"
    ),
    "a: {condition: [{when: 'user.x == 1', to: v}, {when: 'user.x == 2', to: zzz}], otherwise: no}": (
        "8:71: error unknown-target at /steps/a/condition/1/to: 'case 2' leads to 'zzz', which is not a step; "
        "known: a, j, no, v, yes"
    ),
    "a: {condition: [{when: 'user.x == 1', to: v}], otherwise: zzz}": (
        "8:50: error unknown-target at /steps/a/otherwise: 'otherwise' leads to 'zzz', which is not a step; "
        "known: a, j, no, v, yes"
    ),
    "a: {screen: verification_intr, on: {continue: v}}": (
        "8:7: error unknown-screen at /steps/a/screen: there is no screen 'verification_intr'; did you mean "
        "'verification_intro'?"
    ),
    "a: {screen: zzz, on: {continue: v}}": (
        "8:7: error unknown-screen at /steps/a/screen: there is no screen 'zzz'; known: add_passkey, "
        "choose_factor, confirm_link, email_code, email_link_sent, form, identifier, message, new_password, "
        "offer_passkey, passkey, password"
    ),
    "a: {screen: verification_intro, on: {continue: v}}": (
        "8:35: error outcome-unwired at /steps/a/on: the outcome 'stop' leads nowhere"
    ),
    "a: {screen: verification_intro, on: {continue: v, stop: no, stopp: no}}": (
        "8:63: error outcome-unknown at /steps/a/on/stopp: the step has no outcome 'stopp'; did you mean 'stop'?"
    ),
    "a: {screen: verification_intro, on: {continue: v, stop: no, limit: no}}": (
        "8:63: error outcome-unknown at /steps/a/on/limit: the step has no outcome 'limit'; it needs max_visits"
    ),
    "a: {screen: choose_factor, on: {back: v, stop: no}}": (
        "8:30: error outcome-unwired at /steps/a/on: none of passkey, totp, sms_code, email_code, "
        "recovery_code leads anywhere"
    ),
    "a: {screen: message, on: {continue: v}}": (
        "8:3: error options at /steps/a/options: the option 'message' is missing"
    ),
    "a: {screen: message, options: {message: m, massage: m}, on: {continue: v}}": (
        "8:46: error options at /steps/a/options/massage: unknown option 'massage'; did you mean 'message'?"
    ),
    "a: {screen: verification_intro, options: {message: m}, on: {continue: v, stop: no}}": (
        "8:45: error options at /steps/a/options/message: unknown option 'message'"
    ),
    f"a: {{screen: message, options: {{message: {'m' * 65}}}, on: {{continue: v}}}}": (
        "8:34: error options at /steps/a/options/message: expected at most 64 characters"
    ),
    "a: {screen: wait, options: {minutes: 0}, on: {elapsed: v}}": (
        "8:31: error options at /steps/a/options/minutes: expected at least 1"
    ),
    "a: {screen: wait, options: {minutes: 43201}, on: {elapsed: v}}": (
        "8:31: error options at /steps/a/options/minutes: expected at most 43200"
    ),
    "a: {screen: wait, options: {minutes: soon}, on: {elapsed: v}}": (
        "8:31: error options at /steps/a/options/minutes: expected integer"
    ),
    "a: {screen: form, options: {title: {en: T}, fields: []}, on: {submitted: v}}": (
        "8:47: error form-field at /steps/a/options/fields: a form has 1 to 12 fields"
    ),
    (
        "a: {screen: form, options: {title: {en: T}, fields: [{name: email, type: text, label: {en: L}}]}, on: "
        "{submitted: v}}"
    ): ("8:57: error form-field at /steps/a/options/fields/0/name: 'email' cannot be the name of a field"),
    (
        "a: {screen: form, options: {title: {en: T}, fields: [{name: x, type: tex, label: {en: L}}]}, on: "
        "{submitted: v}}"
    ): (
        "8:66: error options at /steps/a/options/fields/0/type: expected one of text, tel, date, number, "
        "choice, checkbox"
    ),
    "a: {screen: form, options: {title: {}, fields: [{name: x, type: text, label: {en: L}}]}, on: {submitted: v}}": (
        "8:31: error form-field at /steps/a/options/title: expected a text for each language, such as {en: "
        "Name}, of at most 200 characters"
    ),
    "a: {action: has_totpp, on: {yes: v, no: no}}": (
        "8:7: error unknown-action at /steps/a/action: there is no action 'has_totpp'; did you mean 'has_totp'?"
    ),
    "a: {action: has_totp, on: {yes: v}}": (
        "8:25: error outcome-unwired at /steps/a/on: the outcome 'no' leads nowhere"
    ),
    "a: {action: has_totp, on: {yes: v, no: no, noo: no}}": (
        "8:46: error outcome-unknown at /steps/a/on/noo: the step has no outcome 'noo'; did you mean 'no'?"
    ),
    "a: {action: has_totp, on: {yes: v, no: no, limit: no}}": (
        "8:46: error outcome-unknown at /steps/a/on/limit: the step has no outcome 'limit'; known: no, yes"
    ),
    "a: {action: pick_second_factor, on: {totp: v, unavailable: no}}": (
        "8:35: error outcome-unwired at /steps/a/on: the outcome 'none' leads nowhere"
    ),
    "a: {action: passkey_offer_due, options: {days: 0}, on: {yes: v, no: no}}": (
        "8:44: error options at /steps/a/options/days: expected at least 1"
    ),
    "a: {action: passkey_offer_due, options: {days: 3651}, on: {yes: v, no: no}}": (
        "8:44: error options at /steps/a/options/days: expected at most 3650"
    ),
    "a: {action: send_mail, options: {template: welcom}, on: {sent: v, throttled: v}}": (
        "8:36: error options at /steps/a/options/template: expected one of signed_in, welcome"
    ),
    "a: {action: send_mail, options: {template: welcome, connection: mailr}, on: {sent: v, throttled: v}}": (
        "8:55: error unknown-connection at /steps/a/options/connection: there is no connection 'mailr'; did "
        "you mean 'mailer'?"
    ),
    "a: {action: send_mail, options: {template: welcome, connection: gateway}, on: {sent: v, throttled: v}}": (
        "8:55: error connection-unsuited at /steps/a/options/connection: the action cannot use the connection "
        "'gateway'; known: mailer"
    ),
    "a: {action: send_mail, options: {template: welcome, connection: 3}, on: {sent: v, throttled: v}}": (
        "8:55: error options at /steps/a/options/connection: expected string"
    ),
    """
        a: {screen: sign_up, on: {submitted: r}}
        r: {action: register, on: {registered: v, taken: no, weak: a}}
    """: (
        "9:25: error outcome-reveals at /steps/r/on: 'registered' and 'taken' must lead to the same step, or "
        "anybody could find out who has an account\n"
        "8:3: warning cycle-unlimited at /steps/a: nothing limits how often a person can go round: a "
        "(submitted) -> r (weak) -> a; give a step max_visits"
    ),
    "a: {connector: crmm, on: {completed: v, error: no}}": (
        "8:7: error unknown-connection at /steps/a/connector: there is no connection 'crmm'; did you mean 'crm'?"
    ),
    "a: {connector: mailer, on: {sent: v}}": (
        "8:7: error connection-unsuited at /steps/a/connector: no step can use the connection 'mailer': it is "
        "for actions, which name it as an option"
    ),
    "a: {connector: crm, on: {completed: v}}": (
        "8:23: error outcome-unwired at /steps/a/on: the outcome 'error' leads nowhere"
    ),
    "a: {connector: crm, on: {completed: v, error: no, 'error:timeuot': no}}": (
        "8:53: error outcome-unknown at /steps/a/on/error:timeuot: the step has no outcome 'error:timeuot'; "
        "did you mean 'error:timeout'?"
    ),
    "a: {connector: crm, on: {completed: v, error: no, limit: no}}": (
        "8:53: error outcome-unknown at /steps/a/on/limit: the step has no outcome 'limit'; it needs max_visits"
    ),
    "a: {connector: crm, options: {inputs: {email: user.emial}}, on: {completed: v, error: no}}": (
        "8:42: error input-path at /steps/a/options/inputs/email: the input 'email': 'user.emial' is not known "
        "here; known: client.id, client.name, device.address, device.user_agent, request.acr_values, "
        "request.scopes, request.target_acr, run.flow, run.purpose, user.birth_date, user.email, "
        "user.email_verified, user.family_name, user.given_name, user.locale, user.name, user.sub, "
        "form.<field>, run.values.<step>.<name>, connectors.<name>.data.<field>"
    ),
    "a: {connector: crm, options: {inputs: {email: 'user email'}}, on: {completed: v, error: no}}": (
        "8:42: error input-path at /steps/a/options/inputs/email: the input 'email': 'user email' is not a "
        "path such as user.email or form.amount"
    ),
    "a: {connector: crm, options: {inputs: {emial: user.email}}, on: {completed: v, error: no}}": (
        "8:42: error options at /steps/a/options/inputs/emial: unknown option 'emial'; did you mean 'email'?"
    ),
    "a: {review: q, on: {approved: v, rejected: no}}": (
        "8:18: error outcome-unwired at /steps/a/on: the outcome 'expired' leads nowhere"
    ),
    "a: {review: q, on: {approved: v, rejected: no, expired: no, expird: no}}": (
        "8:63: error outcome-unknown at /steps/a/on/expird: the step has no outcome 'expird'; did you mean 'expired'?"
    ),
    "a: {review: q, on: {approved: v, rejected: no, expired: no, limit: no}}": (
        "8:63: error outcome-unknown at /steps/a/on/limit: the step has no outcome 'limit'; known: approved, "
        "expired, rejected"
    ),
}

SOUND_STEPS = [
    "a: {screen: verification_intro, max_visits: 1, on: {continue: v, stop: no, limit: no}}",
    "a: {screen: verification_intro, max_visits: 1, on: {continue: v, stop: no}}",
    "a: {screen: verification_refused, on: {stop: v}}",
    "a: {screen: choose_factor, on: {totp: v}}",
    f"a: {{screen: message, options: {{message: {'m' * 64}}}, on: {{continue: v}}}}",
    "a: {screen: wait, options: {minutes: 1}, on: {elapsed: v}}",
    "a: {screen: wait, options: {minutes: 43200}, on: {elapsed: v}}",
    "a: {action: pick_second_factor, on: {totp: v, none: v, unavailable: no}}",
    "a: {action: passkey_offer_due, options: {days: 3650}, on: {yes: v, no: no}}",
    "a: {action: send_mail, options: {template: welcome, connection: mailer}, on: {sent: v, throttled: v}}",
    "a: {connector: crm, on: {completed: v, error: no, 'error:timeout': no}}",
    "a: {connector: crm, max_visits: 2, on: {completed: v, error: no, limit: no}}",
    """a: {screen: sign_up, max_visits: 2, on: {submitted: r}}
    r: {action: register, on: {registered: v, taken: v, weak: a}}""",
]

#: The second case of the condition `j` at line 10.
CASES = {
    "when: 'user.x = 1'": (
        "10:51: error expression at /steps/j/condition/1/when: column 8: Syntax error: token recognition error at: '= '"
    ),
    "when: 'user.x == 1 && nothing'": (
        "10:51: error expression at /steps/j/condition/1/when: column 16: undeclared reference to 'nothing' "
        "(in container '')"
    ),
    "when: 'user.x'": (
        "10:51: error expression at /steps/j/condition/1/when: column 1: a condition must be a bool, this is "
        "DYN; compare it, as in `... == true`"
    ),
    "when: '1 + 1'": (
        "10:51: error expression at /steps/j/condition/1/when: column 1: a condition must be a bool, this is INT"
    ),
    f"when: 'user.x == \"{'é' * 1019}\"'": (
        "10:51: error expression at /steps/j/condition/1/when: column 1: longer than 2048 bytes"
    ),
    "when: 'connectors.incode_verfy.data.x == 1'": (
        "10:51: error expression-connection at /steps/j/condition/1/when: the expression reads the connection "
        "'incode_verfy', which no step uses; did you mean 'incode_verify'?"
    ),
    "when: 'connectors.crm.data.tiger == \"gold\"'": (
        "10:51: error expression-output at /steps/j/condition/1/when: the connection 'crm' does not answer "
        "'tiger'; did you mean 'tier'?"
    ),
    "when: 'size(connectors.crm) > 0 && connectors.crm.data.tiger == \"gold\"'": (
        "10:51: error expression-output at /steps/j/condition/1/when: the connection 'crm' does not answer "
        "'tiger'; did you mean 'tier'?"
    ),
    "when: 'connectors.crm.dat.tier == \"gold\"'": (
        "10:51: error expression-output at /steps/j/condition/1/when: the connection 'crm' does not answer "
        "'dat'; did you mean 'data'?"
    ),
    "when: 'connectors.incode_verify.data.score.overall.status == \"OK\"', proves: incode": (
        "10:119: error proof-not-dominated at /steps/j/condition/1/proves: a proof can be reached without a "
        "use of the connection 'incode'; path: start -> a (completed) -> v (completed) -> j\n"
        "10:119: error proves-nothing at /steps/j/condition/1/proves: there is no connection 'incode'; did you "
        "mean 'incode_verify'?"
    ),
    "when: 'connectors.crm.data.tier == \"OK\"', proves: crm": (
        "10:93: error proves-nothing at /steps/j/condition/1/proves: nothing is proved by the connection 'crm'"
    ),
    "when: 'user.x == 1', proves: incode_verify": (
        "10:51: error proof-unread at /steps/j/condition/1/when: a case that proves 'incode_verify' must look "
        "at connectors.incode_verify"
    ),
    "when: 'connectors.incode_verify.data.score.overall.status == \"FAIL\"', proves: incode_verify": (
        "10:51: error proof-too-loose at /steps/j/condition/1/when: a case that proves 'incode_verify' holds "
        "for a result that is no proof: {'status': 'completed', 'owner': 'match', 'data': {'status': '', "
        "'score': {'overall': {'status': 'FAIL'}}}}"
    ),
    "when: '!has(connectors.incode_verify.data)', proves: incode_verify": (
        "10:51: error proof-too-loose at /steps/j/condition/1/when: a case that proves 'incode_verify' holds "
        "for a result that is no proof: none at all"
    ),
}

SOUND_CASES = [
    f"when: 'user.x == \"{'é' * 1018}\"'",
    "when: 'connectors.crm.data.tier == \"gold\"'",
    "when: 'connectors.crm.error == \"x\" && has(connectors.crm.data)'",
    "when: 'connectors.crm.status == \"completed\"'",
    "when: 'connectors.crm == connectors.crm'",
    "when: 'connectors.incode_verify.data.score.overall.status == \"OK\"', proves: incode_verify",
]


@pytest.mark.parametrize("step", STEPS)
def test_a_fault_of_a_step_is_a_line_with_its_place(step: str) -> None:
    assert "\n".join(tell(make_flow(f"{step.strip()}\n{REST}"))) == STEPS[step]


@pytest.mark.parametrize("step", SOUND_STEPS)
def test_a_step_at_its_limits_is_nothing_to_tell(step: str) -> None:
    assert tell(make_flow(f"{step}\n{REST}")) == []


def tell_case(case: str) -> str:
    flow = make_flow(
        f"""
        a: {{connector: crm, on: {{completed: v, error: v}}}}
        v: {VERIFY.replace("NEXT", "j")}
        j: {{condition: [{{when: 'user.x == 0', to: no}}, {{{case}, to: p}}], otherwise: p}}
        p: {JUDGE}
        yes: {{end: complete}}
        no: {{end: denied}}
        """
    )
    return "\n".join(tell(flow))


@pytest.mark.parametrize("case", CASES)
def test_a_fault_of_a_case_is_a_line_with_its_place(case: str) -> None:
    assert tell_case(case) == CASES[case]


@pytest.mark.parametrize("case", SOUND_CASES)
def test_a_case_that_reads_what_there_is_is_nothing_to_tell(case: str) -> None:
    assert tell_case(case) == ""


def test_an_outcome_of_any_shape_is_told_at_a_pointer() -> None:
    """Text cannot have such an outcome; a flow that was made by hand can (RFC 6901 section 3)."""
    flow = make_flow(f"a: {{screen: message, options: {{message: m}}, on: {{continue: v}}}}\n{REST}")
    odd = ScreenStep("a", "message", {"continue": "v", "x/y~": "gone"}, {"message": "m"})
    assert tell(replace(flow, steps={**flow.steps, "a": odd})) == [
        "8:47: error outcome-unknown at /steps/a/on/x~1y~0: the step has no outcome 'x/y~'; known: continue",
        (
            "8:47: error unknown-target at /steps/a/on/x~1y~0: "
            "'x/y~' leads to 'gone', which is not a step; known: a, j, no, v, yes"
        ),
    ]


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("x" * 24, []),
        ("x" * 25, ["1:1: error too-many-limits at /: 48 steps with max_visits are more than a run can count"]),
    ],
)
def test_a_run_counts_so_many_names_and_not_one_letter_more(last: str, told: list[str]) -> None:
    """48 names of 24 letters, each with 8 bytes around it, are 1536 bytes."""
    names = [*(f"s{number:02}-{'x' * 20}" for number in range(47)), last]
    step = "{screen: message, options: {message: m}, max_visits: 1, on: {continue: NEXT}}"
    steps = [f"{name}: {step.replace('NEXT', to)}" for name, to in zip(names, [*names[1:], "v"], strict=True)]
    assert tell(make_flow("\n".join([*steps, REST]), start=names[0])) == told
