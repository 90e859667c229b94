"""What exactly is answered: every field of a need, the words of a refusal, and the last second of an age."""

import pytest

from idp.oidc import requirements
from idp.oidc.assurance import is_fresh, requested_goal
from idp.oidc.requirements import Needs, Progress, Refuse, Satisfied
from idp.oidc.situation import Situation
from idp.records.clients import ClientPolicy
from tests.oidc.samples import (
    ALL_PURPOSES,
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
    here,
    params,
    proof,
    session,
    sub_claim,
)

HOUR = 3600.0
SIGNED_IN = session(proof("pwd", HOUR))
UNMET = "unmet_authentication_requirements"


def situation(view=SIGNED_IN, request=None, policy=None, **progress) -> Situation:
    return Situation(
        request or params(),
        policy or ClientPolicy(consent="implicit"),
        view,
        Progress(REQUEST, **progress),
        LEVELS,
        EVERY_ACR,
        ALL_PURPOSES - {"step_up"},
        EVERY_ACR,
        None,
        NOW,
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda: ask(SIGNED_IN, denied="weird"), Refuse("access_denied", "the request was denied")),
        (
            lambda: ask(None, params(expected_sub="a", claims=sub_claim("b"))),
            Refuse("invalid_request", "id_token_hint and claims ask for different subjects"),
        ),
        (
            lambda: ask(session(here("pwd")), params(expected_sub="sub-b")),
            Refuse("login_required", "another person than the expected one has signed in"),
        ),
        (
            lambda: ask(None, params(prompt=("none",))),
            Refuse("login_required", "no_session needs a page, and prompt=none allows none"),
        ),
        (
            lambda: ask(SIGNED_IN, params(prompt=("none",), acr_values=(IDV,))),
            Refuse(UNMET, "acr_values needs a page, and prompt=none allows none"),
        ),
        (
            lambda: ask(SIGNED_IN, params(acr_values=(IDV,)), attempted=(IDV,)),
            Refuse(UNMET, "no level that acr_values allows can be reached"),
        ),
        (
            lambda: ask(SIGNED_IN, policy=ClientPolicy(consent="implicit", minimum_acr=TWO), attempted=(TWO, IDV)),
            Refuse(UNMET, "no level that minimum_acr allows can be reached"),
        ),
        (
            lambda: ask(session(here("identity", purpose="sign_in"))),
            Refuse(UNMET, "signing in has not reached any level"),
        ),
        (
            lambda: ask(None, offered=ALL_PURPOSES - {"sign_in"}),
            Refuse("server_error", "there is no way to sign in"),
        ),
    ],
)
def test_a_refusal_says_why(answer, expected) -> None:
    assert answer() == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            lambda: ask(None, params(prompt=("create",), acr_values=(IDV,))),
            Needs("sign_up", "no_session", IDV),
        ),
        (
            lambda: ask(SIGNED_IN, params(prompt=("create",), acr_values=(IDV,))),
            Needs("sign_up", "prompt_create", IDV),
        ),
        (
            lambda: ask(None, params(acr_values=(RECOVERY,), expected_sub=SUB)),
            Needs("recovery", "no_session", RECOVERY, SUB),
        ),
        (
            lambda: ask(SIGNED_IN, params(prompt=("select_account",), expected_sub=SUB)),
            Needs("select_account", "select_account", None, SUB),
        ),
        (
            lambda: ask(SIGNED_IN, params(acr_values=(IDV,), expected_sub=SUB)),
            Needs("step_up", "acr_values", IDV, SUB),
        ),
        (
            lambda: ask(SIGNED_IN, params(claims=acr_claim(IDV, essential=False))),
            Needs("step_up", "acr_claim", IDV),
        ),
        (
            lambda: ask(SIGNED_IN, params(claims=acr_claim(IDV))),
            Needs("step_up", "essential_acr", IDV),
        ),
        (
            lambda: ask(SIGNED_IN, policy=ClientPolicy(consent="implicit", minimum_acr=IDV)),
            Needs("step_up", "minimum_acr", IDV),
        ),
    ],
)
def test_a_need_names_the_flow_the_reason_the_level_and_the_person(answer, expected) -> None:
    assert answer() == expected


def test_without_an_answer_there_is_no_code_even_if_every_check_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "CHECKS", ())
    assert ask(session()) == Refuse("server_error", "the session has no level")
    assert isinstance(ask(SIGNED_IN), Satisfied)


def test_a_level_below_the_floor_is_not_sought_when_there_is_another_though_it_is_the_lowest() -> None:
    """The lowest level has rank 0, which is no missing rank."""
    policy = ClientPolicy(minimum_acr=ONE)
    goal = requested_goal(situation(request=params(acr_values=(RECOVERY, TWO)), policy=policy))
    assert goal is not None
    assert goal.values == (TWO,)


def test_evidence_is_fresh_to_the_last_second_that_max_age_allows() -> None:
    at = int(NOW)
    view = session(proof("pwd", NOW - at + 60))
    assert is_fresh(situation(view, params(max_age=60)), ONE, at)
    assert not is_fresh(situation(view, params(max_age=60)), ONE, at + 1)


def test_a_sign_up_of_this_request_that_did_not_help_is_not_followed_by_a_sign_in() -> None:
    view = session(here("identity", purpose="sign_up"))
    assert ask(view, params(acr_values=(ONE,))) == Refuse(UNMET, "no level that acr_values allows can be reached")


def test_a_sign_in_of_this_request_that_lapsed_on_the_way_to_a_step_up_may_be_repeated() -> None:
    """The password was right, but thirteen hours ago: signing in again helps, whatever the step-up never reached."""
    view = session(here("pwd", 13 * HOUR))
    assert ask(view, params(acr_values=(IDV,))) == Needs("sign_in", "acr_values", IDV)


def test_a_step_up_that_had_its_effect_and_lapsed_is_judged_by_its_level_and_not_by_the_sign_in() -> None:
    view = session(proof("pwd", HOUR), here("identity", 360))
    assert ask(view, params(acr_values=(IDV,))) == Needs("step_up", "acr_values", IDV)
    useless = session(proof("pwd", HOUR), here("otp", 360, purpose="step_up"))
    assert ask(useless, params(acr_values=(IDV,))) == Refuse(UNMET, "no level that acr_values allows can be reached")
