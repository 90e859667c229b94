"""What waits to be done: for operators who want to be warned before people complain."""

from dataclasses import dataclass

from idp.application.chain.checking import look_at_stand
from idp.application.dependencies import Dependencies


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many mails wait to be sent, how many cases for a reviewer, and how many entries of the trail for a seal.

    `seals` is the number of the newest seal. `checked_at` (epoch seconds) and `findings` are of the last walk along the
    whole chain; None before the first.
    """

    mails: int
    cases: int
    unsealed: int
    seals: int
    checked_at: float | None
    findings: int | None


def count_backlog(deps: Dependencies) -> Backlog:
    """Count what waits."""
    stand = look_at_stand(deps)
    with deps.storage.read() as uow:
        checked = uow.chain.finished_check()
        return Backlog(
            uow.outbox.depth(),
            uow.cases.count_open(),
            stand.unsealed,
            stand.newest.number if stand.newest is not None else 0,
            checked.finished_at if checked is not None else None,
            checked.findings if checked is not None else None,
        )
