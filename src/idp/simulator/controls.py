"""The control API under `/__control`: tests script the simulator over HTTP, on paths the real service does not have."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from idp.simulator.commands import (
    AdvanceCommand,
    FinishCommand,
    FireCommand,
    PlanCommand,
    ProgressCommand,
    ReviewCommand,
)
from idp.simulator.faults import Armed, Fault
from idp.simulator.lifecycle import ABANDONED
from idp.simulator.omni import hosted_link
from idp.simulator.sessions import Session, SessionError, UnknownSession
from idp.simulator.state import State
from idp.simulator.webhooks import status_payload

ROOT = "/__control"
Sent = TypeVar("Sent", bound=BaseModel)


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
        elif command.outcome != ABANDONED:
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


async def _read(request: Request, model: type[Sent]) -> Sent:
    """Return the body as `model`; an empty body is an empty object. Raises pydantic.ValidationError."""
    return model.model_validate_json(await request.body() or b"{}")


def _answer(handler: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that turns the handler's result, or its refusal, into JSON."""

    async def serve(request: Request) -> Response:
        try:
            return JSONResponse(await handler(request))
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            return JSONResponse({"error": "malformed", "problems": problems}, 400)
        except UnknownSession:
            return JSONResponse({"error": "no such session"}, 404)
        except SessionError as error:
            return JSONResponse({"error": str(error)}, 409)

    return serve


def make_routes(state: State) -> list[Route]:
    """Return the routes of the control API."""
    controls = Controls(state)
    session = "/sessions/{interviewId}"
    table: list[tuple[str, str, Callable[[Request], Awaitable[Any]]]] = [
        ("GET", "/health", controls.health),
        ("POST", "/reset", controls.reset),
        ("POST", "/next", controls.plan_next),
        ("GET", "/sessions", controls.list_sessions),
        ("GET", session, controls.show_session),
        ("POST", f"{session}/plan", controls.plan),
        ("POST", f"{session}/finish", controls.finish),
        ("POST", f"{session}/progress", controls.progress),
        ("POST", f"{session}/review", controls.review),
        ("POST", f"{session}/close", controls.close),
        ("POST", f"{session}/delete", controls.delete),
        ("POST", "/clock/advance", controls.advance),
        ("POST", "/faults", controls.add_fault),
        ("GET", "/faults", controls.list_faults),
        ("DELETE", "/faults", controls.clear_faults),
        ("DELETE", "/faults/{number:int}", controls.clear_fault),
        ("GET", "/webhooks", controls.list_webhooks),
        ("POST", "/webhooks/deliver", controls.deliver),
        ("POST", "/webhooks/fire", controls.fire),
    ]
    return [Route(f"{ROOT}{path}", _answer(handler), methods=[method]) for method, path, handler in table]
