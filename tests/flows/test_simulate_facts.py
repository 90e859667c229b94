"""What is known about a person answers for the actions of a dry run, and conditions read it."""

from dataclasses import replace

import pytest

from idp.flows.ready_made import Simulated
from idp.flows.setting import NOBODY, WAIT, Person, Script, Setting
from idp.flows.step_types import SENDS_SMS, ActionType, ConnectionInfo
from tests.flows.dry_runs import run
from tests.flows.samples import CATALOG, load_shipped, make_flow


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
    assert done.steps[0].before["user"] == {
        "known": known,
        "email_verified": known,
        "enrolled": known,
        "locale": "de" if known else "",
    }


def test_what_is_not_so_of_a_person_who_is_known_is_not_said() -> None:
    said = run(person=Person(email_verified=False, enrolled=False)).steps[0].before["user"]
    assert (said["known"], said["email_verified"], said["enrolled"]) == (True, False, False)


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
        context={"device": {"user_agent": "test"}, "run": {"extra": 1}, "tenant": {"name": "bank"}},
    )
    before = run(setting=setting).steps[0].before
    assert before["client"] == {"id": "bank"}
    assert before["request"] == {"scopes": ["openid"], "acr_values": ["urn:a"], "target_acr": "urn:a"}
    assert before["device"] == {"user_agent": "test"}
    assert before["tenant"] == {"name": "bank"}
    assert before["run"] == {
        "purpose": "step_up",
        "recovery_unenrolled": "review",
        "extra": 1,
        "values": {},
        "visits": {},
    }


# --- vendors, reviewers and the door ----------------------------------------------------------------------------------


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
