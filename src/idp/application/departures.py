"""Sending a person to another site and taking them back, for steps with a redirect connection.

The way out is planned in one unit of work, prepared with none open, and kept in the next. The way back is signed by us,
names one departure, and is taken only in the browser that left, at the address of the very connection, while the run
stands there; once, and before anything that came with it is looked at (DESIGN invariants 5, 6 and 9). What the browser
brings decides nothing by itself: the connector asks the other site, server to server.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import anyio
import structlog

from idp.application.audit import note
from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.application.inputs import gather_inputs
from idp.application.switchboard import Line
from idp.application.threads import in_thread
from idp.connectors.api import (
    MAX_OUTPUT,
    ConnectorError,
    ExternalIdentity,
    RedirectCall,
    Redirected,
    Redirects,
    ReturnCall,
    Returned,
    is_value,
    name_failure,
)
from idp.errors import Conflict, InvalidInput, NotFound
from idp.flows.calls import wrap_answer
from idp.flows.events import CallConnector, ConnectorDone
from idp.flows.inputs import list_inputs
from idp.flows.language import FAILED, ConnectorStep
from idp.flows.state import State, measure_json
from idp.flows.step_types import ConnectionInfo
from idp.handles import Secret, decode, encode, matches, mint
from idp.identity.links import LinkExpired, LinkInvalid
from idp.records.journeys import Departure, Run
from idp.storage.protocols.unit import UnitOfWork

_log = structlog.get_logger("idp.departures")

STATE_PURPOSE: Final = "departure"
MEMORY_SEAL: Final = "departure.memory"
IDENTITY_SEAL: Final = "departure.identity"
CANCELLED: Final = "cancelled"
INTERRUPTED: Final = "interrupted"
#: How long a way out or a return may be worked on before it is taken for dead, seconds.
LEASE: Final = 45.0
#: How long the person may stay away, and a call may take, when the connection's settings do not say; seconds.
AWAY_SECONDS: Final = 600.0
CALL_SECONDS: Final = 10.0
MOST_AWAY: Final = 3600.0
#: Calls that one return may need: metadata, token, keys, and more about the person.
MOST_CALLS: Final = 4
MAX_IDENTITY: Final = 8192


@dataclass(frozen=True, slots=True)
class DeparturePlan:
    """A way out that may be prepared now."""

    departure: Departure
    line: Line
    call: RedirectCall


@dataclass(frozen=True, slots=True)
class AtSite:
    """The person is away, or may go: `url` is the other site's page, `name` what people call it."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Judging:
    """Somebody else is preparing the way out, or judging what came back."""


def plan_departure(
    deps: Dependencies,
    uow: UnitOfWork,
    run: Run,
    state: State,
    step: ConnectorStep,
    info: ConnectionInfo,
    effect: CallConnector,
    browser: Browser,
) -> DeparturePlan | AtSite | Judging | ConnectorDone:
    """Say how far this visit of the step is, and plan the way out if nobody has gone yet.

    One that was never finished, as by a process that died, or whose time was over, is planned anew under a new state.
    """
    now = deps.clock.now()
    found = uow.departures.of_visit(run.id, effect.step, effect.seq)
    if found is not None and found.outcome is not None:
        return _conclude(found, effect)
    if found is not None and found.returned_at is not None:
        return Judging() if now < found.returned_at + LEASE else _fail(effect, "internal")
    try:
        line = deps.switchboard.line(uow, effect.connection)
    except (NotFound, InvalidInput):
        return _fail(effect, "connection_not_set_up")
    if not isinstance(line.connector, Redirects):
        return _fail(effect, "connection_not_set_up")
    if found is not None and found.memory is None and now < found.created_at + LEASE:
        return Judging()
    if found is not None and found.memory is not None and now < found.deadline_at:
        kept = deps.sealer.open_json(MEMORY_SEAL, found.memory)
        return AtSite(str(kept["url"]), name_site(line))
    inputs, missing = gather_inputs(deps, uow, run, state, browser, list_inputs(step, info))
    if missing:
        return _fail(effect, "input_missing")
    secret, own = mint(deps.random_bytes), mint(deps.random_bytes)
    deadline = min(now + _seconds(line, "deadline_seconds", AWAY_SECONDS, MOST_AWAY), run.deadline_at)
    try:
        departure = _open(uow, run, effect, found, secret, now, deadline)
    except Conflict:
        return Judging()
    call = RedirectCall(
        return_url=return_url(deps, effect.connection),
        state=deps.signer.sign(STATE_PURPOSE, {"d": encode(departure.id, secret.text)}),
        inputs=inputs,
        locale=run.locale,
        deadline=deadline,
        now=now,
        secret=own.text,
        max_age=_wanted_age(uow, run),
    )
    return DeparturePlan(departure, line, call)


async def depart(deps: Dependencies, plan: DeparturePlan, trace: str) -> None:
    """Prepare the way out and keep it. Whatever goes wrong becomes the step's outcome `error`; nothing is raised."""
    connector: Redirects = plan.line.connector
    try:
        with anyio.fail_after(MOST_CALLS * _seconds(plan.line, "timeout_seconds", CALL_SECONDS, 30.0)):
            ready = await connector.start(plan.call)
    except Exception as error:  # noqa: BLE001  # a foreign package's mistake must not end the person's journey
        code = _name(plan.line, error)
        await in_thread(_keep, deps, plan.departure, Returned(FAILED, error=code), trace)
    else:
        await in_thread(_keep_way, deps, plan.departure, plan.call.state, ready)


async def come_back(deps: Dependencies, connection: str, params: Mapping[str, str], browser: Browser) -> int | None:
    """Take a returning browser and judge what it brought. Returns its run, or None if it is not the browser that left.

    A second return, and one for a run that has gone on, changes nothing. Raises LinkInvalid or LinkExpired for a state
    that we did not make for this connection.
    """
    taken = await in_thread(_take, deps, connection, params.get("state", ""), browser)
    if not isinstance(taken, _Taken):
        return taken
    connector: Redirects = taken.line.connector
    call = ReturnCall(
        params=dict(params),
        memory=taken.memory,
        return_url=return_url(deps, connection),
        state=params["state"],
        deadline=taken.departure.deadline_at,
        now=deps.clock.now(),
    )
    try:
        with anyio.fail_after(MOST_CALLS * _seconds(taken.line, "timeout_seconds", CALL_SECONDS, 30.0)):
            returned = await connector.resume(call)
    except Exception as error:  # noqa: BLE001  # as above
        returned = Returned(FAILED, error=_name(taken.line, error))
    await in_thread(_keep, deps, taken.departure, returned, browser.trace)
    return taken.departure.run_id


def cancel_departure(uow: UnitOfWork, run: Run, effect: CallConnector) -> None:
    """Close a departure that the person gives up: a later return finds nothing to go on with."""
    found = uow.departures.of_visit(run.id, effect.step, effect.seq)
    if found is not None and found.outcome is None:
        uow.departures.save(replace(found, outcome=CANCELLED, memory=None))


def find_external(deps: Dependencies, uow: UnitOfWork, run: Run) -> tuple[str, ExternalIdentity] | None:
    """Return the connection and whom it named last in this very run, None if none did."""
    named = [item for item in uow.departures.of_run(run.id) if item.identity is not None]
    if not named or named[-1].identity is None:
        return None
    plain = deps.sealer.open_json(IDENTITY_SEAL, named[-1].identity)
    lists = {name: tuple(plain[name]) for name in ("methods", "amr")}
    return named[-1].connection, ExternalIdentity(**{**plain, **lists})


def return_url(deps: Dependencies, connection: str) -> str:
    """Return where the browser comes back from this connection: an address of its own, so that none can be mixed up."""
    return f"{deps.policy.issuer}/upstream/{connection}/return"


def name_site(line: Line) -> str:
    """Return what people call the other site."""
    return str(getattr(line.settings, "display_name", "") or line.record.description or line.record.name)


@dataclass(frozen=True, slots=True)
class _Taken:
    departure: Departure
    line: Line
    memory: Mapping[str, str]


def _take(deps: Dependencies, connection: str, state: str, browser: Browser) -> _Taken | int | None:
    payload = deps.signer.open(STATE_PURPOSE, state, MOST_AWAY)
    handle = decode(payload.get("d") if isinstance(payload.get("d"), str) else None)
    now = deps.clock.now()
    with deps.storage.write() as uow:
        departure = uow.departures.get(handle[0]) if handle else None
        if handle is None or departure is None or departure.connection != connection:
            raise LinkInvalid("This address is not valid.", detail="no such departure of this connection")
        run = uow.runs.get(departure.run_id)
        if run is None or run.browser_digest != browser.digest:
            return None
        if not matches(handle[1], departure.state_digest):
            raise LinkExpired("This address has been used or has expired.")
        if run.status != "active" or departure.memory is None:
            return run.id
        if not uow.departures.take_back(departure.id, departure.state_digest, now):
            return run.id
        kept = deps.sealer.open_json(MEMORY_SEAL, departure.memory)
        taken = replace(departure, returned_at=now, version=departure.version + 1)
        try:
            line = deps.switchboard.line(uow, connection)
        except (NotFound, InvalidInput):
            uow.departures.save(replace(taken, outcome=FAILED, error="connection_not_set_up", memory=None))
            return run.id
    return _Taken(taken, line, kept["memory"])


def _open(
    uow: UnitOfWork,
    run: Run,
    effect: CallConnector,
    found: Departure | None,
    secret: Secret,
    now: float,
    deadline: float,
) -> Departure:
    fresh = Departure(0, run.id, effect.step, effect.seq, effect.connection, secret.digest, now, deadline)
    if found is None:
        return uow.departures.add(fresh)
    return uow.departures.save(replace(fresh, id=found.id, version=found.version))


def _keep_way(deps: Dependencies, departure: Departure, state: str, ready: Redirected) -> None:
    """Keep the way out. A slow start that another request has overtaken finds another version, and is let go."""
    if not isinstance(ready, Redirected) or state not in ready.url:
        _save(deps, replace(departure, outcome=FAILED, error="internal"))
        return
    box = deps.sealer.seal_json(MEMORY_SEAL, {"url": ready.url, "memory": dict(ready.memory)})
    _save(deps, replace(departure, memory=box))


def _keep(deps: Dependencies, departure: Departure, returned: Returned, trace: str) -> None:
    """Keep what came of it, and forget what was remembered for it."""
    outcome, error = returned.outcome, returned.error if returned.outcome == FAILED else None
    fields = dict(returned.output)
    plain = all(isinstance(name, str) and is_value(value) for name, value in fields.items())
    if not plain or _size(fields) > MAX_OUTPUT:
        outcome, error, fields = FAILED, "unreadable", {}
    box = None
    if returned.identity is not None and outcome != FAILED:
        box = deps.sealer.seal_json(IDENTITY_SEAL, _plain(returned.identity))
    closed = replace(departure, outcome=outcome, error=error, output=fields, identity=box, memory=None)
    kept = _save(deps, closed)
    with deps.storage.write() as uow:
        data = {"connection": departure.connection, "step": departure.step, "visit": departure.visit}
        said = outcome if kept else "overtaken"
        note(deps, uow, "upstream.return", said, trace=trace, reason=error or "", run_id=departure.run_id, data=data)


def _save(deps: Dependencies, departure: Departure) -> bool:
    try:
        with deps.storage.write() as uow:
            uow.departures.save(departure)
    except Conflict:
        return False
    return True


def _plain(identity: ExternalIdentity) -> dict[str, Any]:
    return {**asdict(identity), "claims": dict(identity.claims)}


def _size(fields: dict[str, Any]) -> int:
    try:
        return measure_json(fields)
    except ValueError:
        return MAX_OUTPUT + 1


def _name(line: Line, error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectorError):
        return name_failure(error)
    _log.error("connector_broke", connection=line.record.name, error=type(error).__name__)
    return "internal"


def _conclude(found: Departure, effect: CallConnector) -> ConnectorDone:
    outcome = found.outcome or FAILED
    error = (found.error or "internal") if outcome == FAILED else None
    return ConnectorDone(effect.step, outcome, wrap_answer(outcome, error, found.output), effect.seq, error)


def _fail(effect: CallConnector, code: str) -> ConnectorDone:
    return ConnectorDone(effect.step, FAILED, wrap_answer(FAILED, code, {}), effect.seq, code)


def _seconds(line: Line, setting: str, default: float, most: float) -> float:
    return min(float(getattr(line.settings, setting, default)), most)


def _wanted_age(uow: UnitOfWork, run: Run) -> float | None:
    """Return how old the person's sign-in may be for the relying party behind us, None if it does not care."""
    request = uow.requests.get(run.request_id) if run.request_id is not None else None
    params = request.params if request is not None else {}
    if "login" in (params.get("prompt") or ()):
        return 0.0
    age = params.get("max_age")
    return float(age) if isinstance(age, int | float) and not isinstance(age, bool) else None
