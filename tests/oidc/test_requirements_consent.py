"""The decision about consent."""

import pytest

from idp.oidc.claims import ClaimRequest, ClaimsRequest
from idp.oidc.requirements import Needs, Satisfied
from idp.records.clients import ClientPolicy
from tests.oidc.samples import IDV, ask, consent, params, proof, session

EXPLICIT = ClientPolicy()


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
