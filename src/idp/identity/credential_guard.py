"""Credentials guard themselves (DESIGN invariant 10): what it takes to add, change or remove one.

Nothing here knows levels. The caller says how high a set of evidence methods reaches (`rank_of`), and the answer is a
rank of the same scale: the person's evidence of now must reach at least that rank.

    To change, rename or remove a credential takes the assurance that it gives, together with the factor it goes with.
    To add one takes the same; for the first credential of that strength, the highest that the account's own credentials
    can reach, for there is nothing better to ask for.

So a session that knows a password alone can neither remove an authenticator nor add one beside it, and a person without
a second factor can add their first one. Proof of identity is no credential: an enrolled identity does not raise the bar
for a first passkey, and a proof of identity made just now passes it where its level ranks higher.
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final, Literal

from idp.records.accounts import CredentialKind

Verb = Literal["add", "replace", "rename", "remove"]
#: How high a set of evidence methods reaches; -1 for nowhere.
RankOf = Callable[[frozenset[str]], int]

#: The evidence that a credential of each kind writes when it is used, with the factor that it is used with.
GIVES: Final[Mapping[CredentialKind, frozenset[str]]] = MappingProxyType(
    {
        "password": frozenset({"pwd"}),
        "totp": frozenset({"pwd", "otp"}),
        "recovery_code": frozenset({"pwd", "recovery_code"}),
        "passkey": frozenset({"passkey"}),
    }
)
#: Kinds that a person can begin a sign-in with.
OPENING: Final[frozenset[CredentialKind]] = frozenset({"password", "passkey"})


def needed_rank(kind: CredentialKind, verb: Verb, held: Collection[CredentialKind], rank_of: RankOf) -> int:
    """Return the rank that the person's evidence must reach to do this to a credential of the kind.

    `held` are the kinds of all the account's credentials. Never below 0: somebody who has proved nothing changes
    nothing. Raises ValueError for a change of a kind that the account does not hold.
    """
    if verb != "add" and kind not in held:
        raise ValueError(f"the account holds no {kind}")
    given = rank_of(GIVES[kind])
    reachable = rank_of(frozenset[str]().union(*(GIVES[one] for one in held)))
    return max(0, min(given, reachable))


def may_change(kind: CredentialKind, verb: Verb, held: Collection[CredentialKind], rank: int, rank_of: RankOf) -> bool:
    """Say whether evidence that reaches `rank` (-1 for none) allows the change."""
    return rank >= needed_rank(kind, verb, held, rank_of)


def leaves_a_way_in(kind: CredentialKind, held: Collection[CredentialKind]) -> bool:
    """Say whether the account can still be signed in to once one credential of the kind is gone.

    `held` counts each credential, so a kind that the account holds twice is there twice.
    """
    left = list(held)
    if kind in left:
        left.remove(kind)
    return any(one in OPENING for one in left)
