"""What steps exist and what they prove is said in one place, and nowhere else."""

from typing import Any, get_args

import pytest

from idp.flows.catalog import default_catalog
from idp.flows.factors import FACTOR_NAMES, FACTORS
from idp.flows.language import CONNECTOR_OUTCOMES, LIMIT, PURPOSES, RECOVERY
from idp.flows.methods import AUTHENTICATING, demand_evidence, entry_evidence
from idp.flows.options import check_options
from idp.flows.ready_made import verification_answers
from idp.flows.step_types import ConnectionInfo, Field, ScreenType, identity_connection, name_inputs
from idp.records.accounts import CredentialKind
from tests.flows.samples import CATALOG


def test_the_built_in_screens_and_their_exits() -> None:
    assert {name: screen.outcomes for name, screen in CATALOG.screens.items()} == {
        "identifier": ("submitted", "passkey", "upstream", "back"),
        "confirm_link": ("submitted", "skip"),
        "passkey": ("submitted", "other_way", "back"),
        "offer_passkey": ("submitted", "skip"),
        "add_passkey": ("submitted", "back"),
        "password": ("submitted", "back"),
        "totp": ("submitted", "other_way", "back"),
        "recovery_code": ("submitted", "other_way", "back"),
        "choose_factor": ("passkey", "totp", "sms_code", "email_code", "recovery_code", "back", "stop"),
        "sign_up": ("submitted", "back"),
        "email_code": ("submitted", "resend", "back"),
        "email_link_sent": ("submitted", "resend", "back"),
        "phone": ("submitted", "skip"),
        "sms_code": ("submitted", "resend", "other_way", "back"),
        "new_password": ("submitted",),
        "verification_intro": ("continue", "stop"),
        "verification_unfinished": ("retry", "stop"),
        "try_later": ("retry", "stop"),
        "verification_refused": ("retry", "stop"),
        "form": ("submitted", "skip", "back"),
        "wait": ("elapsed", "released", "stop"),
        "message": ("continue",),
    }


def test_the_built_in_actions_and_what_they_prove() -> None:
    assert {name: (action.outcomes, dict(action.proves)) for name, action in CATALOG.actions.items()} == {
        "check_password": (("ok", "wrong", "throttled"), {"ok": "pwd"}),
        "check_totp": (("ok", "wrong", "throttled", "not_enrolled"), {"ok": "otp"}),
        "has_totp": (("yes", "no"), {}),
        "has_second_factor": (("yes", "no"), {}),
        "pick_second_factor": (
            ("passkey", "totp", "sms_code", "email_code", "recovery_code", "none", "unavailable"),
            {},
        ),
        "check_recovery_code": (("ok", "wrong", "throttled", "not_enrolled"), {"ok": "recovery_code"}),
        "check_passkey": (("ok", "wrong", "throttled", "unknown"), {"ok": "passkey"}),
        "has_passkey": (("yes", "no"), {}),
        "passkey_offer_due": (("yes", "no"), {}),
        "register_passkey": (("added", "refused", "cancelled"), {}),
        "register": (("registered", "taken", "weak"), {}),
        "register_invited": (("registered", "weak", "refused"), {"registered": "email"}),
        "send_email_code": (("sent", "throttled"), {}),
        "check_email_code": (("ok", "wrong", "expired", "throttled"), {"ok": "email"}),
        "send_sign_in_code": (("sent", "throttled", "proved"), {"proved": "email"}),
        "check_sign_in_code": (("ok", "wrong", "expired", "throttled"), {"ok": "email"}),
        "create_account": (("created", "taken", "refused"), {}),
        "set_password": (("ok", "weak"), {}),
        "has_phone": (("yes", "no"), {}),
        "send_sms_code": (("sent", "throttled", "no_phone"), {}),
        "check_sms_code": (("ok", "wrong", "expired", "throttled"), {"ok": "sms"}),
        "send_phone_code": (("sent", "throttled", "invalid", "refused"), {}),
        "add_phone": (("added", "wrong", "expired", "throttled", "refused"), {}),
        "check_upstream": (("ok", "unknown", "refused"), {"ok": "federated"}),
        "link_upstream": (("linked", "refused"), {}),
        "create_upstream_account": (("created", "taken", "unverified", "refused"), {"created": "federated"}),
        "set_profile": (("saved", "refused"), {}),
        "limit_attempts": (("allowed", "exhausted"), {}),
        "send_mail": (("sent", "throttled"), {}),
        "enrol_identity": (("enrolled", "conflict"), {}),
    }


def test_every_word_of_the_catalogue_fits_the_others() -> None:
    for name, screen in CATALOG.screens.items():
        assert screen.name == name
        assert screen.title
        assert {*screen.optional, *screen.any_of} <= set(screen.outcomes)
        assert LIMIT not in screen.outcomes
        assert not screen.fields or screen.submit in screen.outcomes
    for name, action in CATALOG.actions.items():
        assert action.name == name
        assert action.title
        assert {*action.proves, *action.settles, *action.alike, *action.optional} <= set(action.outcomes)
        assert LIMIT not in action.outcomes


def test_every_kind_of_credential_but_a_password_is_a_factor_that_is_asked_for() -> None:
    """Pitfall 20: a kind of factor that is not counted is not asked for, and somebody is let in with less."""
    kinds = set(get_args(CredentialKind))
    # A link to another provider opens the door like a password, and is a second factor beside nothing.
    assert {factor.credential for factor in FACTORS if factor.credential} == kinds - {"password", "upstream"}
    assert len({factor.name for factor in FACTORS}) == len({factor.method for factor in FACTORS}) == len(FACTORS)
    provable = {method for action in CATALOG.actions.values() for method in action.proves.values()}
    assert {factor.method for factor in FACTORS} <= provable
    # What proves a second factor answers the question for it.
    for action in CATALOG.actions.values():
        for outcome, method in action.proves.items():
            enrolled = any(factor.method == method and factor.credential for factor in FACTORS)
            assert (action.settles.get(outcome) == "second_factor") == enrolled, action.name


def test_every_choice_of_a_factor_offers_every_factor() -> None:
    assert set(CATALOG.screens["choose_factor"].any_of) == set(FACTOR_NAMES)
    pick = CATALOG.actions["pick_second_factor"]
    assert set(pick.optional) == set(FACTOR_NAMES)
    # Having one settles nothing: it must be checked.
    settled = {factor.name for factor in FACTORS if factor.credential is None} | {"none"}
    assert set(pick.settles) == settled


def test_having_no_authenticator_is_not_having_no_second_factor() -> None:
    assert CATALOG.actions["has_totp"].settles == {}
    assert CATALOG.actions["has_passkey"].settles == {}


def test_no_secret_field_is_ever_among_those_that_are_kept() -> None:
    plain, secret = CATALOG.screens["sign_up"].split({"email": "a@b.c", "password": "pw", "email2": "x", "admin": "1"})
    assert plain == {"email": "a@b.c"}
    assert secret == {"password": "pw"}
    for screen in CATALOG.screens.values():
        for field in screen.fields:
            assert field.secret == (field.type in {"password", "code", "passkey"})
            assert (field.outcome or screen.submit) in screen.outcomes


def test_every_action_that_reads_a_typed_secret_says_so() -> None:
    takes = {name for name, action in CATALOG.actions.items() if action.takes_secret}
    assert takes == {
        *("check_password", "check_totp", "check_recovery_code", "check_passkey", "register_passkey"),
        *("register", "register_invited", "check_email_code", "check_sign_in_code", "set_password"),
        *("check_sms_code", "add_phone"),
    }


def test_an_outcome_carries_its_own_fields_and_no_others() -> None:
    identifier = CATALOG.screens["identifier"]
    assert [item.name for item in identifier.list_carried("submitted")] == ["email"]
    assert [item.name for item in identifier.list_carried("passkey")] == ["credential"]
    assert identifier.list_carried("back") == ()


def test_every_action_that_changes_credentials_says_so() -> None:
    changes = {name for name, action in CATALOG.actions.items() if action.changes_credentials}
    assert changes == {
        *("create_account", "set_password", "enrol_identity", "register_passkey"),
        *("send_phone_code", "add_phone", "link_upstream"),
    }


@pytest.mark.parametrize("purpose", PURPOSES)
def test_only_a_recovery_is_entered_with_evidence_and_it_is_the_mailed_link(purpose: str) -> None:
    assert entry_evidence(purpose) == ({"recovery_link"} if purpose == RECOVERY else set())


def test_what_each_purpose_demands() -> None:
    assert demand_evidence("sign_in") == set()
    assert demand_evidence("sign_up") == {"email"}
    assert demand_evidence("step_up") == {"idv"}
    assert demand_evidence("recovery") == {"recovery_link", "idv"}
    assert demand_evidence("unheard of") == set()
    assert {"idv", "identity", "review", "recovery_link"}.isdisjoint(AUTHENTICATING)


def test_a_connection_verifies_the_owner_only_if_it_is_one_for_identity() -> None:
    assert identity_connection().verifies_owner
    assert not ConnectionInfo("http").verifies_owner
    assert not ConnectionInfo("http", proves="risk").verifies_owner
    assert default_catalog().connections == {}
    assert default_catalog({"r": ConnectionInfo("http", proves="risk")}).list_methods() >= {"risk", "pwd", "identity"}


def test_the_catalogue_says_what_amr_evidence_of_each_method_carries() -> None:
    known = default_catalog({"incode_verify": identity_connection(), "risk": ConnectionInfo("http")}).list_amr()
    assert known["pwd"] == ("pwd",)
    assert known["identity"] == ("face",)
    proved = {method for action in CATALOG.actions.values() for method in action.proves.values()}
    assert set(known) == proved | {"identity"}


def test_what_a_connection_for_identity_is() -> None:
    def scored(status: str | None) -> dict[str, Any]:
        data = {"status": "", "score": {"overall": {"status": status}}}
        return {"status": "completed", "owner": "match", "data": data}

    info = identity_connection("acme", ("no_camera",))
    assert (info.type, info.errors) == ("acme", ("no_camera",))
    assert (info.proves, info.passing, info.amr, info.use) == ("identity", ("OK",), ("face",), "identity")
    assert info.outcomes == CONNECTOR_OUTCOMES
    assert info.answers == verification_answers()
    never = ("FAIL", "MANUAL_FAIL", "UNKNOWN", "surely not a status", "", None)
    assert info.never_passes == ({}, *map(scored, never))
    assert (identity_connection().type, identity_connection().errors) == ("incode", ())


def test_a_step_may_give_each_input_another_path_and_nothing_else() -> None:
    schema = name_inputs({"email": "user.email", "note": "form.note"})
    for options, sound in (
        ({}, True),
        ({"inputs": {}}, True),
        ({"inputs": {"note": "x" * 200}}, True),
        ({"inputs": {"note": "x" * 201}}, False),
        ({"inputs": {"note": 1}}, False),
        ({"inputs": {"other": "form.note"}}, False),
        ({"inputs": "note"}, False),
        ({"other": {}}, False),
    ):
        assert (list(check_options(options, schema)) == []) is sound, options


def test_only_a_screen_that_says_so_has_fields_of_the_flows_own() -> None:
    options = {"fields": [{"name": "dept", "type": "tel", "label": {"en": "Phone"}, "required": False}]}
    assert ScreenType("a", "A", ("submitted",), designed=True).list_fields(options) == (
        Field("dept", "tel", required=False),
    )
    assert ScreenType("a", "A", ("submitted",)).list_fields(options) == ()
