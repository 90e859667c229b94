"""From a request to an operation and back: who calls, may they, what did they send, and the answer. One thread hop."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from idp.application.admin.budget import WINDOW
from idp.application.admin.callers import Caller, is_fresh
from idp.application.admin.once import Said, digest_request, do_once
from idp.application.threads import in_thread, in_trial_thread
from idp.errors import IdpError
from idp.flows.problems import FlowFault
from idp.web.admin.callers import identify
from idp.web.admin.calls import Call, Handler, Reply, quote_tag, read_guard
from idp.web.admin.desk import Desk, Headers
from idp.web.admin.operation import PREFIX, Operation
from idp.web.admin.problems import Refused, explain, list_input_faults, refuse_input, refuse_step_up, to_response
from idp.web.middleware.request_id import request_id_of

_JSON: Final = re.compile(r"application/json\s*(;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)
_KEY: Final = re.compile(r"[!-~]{1,255}")
MAX_QUERY: Final = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    parameters: Mapping[str, str]
    query: str
    headers: Headers
    body: bytes
    request_id: str

    def header(self, name: str) -> str | None:
        """Return a header's value, None without it. Refuses one that stands there twice."""
        found = [value.decode("latin-1") for key, value in self.headers if key.lower() == name.lower().encode()]
        if len(found) > 1:
            raise refuse_input("header", f"{name} is there more than once.", parameter=name)
        return found[0] if found else None


def list_operation_routes(
    desk: Desk, operations: Sequence[Operation], handlers: Mapping[str, Handler]
) -> list[BaseRoute]:
    """Return a route for each path. Other methods than the table's are answered with 405 and `Allow`."""
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [
        Route(f"{PREFIX}{path}", _make_endpoint(desk, methods, handlers), methods=list(methods))
        for path, methods in by_path.items()
    ]


def _make_endpoint(
    desk: Desk, methods: Mapping[str, Operation], handlers: Mapping[str, Handler]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        operation = methods["GET" if request.method == "HEAD" else request.method]
        request_id = request_id_of(request.scope)
        try:
            body = await request.body() if operation.body is not None else b""
        except ClientDisconnect:
            return Response(status_code=400)
        asked = Asked(
            request.method,
            request.scope["path"],
            request.path_params,
            request.scope["query_string"].decode("latin-1"),
            request.headers.raw,
            body,
            request_id,
        )
        quota: dict[str, str] = {}
        try:
            hop = in_trial_thread if operation.trial else in_thread
            done = await hop(serve, desk, operation, handlers[operation.id], asked, quota)
            said = done if isinstance(done, Said) else _say(operation, await done())
            response = _to_response(operation, said)
        except (IdpError, FlowFault) as error:
            response = to_response(explain(error), request_id)
        response.headers.update(quota)
        return response

    return endpoint


def serve(
    desk: Desk, operation: Operation, handler: Handler, asked: Asked, quota: dict[str, str]
) -> Said | Callable[[], Awaitable[Reply]]:
    """Answer a request, in a worker thread. `quota` gets the headers that go with any answer to a known caller.

    Raises what `explain` knows.
    """
    caller = identify(desk, asked.method, asked.headers, asked.header("Authorization"), asked.request_id)
    spend_turn(desk, caller, quota)
    authorize(desk, operation, caller)
    seen, new = read_guard(operation.guard, asked.header("If-Match"), asked.header("If-None-Match"))
    call = Call(
        desk,
        caller,
        asked.parameters,
        _read_query(operation.query, asked.query),
        _read_body(operation.body, asked),
        seen,
        new,
        asked.request_id,
    )
    key = asked.header("Idempotency-Key") if operation.creates else None
    if key is None:
        reply = handler(call)
        return _say(operation, reply) if isinstance(reply, Reply) else reply
    if not _KEY.fullmatch(key):
        raise refuse_input("header", "An Idempotency-Key is up to 255 visible characters.", parameter="Idempotency-Key")
    request = digest_request(asked.method.encode(), asked.path.encode(), (seen or "").encode(), asked.body)
    return do_once(desk.deps, caller.hand, key, request, partial(_finish, operation, handler, call))


def authorize(desk: Desk, operation: Operation, caller: Caller) -> None:
    """Refuse a caller who may not do this, or must sign in better first. Who has no role learns nothing else."""
    if not caller.permissions:
        raise Refused("forbidden", "This account has no role here. Ask an owner for one.")
    if not caller.strong:
        raise refuse_step_up("Sign in with a second factor.")
    if operation.permission is not None and operation.permission not in caller.permissions:
        raise Refused("forbidden", f"This takes the permission {operation.permission}, which you have not.")
    if operation.dangerous and not is_fresh(caller, desk.deps.clock.now()):
        raise refuse_step_up("This takes a fresh sign-in.", fresh=True)


def spend_turn(desk: Desk, caller: Caller, quota: dict[str, str]) -> None:
    """Spend a turn of the caller, and say how many are left (draft-ietf-httpapi-ratelimit-headers).

    Raises Refused for somebody who has none. Who is not let in at all has none to spend, and makes us write nothing.
    """
    spent = desk.budgets.spend(caller.key)
    quota["RateLimit-Policy"] = f'"caller";q={spent.quota};w={WINDOW:.0f}'
    quota["RateLimit"] = f'"caller";r={spent.remaining};t={spent.reset}'
    if spent.retry_after:
        quota["Retry-After"] = str(spent.retry_after)
        detail = f"You sent more than {spent.quota} requests in a minute. Go on in {spent.retry_after} seconds."
        raise Refused("rate-limited", detail)


def _finish(operation: Operation, handler: Handler, call: Call) -> Said:
    reply = handler(call)
    if not isinstance(reply, Reply):
        raise TypeError(f"{operation.id} cannot be done once: it calls somebody")
    return _say(operation, reply)


def _say(operation: Operation, reply: Reply) -> Said:
    headers = dict(reply.headers)
    if reply.tag is not None:
        headers["ETag"] = quote_tag(reply.tag)
    body = reply.body.model_dump_json(by_alias=True) if isinstance(reply.body, BaseModel) else reply.body or ""
    return Said(reply.status or operation.status, body.encode(), headers)


def _to_response(operation: Operation, said: Said) -> Response:
    headers = {"Cache-Control": "no-store", **said.headers}
    if said.again:
        headers["Idempotency-Replayed"] = "true"
    return Response(said.body, said.status, headers, operation.media if operation.answer is not None else None)


def _read_body(model: type[BaseModel] | None, asked: Asked) -> BaseModel | None:
    if model is None:
        return None
    if not _JSON.fullmatch((asked.header("Content-Type") or "").strip()) or asked.header("Content-Encoding"):
        raise Refused("unsupported-media-type", "Send the body as application/json, in UTF-8 and uncompressed.")
    try:
        from_json(asked.body, allow_inf_nan=False)
        return model.model_validate_json(asked.body, strict=True)
    except ValidationError as error:
        faults = list_input_faults(error)
        raise Refused("invalid", "Some of what you sent cannot be taken.", errors=faults) from None
    except ValueError:
        raise refuse_input("json", "The body is not JSON.") from None


def _read_query(model: type[BaseModel] | None, text: str) -> Any:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_QUERY, errors="strict")
    except ValueError:
        raise refuse_input("query", "The query string cannot be read.") from None
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            raise refuse_input("repeated", f"{name[:40]!r} is there more than once.", parameter=name[:40])
        values[name] = value
    if model is None:
        if values:
            name = next(iter(values))[:40]
            raise refuse_input("extra_forbidden", f"{name!r} is not known here.", parameter=name)
        return None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = list_input_faults(error, query=True)
        raise Refused("invalid", "Some of the query string cannot be taken.", errors=faults) from None
