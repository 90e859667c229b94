"""Waiting in a flow: a step that goes on when its time is over, or when an operator releases it.

Nobody can hurry it: the person's page asks, and the clock answers. The run outlives its browser: its deadline is moved
to a day after the wait, and a mail with the way back leaves when the time is over.
"""

from dataclasses import dataclass, replace
from typing import Final

from idp.application.audit import note
from idp.application.client_themes import theme_of_run
from idp.application.dependencies import Dependencies
from idp.application.mail import queue_mail
from idp.application.review_mail import RETURN_SECONDS
from idp.errors import Conflict, NotFound
from idp.flows.engine import resume
from idp.flows.events import ShowScreen
from idp.flows.state import from_plain
from idp.handles import digest
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork

SCREEN: Final = "wait"
ELAPSED: Final = "elapsed"
RELEASED: Final = "released"
MINUTE: Final = 60.0
_RELEASE: Final = "wait_released"
_MAILED: Final = "wait_mailed"
#: How long a release is remembered, seconds: longer than any wait.
_REMEMBERED: Final = 60 * 86400.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Where a wait stands: the outcome by which it is over, None while it lasts, and until when (epoch seconds)."""

    outcome: str | None
    until: float


def look_at_wait(deps: Dependencies, uow: UnitOfWork, run: Run, effect: ShowScreen) -> Wait:
    """Say whether a wait is over. `run` stands at it, and says when that step was entered."""
    until = find_end(run, effect)
    if RELEASED in effect.outcomes and uow.once.seen(_RELEASE, _name(run, effect)):
        return Wait(RELEASED, until)
    return Wait(ELAPSED if deps.clock.now() >= until else None, until)


def outlive_browser(deps: Dependencies, uow: UnitOfWork, run: Run, effect: ShowScreen, until: float) -> Run:
    """Return the run with time to come back after the wait; the mail that says so is queued once."""
    address = _find_address(uow, run)
    if address and uow.once.claim(_MAILED, _name(run, effect), until + _REMEMBERED):
        link = f"{deps.policy.issuer}/run/{run.id}"
        values = {"link": link, "until": until + RETURN_SECONDS}
        theme = theme_of_run(uow, run)
        queue_mail(deps, uow, address, "wait_over", run.locale, values, theme=theme, not_before=until)
    return replace(run, deadline_at=max(run.deadline_at, until + RETURN_SECONDS))


def find_end(run: Run, effect: ShowScreen) -> float:
    """Return when the wait is over, in epoch seconds."""
    entered = run.entered_at if run.entered_at is not None else run.created_at
    return entered + MINUTE * int(effect.options["minutes"])


def release_run(deps: Dependencies, run_id: int, actor: str) -> Run:
    """Let a run go on that waits. Raises NotFound, or Conflict for one that does not wait or cannot be released."""
    with deps.storage.write() as uow:
        run = uow.runs.get(run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}.")
        flow = deps.flows.get(uow, run.flow_id, run.flow_version)
        effect = resume(flow, from_plain(run.state)) if run.status == "active" else None
        if not isinstance(effect, ShowScreen) or effect.screen != SCREEN:
            raise Conflict(f"Run {run_id} does not wait.")
        if RELEASED not in effect.outcomes:
            raise Conflict(f"The step {effect.step} waits for the time alone: it has no outcome {RELEASED!r}.")
        uow.once.claim(_RELEASE, _name(run, effect), deps.clock.now() + _REMEMBERED)
        user_id = run.user_id or run.expected_user_id
        note(deps, uow, "run.release", "released", trace="-", actor=actor, user_id=user_id, run_id=run.id)
        return run


def _name(run: Run, effect: ShowScreen) -> bytes:
    return digest(f"{run.id} {effect.seq}")


def _find_address(uow: UnitOfWork, run: Run) -> str:
    user_id = run.user_id or run.expected_user_id
    user = uow.users.get(user_id) if user_id is not None else None
    registration = uow.registrations.of_run(run.id) if user is None else None
    return user.email if user is not None else registration.email if registration is not None else ""
