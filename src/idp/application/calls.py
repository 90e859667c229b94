"""Asking a service between two units of work: planned in one, called with none open, answered in the next.

A process that dies while the service is asked leaves the run at its step. Whoever takes it up asks again with the same
idempotency key, once the lease of the dead one is over; two tabs never ask at the same time.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final

import anyio
import structlog

from idp.application.audit import note
from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.application.inputs import gather_inputs
from idp.application.switchboard import Line
from idp.connectors.api import MAX_OUTPUT, CallRequest, CallResult, Calls, ConnectorError, is_value, name_failure
from idp.errors import InvalidInput, NotFound
from idp.flows.calls import wrap_answer
from idp.flows.events import CallConnector, ConnectorDone
from idp.flows.inputs import list_inputs
from idp.flows.language import FAILED, ConnectorStep
from idp.flows.state import MAX_OUTPUTS, State, measure_json
from idp.flows.step_types import ConnectionInfo
from idp.handles import digest
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork

_log = structlog.get_logger("idp.calls")

LEASE: Final = "call"
#: How long a call may take when the connection's settings do not say, and what a lease allows beyond it, in seconds.
CALL_SECONDS: Final = 10.0
MOST_SECONDS: Final = 60.0
LEASE_SLACK: Final = 5.0


@dataclass(frozen=True, slots=True)
class CallPlan:
    """A call that may be made now: whoever holds the plan holds the lease."""

    step: str
    seq: int
    line: Line
    request: CallRequest
    seconds: float


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody else is making this very call."""


def plan_call(
    deps: Dependencies,
    uow: UnitOfWork,
    run: Run,
    state: State,
    step: ConnectorStep,
    info: ConnectionInfo,
    effect: CallConnector,
    browser: Browser,
) -> CallPlan | ConnectorDone | Taken:
    """Gather what the connection is given and take the lease of the call.

    Returns an event instead where no call is made: an input is missing, or the connection cannot be opened.
    """
    inputs, missing = gather_inputs(deps, uow, run, state, browser, list_inputs(step, info))
    if missing:
        return _fail(effect, "input_missing")
    try:
        line = deps.switchboard.line(uow, effect.connection)
    except (NotFound, InvalidInput):
        return _fail(effect, "connection_not_set_up")
    if not isinstance(line.connector, Calls):
        return _fail(effect, "connection_not_set_up")
    now = deps.clock.now()
    seconds = min(float(getattr(line.settings, "timeout_seconds", CALL_SECONDS)), MOST_SECONDS)
    key = _make_key(deps, run, effect)
    if not uow.once.claim(LEASE, digest(key), now + seconds + LEASE_SLACK):
        return Taken()
    request = CallRequest(key=key, inputs=inputs, locale=run.locale, deadline=now + seconds, now=now)
    return CallPlan(effect.step, effect.seq, line, request, seconds)


async def make_call(plan: CallPlan) -> ConnectorDone:
    """Ask the service. Whatever goes wrong is the outcome `error` with its code; nothing is raised."""
    connector: Calls = plan.line.connector
    try:
        with anyio.fail_after(plan.seconds):
            result = await connector.call(plan.request)
    except TimeoutError:
        result = CallResult(FAILED, error="timeout")
    except ConnectorError as error:
        result = CallResult(FAILED, error=name_failure(error))
    except Exception as error:  # noqa: BLE001  # a foreign package's mistake must not end the person's journey
        _log.error("connector_broke", connection=plan.line.record.name, error=type(error).__name__)
        result = CallResult(FAILED, error="internal")
    return _translate(plan, result)


def fit_answer(state: State, step: ConnectorStep, info: ConnectionInfo, done: ConnectorDone) -> ConnectorDone:
    """Return the answer as the run can take it: an outcome that is not one, or too much output, is an error."""
    size = measure_json({**state.connectors, step.connector: done.output})
    if done.outcome in step.on and done.outcome in info.outcomes and size <= MAX_OUTPUTS:
        return done
    output = wrap_answer(FAILED, "unreadable", {})
    return ConnectorDone(done.step, FAILED, output, done.seq, "unreadable")


def note_call(deps: Dependencies, uow: UnitOfWork, run: Run, connection: str, done: ConnectorDone, trace: str) -> None:
    """Write into the audit trail that a service was asked, or why not, and by which outcome the step leaves."""
    note(
        deps,
        uow,
        "connector.call",
        done.outcome,
        trace=trace,
        reason=done.error or "",
        user_id=run.user_id or run.expected_user_id,
        run_id=run.id,
        data={"connection": connection, "step": done.step, "visit": done.seq or 0},
    )


def _translate(plan: CallPlan, result: CallResult) -> ConnectorDone:
    fields = dict(result.output)
    plain = all(isinstance(name, str) and is_value(value) for name, value in fields.items())
    if not plain or _measure(fields) > MAX_OUTPUT:
        result, fields = CallResult(FAILED, error="unreadable"), {}
    error = (result.error or "internal") if result.outcome == FAILED else None
    output = wrap_answer(result.outcome, error, fields)
    return ConnectorDone(plan.step, result.outcome, output, plan.seq, error)


def _measure(fields: dict[str, Any]) -> int:
    try:
        return measure_json(fields)
    except ValueError:
        # Not a number, or infinite: no JSON has it.
        return MAX_OUTPUT + 1


def _fail(effect: CallConnector, code: str) -> ConnectorDone:
    return ConnectorDone(effect.step, FAILED, wrap_answer(FAILED, code, {}), effect.seq, code)


def _make_key(deps: Dependencies, run: Run, effect: CallConnector) -> str:
    """Name this visit of the step: the same after a crash, and meaningless to anyone else."""
    visit = f"call:{run.id}:{run.created_at}:{effect.step}:{effect.seq}"
    return hmac.new(deps.code_key, visit.encode(), hashlib.sha256).hexdigest()[:32]
