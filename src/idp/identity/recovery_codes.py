"""Recovery codes: ten codes on paper, each of which stands in for a second factor once.

A code has 60 random bits, so it cannot be guessed. What is stored is a keyed hash (HMAC-SHA-256) that names the
account: a stolen table can neither be searched offline without the key nor serve another account.
"""

import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from idp.handles import RandomBytes

COUNT: Final = 10
LENGTH: Final = 12
GROUP: Final = 4
#: Capital letters and digits without those that look alike (0 and O, 1 and I): 32 of them, five bits each.
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
MAX_TYPED: Final = 64
MIN_KEY_BYTES: Final = 32
_DROPPED: Final = frozenset({"Zs", "Pd", "Cc", "Cf"})


def make_codes(random_bytes: RandomBytes) -> tuple[str, ...]:
    """Return `COUNT` different codes as people read them, such as `K7MP-3XQA-9TZB`."""
    codes: dict[str, None] = {}
    while len(codes) < COUNT:
        # 256 is a multiple of 32, so every character is equally likely.
        text = "".join(ALPHABET[byte % len(ALPHABET)] for byte in random_bytes(LENGTH))
        codes[group_code(text)] = None
    return tuple(codes)


def group_code(code: str) -> str:
    """Return a code in groups of four, for reading and copying."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def clean_code(typed: str) -> str | None:
    """Return the code in a typed text, or None if it cannot be one.

    Spaces and dashes of any kind are dropped, small letters and full-width characters are accepted.
    """
    if len(typed) > MAX_TYPED:
        return None
    kept = "".join(each for each in typed if unicodedata.category(each) not in _DROPPED)
    code = unicodedata.normalize("NFKC", kept).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def hash_code(key: bytes, user_id: int, code: str) -> bytes:
    """Return what is stored of a cleaned code. Raises ValueError for a key under `MIN_KEY_BYTES`."""
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(f"a key of recovery codes needs at least {MIN_KEY_BYTES} bytes")
    return hmac.digest(key, f"recovery code {user_id} {code}".encode(), "sha256")


def find_code(typed: str, user_id: int, stored: Mapping[int, bytes], keys: Sequence[bytes]) -> int | None:
    """Return which of the stored hashes, by their row ids, a typed text fits, or None.

    `keys` are tried newest first, so that codes outlive a change of the key. Finding is not using: the caller spends
    the code by one conditional UPDATE (DESIGN invariant 5).
    """
    code = clean_code(typed)
    if code is None:
        return None
    hashes = [hash_code(key, user_id, code) for key in keys]
    found = None
    # All are compared, so that the time tells nothing.
    for row_id, kept in stored.items():
        if sum(hmac.compare_digest(kept, each) for each in hashes):
            found = row_id
    return found
