"""What an action is given and what it answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.flows.language import RECOVERY, STEP_UP
from idp.records.journeys import Evidence, Run
from idp.storage.protocols.unit import UnitOfWork

#: Heavy work without a transaction; its result reaches `perform` as `ActionCall.prepared`, unless it is a `Question`.
Work = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What work answers when it needs to ask somebody outside before it can go on.

    `ask` is awaited with no transaction open, and `then` goes on with what came. What they hold, such as a typed
    secret, is in memory only and gone with the process.
    """

    ask: Callable[[], Awaitable[Any]]
    then: Callable[[Any], Any]


async def carry_out(deps: Dependencies, work: Work) -> Any:
    """Do the work in the hashing pool, and between its parts what it asks from outside."""
    result = await asyncio.wrap_future(deps.hashing_pool.submit(work))
    while isinstance(result, Question):
        answer = await result.ask()
        result = await asyncio.wrap_future(deps.hashing_pool.submit(partial(result.then, answer)))
    return result


@dataclass(frozen=True, slots=True)
class ActionCall:
    """One use of an action by a run.

    `secrets` were typed just now and are never kept; `screen` names the page they come from and the moment that it was
    shown at. Both are gone after a reload. `outcomes` are those that lead somewhere.
    """

    run: Run
    step: str
    form: Mapping[str, str]
    options: Mapping[str, Any]
    values: Mapping[str, Mapping[str, Any]]
    browser: Browser
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    screen: tuple[str, int] | None = None
    prepared: Any = field(default=None, repr=False)
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The outcome, small values for conditions, and the run as the action left it.

    `user_changed` says that the person turned out to be somebody else than the run is pinned to; the caller ends the
    run (DESIGN invariant 6).
    """

    outcome: str
    run: Run
    values: Mapping[str, Any] = field(default_factory=dict)
    user_changed: bool = False


def subject_of(run: Run) -> int | None:
    """Return whose factors the run may ask for.

    That is the proved person; in a step-up the signed-in one, in a recovery the one whose link it was. The person that
    a client merely named for a sign-in is nobody yet.
    """
    return run.user_id or (run.expected_user_id if run.purpose in {STEP_UP, RECOVERY} else None)


def prove(
    deps: Dependencies,
    uow: UnitOfWork,
    call: ActionCall,
    method: str,
    amr: tuple[str, ...],
    user_id: int | None,
    at: float | None = None,
) -> Run:
    """Write authenticator evidence for the run and return the run with its proved user.

    `at` is when it was proved, if that was before now: epoch seconds.
    """
    run = call.run if user_id is None else replace(call.run, user_id=user_id)
    uow.evidence.append(
        Evidence(
            id=0,
            run_id=run.id,
            method=method,
            amr=amr,
            at=deps.clock.now() if at is None else at,
            source_step=call.step,
            purpose=run.purpose,
            user_id=user_id,
            request_id=run.request_id,
            flow_id=run.flow_id,
            flow_version=run.flow_version,
        )
    )
    return run
