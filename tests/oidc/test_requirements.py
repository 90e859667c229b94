"""The decision, check by check. Level tables are in test_requirements_levels, laws in test_requirements_laws."""

import math

import pytest

from idp.oidc.assurance import is_fresh, route
from idp.oidc.claims import ClaimRequest, ClaimsRequest
from idp.oidc.requirements import CHECKS, Needs, Progress, Refuse, Satisfied
from idp.oidc.situation import Situation
from idp.records.clients import ClientPolicy
from idp.records.journeys import AuthorizationRequest
from tests.oidc.samples import (
    EVERY_ACR,
    IDV,
    LEVELS,
    NOW,
    ONE,
    RECOVERY,
    REQUEST,
    SUB,
    TWO,
    acr_claim,
    ask,
    client,
    consent,
    here,
    params,
    proof,
    session,
)

HOUR = 3600.0
EXPLICIT = ClientPolicy()


def sub_claim(*values: str, section: str = "id_token") -> ClaimsRequest:
    return ClaimsRequest(**{section: {"sub": ClaimRequest(True, values)}})


def test_the_checks_run_in_this_order() -> None:
    assert [check.__name__ for check in CHECKS] == [
        "denied",
        "unmeetable",
        "no_session",
        "subject",
        "prompt_create",
        "prompt_login",
        "select_account",
        "requested_level",
        "minimum_acr",
        "max_age",
        "consent_needed",
    ]


def test_a_signed_in_person_gets_a_code_for_a_plain_request() -> None:
    answer = ask(session(proof("pwd", HOUR)))
    assert isinstance(answer, Satisfied)
    assert (answer.earned.acr, answer.earned.amr, answer.earned.auth_time) == (ONE, ("pwd",), math.floor(NOW - HOUR))


# --- denied


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("access_denied", "access_denied"),
        ("temporarily_unavailable", "temporarily_unavailable"),
        ("anything else", "access_denied"),
    ],
)
def test_a_denied_request_stays_denied_whatever_was_proved(code, error) -> None:
    answer = ask(session(proof("pwd"), proof("otp"), proof("identity")), denied=code)
    assert isinstance(answer, Refuse)
    assert answer.error == error


# --- no session


def test_nobody_signed_in_must_sign_in() -> None:
    assert ask(None) == Needs("sign_in", "no_session")


def test_the_requested_level_picks_the_sign_in_flow() -> None:
    assert ask(None, params(acr_values=(IDV,))) == Needs("sign_in", "no_session", IDV)


def test_the_clients_minimum_picks_the_sign_in_flow() -> None:
    assert ask(None, policy=ClientPolicy(minimum_acr=TWO)) == Needs("sign_in", "no_session", TWO)


def test_prompt_create_without_a_session_signs_up() -> None:
    assert ask(None, params(prompt=("create",))) == Needs("sign_up", "no_session")


def test_prompt_create_is_refused_where_there_is_no_sign_up() -> None:
    answer = ask(None, params(prompt=("create",)), offered=frozenset({"sign_in"}))
    assert answer == Refuse("invalid_request", "prompt=create is not offered")


def test_asking_for_the_recovery_level_starts_recovery() -> None:
    assert ask(None, params(acr_values=(RECOVERY,))) == Needs("recovery", "no_session", RECOVERY)
    assert ask(session(proof("pwd")), params(acr_values=(RECOVERY,))) == Needs("recovery", "acr_values", RECOVERY)


def test_recovery_that_nobody_offers_cannot_be_asked_for() -> None:
    answer = ask(None, params(acr_values=(RECOVERY,)), offered=frozenset({"sign_in"}))
    assert isinstance(answer, Refuse)
    assert answer.error == "unmet_authentication_requirements"


def test_without_a_sign_in_flow_nobody_gets_in() -> None:
    assert ask(None, offered=frozenset()) == Refuse("server_error", "there is no way to sign in")


# --- evidence


def test_a_session_without_valid_evidence_signs_in_again() -> None:
    assert ask(session()) == Needs("sign_in", "expired")
    assert ask(session(proof("pwd", 13 * HOUR))) == Needs("sign_in", "expired")


def test_what_another_person_proved_in_this_browser_counts_for_nothing() -> None:
    """B signs in inside A's session, which has two factors: B's own second factor is asked, and amr is B's."""
    of_a = [proof("pwd"), proof("otp"), proof("identity")]
    of_b = here("pwd", user_id=2)
    view = session(*of_a, of_b, user_id=2, sub="sub-b")
    assert ask(view, params(acr_values=(TWO,))) == Needs("step_up", "acr_values", TWO)
    answer = ask(view)
    assert isinstance(answer, Satisfied)
    assert (answer.earned.acr, answer.earned.amr, answer.earned.evidence_ids) == (ONE, ("pwd",), (of_b.id,))


def test_evidence_about_nobody_counts_for_nothing() -> None:
    assert ask(session(proof("pwd", user_id=None))) == Needs("sign_in", "expired")


def test_a_second_factor_lost_with_its_session_is_not_claimed_again() -> None:
    """The session ended between second factor and consent; finishing with the password gives the password alone."""
    answer = ask(session(here("pwd")))
    assert isinstance(answer, Satisfied)
    assert (answer.earned.acr, answer.earned.amr) == (ONE, ("pwd",))


def test_a_recovered_session_is_worth_recovery_and_no_more() -> None:
    view = session(
        here("recovery_link", purpose="recovery"),
        here("email", purpose="recovery"),
        here("identity", purpose="recovery"),
    )
    answer = ask(view)
    assert isinstance(answer, Satisfied)
    assert answer.earned.acr == RECOVERY
    assert ask(view, params(acr_values=(ONE,))) == Needs("sign_in", "acr_values", ONE)
    assert ask(view, params(acr_values=(IDV,))) == Needs("sign_in", "acr_values", IDV)


def test_a_sign_in_that_proves_nothing_is_not_asked_for_ever() -> None:
    view = session(here("identity", purpose="sign_in"))
    assert ask(view) == Refuse("unmet_authentication_requirements", "signing in has not reached any level")


def test_a_sign_in_of_this_request_that_has_lapsed_is_asked_again() -> None:
    assert ask(session(here("pwd", 13 * HOUR))) == Needs("sign_in", "expired")


# --- prompt=login, max_age=0


@pytest.mark.parametrize(
    "request_", [params(prompt=("login",)), params(max_age=0), params(prompt=("login",), max_age=0)]
)
@pytest.mark.parametrize("ago", [0.0, 0.4, 1000.0])
def test_a_forced_login_shows_exactly_one_screen(request_, ago) -> None:
    before = [proof("pwd", ago)]
    first = ask(session(*before), request_)
    assert isinstance(first, Needs)
    assert first.kind == "sign_in"
    # The person needs three seconds, or a hundred, between the screen and the code.
    for later in (0.0, 0.3, 3.0, 100.0):
        login = here("pwd", at=NOW + later)
        answer = ask(session(*before, login), request_, now=NOW + later + 0.2)
        assert isinstance(answer, Satisfied)
        assert answer.earned.auth_time == math.floor(login.at)


def test_max_age_of_one_second_with_a_login_of_three_does_not_loop() -> None:
    request = params(max_age=1)
    assert ask(session(proof("pwd", 10)), request) == Needs("sign_in", "max_age")
    assert isinstance(ask(session(proof("pwd", 10), here("pwd", 3.0)), request), Satisfied)


def test_a_login_for_another_request_does_not_answer_prompt_login() -> None:
    view = session(proof("pwd", 0.0, request_id=REQUEST + 1))
    assert ask(view, params(prompt=("login",))) == Needs("sign_in", "prompt_login")
    assert ask(view, params(max_age=0)) == Needs("sign_in", "max_age")


def test_a_step_up_is_no_login() -> None:
    view = session(proof("pwd", HOUR), here("identity"))
    assert ask(view, params(prompt=("login",))) == Needs("sign_in", "prompt_login")


@pytest.mark.parametrize("purpose", ["sign_in", "sign_up"])
def test_every_way_in_answers_prompt_login(purpose) -> None:
    assert isinstance(ask(session(here("pwd", purpose=purpose)), params(prompt=("login",))), Satisfied)


def test_recovery_answers_prompt_login_with_its_own_level() -> None:
    view = session(here("recovery_link", purpose="recovery"), here("identity", purpose="recovery"))
    answer = ask(view, params(prompt=("login",)))
    assert isinstance(answer, Satisfied)
    assert answer.earned.acr == RECOVERY


def test_a_login_renews_the_time_and_keeps_a_level_that_is_still_valid() -> None:
    login = here("pwd", 1.0)
    view = session(proof("pwd", 1000), proof("identity", 60), login)
    answer = ask(view, params(prompt=("login",), acr_values=(IDV,)))
    assert isinstance(answer, Satisfied)
    assert (answer.earned.acr, answer.earned.auth_time) == (IDV, math.floor(login.at))


def test_after_a_forced_login_no_level_older_than_it_is_issued() -> None:
    """An unfinished recovery of this request makes room for a login; the old password does not answer for it."""
    view = session(proof("pwd", HOUR), here("recovery_link", 5.0, purpose="recovery"))
    assert ask(view, params(prompt=("login",))) == Needs("sign_in", "max_age")


def test_a_lapsed_step_up_of_this_request_does_not_get_in_the_way_of_the_login() -> None:
    view = session(proof("pwd", 400), here("identity", 360))
    assert ask(view, params(prompt=("login",), acr_values=(IDV,))) == Needs("sign_in", "prompt_login", IDV)


def test_no_level_is_fresh_while_a_forced_login_is_due() -> None:
    view, request = session(proof("pwd")), params(prompt=("login",))
    s = Situation(request, EXPLICIT, view, Progress(REQUEST), LEVELS, EVERY_ACR, frozenset(), EVERY_ACR, None, NOW)
    assert not is_fresh(s, ONE, NOW)


# --- max_age


@pytest.mark.parametrize(
    ("max_age", "ago", "asked"),
    [(300, 299, False), (300, 301, True), (1, 0.2, False), (7200, HOUR, False), (1, 1.5, True)],
)
def test_max_age_without_a_level_asks_for_a_sign_in(max_age, ago, asked) -> None:
    answer = ask(session(proof("pwd", ago)), params(max_age=max_age))
    assert isinstance(answer, Satisfied) is not asked
    if asked:
        assert answer == Needs("sign_in", "max_age")


def test_the_issued_time_honours_max_age_also_by_the_clients_clock() -> None:
    view = session(proof("pwd", at=math.floor(NOW) - 10 + 0.9))
    assert ask(view, params(max_age=10)) == Needs("sign_in", "max_age")
    answer = ask(view, params(max_age=11))
    assert isinstance(answer, Satisfied)
    assert NOW - answer.earned.auth_time <= 11


def test_rfc_9470_a_step_up_alone_answers_acr_values_with_max_age() -> None:
    request = params(acr_values=(IDV,), max_age=300)
    assert ask(session(proof("pwd", HOUR)), request) == Needs("step_up", "acr_values", IDV)
    step_up = here("identity", 2.0)
    answer = ask(session(proof("pwd", HOUR), step_up), request)
    assert isinstance(answer, Satisfied)
    assert (answer.earned.acr, answer.earned.auth_time) == (IDV, math.floor(step_up.at))


def test_max_age_bounds_the_identity_and_not_merely_the_latest_password() -> None:
    view = session(proof("pwd", 1), proof("identity", 200))
    assert ask(view, params(acr_values=(IDV,), max_age=60)) == Needs("step_up", "acr_values", IDV)
    assert isinstance(ask(view, params(acr_values=(IDV,), max_age=240)), Satisfied)


def test_max_age_zero_with_a_level_asks_for_both_once() -> None:
    request = params(acr_values=(IDV,), max_age=0)
    old = [proof("pwd", 60), proof("identity", 60)]
    assert ask(session(*old), request) == Needs("sign_in", "max_age", IDV)
    assert ask(session(*old, here("pwd", 30)), request) == Needs("step_up", "acr_values", IDV)
    assert isinstance(ask(session(*old, here("pwd", 30), here("identity", 5)), request), Satisfied)


@pytest.mark.parametrize(("acr", "kind"), [(ONE, "sign_in"), (TWO, "step_up")])
def test_a_level_grown_too_old_for_max_age_is_renewed_by_what_renews_it(acr, kind) -> None:
    view = session(proof("pwd", HOUR), proof("otp", HOUR))
    assert ask(view, params(acr_values=(acr,), max_age=60)) == Needs(kind, "acr_values", acr)


def test_a_step_up_renews_two_factors() -> None:
    view = session(proof("pwd", HOUR), proof("otp", HOUR), here("otp", purpose="step_up"))
    answer = ask(view, params(acr_values=(TWO,), max_age=60))
    assert isinstance(answer, Satisfied)
    assert answer.earned.auth_time == math.floor(NOW)


def test_max_age_drops_to_the_highest_level_that_is_fresh_enough() -> None:
    answer = ask(session(proof("pwd", 10), proof("identity", 200)), params(max_age=60))
    assert isinstance(answer, Satisfied)
    assert answer.earned.acr == ONE


# --- select_account, create


def test_select_account_asks_once() -> None:
    view, request = session(proof("pwd", 10)), params(prompt=("select_account",))
    assert ask(view, request) == Needs("select_account", "select_account")
    assert isinstance(ask(view, request, account_chosen=True), Satisfied)
    assert isinstance(ask(session(here("pwd")), request), Satisfied)


def test_login_and_select_account_show_one_screen() -> None:
    request = params(prompt=("login", "select_account"))
    assert ask(session(proof("pwd", 10)), request) == Needs("sign_in", "prompt_login")
    assert isinstance(ask(session(here("pwd")), request), Satisfied)


def test_create_shows_the_sign_up_page_to_somebody_signed_in_once() -> None:
    request = params(prompt=("create",))
    assert ask(session(proof("pwd")), request) == Needs("sign_up", "prompt_create")
    assert isinstance(ask(session(here("pwd", purpose="sign_up")), request), Satisfied)
    assert isinstance(ask(session(here("pwd")), request), Satisfied)


# --- whose session


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (params(expected_sub="sub-b"), "id_token_hint"),
        (params(claims=sub_claim("sub-b")), "claims_sub"),
        (params(claims=sub_claim("sub-b", section="userinfo")), "claims_sub"),
        (params(expected_sub="sub-b", claims=sub_claim("sub-b", "sub-c")), "id_token_hint"),
    ],
)
def test_another_person_must_sign_in_and_is_pinned(request_, reason) -> None:
    assert ask(session(proof("pwd")), request_) == Needs("sign_in", reason, None, "sub-b")
    assert ask(None, request_) == Needs("sign_in", "no_session", None, "sub-b")


def test_any_of_several_subjects_will_do() -> None:
    request = params(claims=sub_claim("sub-b", SUB))
    assert isinstance(ask(session(proof("pwd")), request), Satisfied)
    assert ask(session(proof("pwd"), sub="sub-x"), request) == Needs("sign_in", "claims_sub")


def test_the_right_person_goes_on() -> None:
    assert isinstance(ask(session(proof("pwd")), params(expected_sub=SUB)), Satisfied)


def test_a_step_up_is_pinned_to_the_expected_person() -> None:
    answer = ask(session(proof("pwd")), params(expected_sub=SUB, acr_values=(IDV,)))
    assert answer == Needs("step_up", "acr_values", IDV, SUB)


def test_the_wrong_person_signing_in_again_ends_the_request() -> None:
    answer = ask(session(here("pwd")), params(expected_sub="sub-b"))
    assert isinstance(answer, Refuse)
    assert answer.error == "login_required"


def test_prompt_login_for_another_person_shows_one_screen() -> None:
    request = params(expected_sub="sub-b", prompt=("login",))
    assert ask(session(proof("pwd")), request) == Needs("sign_in", "id_token_hint", None, "sub-b")
    assert isinstance(ask(session(here("pwd")), params(expected_sub=SUB, prompt=("login",))), Satisfied)


def test_a_hint_and_a_claim_for_different_people_can_never_be_met() -> None:
    answer = ask(session(proof("pwd")), params(expected_sub=SUB, claims=sub_claim("sub-b")))
    assert isinstance(answer, Refuse)
    assert answer.error == "invalid_request"


def test_a_hint_that_was_not_verified_is_not_ignored() -> None:
    answer = ask(session(proof("pwd")), params(id_token_hint="ey.raw"))
    assert answer == Refuse("invalid_request", "id_token_hint could not be verified")
    assert isinstance(ask(session(proof("pwd")), params(id_token_hint="ey.raw").with_subject(SUB)), Satisfied)


# --- prompt=none


@pytest.mark.parametrize(
    ("view", "fields", "policy", "error"),
    [
        (None, {}, None, "login_required"),
        (None, {"acr_values": (IDV,)}, None, "login_required"),
        (None, {"acr_values": (RECOVERY,)}, None, "login_required"),
        (session(), {}, None, "login_required"),
        (session(proof("pwd", 13 * HOUR)), {"acr_values": (IDV,)}, None, "login_required"),
        (session(proof("pwd", 10)), {"max_age": 5}, None, "login_required"),
        (session(proof("pwd", 10)), {"max_age": 0}, None, "login_required"),
        (session(proof("pwd", 10)), {"max_age": 5, "acr_values": (ONE,)}, None, "login_required"),
        (session(proof("pwd")), {"expected_sub": "sub-b"}, None, "login_required"),
        (session(proof("pwd")), {"claims": sub_claim("sub-b")}, None, "login_required"),
        (session(proof("pwd")), {"acr_values": (IDV,)}, None, "unmet_authentication_requirements"),
        (session(proof("pwd")), {"acr_values": (TWO, IDV)}, None, "unmet_authentication_requirements"),
        (session(proof("pwd")), {"acr_values": (RECOVERY,)}, None, "unmet_authentication_requirements"),
        (session(proof("pwd")), {"claims": acr_claim(IDV)}, None, "unmet_authentication_requirements"),
        (session(proof("pwd")), {}, ClientPolicy(minimum_acr=TWO), "unmet_authentication_requirements"),
        (session(proof("pwd")), {}, EXPLICIT, "consent_required"),
        (session(proof("pwd")), {"scopes": ("openid", "offline_access")}, None, "consent_required"),
    ],
)
def test_prompt_none_never_shows_a_page(view, fields, policy, error) -> None:
    answer = ask(view, params(prompt=("none",), **fields), policy=policy)
    assert isinstance(answer, Refuse)
    assert answer.error == error


@pytest.mark.parametrize(
    ("fields", "acr"),
    [
        ({}, ONE),
        ({"acr_values": (ONE,)}, ONE),
        ({"acr_values": (IDV, ONE)}, ONE),
        ({"claims": acr_claim(IDV, ONE)}, ONE),
        ({"claims": acr_claim(IDV, essential=False)}, ONE),
        ({"max_age": 60}, ONE),
    ],
)
def test_prompt_none_answers_with_what_is_there(fields, acr) -> None:
    answer = ask(session(proof("pwd", 30)), params(prompt=("none",), **fields))
    assert isinstance(answer, Satisfied)
    assert answer.earned.acr == acr


# --- consent


@pytest.mark.parametrize(
    ("given", "scopes", "asked"),
    [
        (None, ("openid",), True),
        (consent("openid"), ("openid",), False),
        (consent("openid", "profile"), ("openid",), False),
        (consent("openid"), ("openid", "email"), True),
        (consent("openid", user_id=2), ("openid",), True),
        (consent("openid", client_id="other"), ("openid",), True),
    ],
)
def test_explicit_consent_is_asked_for_what_was_not_allowed(given, scopes, asked) -> None:
    answer = ask(session(proof("pwd")), params(scopes=scopes), policy=EXPLICIT, given=given)
    assert (answer == Needs("consent", "consent")) is asked
    assert isinstance(answer, Satisfied) is not asked


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (consent("openid"), True),
        (consent("openid", claims=("phone_number",)), False),
        (consent("openid", "phone"), False),
    ],
)
def test_claims_asked_for_by_name_need_consent_too(given, asked) -> None:
    request = params(claims=ClaimsRequest(userinfo={"phone_number": ClaimRequest(), "acr": ClaimRequest()}))
    answer = ask(session(proof("pwd")), request, policy=EXPLICIT, given=given)
    assert (answer == Needs("consent", "consent")) is asked


def test_consent_given_in_this_request_is_enough() -> None:
    request = params(prompt=("consent",), scopes=("openid", "offline_access"))
    assert isinstance(ask(session(proof("pwd")), request, policy=EXPLICIT, consented=True), Satisfied)


def test_prompt_consent_asks_although_it_was_given_before() -> None:
    answer = ask(session(proof("pwd")), params(prompt=("consent",)), given=consent("openid"))
    assert answer == Needs("consent", "prompt_consent")


def test_offline_access_takes_the_persons_own_consent_whatever_the_policy() -> None:
    request = params(scopes=("openid", "offline_access"))
    assert ask(session(proof("pwd")), request) == Needs("consent", "offline_access")
    assert isinstance(ask(session(proof("pwd")), request, given=consent("openid", "offline_access")), Satisfied)


def test_consent_does_not_stand_in_for_a_level() -> None:
    answer = ask(session(proof("pwd")), params(acr_values=(IDV,)), consented=True, account_chosen=True)
    assert answer == Needs("step_up", "acr_values", IDV)


def test_consent_is_asked_last() -> None:
    answer = ask(session(proof("pwd")), params(acr_values=(IDV,), prompt=("consent",)), policy=EXPLICIT)
    assert answer == Needs("step_up", "acr_values", IDV)


# --- plumbing


def test_progress_comes_from_the_stored_request() -> None:
    stored = AuthorizationRequest(
        9,
        b"",
        "rp",
        {},
        b"",
        NOW,
        NOW + 1,
        attempted=(IDV,),
        consented=True,
        denied="access_denied",
        account_chosen=True,
    )
    assert Progress.of(stored) == Progress(9, (IDV,), True, True, "access_denied")


def test_no_route_leads_to_a_level_that_nobody_knows() -> None:
    reachable = EVERY_ACR | {"urn:x"}
    s = Situation(
        params(), EXPLICIT, None, Progress(1), LEVELS, reachable, frozenset({"sign_in"}), frozenset(), None, NOW
    )
    assert route(s, "urn:x", "acr_values") is None
    assert client().policy == EXPLICIT
