"""Credentials guard themselves (DESIGN invariant 10): what it takes to add, change or remove what an account holds.

Nothing here knows levels. The caller says how high a set of evidence methods reaches (`rank_of`), and the answer is a
rank of the same scale: the person's evidence of now must reach at least that rank.

    To change, rename or remove a credential takes the assurance that it gives, with the factors it goes with.
    To add one takes the highest that the account's own credentials can reach, and so does putting a new second factor
    in place of an old one: whoever adds a credential can come back with it.
    The address, the name, the enrolled identity and the account itself take the strongest that the account can reach
    at all, by its credentials and by its enrolled identity.
    Nothing shows a secret that is kept.

So a session that knows a password alone can neither remove an authenticator nor add one beside it, and a person without
a second factor can add their first one. Proof of identity is no credential: an enrolled identity does not raise the bar
for a first passkey, and a proof of identity made just now passes it where its level ranks higher.
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final, Literal

from idp.records.accounts import CredentialKind

Verb = Literal["add", "replace", "rename", "remove", "reveal"]
#: What an account holds beside credentials.
Matter = Literal["email", "name", "identity", "account"]
Rule = Literal["own", "highest", "strongest", "never"]
#: How high a set of evidence methods reaches; -1 for nowhere.
RankOf = Callable[[frozenset[str]], int]

IDENTITY: Final = "identity"
#: The evidence that a credential of each kind writes when it is used, with the factor that it is used with.
GIVES: Final[Mapping[CredentialKind, frozenset[str]]] = MappingProxyType(
    {
        "password": frozenset({"pwd"}),
        "totp": frozenset({"pwd", "otp"}),
        "recovery_code": frozenset({"pwd", "recovery_code"}),
        "phone": frozenset({"pwd", "sms"}),
        "passkey": frozenset({"passkey"}),
        "upstream": frozenset({"federated"}),
    }
)
_SECOND_FACTOR: Final[Mapping[Verb, Rule]] = MappingProxyType(
    {"add": "highest", "replace": "highest", "rename": "own", "remove": "own", "reveal": "never"}
)
#: A kind without a line here cannot be changed by anybody.
RULES: Final[Mapping[CredentialKind, Mapping[Verb, Rule]]] = MappingProxyType(
    {
        # A new password lets in whoever could have typed the old one.
        "password": MappingProxyType({**_SECOND_FACTOR, "replace": "own"}),
        "totp": _SECOND_FACTOR,
        "recovery_code": _SECOND_FACTOR,
        "phone": _SECOND_FACTOR,
        # What a passkey is replaced by is a passkey, proved by its own ceremony.
        "passkey": MappingProxyType({**_SECOND_FACTOR, "replace": "own"}),
        # A first factor as a password is, which goes with whatever second factor there is.
        "upstream": MappingProxyType({**_SECOND_FACTOR, "rename": "highest", "remove": "highest"}),
    }
)
#: All of them take the strongest. An address is half of a recovery; a first identity is compared with the name.
MATTERS: Final[Mapping[Matter, Verb]] = MappingProxyType(
    {"email": "replace", "name": "replace", "identity": "remove", "account": "remove"}
)
#: What recovery codes stand in for. Without any of these they open nothing.
BACKED_UP: Final[frozenset[CredentialKind]] = frozenset({"totp", "passkey", "phone"})


def needed_rank(
    kind: CredentialKind, verb: Verb, held: Collection[CredentialKind], rank_of: RankOf, *, enrolled: bool = False
) -> int | None:
    """Return the rank that the person's evidence must reach to do this to a credential of the kind; None for never.

    `held` are the kinds of all the account's credentials. With `enrolled`, adding takes proof of the enrolled identity
    as well (an operator may want that). Never below 0: somebody who has proved nothing changes nothing. Raises
    ValueError for a change of a kind that the account does not hold.
    """
    rule = RULES.get(kind, {}).get(verb, "never")
    if rule == "never":
        return None
    if verb != "add" and kind not in held:
        raise ValueError(f"the account holds no {kind}")
    highest = strongest_rank(held, rank_of, enrolled=enrolled and rule == "highest")
    if rule == "highest":
        return highest
    own = max(rank_of(GIVES[one]) for one in {kind, *held} if GIVES[kind] <= GIVES[one])
    return max(0, min(own, highest))


def strongest_rank(held: Collection[CredentialKind], rank_of: RankOf, *, enrolled: bool) -> int:
    """Return the highest rank that the account can reach with what it holds, with its enrolled identity if it has one.

    This is what the matters of `MATTERS` take. Never below 0.
    """
    methods = frozenset[str]().union(*(GIVES[one] for one in held))
    return max(0, rank_of(methods | {IDENTITY} if enrolled else methods))


def may_change(kind: CredentialKind, verb: Verb, held: Collection[CredentialKind], rank: int, rank_of: RankOf) -> bool:
    """Say whether evidence that reaches `rank` (-1 for none) allows the change."""
    needed = needed_rank(kind, verb, held, rank_of)
    return needed is not None and rank >= needed


def leaves_codes_idle(held: Collection[CredentialKind]) -> bool:
    """Say whether recovery codes would stand in for nothing, beside credentials of these kinds."""
    return BACKED_UP.isdisjoint(held)
