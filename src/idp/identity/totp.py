"""Time-based one-time codes: RFC 6238 (six digits, 30 seconds, SHA-1, what every authenticator app supports)."""

import base64
import hmac
import math
from typing import Final

import pyotp

from idp.identity.digits import clean_digits

PERIOD: Final = 30
DIGITS: Final = 6
# One step either way for clock drift and slow fingers (RFC 6238 section 5.2).
WINDOW: Final = 1
# RFC 4226 section 4, R6 recommends 160 bits.
SEED_BYTES: Final = 20


def new_seed(random_bytes: bytes) -> str:
    """Return a base32 seed made of `random_bytes` (exactly `SEED_BYTES`, from a secure source)."""
    if len(random_bytes) != SEED_BYTES:
        raise ValueError(f"a seed takes {SEED_BYTES} random bytes")
    return base64.b32encode(random_bytes).decode()


def provisioning_uri(seed: str, account: str, issuer: str) -> str:
    """Return the `otpauth://` URI for a QR code.

    A colon would split the label (Key URI Format), so it becomes a space in both names.
    """
    label, name = account.replace(":", " "), issuer.replace(":", " ")
    return pyotp.TOTP(seed, name=label, issuer=name, interval=PERIOD, digits=DIGITS).provisioning_uri()


def clean_code(typed: str) -> str | None:
    """Return the six ASCII digits of a typed code, or None.

    Spaces and dashes of any kind are dropped, since apps show codes in groups; digits of other scripts are accepted.
    """
    return clean_digits(typed, DIGITS)


def verify_totp(seed: str, code: str, at: float, last_counter: int) -> int | None:
    """Return the time step that `code` is right for at time `at` (epoch seconds), or None.

    Only steps after `last_counter` (-1 if none was used yet) count. Store the result in the transaction that accepts
    the code, on condition that the stored counter is still lower: then no code works twice (RFC 6238 section 5.2). A
    seed that is broken fits nothing.
    """
    typed = clean_code(code)
    if typed is None or not math.isfinite(at):
        return None
    try:
        generator = pyotp.TOTP(seed, interval=PERIOD, digits=DIGITS)
    except ValueError:
        return None
    now = int(at // PERIOD)
    accepted = None
    # Every step is tried, and the last one that fits is taken: should two steps share a code, it is spent for both.
    for counter in range(max(0, now - WINDOW), now + WINDOW + 1):
        fits = hmac.compare_digest(generator.generate_otp(counter), typed)
        if fits and counter > last_counter:
            accepted = counter
    return accepted
