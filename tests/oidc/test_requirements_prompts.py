"""The decision for prompt: login, select_account, create and none."""

import math

import pytest

from idp.oidc.assurance import is_fresh
from idp.oidc.requirements import Needs, Progress, Refuse, Satisfied
from idp.oidc.situation import Situation
from idp.records.clients import ClientPolicy
from tests.oidc.samples import (
    EVERY_ACR,
    IDV,
    LEVELS,
    NOW,
    ONE,
    RECOVERY,
    REQUEST,
    TWO,
    acr_claim,
    ask,
    here,
    params,
    proof,
    session,
    sub_claim,
)

HOUR = 3600.0
EXPLICIT = ClientPolicy()


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
