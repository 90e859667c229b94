"""The decision for max_age, with a level and without one."""

import math

import pytest

from idp.oidc.requirements import Needs, Satisfied
from tests.oidc.samples import IDV, NOW, ONE, TWO, ask, here, params, proof, session

HOUR = 3600.0


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
