"""How a call is let in and answered: headers, key, tokens, JSON, error bodies (sections 1 and 10), faults."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from idp.simulator.distortion import distort
from idp.simulator.dropping import drop_connection
from idp.simulator.faults import CallName, Fault
from idp.simulator.sessions import Session, SessionError, UnknownSession
from idp.simulator.state import State
from idp.simulator.tokens import InvalidToken, Token

API_VERSION = "1.0"
SLOW_SECONDS = 31.0
SESSION, ADMIN = "SESSION", "ADMIN"


class Refusal(Exception):
    """The call is refused with an HTTP status and an error body."""

    def __init__(self, status: int, message: str) -> None:
        """Refuse with `status` and say why."""
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(frozen=True, slots=True)
class Call:
    """One call that was let in. `session` is the one the token or the `id` names, where the operation has one."""

    query: Mapping[str, str]
    path: Mapping[str, str]
    body: Any
    session: Session | None

    @property
    def interview(self) -> Session:
        """Return the session, raising Refusal (400) when the call names none."""
        if self.session is None:
            raise Refusal(400, "the parameter id is missing")
        return self.session


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of the service: its path under the root, who may make it and what answers it.

    `zero` adds the `/0` form, which needs no key. `key` "optional" accepts a missing key but refuses a wrong one.
    `token` says whose token is needed; `subject` says whether the call is about one session.
    """

    name: CallName
    path: str
    methods: tuple[str, ...]
    handler: Callable[[State, Call], Any]
    zero: bool = False
    key: Literal["required", "optional"] = "required"
    token: Literal["none", "session", "admin", "either"] = "either"
    subject: bool = True


def error_body(state: State, status: int, message: str | None, path: str, code: int | None = None) -> dict[str, Any]:
    """Return the error body of section 10; `code` replaces the body's status, `message` None leaves it out."""
    body: dict[str, Any] = {
        "timestamp": int(state.clock.now() * 1000),
        "status": status if code is None else code,
        "error": HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error",
        "message": message,
        "path": path,
    }
    if message is None:
        del body["message"]
    return body


def json_response(state: State, body: Any, began: float, status: int = 200) -> Response:
    """Return a JSON answer with the Processing-Time header, whole milliseconds."""
    headers = {"Processing-Time": str(max(0, round((state.clock.now() - began) * 1000)))}
    return Response(json.dumps(body), status, headers, "application/json")


def refuse(state: State, request: Request, status: int, message: str, began: float) -> Response:
    """Return an error answer."""
    return json_response(state, error_body(state, status, message, request.url.path), began, status)


def make_routes(state: State, operation: Operation) -> list[Route]:
    """Return the routes of an operation: the API-key form and, if it has one, the `/0` form."""
    methods = list(operation.methods)
    routes = [Route(operation.path, _endpoint(state, operation, keyed=True), methods=methods)]
    if operation.zero:
        routes.append(Route(f"/0{operation.path}", _endpoint(state, operation, keyed=False), methods=methods))
    return routes


def _endpoint(state: State, operation: Operation, *, keyed: bool) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        began = state.clock.now()
        raw = await request.body()
        faults = state.faults.take("transport", operation.name, _guess_interview(state, request))
        for fault in (fault for fault in faults if not _is_late(fault)):
            if broken := await _break(state, request, fault, None, began):
                return broken
        try:
            call = _admit(state, request, operation, raw, keyed=keyed)
            body = operation.handler(state, call)
            response = json_response(state, _spoil(state, operation, call, body), began)
        except Refusal as refusal:
            response = refuse(state, request, refusal.status, refusal.message, began)
        except UnknownSession:
            response = refuse(state, request, 404, "no such session", began)
        except SessionError as error:
            response = refuse(state, request, 400, str(error), began)
        for fault in (fault for fault in faults if _is_late(fault)):
            if broken := await _break(state, request, fault, response, began):
                return broken
        return response

    return serve


def _spoil(state: State, operation: Operation, call: Call, body: Any) -> Any:
    """Return the body as the answer faults leave it; only objects are spoiled."""
    if not isinstance(body, dict):
        return body
    about = call.session.interview_id if call.session is not None else body.get("interviewId")
    for fault in state.faults.take("answer", operation.name, about):
        body = distort(body, fault)
    return body


def _is_late(fault: Fault) -> bool:
    """Tell whether the call takes effect before the fault bites."""
    return fault.after or fault.kind == "truncated"


async def _break(
    state: State, request: Request, fault: Fault, response: Response | None, began: float
) -> Response | None:
    """Return the broken answer, or None when the call goes on (after being slow)."""
    match fault.kind:
        case "slow":
            await state.sleep(SLOW_SECONDS if fault.seconds is None else fault.seconds)
            return None
        case "reset":
            await drop_connection(request.scope, request.receive)
            return Response(b"")
        case "truncated":
            whole = response or json_response(state, {}, began)
            half = bytes(whole.body)[: len(whole.body) // 2]
            return Response(half, whole.status_code, media_type="application/json")
        case "html":
            page = "<!doctype html><title>Gateway</title><h1>Something went wrong</h1>"
            return Response(page, fault.status if "status" in fault.model_fields_set else 200, media_type="text/html")
        case "empty":
            return Response(b"", 200, media_type="application/json")
        case "token_expired":
            return refuse(state, request, 401, "the token has expired", began)
        case "session_deleted":
            return refuse(state, request, 404, "the session was deleted", began)
        case "session_closed":
            return refuse(state, request, 400, "the session is closed", began)
    message = None if fault.without_message else fault.value or "a fault was switched on"
    body = error_body(state, fault.status, message, request.url.path, fault.body_status)
    broken = json_response(state, body, began, fault.status)
    if fault.retry_after is not None:
        broken.headers["Retry-After"] = fault.retry_after
    return broken


def _guess_interview(state: State, request: Request) -> str | None:
    """Return the session the call seems to be about, expired token or not; only to find its faults."""
    try:
        token: Token | None = state.tokens.read(request.headers.get("x-incode-hardware-id", ""))
    except InvalidToken:
        token = None
    named = request.query_params.get("id") or request.query_params.get("interviewId")
    return token.interview_id if token is not None and token.interview_id else named


def _admit(state: State, request: Request, operation: Operation, raw: bytes, *, keyed: bool) -> Call:
    """Check headers, key and token and return the call; raises Refusal and UnknownSession."""
    _check_headers(request)
    if keyed:
        _check_key(state, request, operation)
    token = _check_token(state, request, operation)
    named = request.query_params.get("id") or request.query_params.get("interviewId")
    session = None
    if operation.subject:
        if token is not None and token.interview_id is not None:
            if named is not None and named != token.interview_id:
                raise Refusal(401, "the token belongs to another session")
            named = token.interview_id
        session = state.sessions.find(named) if named is not None else None
    return Call(request.query_params, request.path_params, _parse_body(request, raw), session)


def _check_headers(request: Request) -> None:
    if request.headers.get("api-version") != API_VERSION:
        raise Refusal(400, "the header api-version: 1.0 is missing")
    accept = request.headers.get("accept", "*/*")
    accepted = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if accept and not accepted & {"*/*", "application/*", "application/json"}:
        raise Refusal(406, "only application/json is available")


def _check_key(state: State, request: Request, operation: Operation) -> None:
    key = request.headers.get("x-api-key")
    if key is None and operation.key == "optional":
        return
    if key not in state.settings.api_keys:
        raise Refusal(403, "the API key is missing or invalid")


def _check_token(state: State, request: Request, operation: Operation) -> Token | None:
    if operation.token == "none":
        return None
    try:
        token = state.tokens.check(request.headers.get("x-incode-hardware-id", ""), state.clock.now())
    except InvalidToken as error:
        raise Refusal(401, "the access token is missing, invalid or expired") from error
    allowed = {"session": {SESSION}, "admin": {ADMIN}, "either": {SESSION, ADMIN}}[operation.token]
    if token.role not in allowed:
        raise Refusal(401, "another kind of access token is needed")
    return token


def _parse_body(request: Request, raw: bytes) -> Any:
    """Return the JSON body, an empty object when there is none."""
    if not raw:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(400, "the body must be application/json")
    try:
        return json.loads(raw)
    except ValueError as error:
        raise Refusal(400, "the body is not JSON") from error
