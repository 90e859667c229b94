"""Who can get through a flow is found by the engine itself, with what each person has."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from idp.flows import passage
from idp.flows.factors import FACTORS
from idp.flows.language import COMPLETE, ActionStep, EndStep, Flow, ScreenStep
from idp.flows.passage import PICK, QUESTIONS, Means, TooWide, find_passages
from idp.flows.step_types import SENDS_SMS, Catalog, ConnectionInfo
from tests.flows.samples import CATALOG, load_shipped, make_flow

PWD, OTP, PASSKEY, IDENTITY = "pwd", "otp", "passkey", "identity"


#: Somebody sends text messages.
TEXTING = replace(
    CATALOG,
    connections={**CATALOG.connections, "texts": ConnectionInfo("sms", use=None, abilities=frozenset({SENDS_SMS}))},
)


def pass_through(
    flow: Flow, *methods: str, context: Mapping[str, Any] | None = None, catalog: Catalog = TEXTING
) -> frozenset[frozenset[str]]:
    means = Means(frozenset(methods), {"email": "root@example.com"})
    return find_passages(flow, means, lambda known: {"user": {"known": known}, **(context or {})}, catalog)


def ways(*sets: set[str]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(item) for item in sets)


@pytest.mark.parametrize(
    ("methods", "found"),
    [
        ((), ways()),
        ((OTP,), ways()),
        ((PWD,), ways({PWD})),
        ((PWD, OTP), ways({PWD, OTP})),
        ((PWD, IDENTITY), ways({PWD})),
        ((PASSKEY,), ways({PASSKEY})),
        # Who has a passkey does not get in with the password alone.
        ((PWD, PASSKEY), ways({PWD, PASSKEY}, {PASSKEY})),
    ],
)
def test_the_shipped_sign_in(methods: tuple[str, ...], found: frozenset[frozenset[str]]) -> None:
    assert pass_through(load_shipped("sign-in"), *methods) == found


@pytest.mark.parametrize(
    ("methods", "found"),
    [
        ((OTP,), ways()),
        ((PWD,), ways({PWD})),
        ((PASSKEY,), ways({PASSKEY})),
        ((PWD, OTP), ways({PWD, OTP})),
        # Who has a passkey does not get in with the password alone.
        ((PWD, PASSKEY), ways({PWD, PASSKEY}, {PASSKEY})),
        # From the authenticator one can go back to the address, and take the passkey.
        ((PWD, OTP, PASSKEY), ways({PWD, OTP}, {PASSKEY}, {PWD, PASSKEY})),
    ],
)
def test_the_shipped_sign_in_with_passkeys(methods: tuple[str, ...], found: frozenset[frozenset[str]]) -> None:
    assert pass_through(load_shipped("passkey-sign-in"), *methods) == found


def test_the_shipped_step_ups_to_a_passkey_and_to_two_factors() -> None:
    assert pass_through(load_shipped("step-up-passkey"), PWD, OTP) == ways()
    assert pass_through(load_shipped("step-up-passkey"), PASSKEY) == ways({PASSKEY})
    assert pass_through(load_shipped("step-up-2fa"), OTP, PASSKEY) == ways({OTP}, {PASSKEY})
    assert pass_through(load_shipped("step-up-2fa"), "recovery_code") == ways({"recovery_code"})


def test_whether_a_passkey_is_offered_depends_on_whether_there_is_one() -> None:
    flow = make_flow(
        """
        a: {action: passkey_offer_due, on: {yes: done, no: b}}
        b: {action: has_passkey, on: {yes: done, no: no}}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(flow) == ways(set())
    assert pass_through(replace(flow, start="b")) == ways()
    assert pass_through(replace(flow, start="b"), PASSKEY) == ways(set())
    offered = make_flow(
        "a: {action: passkey_offer_due, on: {yes: done, no: no}}\ndone: {end: complete}\nno: {end: denied}"
    )
    assert pass_through(offered, PASSKEY) == ways()


@pytest.mark.parametrize(
    "methods", [(), ("email",), *((factor.method,) for factor in FACTORS), ("otp", "recovery_code")]
)
def test_a_second_factor_is_asked_of_whoever_has_one_and_of_nobody_else(methods: tuple[str, ...]) -> None:
    flow = make_flow(
        """
        a: {action: pick_second_factor, on: {PICK, none: n, unavailable: no}}
        p: {action: check_passkey, on: {ok: done, wrong: no, throttled: no, unknown: no}}
        t: {action: check_totp, on: {ok: done, wrong: no, throttled: no, not_enrolled: no}}
        e: {action: check_sign_in_code, on: {ok: done, wrong: no, expired: no, throttled: no}}
        s: {action: send_sms_code, on: {sent: c, throttled: no, no_phone: no}}
        c: {action: check_sms_code, on: {ok: done, wrong: no, expired: no, throttled: no}}
        r: {action: check_recovery_code, on: {ok: done, wrong: no, throttled: no, not_enrolled: no}}
        n: {action: has_second_factor, on: {no: done, yes: no}}
        done: {end: complete}
        no: {end: denied}
        """.replace("PICK", "passkey: p, totp: t, sms_code: s, email_code: e, recovery_code: r")
    )
    # The best that they have; without one of their own a mail, and without that nothing.
    assert pass_through(flow, *methods) == ways(set(methods[:1]))


def test_only_the_factor_that_a_run_would_pick_is_a_way_on() -> None:
    """Counting every factor that is held, the guards would take this flow for open to whoever has both."""
    flow = make_flow(
        """
        a: {action: pick_second_factor, on: {passkey: no, totp: t, none: no, unavailable: no}}
        t: {action: check_totp, on: {ok: done, wrong: no, throttled: no, not_enrolled: no}}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(flow, OTP) == ways({OTP})
    assert pass_through(flow, OTP, PASSKEY) == ways()


def test_a_factor_that_was_proved_is_not_picked_again() -> None:
    flow = make_flow(
        """
        a: {action: pick_second_factor, on: {totp: t, recovery_code: r, none: no, unavailable: no}}
        t: {action: check_totp, on: {ok: a, wrong: no, throttled: no, not_enrolled: no}}
        r: {action: check_recovery_code, on: {ok: done, wrong: no, throttled: no, not_enrolled: no}}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(flow, OTP, "recovery_code") == ways({OTP, "recovery_code"})


def test_the_shipped_step_up_takes_a_verified_identity_and_no_reviewers_favour() -> None:
    assert pass_through(load_shipped("step-up"), PWD, OTP) == ways()
    assert pass_through(load_shipped("step-up"), IDENTITY) == ways({IDENTITY})


def test_a_recovery_has_the_mailed_link_only_if_that_is_among_the_means() -> None:
    assert pass_through(load_shipped("recovery"), IDENTITY) == ways({IDENTITY})
    assert pass_through(load_shipped("recovery"), IDENTITY, "recovery_link") == ways({IDENTITY, "recovery_link"})


def test_conditions_read_whether_the_person_is_known_yet() -> None:
    flow = make_flow(
        """
        a: {screen: identifier, on: {submitted: p}}
        p: {screen: password, on: {submitted: c, back: a}}
        c: {action: check_password, on: {ok: k, wrong: p, throttled: p}}
        k: {condition: [{when: user.known == true, to: done}], otherwise: no}
        done: {end: complete}
        no: {end: denied}
        """,
        purpose="sign_in",
    )
    assert pass_through(flow, PWD) == ways({PWD})
    before = replace(flow, start="k")
    assert pass_through(before, PWD) == ways()


def test_an_address_that_is_typed_can_be_read() -> None:
    flow = make_flow(
        """
        a: {screen: identifier, on: {submitted: k, back: no}}
        k: {condition: [{when: 'form.email == "root@example.com"', to: done}], otherwise: no}
        done: {end: complete}
        no: {end: denied}
        """,
        purpose="sign_in",
    )
    assert pass_through(flow) == ways(set())


def test_each_way_is_told_by_the_evidence_it_gives() -> None:
    flow = make_flow(
        """
        a: {screen: identifier, on: {submitted: p}}
        p: {screen: password, on: {submitted: c, back: a}}
        c: {action: check_password, on: {ok: m, wrong: p, throttled: p}}
        m: {screen: try_later, on: {retry: t, stop: done}}
        t: {screen: totp, on: {submitted: o, back: m}}
        o: {action: check_totp, on: {ok: done, wrong: t, throttled: t, not_enrolled: m}}
        done: {end: complete}
        """,
        purpose="sign_in",
    )
    assert pass_through(flow, PWD, OTP) == ways({PWD}, {PWD, OTP})


def test_a_connector_that_proves_nothing_is_not_counted_on() -> None:
    flow = make_flow(
        """
        a: {connector: risk, on: {completed: k, pending: no, not_finished: no, expired: no, error: no}}
        k: {condition: [{when: connectors.risk.data.low == true, to: done}], otherwise: no}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(flow, IDENTITY) == ways()
    trusting = make_flow(
        """
        a: {connector: risk, on: {completed: done, pending: no, not_finished: no, expired: no, error: no}}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(trusting) == ways(set())


def test_a_review_can_only_be_rejected_or_forgotten() -> None:
    flow = make_flow(
        """
        a: {review: identity, on: {approved: done, rejected: no, expired: no}}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(flow, IDENTITY) == ways()
    ends = "done: {end: complete}\nno: {end: denied}"
    kind = make_flow(f"a: {{review: q, on: {{approved: no, rejected: done, expired: no}}}}\n{ends}")
    assert pass_through(kind) == ways(set())


def test_a_proof_that_is_refused_leaves_by_otherwise() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: k, pending: no, not_finished: no, expired: no, error: no}}
        k: {condition: [{when: 'true', proves: incode_verify, to: no}], otherwise: done}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(flow) == ways(set())
    assert pass_through(flow, IDENTITY) == ways()


def test_a_step_that_the_catalogue_does_not_know_leads_nowhere() -> None:
    end = EndStep("done", COMPLETE)
    action = Flow("f", "F", "sign_in", 60.0, "a", {"a": ActionStep("a", "teleport", {"ok": "done"}), "done": end})
    assert pass_through(action, PWD) == ways()
    screen = Flow("f", "F", "sign_in", 60.0, "a", {"a": ScreenStep("a", "hologram", {"go": "done"}), "done": end})
    assert pass_through(screen, PWD) == ways(set())


def test_an_exit_that_a_step_of_an_older_catalogue_has_not_is_passed_over() -> None:
    flow = Flow(
        "f",
        "F",
        "step_up",
        60.0,
        "a",
        {"a": ActionStep("a", "has_totp", {"yes": "done"}), "done": EndStep("done", COMPLETE)},
    )
    assert pass_through(flow) == ways()
    assert pass_through(flow, OTP) == ways(set())


def test_a_proof_by_a_connection_that_is_gone_is_not_given() -> None:
    flow = make_flow(
        """
        a: {condition: [{when: 'true', proves: gone, to: done}], otherwise: b}
        b: {connector: gone, on: {completed: no, pending: no, not_finished: no, expired: no, error: no}}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(flow, IDENTITY) == ways()


def test_going_round_ends_and_limits_are_kept() -> None:
    flow = make_flow(
        """
        a: {screen: totp, on: {submitted: a, back: a, limit: done}, max_visits: 3}
        done: {end: complete}
        """
    )
    # The first way to each place takes the fewest attempts, so nobody is sent on by a limit.
    assert pass_through(flow) == ways()


def test_a_flow_that_is_too_wide_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passage, "MAX_PLACES", 3)
    with pytest.raises(TooWide):
        pass_through(load_shipped("sign-in"), PWD)


def test_a_phone_opens_nothing_where_nothing_sends_text_messages_and_counts_all_the_same() -> None:
    for name, way in (("sign-in", {PWD, "sms"}), ("step-up-2fa", {"sms"})):
        flow = load_shipped(name)
        assert pass_through(flow, PWD, "sms") == ways(way)
        assert pass_through(flow, PWD, "sms", catalog=CATALOG) == ways()
    # Sent, or not there: no third way.
    flow = make_flow(
        """
        a: {action: send_sms_code, on: {sent: sent, throttled: no, no_phone: no}}
        sent: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(flow, "sms") == ways(set())
    assert pass_through(flow, "sms", catalog=CATALOG) == ways()


def test_every_question_about_a_person_has_its_answer() -> None:
    """An action that asks (yes or no, or whether something is enrolled) must be answered from the person's means."""
    asking = {
        name
        for name, action in CATALOG.actions.items()
        if {"yes", "none", "not_enrolled", "no_phone"} & set(action.outcomes) or name.startswith("has_")
    }
    # Whether an identity at another provider is linked is asked as well. What time decides may be answered either way.
    linked = {"check_upstream", "create_upstream_account"}
    assert asking | linked == {*QUESTIONS, PICK, "passkey_offer_due"}


def test_whether_there_is_a_passkey_is_known() -> None:
    flow = make_flow("a: {action: has_passkey, on: {yes: done, no: no}}\ndone: {end: complete}\nno: {end: denied}")
    assert pass_through(flow, "passkey") == ways(set())
    assert pass_through(flow, PWD) == ways()


def test_who_cannot_be_verified_brings_no_passing_score_to_a_condition_that_only_reads_it() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: k, pending: k, not_finished: k, expired: k, error: k}}
        k: {condition: [{when: 'connectors.incode_verify.data.score.overall.status == "OK"', to: done}], otherwise: no}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(flow, PWD, OTP) == ways()
    assert pass_through(flow, IDENTITY) == ways(set())
    unfinished = make_flow(
        """
        a: {connector: incode_verify, on: {completed: no, pending: k, not_finished: k, expired: k, error: k}}
        k: {condition: [{when: 'connectors.incode_verify.data.score.overall.status == "OK"', to: done}], otherwise: no}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(unfinished, IDENTITY) == ways()


KNOWN = "{condition: [{when: user.known == true, to: done}], otherwise: no}\ndone: {end: complete}\nno: {end: denied}"


@pytest.mark.parametrize(
    ("purpose", "found"), [("step_up", ways(set())), ("recovery", ways(set())), ("sign_in", ways())]
)
def test_only_step_up_and_recovery_know_from_their_start_who_it_is(
    purpose: str, found: frozenset[frozenset[str]]
) -> None:
    assert pass_through(make_flow(f"a: {KNOWN}", purpose=purpose)) == found
    later = make_flow(f"a: {{screen: try_later, on: {{retry: k, stop: no}}}}\nk: {KNOWN}", purpose=purpose)
    assert pass_through(later) == found


def test_a_second_factor_does_not_say_who_it_is() -> None:
    flow = make_flow(
        f"a: {{action: check_totp, on: {{ok: k, wrong: no, throttled: no, not_enrolled: no}}}}\nk: {KNOWN}",
        purpose="sign_in",
    )
    assert pass_through(flow, OTP) == ways()


def test_exits_behind_one_that_an_older_version_has_not_are_still_taken() -> None:
    steps = {"a": ActionStep("a", "check_totp", {"not_enrolled": "done"}), "done": EndStep("done", COMPLETE)}
    assert pass_through(Flow("f", "F", "step_up", 60.0, "a", steps), PWD) == ways(set())


def test_a_flow_that_is_too_wide_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passage, "MAX_PLACES", 3)
    with pytest.raises(TooWide, match=r"^sign-in$"):
        pass_through(load_shipped("sign-in"), PWD)


def test_what_is_typed_into_the_fields_of_a_form_can_be_read() -> None:
    flow = make_flow(
        """
        a: {screen: form, options: OPTIONS, on: {submitted: k, skip: no}}
        k: {condition: [{when: 'form.city == "x"', to: done}], otherwise: no}
        done: {end: complete}
        no: {end: denied}
        """.replace("OPTIONS", "{title: {en: Where}, fields: [{name: city, type: text, label: {en: City}}]}")
    )
    assert pass_through(flow) == ways(set())
