"""The decision where the request says who the person must be."""

import pytest

from idp.oidc.requirements import Needs, Refuse, Satisfied
from tests.oidc.samples import IDV, SUB, ask, here, params, proof, session, sub_claim


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
