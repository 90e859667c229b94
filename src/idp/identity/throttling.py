"""Throttling: how often something may be tried. Pure GCRA, and the policies that use it.

GCRA (the generic cell rate algorithm, ITU-T I.371) keeps one number per key, the theoretical arrival time, needs one
read and one write, and forgets by itself.

Why nobody can be locked out for ever
    Guessing must be stopped per account, whatever the number of attackers' addresses, and yet an attacker who keeps an
    account's counter full must not keep its owner out. So:

    * A refused attempt never moves a counter: attacking while locked does not lengthen the lock.
    * No counter can lie further ahead than its own period, whatever is stored.
    * A browser that signed in to this account before (a long-lived cookie that names the device) has a counter of its
      own and meets no other. Strangers cannot touch it, nor can a neighbour behind the same address. A stolen device
      cookie buys that small budget and nothing more.
    * Everybody else meets three counters: address, account from this address, and account from strangers. The last one
      is wide enough that one address, stopped by its own, narrower counter, cannot fill it; only many addresses can,
      and then an owner on a new device still has recovery, which does not count passwords.

The counters hold digests, so the table holds no address and no name.
"""

import hashlib
import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

LimitName = Literal[
    "password_per_device",
    "password_per_address",
    "password_per_account_and_address",
    "password_per_account",
    "code_per_account",
    "code_per_address",
    "mailed_code_per_device",
    "mailed_code_per_account_and_address",
    "mailed_code_per_account",
    "mail_per_device",
    "mail_per_recipient",
    "mail_per_address",
    "invitation_per_recipient",
    "verification_per_account",
    "passkey_per_address",
    "sms_per_number",
    "sms_per_account",
    "sms_per_address",
]

# A carrier or a landlord hands out at least this much; single IPv6 addresses are free to the attacker.
IPV6_PREFIX: Final = 64
# Epoch seconds as floats resolve a quarter of a microsecond; a turn that is due is not refused for less than this.
RESOLUTION: Final = 1e-5


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` attempts at once; they come back evenly, all of them within `per_seconds`."""

    burst: int
    per_seconds: float

    def __post_init__(self) -> None:
        """Refuse limits that would never or always allow."""
        if self.burst < 1 or not 0 < self.per_seconds < float("inf"):
            raise ValueError("a limit takes a burst of at least 1 and a positive number of seconds")


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to go on, the arrival time to store (unchanged when refused), and the seconds to wait (0 if allowed)."""

    allowed: bool
    new_tat: float | None
    retry_after: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision of several counters together; `new_tats` are in the order they were given."""

    allowed: bool
    new_tats: tuple[float | None, ...]
    retry_after: float


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter to consult: the limit that rules it, and its key in the table."""

    limit: LimitName
    key: str


@dataclass(frozen=True, slots=True)
class ThrottlePolicy:
    """Every limit of the product. The defaults keep well under 100 guesses an hour for an account (NIST SP 800-63B)."""

    password_per_device: Limit = Limit(10, 900)
    password_per_address: Limit = Limit(50, 900)
    password_per_account_and_address: Limit = Limit(5, 900)
    password_per_account: Limit = Limit(40, 3600)
    code_per_account: Limit = Limit(5, 900)
    code_per_address: Limit = Limit(30, 900)
    mailed_code_per_device: Limit = Limit(10, 900)
    mailed_code_per_account_and_address: Limit = Limit(5, 900)
    mailed_code_per_account: Limit = Limit(40, 3600)
    mail_per_device: Limit = Limit(3, 900)
    mail_per_recipient: Limit = Limit(3, 900)
    mail_per_address: Limit = Limit(15, 3600)
    invitation_per_recipient: Limit = Limit(5, 86_400)
    verification_per_account: Limit = Limit(5, 86_400)
    passkey_per_address: Limit = Limit(60, 900)
    sms_per_number: Limit = Limit(3, 900)
    sms_per_account: Limit = Limit(6, 3600)
    sms_per_address: Limit = Limit(10, 3600)

    def limit_of(self, name: LimitName) -> Limit:
        """Return the limit of that name."""
        limit: Limit = getattr(self, name)
        return limit


def decide(tat: float | None, limit: Limit, now: float, cost: int = 1) -> Decision:
    """Decide about one attempt that costs `cost` turns at time `now` (epoch seconds).

    `tat` is the stored arrival time, None for a key not seen before. Raises ValueError for a cost the limit can never
    meet.
    """
    if not 1 <= cost <= limit.burst:
        raise ValueError("a cost lies between 1 and the burst")
    stored = now if tat is None else tat
    # No honest value lies further ahead; a clock set back must not lock anybody out.
    start = min(max(stored, now), now + limit.per_seconds)
    new_tat = start + cost * limit.per_seconds / limit.burst
    wait = new_tat - limit.per_seconds - now
    if wait > RESOLUTION:
        # Rounding may make the wait a little longer than the period, which is all that is ever needed.
        return Decision(allowed=False, new_tat=tat, retry_after=min(wait, limit.per_seconds))
    return Decision(allowed=True, new_tat=new_tat, retry_after=0.0)


def count_recent(tat: float | None, limit: Limit, now: float) -> int:
    """Return how many attempts a counter still holds at `now`, from 0 to the burst; they fade evenly."""
    ahead = 0.0 if tat is None else min(max(tat - now, 0.0), limit.per_seconds)
    return math.ceil(ahead * limit.burst / limit.per_seconds - RESOLUTION)


def decide_all(stored: Sequence[tuple[float | None, Limit]], now: float) -> Verdict:
    """Decide about one attempt that several counters rule. If one refuses, none moves."""
    decisions = [decide(tat, limit, now) for tat, limit in stored]
    if all(decision.allowed for decision in decisions):
        return Verdict(allowed=True, new_tats=tuple(decision.new_tat for decision in decisions), retry_after=0.0)
    longest = max(decision.retry_after for decision in decisions)
    return Verdict(allowed=False, new_tats=tuple(tat for tat, _ in stored), retry_after=longest)


def keys_for_password(account_key: str, address: str, known_device: str | None) -> tuple[Counter, ...]:
    """Return the counters a password attempt must pass, all of them.

    `account_key` is the lookup key of what was typed, whether or not such an account exists. `known_device` is the ID
    from a verified device cookie of this very account, else None.
    """
    if known_device:
        return (_counter("password_per_device", account_key, known_device),)
    network = network_of(address)
    return (
        _counter("password_per_address", network),
        _counter("password_per_account_and_address", account_key, network),
        _counter("password_per_account", account_key),
    )


def keys_for_code(account_key: str, address: str) -> tuple[Counter, ...]:
    """Return the counters for a typed one-time code.

    There is no way round for known devices: a code is asked only after another factor, so a stranger cannot fill the
    account's counter, and six digits allow few guesses.
    """
    return (_counter("code_per_account", account_key), _counter("code_per_address", network_of(address)))


def keys_for_mailed_code(account_key: str, address: str, known_device: str | None) -> tuple[Counter, ...]:
    """Return the counters for a code that was mailed to sign in with.

    Nothing stands before such a code, so strangers can fill the account's counters, and a known device has its own as
    it has for passwords. What is typed for an address without an account counts the same.
    """
    if known_device:
        return (_counter("mailed_code_per_device", account_key, known_device),)
    network = network_of(address)
    return (
        _counter("code_per_address", network),
        _counter("mailed_code_per_account_and_address", account_key, network),
        _counter("mailed_code_per_account", account_key),
    )


def keys_for_sign_in_mail(recipient_key: str, address: str, known_device: str | None) -> tuple[Counter, ...]:
    """Return the counters for a mail to sign in with; a known device has its own, and strangers cannot use it up."""
    if known_device:
        return (_counter("mail_per_device", recipient_key, known_device),)
    return keys_for_mail(recipient_key, address)


def keys_for_mail(recipient_key: str, address: str) -> tuple[Counter, ...]:
    """Return the counters for a mail that somebody asks for; the answer on the page is the same when it is not sent."""
    return (_counter("mail_per_recipient", recipient_key), _counter("mail_per_address", network_of(address)))


def keys_for_invitation(recipient_key: str) -> tuple[Counter, ...]:
    """Return the counters for an invitation: what is mailed to one person counts together, whoever asks for it.

    Operators are not counted by their network: they invite whole companies, and are known.
    """
    return (_counter("mail_per_recipient", recipient_key), _counter("invitation_per_recipient", recipient_key))


def keys_for_sms(number_key: str, account_key: str, address: str) -> tuple[Counter, ...]:
    """Return the counters for a text message, which costs money and wakes people: number, account, and who asks."""
    return (
        _counter("sms_per_number", number_key),
        _counter("sms_per_account", account_key),
        _counter("sms_per_address", network_of(address)),
    )


def keys_for_verification(account_key: str) -> tuple[Counter, ...]:
    """Return the counters for an identity verification, which costs money and is a guess at being the owner."""
    return (_counter("verification_per_account", account_key),)


def keys_for_passkey(address: str) -> tuple[Counter, ...]:
    """Return the counter for passkeys that were not accepted, to be charged after a failure alone.

    Nobody guesses a key, so no account is counted; this stops those who only want to make us work.
    """
    return (_counter("passkey_per_address", network_of(address)),)


def network_of(address: str) -> str:
    """Return the network an address counts for: an IPv4 address, or the /64 of an IPv6 one.

    Anything else shares one counter.
    """
    try:
        parsed = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))


def _counter(limit: LimitName, *parts: str) -> Counter:
    # The length in front of each part keeps ("a", "bc") and ("ab", "c") apart.
    text = "".join(f"{len(part)}:{part}" for part in (limit, *parts))
    return Counter(limit, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
