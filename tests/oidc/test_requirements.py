"""The decision, check by check: in which order, who must sign in, and what evidence counts."""

import math

import pytest

from idp.oidc.assurance import route
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
    TWO,
    ask,
    client,
    here,
    params,
    proof,
    session,
)

HOUR = 3600.0
EXPLICIT = ClientPolicy()


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
