"""The words for evidence and facts, and what each purpose of a flow demands."""

from collections.abc import Mapping
from typing import Final

from idp.flows.language import RECOVERY, SIGN_IN, SIGN_UP, STEP_UP

PWD: Final = "pwd"
OTP: Final = "otp"
EMAIL: Final = "email"
RECOVERY_CODE: Final = "recovery_code"
PASSKEY: Final = "passkey"
SMS: Final = "sms"
#: A sign-in at another provider, and one there that the connection's settings count as two factors.
FEDERATED: Final = "federated"
FEDERATED_MFA: Final = "federated_mfa"
#: What a passing result of an identity connection becomes, and what a reviewer's approval of one becomes.
IDENTITY: Final = "identity"
REVIEW: Final = "review"
#: Proof that the right person was verified, by either of the two. Flows and purposes demand this word.
IDV: Final = "idv"
OWNER_PROOF: Final = frozenset({IDENTITY, REVIEW, IDV})
RECOVERY_LINK: Final = "recovery_link"
#: Not evidence of its own: holds once the person's second factor was checked, or is known not to exist.
SECOND_FACTOR: Final = "second_factor"
REGISTRATION: Final = "registration"
ACCOUNT: Final = "account"
#: Not evidence: another provider has said who somebody is there, which alone says nothing about an account here.
UPSTREAM: Final = "upstream"
#: Evidence that authenticates, any one of which lets a sign-in complete (together with a known user).
AUTHENTICATING: Final = frozenset({PWD, OTP, EMAIL, PASSKEY, FEDERATED})


def entry_evidence(purpose: str) -> frozenset[str]:
    """Return the evidence a run of this purpose starts with.

    A recovery starts with the confirmed POST of the mailed link. A step-up starts with a signed-in user, whose earlier
    evidence belongs to the session and counts for nothing here.
    """
    return frozenset({RECOVERY_LINK}) if purpose == RECOVERY else frozenset()


def demand_evidence(purpose: str) -> frozenset[str]:
    """Return the evidence that every completing path of this purpose must yield; nothing for an unknown purpose.

    Sign-in demands any one of `AUTHENTICATING` instead, and a known user; sign-up a created account besides.
    """
    return _DEMANDS.get(purpose, frozenset())


_DEMANDS: Final[Mapping[str, frozenset[str]]] = {
    SIGN_IN: frozenset(),
    SIGN_UP: frozenset({EMAIL}),
    STEP_UP: frozenset({IDV}),
    RECOVERY: frozenset({RECOVERY_LINK, IDV}),
}
