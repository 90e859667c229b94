"""What waits to be done: for operators who want to be warned before people complain."""

from dataclasses import dataclass

from idp.application.dependencies import Dependencies


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many mails wait to be sent, and how many cases for a reviewer."""

    mails: int
    cases: int


def count_backlog(deps: Dependencies) -> Backlog:
    """Count what waits."""
    with deps.storage.read() as uow:
        return Backlog(uow.outbox.depth(), uow.cases.count_open())
