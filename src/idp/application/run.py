"""Driving a run: load, let the engine decide, perform the effect, save; until a person or a vendor must act.

One turn is one unit of work under the run's optimistic version. Password hashing and vendor calls happen between
turns, with no transaction open. A process that dies between two turns leaves the run where the last one saved it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from idp.application.attempts import INTERRUPTED
from idp.application.browser import Browser
from idp.application.calls import make_call
from idp.application.departures import depart
from idp.application.dependencies import Dependencies
from idp.application.refresh import refresh
from idp.application.run_view import (
    AtCall,
    AtProvider,
    AtReview,
    AtScreen,
    AtVendor,
    CallService,
    CallVendor,
    Depart,
    Ended,
    LookAgain,
    Prepare,
    RunView,
)
from idp.application.steps import carry_out
from idp.application.threads import in_thread
from idp.application.turn import take_turn
from idp.application.verify import begin_verification, error_of, look, outcome_of
from idp.errors import Conflict
from idp.flows.events import ConnectorDone, Event, StaleEvent
from idp.records.journeys import Verification

__all__ = [
    "AtCall",
    "AtProvider",
    "AtReview",
    "AtScreen",
    "AtVendor",
    "Ended",
    "RunView",
    "Submission",
    "check_vendor",
    "show_run",
    "submit",
]

MAX_TURNS: Final = 64


@dataclass(frozen=True, slots=True)
class Submission:
    """What a person answered a screen with. `step` and `seq` name the page it was on."""

    step: str
    seq: int
    outcome: str
    values: Mapping[str, str]


async def show_run(deps: Dependencies, run_id: int, browser: Browser) -> RunView:
    """Return what the run waits for. Reload, back button and second tab all come here, and change nothing.

    Raises NotFound for a run that is not this browser's.
    """
    return await _drive(deps, run_id, browser, None)


async def submit(deps: Dependencies, run_id: int, browser: Browser, submission: Submission) -> RunView:
    """Answer a screen. Raises StaleEvent or RefusedEvent when the answer does not belong to where the run stands."""
    return await _drive(deps, run_id, browser, submission)


async def check_vendor(deps: Dependencies, run_id: int, browser: Browser, *, hurry: bool = False) -> RunView:
    """Look at the vendor for the run's open verification, then return what the run waits for."""
    view = await show_run(deps, run_id, browser)
    if isinstance(view, AtVendor):
        await look(deps, view.verification.id, browser.trace, hurry=hurry)
        view = await show_run(deps, run_id, browser)
    return view


async def _drive(deps: Dependencies, run_id: int, browser: Browser, answer: Submission | Event | None) -> RunView:
    prepared: Any = None
    refreshed = departed = False
    given = answer
    for _ in range(MAX_TURNS):
        try:
            turn = await in_thread(take_turn, deps, run_id, browser, answer, prepared)
        except StaleEvent:
            if answer is given:
                raise
            # Ours, and somebody else was faster, as after a lease that had run out: go on from where they left the run.
            answer, prepared = None, None
            continue
        match turn:
            case Prepare(work):
                prepared = await carry_out(deps, work)
            case LookAgain(verification_id, stay):
                if refreshed:
                    return stay
                await refresh(deps, verification_id, browser.trace)
                prepared, answer, refreshed = None, None, True
            case CallVendor():
                started = await _start_vendor(deps, run_id, turn, browser)
                if isinstance(started, ConnectorDone | None):
                    prepared, answer = None, started
                    continue
                return started
            case CallService(plan):
                prepared, answer = None, await make_call(plan)
            case Depart(plan):
                prepared, answer, departed = None, None, True
                await depart(deps, plan, browser.trace)
            case AtScreen() | AtVendor() | AtProvider() | AtReview() | AtCall() | Ended():
                return replace(turn, fresh=departed) if isinstance(turn, AtProvider) else turn
    raise Conflict(detail=f"run {run_id} did not come to rest")


async def _start_vendor(
    deps: Dependencies, run_id: int, turn: CallVendor, browser: Browser
) -> RunView | ConnectorDone | None:
    """Start a verification. Returns where the run waits, or what to go on with, None to look again."""
    verification = await begin_verification(deps, run_id, turn.step, turn.connection, turn.seq, browser.trace)
    if verification.error == INTERRUPTED:
        # This start took so long that another request made its own: that one answers.
        return None
    outcome = outcome_of(verification)
    if outcome is None:
        return await _at_vendor(deps, run_id, browser, verification)
    return ConnectorDone(turn.step, outcome, seq=turn.seq, error=error_of(verification))


async def _at_vendor(deps: Dependencies, run_id: int, browser: Browser, verification: Verification) -> RunView:
    view = await in_thread(take_turn, deps, run_id, browser, None, None)
    match view:
        case AtVendor():
            return replace(view, fresh=verification.id == view.verification.id)
        case AtScreen() | AtProvider() | AtReview() | AtCall() | Ended():
            return view
    raise Conflict(detail=f"run {run_id} moved while the vendor was called")
