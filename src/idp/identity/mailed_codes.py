"""Codes that are mailed to sign in with.

Eight digits, because such a code can be all that stands between a stranger and an account: with the limits of
`throttling.keys_for_mailed_code`, a year of guessing at one account finds one with a chance under one in two hundred.
What is stored is a keyed hash that names the run: a stolen table can neither be searched without the key nor serve
another run.
"""

import hmac
from typing import Final

from idp.handles import RandomBytes
from idp.identity.digits import clean_digits

DIGITS: Final = 8
GROUP: Final = 4
MIN_KEY_BYTES: Final = 32


def make_code(random_bytes: RandomBytes) -> str:
    """Return a new code."""
    # 128 random bits leave no digit likelier than another by anything that could be measured.
    return f"{int.from_bytes(random_bytes(16), 'big') % 10**DIGITS:0{DIGITS}d}"


def group_code(code: str) -> str:
    """Return a code as people read it: `1234 5678`."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def hash_code(key: bytes, run_id: int, code: str) -> bytes:
    """Return what is stored of a code. Raises ValueError for a key under `MIN_KEY_BYTES`."""
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(f"a key of mailed codes needs at least {MIN_KEY_BYTES} bytes")
    return hmac.digest(key, f"sign-in code {run_id} {code}".encode(), "sha256")


def fits_code(key: bytes, run_id: int, typed: str, stored: bytes) -> bool:
    """Say whether what was typed is the code. Finding is not using: the caller spends it by one conditional UPDATE."""
    code = clean_digits(typed, DIGITS)
    return code is not None and hmac.compare_digest(hash_code(key, run_id, code), stored)
