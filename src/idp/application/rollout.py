"""Who gets a version on trial: decided on the server by a keyed hash, the same for each person or browser every time.

Nothing is stored for it. Raising the share takes the trial from nobody who has it, and another version on trial deals
people anew, so that the first to try things are not always the same.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from idp.flows.language import RECOVERY, STEP_UP
from idp.records.flows import FlowRelease, Variant

#: Purposes whose person is known before the flow begins.
OF_A_PERSON: Final = frozenset({STEP_UP, RECOVERY})
_PARTS: Final = 2**64


@dataclass(frozen=True, slots=True)
class Rider:
    """Whoever is about to run a flow: a browser, by the digest of its cookie, and a user if one is known."""

    browser: bytes
    user_id: int | None = None


def choose_variant(key: bytes, release: FlowRelease, purpose: str, rider: Rider | None) -> tuple[int, Variant]:
    """Return the version of a release that serves a rider. Without a rider, or a trial, it is the main one.

    A step-up and a recovery go by the person, on every device alike; a sign-in and a sign-up by the browser.
    """
    if release.trial is not None and rider is not None:
        subject = _name_subject(purpose, rider)
        if subject is not None and deal(key, release.flow_id, release.trial, subject) < release.percent / 100:
            return release.trial, "trial"
    return release.version, "main"


def deal(key: bytes, flow_id: str, version: int, subject: bytes) -> float:
    """Return a number in [0, 1) that is fixed for the subject and this version, and that only the key foretells."""
    text = b"\0".join([flow_id.encode(), str(version).encode(), subject])
    return int.from_bytes(hmac.digest(key, text, hashlib.sha256)[:8], "big") / _PARTS


def _name_subject(purpose: str, rider: Rider) -> bytes | None:
    if purpose in OF_A_PERSON:
        return None if rider.user_id is None else b"user:%d" % rider.user_id
    return b"browser:" + rider.browser
