"""Asking a list of leaked passwords without telling it the password (k-anonymity over SHA-1)."""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from idp.identity.passwords import encode_password

PREFIX_DIGITS: Final = 5


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The SHA-1 of a password in two parts, hexadecimal in capitals.

    `prefix` is all that may leave: hundreds of leaked passwords share it. `suffix` is as good as the password to
    somebody who guesses, and stays in memory.
    """

    prefix: str
    suffix: str = field(repr=False)


def take_fingerprint(password: str) -> Fingerprint:
    """Return the fingerprint of a password. Raises PasswordRefused for a text that cannot be one."""
    # Lists are made of SHA-1 digests. It protects nothing here: what protects is that only the prefix leaves.
    digits = hashlib.sha1(encode_password(password), usedforsecurity=False).hexdigest().upper()
    return Fingerprint(digits[:PREFIX_DIGITS], digits[PREFIX_DIGITS:])
