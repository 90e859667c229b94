"""What account recovery takes."""

from itertools import product

import pytest

from idp.identity.recovery import RecoveryDecision, RecoveryFacts, RecoveryPolicy, decide_recovery

REFUSE, REVIEW = RecoveryPolicy(), RecoveryPolicy(unenrolled="review", everything_lost="review")
EVERY_ACCOUNT = [
    RecoveryFacts(active, enrolled, has_password, has_totp, lost)
    for active, enrolled, has_password, has_totp, lost in product(
        *[[True, False]] * 4, ["password", "second_factor", "both"]
    )
]


def account(**facts) -> RecoveryFacts:
    return RecoveryFacts(**{"active": True, "enrolled": True, "has_password": True, "has_totp": False, **facts})


def test_a_lost_password_takes_the_mailed_link_and_the_enrolled_identity():
    decision = decide_recovery(account(), REFUSE)
    assert decision.outcome == "prove"
    assert decision.requires == ("mailed_link", "identity")
    assert decision.allows == ("set_password",)


def test_a_second_factor_that_was_not_lost_is_still_asked():
    assert decide_recovery(account(has_totp=True), REFUSE).requires == ("mailed_link", "identity", "totp")


def test_replacing_a_lost_second_factor_takes_the_password_as_well():
    decision = decide_recovery(account(has_totp=True, lost="second_factor"), REFUSE)
    assert decision.requires == ("mailed_link", "identity", "password")
    assert decision.allows == ("replace_second_factor",)


def test_an_account_without_a_password_is_not_asked_for_one():
    decision = decide_recovery(account(has_totp=True, has_password=False, lost="second_factor"), REFUSE)
    assert decision.requires == ("mailed_link", "identity")


def test_with_everything_lost_policy_says_whether_a_person_decides_too():
    lost = account(has_totp=True, lost="both")
    proved = decide_recovery(lost, REFUSE)
    assert (proved.outcome, proved.requires, proved.reason) == ("prove", ("mailed_link", "identity"), "")
    assert proved.allows == ("set_password", "replace_second_factor")
    reviewed = decide_recovery(lost, REVIEW)
    assert (reviewed.outcome, reviewed.reason) == ("review", "everything_lost")
    assert reviewed.requires == ("mailed_link", "identity", "review")


def test_a_new_verification_alone_cannot_recover_an_account_with_nothing_enrolled():
    decision = decide_recovery(account(enrolled=False), REFUSE)
    assert decision == RecoveryDecision("refuse", reason="identity_not_enrolled")


def test_by_policy_a_person_decides_about_an_account_with_nothing_enrolled():
    decision = decide_recovery(account(enrolled=False, has_totp=True), REVIEW)
    assert (decision.outcome, decision.reason) == ("review", "identity_not_enrolled")
    assert decision.requires == ("mailed_link", "identity", "totp", "review")


@pytest.mark.parametrize("policy", [REFUSE, REVIEW])
def test_no_account_and_a_blocked_account_recover_nothing(policy):
    assert decide_recovery(None, policy) == RecoveryDecision("refuse", reason="no_account")
    assert decide_recovery(account(active=False), policy) == RecoveryDecision("refuse", reason="account_blocked")


@pytest.mark.parametrize("policy", [REFUSE, REVIEW])
@pytest.mark.parametrize("facts", EVERY_ACCOUNT)
def test_nothing_is_ever_allowed_without_the_link_the_identity_and_an_enrolment_or_a_reviewer(facts, policy):
    decision = decide_recovery(facts, policy)
    if decision.outcome == "refuse":
        assert (decision.allows, decision.requires, decision.consequences) == ((), (), ())
        return
    assert facts.active
    assert {"mailed_link", "identity"} <= set(decision.requires)
    assert facts.enrolled or "review" in decision.requires
    assert ("review" in decision.requires) == (decision.outcome == "review")
    assert facts.lost != "password" or not facts.has_totp or "totp" in decision.requires
    assert {"end_sessions", "end_runs", "revoke_refresh_tokens", "notify_owner"} == set(decision.consequences)
