"""Password hashing (argon2id) and the rules for a new password.

Rules: NIST SP 800-63B-4 section 3.1.1.2. At least 8 characters (each code point counts as one), long ones allowed,
any character allowed, no composition rules, common and guessable ones refused. Text is normalised to Unicode NFC
before it is hashed, because the same key press gives different code points on different systems; NFC rather than
NFKC, so that no two passwords that look different become one. Parameters: RFC 9106 and OWASP's minimum (19 MiB, two
passes, one lane).
"""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher as Argon2Hasher
from argon2 import Type, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError, UnsupportedParametersError
from zxcvbn import matching, scoring, time_estimates
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from idp.errors import InvalidInput
from idp.handles import RandomBytes

MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 1024
# Before normalising: a letter with two accents may arrive as three code points.
MAX_TYPED: Final = 3 * MAX_LENGTH
MIN_SCORE: Final = 2
MIN_PEPPER_BYTES: Final = 16
SALT_BYTES: Final = 16
# zxcvbn's time grows faster than the length of the password.
SCORED_LENGTH: Final = 72
SHORTEST_TELLING_NAME: Final = 4
# A stored hash carries its own cost; a hostile import must not be able to stall the provider.
MAX_MEMORY_KIB: Final = 262_144
MAX_TIME_COST: Final = 16
MAX_PARALLELISM: Final = 16
COMMON_PASSWORDS: Final[Mapping[str, int]] = {word: at for at, word in enumerate(FREQUENCY_LISTS["passwords"])}


class PasswordRefused(InvalidInput):
    """A text that cannot be a password: empty, longer than `MAX_LENGTH` characters, or not valid Unicode."""

    code = "password_refused"


@dataclass(frozen=True, slots=True)
class Argon2Parameters:
    """The cost of a hash: memory in KiB, passes, lanes."""

    memory_kib: int = 19_456
    time_cost: int = 2
    parallelism: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the password fits, and whether its hash should be made again with today's parameters and pepper."""

    ok: bool
    needs_rehash: bool = False


class PasswordHasher:
    """Makes and checks password hashes.

    With a pepper, `HMAC-SHA-256(pepper, password)` is hashed, and the stored text starts with the pepper's ID, so
    that a pepper can be introduced (hashes without one still verify) and rotated (`former_peppers` only verify).
    """

    def __init__(
        self,
        params: Argon2Parameters | None = None,
        pepper: bytes | None = None,
        *,
        former_peppers: Sequence[bytes] = (),
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:
        """Take today's cost and pepper (at least 16 bytes). Makes one hash, to have one for `verify_nobody`."""
        params = params or Argon2Parameters()
        self._argon2 = Argon2Hasher(
            time_cost=params.time_cost, memory_cost=params.memory_kib, parallelism=params.parallelism, type=Type.ID
        )
        peppers = [*former_peppers, *([] if pepper is None else [pepper])]
        if any(len(each) < MIN_PEPPER_BYTES for each in peppers):
            raise ValueError(f"a pepper needs at least {MIN_PEPPER_BYTES} bytes")
        self._peppers = {_pepper_id(each): each for each in peppers}
        self._pepper_id = "" if pepper is None else _pepper_id(pepper)
        self._random_bytes = random_bytes
        self._nobody = self._argon2.hash(b"", salt=bytes(SALT_BYTES))

    def hash(self, password: str) -> str:
        """Return the text to store. Raises `PasswordRefused`."""
        secret = _season(encode_password(password), self._peppers.get(self._pepper_id))
        return self._pepper_id + self._argon2.hash(secret, salt=self._random_bytes(SALT_BYTES))

    def verify(self, stored: str, password: str) -> Verdict:
        """Check a password against a stored hash. Never raises for a bad password or a broken hash: they do not fit.

        An argon2i or argon2d hash from elsewhere verifies and asks to be made again.
        """
        pepper_id, argon2_text = _split(stored)
        pepper = self._peppers.get(pepper_id)
        if (pepper_id and pepper is None) or not _is_affordable(argon2_text):
            return self.verify_nobody(password)
        try:
            self._argon2.verify(argon2_text, _season(encode_password(password), pepper))
        except (PasswordRefused, Argon2Error, InvalidHashError):
            return Verdict(ok=False)
        stale = pepper_id != self._pepper_id or self._argon2.check_needs_rehash(argon2_text)
        return Verdict(ok=True, needs_rehash=stale)

    def verify_nobody(self, password: str) -> Verdict:
        """Do the work of `verify` for an account that does not exist or has no password; the answer is always no.

        The time then tells nothing about who has an account.
        """
        try:
            secret = _season(encode_password(password), self._peppers.get(self._pepper_id))
        except PasswordRefused:
            return Verdict(ok=False)
        # The stored hash is of the empty text, which `encode_password` refuses; a stray success still answers no.
        with suppress(Argon2Error):
            self._argon2.verify(self._nobody, secret)
        return Verdict(ok=False)


def encode_password(password: str) -> bytes:
    """Return the NFC form of a password as UTF-8. Raises `PasswordRefused` if it is empty, too long or not Unicode."""
    if not password or len(password) > MAX_TYPED:
        raise PasswordRefused("This password cannot be used.", detail="empty or too long")
    text = unicodedata.normalize("NFC", password)
    if len(text) > MAX_LENGTH:
        raise PasswordRefused("This password cannot be used.", detail="too long")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise PasswordRefused("This password cannot be used.", detail="not Unicode") from None


def check_strength(password: str, personal: Sequence[str], *, breached: bool = False) -> tuple[str, ...]:
    """Return what is wrong with a new password; empty if nothing is.

    `personal` holds what is known of the person: e-mail addresses, names. Codes: "not_text" (not valid Unicode),
    "too_short", "too_long", "common" (zxcvbn's 30,000), "contains_email", "too_guessable" (zxcvbn score below 2),
    "breached" (the caller found it on a list of leaked passwords, as `breached` says).
    """
    if len(password) > MAX_TYPED:
        return ("too_long",)
    text = unicodedata.normalize("NFC", password)
    if len(text) > MAX_LENGTH:
        return ("too_long",)
    try:
        text.encode()
    except UnicodeEncodeError:
        return ("not_text",)
    problems = []
    if len(text) < MIN_LENGTH:
        problems.append("too_short")
    if text.lower() in COMMON_PASSWORDS:
        problems.append("common")
    if _contains_email(text.casefold(), personal):
        problems.append("contains_email")
    if _score(text[:SCORED_LENGTH], personal) < MIN_SCORE:
        problems.append("too_guessable")
    if breached:
        problems.append("breached")
    return tuple(problems)


def _season(secret: bytes, pepper: bytes | None) -> bytes:
    return hmac.digest(pepper, secret, "sha256") if pepper else secret


def _pepper_id(pepper: bytes) -> str:
    return hashlib.sha256(b"pepper id:" + pepper).hexdigest()[:8]


def _split(stored: str) -> tuple[str, str]:
    pepper_id, mark, rest = stored.partition("$")
    return pepper_id, mark + rest


def _is_affordable(argon2_text: str) -> bool:
    if not argon2_text.isascii():
        return False
    try:
        found = extract_parameters(argon2_text)
    except (InvalidHashError, UnsupportedParametersError, ValueError):
        return False
    return (
        found.memory_cost <= MAX_MEMORY_KIB
        and found.time_cost <= MAX_TIME_COST
        and found.parallelism <= MAX_PARALLELISM
    )


def _contains_email(text: str, personal: Sequence[str]) -> bool:
    addresses = [each.casefold() for each in personal if "@" in each]
    local_parts = [address.rpartition("@")[0] for address in addresses]
    return any(part in text for part in (*addresses, *local_parts) if len(part) >= SHORTEST_TELLING_NAME)


def _score(text: str, personal: Sequence[str]) -> int:
    if not text:
        return 0
    # zxcvbn's own entry point writes the person's words into a module-wide table, where another thread would read them.
    words = [word for each in personal for word in (each.lower(), *each.lower().replace("@", " ").split())]
    ranked = {**matching.RANKED_DICTIONARIES, "user_inputs": matching.build_ranked_dict(words)}
    found = matching.omnimatch(text, ranked)
    guesses = scoring.most_guessable_match_sequence(text, found)["guesses"]
    return int(time_estimates.guesses_to_score(guesses))
