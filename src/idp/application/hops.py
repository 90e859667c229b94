"""The steps that a run leaves, written in the same unit of work as the turn that left them."""

from dataclasses import replace
from typing import Final, NamedTuple

from idp.flows.engine import Decided, Left, Watch
from idp.flows.language import LIMIT, case_name
from idp.flows.state import State
from idp.records.flows import RunHop
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork

#: Hops kept of one run; a run that goes on leaves no more traces than these.
MAX_HOPS: Final = 500
_MAX_FAULT: Final = 200


class _Seen(NamedTuple):
    visit: int
    step: str
    outcome: str
    fault: str | None


class Walk:
    """The hops of one turn. Outcomes are named as in the graph: an accepted proof is the case it was asked for."""

    def __init__(self) -> None:
        """Start without any."""
        self._seen: list[_Seen] = []

    def follow(self, seq: int | None) -> Watch:
        """Return what the engine tells of one event. `seq` is that of the state the event answers, None for the start.

        The step that was answered was left from that state. What followed by itself belongs to the next one.
        """
        faults: dict[str, str] = {}
        first = len(self._seen)

        def watch(told: Decided | Left) -> None:
            if isinstance(told, Decided):
                met = ", ".join(f"{case_name(index)}: {kind}" for index, kind, _ in told.decision.faults)
                faults[told.step] = met[:_MAX_FAULT]
                return
            visit = 0 if seq is None else seq if len(self._seen) == first else seq + 1
            self._seen.append(_Seen(visit, told.step, told.outcome, faults.pop(told.step, "") or None))

        return watch

    def close(self, state: State) -> None:
        """Note the way out of a step that was entered too often and whose limit leads nowhere: the run ends by it."""
        last = state.trail[-1] if state.trail else None
        if state.finished is None or last is None or last.outcome != LIMIT:
            return
        if not self._seen or (self._seen[-1].step, self._seen[-1].outcome) != (last.step, LIMIT):
            self._seen.append(_Seen(state.seq, last.step, LIMIT, None))

    def keep(self, uow: UnitOfWork, run: Run, now: float) -> Run:
        """Append the hops, at most `MAX_HOPS` in a run, and return the run as it stands at its next step. Once."""
        if not self._seen:
            return run
        entered = run.entered_at if run.entered_at is not None else run.created_at
        rows = [
            RunHop(
                id=0,
                run_id=run.id,
                flow_id=run.flow_id,
                flow_version=run.flow_version,
                seq=run.hops + number,
                visit=seen.visit,
                step=seen.step,
                outcome=seen.outcome,
                entered_at=entered if number == 1 else now,
                at=now,
                fault=seen.fault,
            )
            for number, seen in enumerate(self._seen[: max(MAX_HOPS - run.hops, 0)], start=1)
        ]
        uow.hops.append(rows)
        self._seen.clear()
        return replace(run, hops=run.hops + len(rows), entered_at=now)
