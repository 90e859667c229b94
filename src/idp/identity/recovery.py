"""What account recovery takes, and what it gives. A pure policy.

Recovery replaces a credential, so it must prove at least what that credential proves (DESIGN invariant 10): a mailed
link (the person reads the account's mail) and identity proof against the identity enrolled earlier (the person is the
owner). A new verification cannot recover an account with nothing enrolled: it would prove that somebody is a genuine
person, and the profile it would be compared with is only what was typed. A factor that was not lost is still asked,
so a reset never becomes a way round it.
"""

from dataclasses import dataclass
from typing import Literal

Lost = Literal["password", "second_factor", "both"]
Proof = Literal["mailed_link", "identity", "password", "totp", "review"]
Change = Literal["set_password", "replace_second_factor"]
Consequence = Literal["end_sessions", "end_runs", "revoke_refresh_tokens", "notify_owner"]

CONSEQUENCES: tuple[Consequence, ...] = ("end_sessions", "end_runs", "revoke_refresh_tokens", "notify_owner")
CHANGES: dict[Lost, tuple[Change, ...]] = {
    "password": ("set_password",),
    "second_factor": ("replace_second_factor",),
    "both": ("set_password", "replace_second_factor"),
}


@dataclass(frozen=True, slots=True)
class RecoveryPolicy:
    """Where a person decides.

    `unenrolled`: an account with no enrolled identity is refused, or reviewed. `everything_lost`: with password and
    second factor both lost (which anybody may claim), the link and the identity are enough, or a reviewer is asked as
    well.
    """

    unenrolled: Literal["refuse", "review"] = "refuse"
    everything_lost: Literal["prove", "review"] = "prove"


@dataclass(frozen=True, slots=True)
class RecoveryFacts:
    """What the account has, and what its owner says is lost."""

    active: bool
    enrolled: bool
    has_password: bool
    has_totp: bool
    lost: Lost = "password"


@dataclass(frozen=True, slots=True)
class RecoveryDecision:
    """The way of a recovery.

    `outcome`: "prove" (all of `requires`, then `allows` and nothing else), "review" (the same, and "review" means
    that a person must approve) or "refuse". `consequences` happen in the transaction that changes a credential. The
    person asking sees the same page whatever the outcome, until the mailed link is opened.
    """

    outcome: Literal["prove", "review", "refuse"]
    requires: tuple[Proof, ...] = ()
    allows: tuple[Change, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    reason: str = ""


def decide_recovery(facts: RecoveryFacts | None, policy: RecoveryPolicy) -> RecoveryDecision:
    """Decide what a recovery takes; `facts` is None for an account that does not exist."""
    if facts is None:
        return RecoveryDecision("refuse", reason="no_account")
    if not facts.active:
        return RecoveryDecision("refuse", reason="account_blocked")
    if not facts.enrolled and policy.unenrolled != "review":
        return RecoveryDecision("refuse", reason="identity_not_enrolled")
    requires: list[Proof] = ["mailed_link", "identity"]
    if facts.lost == "password" and facts.has_totp:
        requires.append("totp")
    if facts.lost == "second_factor" and facts.has_password:
        requires.append("password")
    reason = ""
    if facts.lost == "both" and policy.everything_lost != "prove":
        reason = "everything_lost"
    if not facts.enrolled:
        reason = "identity_not_enrolled"
    if reason:
        requires.append("review")
    outcome: Literal["prove", "review"] = "review" if reason else "prove"
    return RecoveryDecision(outcome, tuple(requires), CHANGES[facts.lost], CONSEQUENCES, reason)
