"""Which verification answers a visit of a connector step, and whether one is still being started."""

from typing import Final

from idp.records.journeys import Verification
from idp.storage.protocols.unit import UnitOfWork

#: How long a start at the vendor may take: two calls of 20 seconds, with room. Until then nobody else starts another.
START_LEASE: Final = 45.0
INTERRUPTED: Final = "interrupted"


def find_verification(uow: UnitOfWork, run_id: int, step: str, visit: int, now: float) -> Verification | None:
    """Return the verification that answers this visit of the step, or is being started for it; None to start one."""
    mine = [
        item
        for item in uow.verifications.of_run(run_id, step)
        if item.visit == visit and item.error != INTERRUPTED and not is_interrupted(item, now)
    ]
    return mine[-1] if mine else None


def is_starting(verification: Verification, now: float) -> bool:
    """Say whether a request is still starting this verification at the vendor, as far as anybody can know.

    A process that died in between is taken for a slow one until the lease is over; then the next request of the person
    starts anew.
    """
    unborn = verification.status == "started" and verification.vendor_url is None
    return unborn and now < verification.created_at + START_LEASE


def is_interrupted(verification: Verification, now: float) -> bool:
    """Say whether nobody will finish starting this verification: the lease is over and there is no link."""
    unborn = verification.status == "started" and verification.vendor_url is None
    return unborn and not is_starting(verification, now)
