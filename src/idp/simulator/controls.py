"""The control API under `/__control`: tests script the simulator over HTTP, on paths the real service does not have."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from idp.simulator.faults import Armed, Fault
from idp.simulator.omni import hosted_link
from idp.simulator.people import Person, choose_person
from idp.simulator.sessions import EXPIRED, Plan, Session, SessionError, UnknownSession
from idp.simulator.state import State
from idp.simulator.webhooks import status_payload

ROOT = "/__control"
Sent = TypeVar("Sent", bound="Command")


class Command(BaseModel):
    """The body of a control call: camelCase members, unknown ones refused so that a typo cannot pass for a test."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class WhoCommand(Command):
    """A person: a demo person with overrides. `without_identity` leaves the identity ID out of the score."""

    person: Literal["alice", "bob", "carol", "other"] = "alice"
    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    customer_id: str = ""
    without_identity: bool = False
    existing_user: bool | None = None
    existing_external_id: str | None = None
    existing_interview_id: str | None = None

    def choose(self) -> Person:
        """Return the person."""
        return choose_person(
            self.person,
            first_name=self.first_name,
            last_name=self.last_name,
            birth_date=self.birth_date,
            customer_id=self.customer_id,
            with_identity=not self.without_identity,
            existing_user=self.existing_user,
            existing_external_id=self.existing_external_id,
            existing_interview_id=self.existing_interview_id,
        )


class FinishCommand(WhoCommand):
    """How a session ends: any word as `overall.status`, or EXPIRE or ABANDON; `then` are the statuses of later reads."""

    outcome: str = "OK"
    then: tuple[str, ...] = ()
    delay_seconds: float = Field(default=0.0, ge=0)
    elsewhere: bool = False


class PlanCommand(FinishCommand):
    """How a session will end, and when; its `faults` are bound to it. `elsewhere` is not part of a plan."""

    finish: Literal["open", "start"] = "open"
    faults: tuple[Fault, ...] = ()

    def plan(self) -> Plan:
        """Return the plan."""
        outcome = EXPIRED if self.outcome == "EXPIRE" else self.outcome
        return Plan(outcome, self.choose(), self.then, self.delay_seconds, self.finish)


class ProgressCommand(WhoCommand):
    """One more onboarding status, any word."""

    onboarding_status: str


class ReviewCommand(Command):
    """A reviewer's decision."""

    decision: Literal["approved", "rejected"]
    change_overall: bool = False


class AdvanceCommand(Command):
    """How far to move the clock; what falls due is delivered unless `deliver` is false."""

    seconds: float = Field(ge=0)
    deliver: bool = True


class FireCommand(Command):
    """A notification to send now, once or several times; members left out come from the session. `raw` is sent as it is."""

    interview_id: str
    onboarding_status: str | None = None
    client_id: str | None = None
    flow_id: str | None = None
    external_id: str | None = None
    bearer: str | None = None
    times: int = Field(default=1, ge=1, le=20)
    raw: str | None = None


def describe_session(state: State, session: Session) -> dict[str, Any]:
    """Return everything the control API tells about a session."""
    return {
        "interviewId": session.interview_id,
        "interviewCode": session.interview_code,
        "clientId": session.client_id,
        "flowId": session.flow_id,
        "externalId": session.external_id,
        "redirectionUrl": session.redirection_url,
        "customFields": dict(session.custom_fields),
        "sessionStatus": session.state,
        "onboardingStatus": session.status(state.clock.now()),
        "overall": session.current_overall(),
        "customerId": session.person.customer_id if session.person else None,
        "scoreReads": session.reads,
        "opened": session.opened,
        "link": hosted_link(state, session),
    }


def describe_fault(armed: Armed) -> dict[str, Any]:
    """Return a fault that is switched on, with its number and how often it has bitten."""
    return {"number": armed.number, "bitten": armed.bitten, **armed.fault.model_dump(by_alias=True, mode="json")}


class Controls:
    """The endpoints of the control API."""

    def __init__(self, state: State) -> None:
        """Work on `state`."""
        self._state = state

    async def health(self, _request: Request) -> Any:
        """Say that the simulator runs, and its time."""
        return {"status": "up", "now": self._state.clock.now()}

    async def reset(self, _request: Request) -> Any:
        """Forget everything."""
        self._state.reset()
        return {"reset": True}

    async def plan_next(self, request: Request) -> Any:
        """Decide how the next session will end."""
        command = await _read(request, PlanCommand)
        self._state.lifecycle.plan_next(command.plan(), command.faults)
        return {"planned": command.outcome}

    async def plan(self, request: Request) -> Any:
        """Decide how this session will end once its link is opened or finish-status is called."""
        command, session = await _read(request, PlanCommand), self._find(request)
        for fault in command.faults:
            self._state.faults.add(fault.model_copy(update={"interview_id": session.interview_id}))
        session = self._state.sessions.set(session.interview_id, plan=command.plan())
        if command.finish == "start":
            session = self._state.lifecycle.follow_plan(session.interview_id)
        return describe_session(self._state, session)

    async def list_sessions(self, _request: Request) -> Any:
        """List every session, oldest first."""
        return [describe_session(self._state, session) for session in self._state.sessions.all()]

    async def show_session(self, request: Request) -> Any:
        """Describe one session."""
        return describe_session(self._state, self._find(request))

    async def finish(self, request: Request) -> Any:
        """End a session without the hosted page."""
        command, session = await _read(request, FinishCommand), self._find(request)
        if command.outcome == "EXPIRE":
            session = self._state.lifecycle.expire(session.interview_id)
        elif command.outcome != "ABANDON":
            session = self._state.lifecycle.finish(
                session.interview_id,
                command.outcome,
                command.choose(),
                then=command.then,
                delay=command.delay_seconds,
                elsewhere=command.elsewhere,
            )
        return describe_session(self._state, session)

    async def progress(self, request: Request) -> Any:
        """Reach one more onboarding status."""
        command, session = await _read(request, ProgressCommand), self._find(request)
        session = self._state.lifecycle.progress(session.interview_id, command.onboarding_status, command.choose())
        return describe_session(self._state, session)

    async def review(self, request: Request) -> Any:
        """Decide a finished session, whatever its status is."""
        command, session = await _read(request, ReviewCommand), self._find(request)
        session = self._state.lifecycle.review(
            session.interview_id, approved=command.decision == "approved", change_overall=command.change_overall
        )
        return describe_session(self._state, session)

    async def close(self, request: Request) -> Any:
        """Close a session."""
        return describe_session(self._state, self._state.lifecycle.close(self._find(request).interview_id))

    async def delete(self, request: Request) -> Any:
        """Delete a session."""
        return describe_session(self._state, self._state.lifecycle.delete(self._find(request).interview_id))

    async def advance(self, request: Request) -> Any:
        """Move the clock ahead."""
        command = await _read(request, AdvanceCommand)
        self._state.clock.advance(command.seconds)
        delivered = await self._state.webhooks.deliver_due() if command.deliver else []
        return {"now": self._state.clock.now(), "delivered": [asdict(row) for row in delivered]}

    async def add_fault(self, request: Request) -> Any:
        """Switch a fault on."""
        return describe_fault(self._state.faults.add(await _read(request, Fault)))

    async def list_faults(self, _request: Request) -> Any:
        """List the faults that were switched on."""
        return [describe_fault(armed) for armed in self._state.faults.all()]

    async def clear_faults(self, _request: Request) -> Any:
        """Switch all faults off."""
        self._state.faults.clear()
        return {"cleared": True}

    async def clear_fault(self, request: Request) -> Any:
        """Switch one fault off."""
        self._state.faults.clear(request.path_params["number"])
        return {"cleared": True}

    async def list_webhooks(self, _request: Request) -> Any:
        """List every notification with its tries."""
        return [asdict(row) for row in self._state.webhooks.all()]

    async def deliver(self, _request: Request) -> Any:
        """Deliver what is due now."""
        return [asdict(row) for row in await self._state.webhooks.deliver_due()]

    async def fire(self, request: Request) -> Any:
        """Send a notification now, outside the queue and without retries."""
        command = await _read(request, FireCommand)
        session = self._state.sessions.find(command.interview_id)
        payload = status_payload(session, command.onboarding_status or session.status(self._state.clock.now()))
        overrides = {"clientId": command.client_id, "flowId": command.flow_id, "externalId": command.external_id}
        payload.update({name: value for name, value in overrides.items() if value is not None})
        body = payload if command.raw is None else command.raw.encode()
        return [asdict(await self._state.webhooks.send(body, command.bearer)) for _ in range(command.times)]

    def _find(self, request: Request) -> Session:
        return self._state.sessions.find(request.path_params["interviewId"])


async def _read(request: Request, model: type[Any]) -> Any:
    return model.model_validate_json(await request.body() or b"{}")
