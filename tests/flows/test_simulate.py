"""A dry run follows scripts and facts, judges like the real door, keeps no secret, and tells everything."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.door import DoorRules
from idp.flows.language import (
    CONNECTOR_OUTCOMES,
    REVIEW_OUTCOMES,
    ActionStep,
    ConnectorStep,
    Flow,
    ReviewStep,
    ScreenStep,
)
from idp.flows.parse import parse_flow
from idp.flows.ready_made import Simulated
from idp.flows.setting import NOBODY, WAIT, ConnectionRules, Person, Script, Setting
from idp.flows.simulate import MAX_ANSWERS, Simulation, simulate
from idp.flows.stage import Asked
from idp.flows.stage_reviews import list_late_answers
from idp.flows.state import to_json
from idp.flows.step_types import SENDS_SMS, ActionType, Catalog, ConnectionInfo
from idp.flows.trace import explain_cases, mask_text
from tests.flows.samples import CATALOG, STRICT_STEP_UP, load_shipped, make_flow
from tests.flows.test_properties import draw_damaged, draw_graphs

STEP_UP = parse_flow(STRICT_STEP_UP)


def run(
    flow: Flow = STEP_UP,
    person: Person | None = None,
    catalog: Catalog = CATALOG,
    setting: Setting | None = None,
    **answers: Any,
) -> Simulation:
    """Run dry: each answer is a word, a Script, or a list of them."""
    scripts = {}
    for step, answer in answers.items():
        said = answer if isinstance(answer, list) else [answer]
        scripts[step] = [Script(item) if isinstance(item, str) else item for item in said]
    return simulate(flow, scripts, setting or Setting(person or Person()), catalog)


def test_a_phone_is_picked_where_something_sends_text_messages_and_not_passed_over_elsewhere() -> None:
    person = Person(credentials=frozenset({"password", "phone"}))
    texts = ConnectionInfo("sms_gateway", use=None, abilities=frozenset({SENDS_SMS}))
    texting = replace(CATALOG, connections={**CATALOG.connections, "texts": texts})
    flow = load_shipped("sign-in")
    with_texts = run(flow, person, texting)
    assert [(step.step, step.outcome) for step in with_texts.steps][-5:-1] == [
        ("factor", "sms_code"),
        ("send_sms", "sent"),
        ("sms_code", "submitted"),
        ("check_sms", "ok"),
    ]
    without = run(flow, person, CATALOG)
    assert [(step.step, step.outcome) for step in without.steps][-3:-1] == [
        ("factor", "unavailable"),
        ("no_factor", "continue"),
    ]


# --- the trace --------------------------------------------------------------------------------------------------------


def test_the_trace_shows_each_step_with_its_answer_and_what_conditions_could_read_before_and_after() -> None:
    done = run()
    assert [(step.step, step.kind, step.subject, step.answer, step.outcome, step.target) for step in done.steps] == [
        ("intro", "screen", "verification_intro", "continue", "continue", "verify"),
        ("verify", "connector", "incode_verify", "OK", "completed", "check"),
        ("check", "condition", "incode_verify", "accepted", "case 2", "done"),
        ("done", "end", "complete", None, None, None),
    ]
    verify = done.steps[1]
    assert verify.before["connectors"] == {}
    assert verify.after["connectors"]["incode_verify"]["owner"] == "match"
    assert verify.options == CONNECTOR_OUTCOMES
    assert (done.end, done.reason, done.waiting, done.refused) == ("complete", None, None, None)
    assert done.edges == (("intro", "continue"), ("verify", "completed"), ("check", "case 2"))


def test_every_case_of_a_condition_is_told_with_true_false_or_error() -> None:
    done = run(verify=Script("completed", output={}))
    check = done.steps[2]
    assert (check.step, check.outcome) == ("check", "otherwise")
    assert [case.holds for case in check.cases] == ["false", "error", "error"]
    assert check.cases[1].detail.startswith("NOT_FOUND")
    assert check.cases[1].proves == "incode_verify"
    assert check.before == check.after
    passed = run()
    assert [case.holds for case in passed.steps[2].cases] == ["false", "true", "false"]


def test_cases_that_cannot_be_compiled_are_told_as_errors() -> None:
    flow = make_flow("a: {condition: [{when: 'user.known ==', to: z}], otherwise: z}\nz: {end: denied}")
    done = run(flow)
    assert (done.path, done.end) == (("a", "z"), "denied")
    assert done.steps[0].cases[0].holds == "error"
    assert "Syntax" in done.steps[0].cases[0].detail


def test_conditions_before_the_first_page_and_limits_are_part_of_the_path() -> None:
    flow = make_flow(
        """
        a: {condition: [{when: 'user.known == true', to: b}], otherwise: z}
        b: {screen: try_later, on: {retry: b, stop: z, limit: y}, max_visits: 2}
        y: {end: denied, reason: enough}
        z: {end: denied}
        """
    )
    done = run(flow)
    assert [(step.step, step.outcome) for step in done.steps] == [
        ("a", "case 1"),
        ("b", "retry"),
        ("b", "retry"),
        ("b", "limit"),
        ("y", None),
    ]
    assert [step.by for step in done.steps] == ["engine", "default", "default", "engine", "engine"]
    assert (done.end, done.reason) == ("denied", "enough")


def test_a_limit_that_leads_nowhere_ends_the_run_like_a_real_one() -> None:
    flow = make_flow("a: {screen: try_later, on: {retry: a, stop: z}, max_visits: 3}\nz: {end: denied}")
    done = run(flow)
    assert (done.end, done.reason, done.path) == ("denied", "limit", ("a", "a", "a"))


def test_a_page_is_shown_as_the_person_would_see_it() -> None:
    flow = load_shipped("sign-in")
    done = run(flow, check_password=["wrong", "ok"])
    again = [step for step in done.steps if step.step == "password"][1]
    assert again.shown["error"] == "wrong"
    assert again.shown["asks"] == ["password"]
    assert again.shown["form"] == {"email": "...@example.com"}
    assert again.options == ("submitted", "back")


def test_what_was_typed_is_masked_everywhere() -> None:
    person = Person(email="alice.canary@corp.example")
    script = Script("submitted", fields={"password": "canary", "email": "canary@corp.example"})
    done = run(load_shipped("sign-in"), person, identifier=script, password=script)
    assert done.methods == ("pwd",)
    assert "canary" not in repr(done)
    assert done.steps[0].after["form"] == {"email": "...@corp.example"}
    assert mask_text("anything else") == "..."


def test_conditions_read_what_is_typed_and_not_its_mask() -> None:
    flow = make_flow(
        """
        a: {screen: identifier, on: {submitted: b}}
        b: {condition: [{when: 'form.email.endsWith("@corp.example")', to: y}], otherwise: z}
        y: {end: denied, reason: ours}
        z: {end: denied}
        """
    )
    assert run(flow, Person(email="a@corp.example")).reason == "ours"
    assert run(flow, a=Script("submitted", fields={"email": "b@corp.example"})).reason == "ours"
    assert run(flow).reason is None


# --- answers ----------------------------------------------------------------------------------------------------------


def test_a_list_answers_one_visit_after_the_other_and_its_last_word_stays() -> None:
    done = run(verify=["expired", "error", "OK"], explain=["retry"])
    assert [step.answer for step in done.steps if step.step == "verify"] == ["expired", "error", "OK"]
    assert run(verify=["expired"], explain=["retry", "retry", "stop"]).path.count("verify") == 3


def test_what_is_left_over_of_the_scripts_is_told() -> None:
    assert run(review="approved").unused == ("review",)
    assert run(verify=["OK", "expired"]).unused == ("verify",)
    assert run(verify="OK").unused == ()


def test_a_step_that_is_left_unanswered_waits() -> None:
    done = run(verify=WAIT)
    assert (done.end, done.waiting, done.refused) == (None, "verify", None)
    assert done.steps[-1].step == "verify"
    assert done.steps[-1].outcome is None
    for step in ("factor", "identifier", "check_password"):
        assert run(load_shipped("sign-in"), **{step: WAIT}).waiting == step


@pytest.mark.parametrize(
    ("answers", "waiting"),
    [
        ({"intro": "limit"}, "intro"),
        ({"intro": "stopp"}, "intro"),
        ({"verify": "SPLENDID"}, "verify"),
        ({"verify": Script("completed", output={"x": "y" * 9000})}, "verify"),
        ({"verify": Script("completed", output={"x": object()})}, "verify"),
        ({"verify": "WARN", "review": "done"}, "review"),
    ],
)
def test_an_answer_that_does_not_fit_is_reported_and_nothing_is_proved_by_it(
    answers: dict[str, Any], waiting: str
) -> None:
    done = run(**answers)
    assert (done.end, done.waiting) == (None, waiting)
    assert done.refused
    assert done.steps[-1].note == done.refused
    assert done.evidence == ()


def test_evidence_of_an_answer_that_the_engine_refuses_is_taken_back() -> None:
    flow = load_shipped("sign-in")
    done = run(flow, check_password=Script("ok", values={"x": "y" * 600}))
    assert (done.waiting, done.evidence) == ("check_password", ())
    assert "bytes" in (done.refused or "")


def test_values_of_an_action_reach_conditions() -> None:
    flow = make_flow(
        """
        a: {screen: password, on: {submitted: b, back: z}}
        b: {action: check_password, on: {ok: c, wrong: z, throttled: z}}
        c: {condition: [{when: 'run.values.b.risk > 5', to: y}], otherwise: z}
        y: {end: denied, reason: risky}
        z: {end: denied}
        """,
        purpose="sign_in",
    )
    assert run(flow, b=Script("ok", values={"risk": 9})).reason == "risky"
    assert run(flow, b=Script("ok", values={"risk": 1})).reason is None


def test_a_flow_without_an_end_to_its_scripts_is_stopped() -> None:
    flow = make_flow("a: {screen: try_later, on: {retry: a, stop: z}}\nz: {end: denied}")
    done = run(flow)
    assert (len(done.edges), done.waiting, done.end) == (MAX_ANSWERS, "a", None)


def test_a_flow_whose_last_possible_answer_ends_it_has_ended() -> None:
    flow = make_flow("a: {screen: try_later, on: {retry: a, stop: z}}\nz: {end: denied, reason: late}")
    done = run(flow, a=["retry"] * (MAX_ANSWERS - 1) + ["stop"])
    assert (len(done.edges), done.end, done.reason) == (MAX_ANSWERS, "denied", "late")


def test_a_flow_that_ends_where_it_starts() -> None:
    done = run(make_flow("a: {end: denied, reason: closed}"))
    assert (done.path, done.end, done.reason) == (("a",), "denied", "closed")


def test_a_step_that_leads_nowhere_ends_as_the_engine_ends_it() -> None:
    done = run(make_flow("a: {screen: try_later, on: {retry: gone, stop: gone}}"))
    assert (done.end, done.reason, done.path) == ("error", "unknown_step", ("a",))


def test_interactive_dry_runs_ask_where_there_is_no_script() -> None:
    asked: list[Asked] = []

    def ask(question: Asked) -> Script:
        asked.append(question)
        return Script({"verify": "WARN", "review": "approved"}.get(question.step, question.assumed))

    done = simulate(STEP_UP, {"intro": [Script("continue")]}, Setting(), CATALOG, ask)
    assert done.end == "complete"
    assert [(question.step, question.kind, question.subject, question.assumed) for question in asked] == [
        ("verify", "connector", "incode_verify", "OK"),
        ("review", "review", "identity", WAIT),
    ]
    assert asked[0].options == CONNECTOR_OUTCOMES
    assert {"OK", "mismatch", "approved"} <= set(asked[0].ready_made)
    assert asked[1].options == REVIEW_OUTCOMES
    assert [step.by for step in done.steps] == ["script", "asked", "engine", "asked", "engine"]


# --- facts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "path", "methods"),
    [
        (Person(), ("check_password", "factor", "done"), ("pwd",)),
        (
            Person(credentials=frozenset({"password", "totp"})),
            ("check_password", "factor", "totp", "check_totp", "done"),
            ("otp", "pwd"),
        ),
    ],
)
def test_facts_answer_for_actions(person: Person, path: tuple[str, ...], methods: tuple[str, ...]) -> None:
    done = run(load_shipped("sign-in"), person)
    assert done.path[2:] == path
    assert done.methods == methods


@pytest.mark.parametrize("person", [NOBODY, Person(credentials=frozenset({"totp"}))])
def test_who_has_no_password_never_gets_it_right(person: Person) -> None:
    done = run(load_shipped("sign-in"), person)
    assert (done.end, done.reason, done.evidence) == ("denied", "too_many_attempts", ())


def test_a_code_of_an_authenticator_that_nobody_has_is_not_right() -> None:
    done = run(load_shipped("sign-in"), factor=["totp", "none"])
    assert done.path[-4:] == ("totp", "check_totp", "factor", "done")
    assert done.methods == ("pwd",)


def test_an_address_that_has_an_account_looks_the_same_and_no_code_is_right() -> None:
    new, taken = run(load_shipped("sign-up"), NOBODY), run(load_shipped("sign-up"), Person())
    assert new.path[:5] == taken.path[:5] == ("sign_up", "register", "send_code", "email_code", "check_code")
    assert (new.end, taken.end, taken.evidence) == ("complete", "denied", ())


def test_a_face_that_is_enrolled_elsewhere_opens_no_second_account() -> None:
    done = run(load_shipped("sign-up"), replace(NOBODY, enrolled=True), rejected="stop")
    assert (done.reason, done.methods) == ("identity_refused", ("email",))


def test_what_an_action_gives_holds_from_then_on() -> None:
    flow = make_flow(
        """
        a: {screen: sign_up, on: {submitted: b}}
        b: {action: create_account, on: {created: c, taken: z, refused: z}}
        c: {condition: [{when: 'user.known && user.enrolled && user.email_verified', to: y}], otherwise: z}
        y: {end: denied, reason: known}
        z: {end: denied}
        """,
        purpose="sign_up",
    )
    assert run(flow, NOBODY).reason == "known"
    assert run(flow, NOBODY, b="refused").reason is None


def test_a_new_password_ends_older_sessions() -> None:
    assert run(load_shipped("recovery")).sessions_ended
    assert not run(load_shipped("recovery"), set_password=["weak", WAIT]).sessions_ended
    assert not run(load_shipped("sign-in")).sessions_ended


def test_an_action_that_gives_no_hint_turns_out_by_its_first_outcome_that_is_wired() -> None:
    """New actions work without anybody touching the dry run."""
    scan = ActionType("scan", "Scan", ("fine", "odd", "bad"), proves={"odd": "scan"}, amr=("hwk",), sets_user=True)
    catalog = replace(CATALOG, actions={**CATALOG.actions, "scan": scan})
    flow = make_flow("a: {action: scan, on: {bad: z, odd: y, fine: z}}\ny: {end: complete}\nz: {end: denied}")
    assert run(flow, catalog=catalog).end == "denied"
    narrow = make_flow("a: {action: scan, on: {bad: z, odd: y}}\ny: {end: complete}\nz: {end: denied}")
    done = run(narrow, catalog=catalog)
    assert [(item.method, item.amr, item.user_id) for item in done.evidence] == [("scan", ("hwk",), 1)]


def test_a_new_action_with_a_hint_follows_it() -> None:
    hint = Simulated("no", {"has_key:yes": "no", "passkey known": "yes"})
    has_key = ActionType("has_key", "Key?", ("yes", "no"), simulated=hint)
    catalog = replace(CATALOG, actions={**CATALOG.actions, "has_key": has_key})
    flow = make_flow(
        "a: {action: has_key, on: {yes: b, no: z}}\nb: {screen: try_later, on: {retry: a, stop: z}}\nz: {end: denied}"
    )
    assert run(flow, catalog=catalog).path == ("a", "z")
    assert run(flow, Person(credentials=frozenset({"passkey"})), catalog).path == ("a", "b", "a", "z")
    assert run(flow, replace(NOBODY, credentials=frozenset({"passkey"})), catalog).path == ("a", "z")


@pytest.mark.parametrize(
    ("purpose", "known"), [("sign_in", False), ("sign_up", False), ("step_up", True), ("recovery", True)]
)
def test_conditions_know_the_person_only_once_the_run_does(purpose: str, known: bool) -> None:
    flow = make_flow(
        "a: {condition: [{when: 'user.known && user.enrolled', to: y}], otherwise: z}\n"
        "y: {end: denied, reason: known}\nz: {end: denied}",
        purpose=purpose,
    )
    done = run(flow, Person(locale="de"))
    assert (done.reason == "known") is known
    assert done.steps[0].before["user"]["locale"] == ("de" if known else "")


def test_a_proved_password_makes_the_person_known() -> None:
    done = run(load_shipped("sign-in"))
    seen = {step.step: step.after["user"]["known"] for step in done.steps if step.after}
    assert (seen["password"], seen["check_password"]) == (False, True)
    assert done.run.user_id == 1


def test_the_setting_is_what_conditions_read() -> None:
    setting = Setting(
        client_id="bank",
        scopes=("openid",),
        acr_values=("urn:a",),
        target_acr="urn:a",
        recovery_unenrolled="review",
        context={"device": {"user_agent": "test"}, "run": {"extra": 1}},
    )
    before = run(setting=setting).steps[0].before
    assert before["client"] == {"id": "bank"}
    assert before["request"] == {"scopes": ["openid"], "acr_values": ["urn:a"], "target_acr": "urn:a"}
    assert before["device"] == {"user_agent": "test"}
    assert before["run"] == {
        "purpose": "step_up",
        "recovery_unenrolled": "review",
        "extra": 1,
        "values": {},
        "visits": {},
    }


# --- vendors, reviewers and the door ----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["accepted", "completed", "case 2", "proved"])
def test_no_script_can_answer_for_the_door(word: str) -> None:
    done = run(verify="FAIL", check=word)
    assert (done.end, done.evidence, done.unused) == ("denied", (), ("check",))
    mismatch = run(load_shipped("step-up"), verify="unknown", check=word, rejected="stop")
    assert (mismatch.end, mismatch.evidence) == ("denied", ())


@pytest.mark.parametrize(
    ("script", "rules", "note"),
    [
        (Script("OK", owner="unknown"), None, "owner_unknown"),
        (Script("MANUAL_OK"), None, "not_passing"),
        (Script("OK", age=601), None, "stale"),
        (Script("OK", takes=601), None, "late"),
        (Script("OK", age=500), ConnectionRules(DoorRules(frozenset({"OK"}), freshness=400)), "stale"),
        (Script("enrolling"), ConnectionRules(DoorRules(frozenset({"OK"}), enrol_on_step_up=False)), "owner_enrolling"),
        (Script("OK"), ConnectionRules(DoorRules(frozenset({"MANUAL_OK"}))), "not_passing"),
        (Script("MANUAL_OK"), ConnectionRules(DoorRules(frozenset({"MANUAL_OK"}))), ""),
        (Script("OK", takes=601), ConnectionRules(DoorRules(frozenset({"OK"})), attempt=700), ""),
        (Script("OK", age=599), None, ""),
    ],
)
def test_the_door_judges_by_the_rules_of_the_real_one(script: Script, rules: ConnectionRules | None, note: str) -> None:
    setting = Setting(connections={"incode_verify": rules} if rules is not None else {})
    done = run(setting=setting, verify=script)
    check = next(step for step in done.steps if step.step == "check")
    assert (check.by, check.note, check.answer) == ("rule", note, "refused" if note else "accepted")
    assert check.outcome == ("otherwise" if note else "case 2")
    assert [item.method for item in done.evidence] == ([] if note else ["identity"])


def test_evidence_is_what_a_real_run_would_write() -> None:
    rules = ConnectionRules(DoorRules(frozenset({"OK"})), amr=("face",))
    done = run(setting=Setting(connections={"incode_verify": rules}), verify=Script("OK", takes=30, age=10))
    (item,) = done.evidence
    assert (item.method, item.amr, item.source_step, item.purpose) == ("identity", ("face",), "check", "step_up")
    assert (item.at, item.user_id, item.verification_id) == (Setting().start + 20, 1, 1)
    assert (item.run_id, item.request_id) == (done.run.id, done.run.request_id)
    assert done.steps[-2].evidence == (item,)
    assert done.now == Setting().start + 30


def test_a_recovery_begins_with_the_mailed_link_and_proves_its_user_at_the_door() -> None:
    done = run(load_shipped("recovery"), verify=WAIT)
    assert [(item.method, item.amr, item.user_id) for item in done.evidence] == [("recovery_link", ("email",), 1)]
    assert done.run.user_id is None
    assert run(load_shipped("recovery")).run.user_id == 1


def test_a_result_proves_once_however_often_it_is_judged() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: b}}
        b: {condition: [{when: 'connectors.incode_verify.owner != ""', proves: incode_verify, to: c}], otherwise: z}
        c: {screen: try_later, on: {retry: b, stop: y}}
        y: {end: complete}
        z: {end: denied}
        """
    )
    done = run(flow, c=["retry", "stop"])
    assert (done.path, done.end) == (("a", "b", "c", "b", "c", "y"), "complete")
    assert len(done.evidence) == 1


def test_somebody_matched_for_the_first_time_is_enrolled_from_then_on() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: b}}
        b: {condition: [{when: connectors.incode_verify.owner == o, proves: incode_verify, to: c}], otherwise: z}
        c: {condition: [{when: 'user.enrolled == true', to: y}], otherwise: z}
        y: {end: complete}
        z: {end: denied}
        """.replace("o,", '"enrolling",')
    )
    assert run(flow, replace(Person(), enrolled=False)).end == "complete"
    assert run(flow, Person()).end == "denied"


def test_a_condition_that_proves_without_a_verification_finds_the_door_shut() -> None:
    catalog = default_catalog({"risk": ConnectionInfo("http", proves="risk")})
    flow = make_flow(
        """
        a: {connector: risk, on: {completed: b}}
        b: {condition: [{when: 'connectors.risk.data.score == 1', proves: risk, to: y}], otherwise: z}
        y: {end: complete}
        z: {end: denied}
        """
    )
    done = run(flow, catalog=catalog, a=Script("completed", output={"score": 1}))
    assert (done.end, done.steps[1].note, done.evidence) == ("denied", "no_verification", ())


def test_a_connection_without_ready_made_answers_leaves_by_its_first_exit() -> None:
    flow = make_flow(
        "a: {connector: risk, on: {error: z, completed: y}}\ny: {end: denied, reason: y}\nz: {end: denied}"
    )
    assert run(flow).path == ("a", "z")
    assert run(flow, a="completed").reason == "y"
    assert run(flow, a=Script("completed", output={"x": 1})).steps[0].after["connectors"] == {"risk": {"x": 1}}


def test_what_the_catalogue_does_not_know_proves_nothing() -> None:
    flow = make_flow(
        """
        a: {screen: password, on: {submitted: b}}
        b: {action: check_password, on: {ok: c}}
        c: {connector: incode_verify, on: {completed: d}}
        d: {condition: [{when: 'connectors.incode_verify.x == 1', proves: incode_verify, to: e}], otherwise: e}
        e: {review: q, on: {rejected: z, approved: y}}
        y: {end: complete}
        z: {end: denied}
        """
    )
    done = run(flow, catalog=Catalog({}, {}, {}), c=Script("completed", output={"x": 1}), e="approved")
    assert (done.path, done.end, done.evidence) == (("a", "b", "c", "d", "e", "z"), "denied", ())


def test_an_approval_is_evidence_only_while_there_is_a_result() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: r, error: r}}
        r: {review: q, on: {approved: z, rejected: y}}
        y: {end: denied}
        z: {end: complete}
        """
    )
    assert run(flow, r="approved").methods == ("review",)
    refused = run(flow, a="error", r="approved")
    assert (refused.end, refused.steps[1].note, refused.evidence) == ("denied", "nothing_to_review", ())
    assert (refused.steps[1].by, refused.steps[1].answer) == ("rule", "rejected")


def test_evidence_of_a_review_says_what_was_reviewed_for_whom_and_when() -> None:
    (item,) = run(verify="WARN", review=Script("approved", takes=60)).evidence
    assert (item.method, item.source_step, item.amr) == ("review", "review", ())
    assert (item.at, item.user_id, item.verification_id) == (Setting().start + 60, 1, 1)


@pytest.mark.parametrize(("purpose", "whose"), [("recovery", None), ("sign_in", None), ("step_up", 1)])
def test_a_factor_proves_the_person_only_where_somebody_is_signed_in(purpose: str, whose: int | None) -> None:
    flow = make_flow(
        """
        a: {screen: try_later, on: {retry: b, stop: n}}
        b: {action: check_totp, on: {ok: c, wrong: n, throttled: n}}
        c: {action: check_password, on: {ok: z, wrong: n, throttled: n}}
        n: {end: denied}
        z: {end: complete}
        """,
        purpose=purpose,
    )
    done = run(flow, Person(credentials=frozenset({"password", "totp"})), a=Script("retry", takes=9))
    otp, pwd = (item for item in done.evidence if item.method in {"otp", "pwd"})
    assert (otp.source_step, otp.amr, otp.at, otp.user_id) == ("b", ("otp",), Setting().start + 9, whose)
    assert (pwd.source_step, pwd.amr, pwd.at, pwd.user_id) == ("c", ("pwd",), Setting().start + 9, 1)


def test_sessions_that_were_ended_stay_so_whatever_is_done_after_that() -> None:
    flow = make_flow(
        """
        a: {action: set_password, on: {ok: b, weak: n}}
        b: {action: has_totp, on: {yes: z, no: z}}
        n: {end: denied}
        z: {end: complete}
        """,
        purpose="recovery",
    )
    assert run(flow).sessions_ended


def test_a_case_is_decided_once() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: r}}
        r: {review: q, on: {approved: z, rejected: b, expired: b}}
        b: {screen: try_later, on: {retry: r, stop: a}}
        z: {end: complete}
        """
    )
    done = run(flow, r=["rejected", "approved"], b=["retry", "retry", "stop"])
    assert [step.outcome for step in done.steps if step.step == "r"] == ["rejected", "rejected", "rejected", "approved"]
    assert [step.note for step in done.steps if step.step == "r"] == ["", "decided_before", "decided_before", ""]
    assert [step.by for step in done.steps if step.step == "r"] == ["script", "rule", "rule", "script"]


def test_what_the_vendor_has_rejected_our_reviewer_cannot_approve_on_a_second_visit() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: r, pending: r}}
        r: {review: q, on: {approved: z, rejected: b, expired: b}}
        b: {screen: try_later, on: {retry: r, stop: r}}
        z: {end: complete}
        """
    )
    done = run(flow, a="pending", r=["MANUAL_FAIL", "approved"], b="retry")
    assert done.methods == ()
    visits = [(step.outcome, step.note) for step in done.steps if step.step == "r"]
    assert visits[:2] == [("rejected", "MANUAL_FAIL"), ("rejected", "decided_before")]


def test_a_reviewer_is_never_assumed_and_cannot_approve_somebody_else() -> None:
    assert run(verify="WARN").waiting == "review"
    done = run(verify=Script("pending", owner="mismatch"), review="approved")
    review = next(step for step in done.steps if step.step == "review")
    assert (review.by, review.note, review.outcome) == ("rule", "owner_mismatch", "rejected")


def test_the_vendors_people_may_decide_before_ours_and_the_condition_judges() -> None:
    done = run(verify="MANUAL", review=Script("OK", takes=3600))
    assert done.path == ("intro", "verify", "review", "verify", "check", "done")
    assert [(step.outcome, step.answer) for step in done.steps[2:4]] == [("arrived", "OK"), ("completed", None)]
    assert done.steps[2].by == "script"
    (item,) = done.evidence
    assert (item.method, item.at) == ("identity", Setting().start + 3600)
    assert done.steps[4].evidence == (item,)


@pytest.mark.parametrize(
    ("words", "note", "methods"),
    [
        (["MANUAL_FAIL"], "MANUAL_FAIL", ()),
        (["FAIL"], "FAIL", ()),
        (["MANUAL_REVIEW_REJECTED"], "MANUAL_FAIL", ()),
        (["mismatch"], "owner_mismatch", ()),
        (["MANUAL_OK", "rejected"], "", ()),
        (["MANUAL_OK", "approved"], "", ("review",)),
        (["MANUAL_REVIEW_APPROVED", "approved"], "", ("review",)),
    ],
)
def test_a_late_no_rejects_and_what_is_no_proof_is_left_to_our_reviewer(
    words: list[str], note: str, methods: tuple[str, ...]
) -> None:
    done = run(verify="pending", review=words)
    review = next(step for step in done.steps if step.step == "review")
    assert (review.note, done.methods) == (note, methods)
    assert review.by == ("rule" if note else "script")
    assert done.path == ("intro", "verify", "review", "done" if methods else "rejected")


def test_after_a_late_yes_that_is_no_proof_the_run_still_waits_for_our_reviewer() -> None:
    once = run(verify="pending", review="MANUAL_OK")
    assert (once.waiting, once.refused) == ("review", None)
    twice = run(verify="pending", review=["MANUAL_OK", "OK"])
    assert (twice.waiting, twice.evidence) == ("review", ())
    assert "no outcome 'OK'" in (twice.refused or "")


def test_an_interactive_dry_run_can_say_that_the_vendor_was_faster() -> None:
    words = iter(["MANUAL_OK", "rejected"])
    asked: list[Asked] = []

    def ask(question: Asked) -> Script:
        asked.append(question)
        return Script(next(words) if question.step == "review" else question.assumed)

    done = simulate(STEP_UP, {"verify": [Script("pending")]}, Setting(), CATALOG, ask)
    assert done.path[-2:] == ("review", "rejected")
    # The vendor's people decide once; after that only ours can.
    first, second = (question.ready_made for question in asked if question.step == "review")
    assert first == tuple(list_late_answers(CATALOG.connections["incode_verify"]))
    assert second == ()
    assert {"OK", "MANUAL_FAIL"} <= set(first)
    assert not {"pending", "completed", "approved"} & set(first)
    faster = simulate(
        STEP_UP,
        {"verify": [Script("pending")]},
        Setting(),
        CATALOG,
        lambda question: Script("OK" if question.step == "review" else question.assumed),
    )
    assert [step.by for step in faster.steps if step.step == "review"] == ["asked"]


def test_a_result_that_is_there_cannot_be_decided_by_the_vendor_once_more() -> None:
    done = run(verify="WARN", review="OK")
    assert (done.waiting, done.refused is not None) == ("review", True)


def test_the_vendors_people_have_their_own_time() -> None:
    rules = ConnectionRules(DoorRules(frozenset({"OK"})), review=600)
    setting = Setting(connections={"incode_verify": rules})
    assert run(setting=setting, verify="pending", review=Script("OK", takes=600)).methods == ("identity",)
    late = run(setting=setting, verify="pending", review=Script("OK", takes=601))
    assert (late.waiting, late.evidence) == ("review", ())


# --- time -------------------------------------------------------------------------------------------------------------


def test_time_passes_as_scripted_and_the_runs_deadline_ends_it() -> None:
    done = run(intro=Script("continue", takes=100), verify=Script("OK", takes=200))
    assert [step.at for step in done.steps] == [100, 300, 300, 300]
    late = run(intro=Script("continue", takes=900))
    assert (late.end, late.reason, late.path, late.steps[0].note) == ("denied", "deadline", ("intro",), "deadline")


def test_a_review_prolongs_the_run_and_the_flow_does_not_go_on_after_that() -> None:
    done = run(verify="WARN", review=Script("approved", takes=47 * 3600))
    assert done.end == "complete"
    late = run(verify="WARN", review=Script("approved", takes=48 * 3600))
    assert (late.end, late.reason, late.evidence) == ("denied", "deadline", ())


# --- the end ----------------------------------------------------------------------------------------------------------


def test_a_flow_that_completes_without_its_evidence_does_not_complete() -> None:
    """What a real run would be told at its end: the checker would not have let this flow be published."""
    done = run(make_flow("a: {screen: try_later, on: {retry: z, stop: z}}\nz: {end: complete}"))
    assert (done.end, done.reason, done.path) == ("error", "evidence_missing", ("a", "z"))


def test_cases_are_explained_without_a_run() -> None:
    flow = make_flow("a: {condition: [{when: 'user.a == 1', to: z}], otherwise: z}\nz: {end: denied}")
    step: Any = flow.steps["a"]
    assert [case.holds for case in explain_cases(step, {"user": {"a": 1}})] == ["true"]


def answer_anyhow(flow: Flow, draw: Any) -> Mapping[str, list[Script]]:
    """Draw a script for some steps: any word that the step has."""
    scripts: dict[str, list[Script]] = {}
    ready_made = sorted(CATALOG.connections["incode_verify"].answers)
    for name, step in flow.steps.items():
        match step:
            case ScreenStep() | ActionStep():
                words = [word for word in step.on if word != "limit"]
            case ConnectorStep():
                words = [*ready_made, "not_finished", "expired", "error"]
            case ReviewStep():
                words = list(REVIEW_OUTCOMES)
            case _:
                continue
        if draw(st.integers(0, 3)):
            scripts[name] = [Script(draw(st.sampled_from(words))) for _ in range(draw(st.integers(1, 3)))]
    return scripts


def test_no_dry_run_of_a_flow_that_passes_the_checker_lacks_evidence_at_its_end() -> None:
    """The static proof and the rule at the end agree, whatever people, vendors and reviewers do."""
    counts = {"passed": 0, "complete": 0, "short": 0}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(draw_graphs() | draw_damaged() | draw_damaged(), st.data())
    def check(flow: Flow, data: st.DataObject) -> None:
        flow = replace(flow, deadline=3600.0)
        person = data.draw(st.sampled_from([Person(), Person().having(["totp"]), NOBODY]))
        scripts = answer_anyhow(flow, data.draw) if data.draw(st.booleans()) else {}
        done = simulate(flow, scripts, Setting(person), CATALOG)
        assert done.refused is None
        assert len(to_json(done.state).encode()) < 8192
        if any(problem.severity == "error" for problem in check_flow(flow, CATALOG)):
            counts["short"] += done.reason == "evidence_missing"
            return
        counts["passed"] += 1
        counts["complete"] += done.end == "complete"
        assert done.reason != "evidence_missing"

    check()
    assert counts["passed"] > 20, counts
    assert counts["complete"] > 3, counts
    assert counts["short"] > 0, counts
