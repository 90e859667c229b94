"""Refusals of the admin API as `application/problem+json` (RFC 9457)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from starlette.responses import Response
from starlette.types import Scope

from idp.application.admin.callers import FRESH_SECONDS, LEVEL
from idp.application.admin.once import KeyReused
from idp.application.admin.people import NotYours
from idp.application.lockout import WouldLockOut
from idp.application.owners import LastOwner
from idp.application.threads import TooBusy
from idp.errors import Conflict, IdpError, InvalidFields, InvalidInput, NotFound, TooMany
from idp.flows.problems import FlowFault, escape_pointer
from idp.oidc.levels_document import LevelsFault
from idp.oidc.registration import MetadataFault
from idp.themes.document import ThemeFault
from idp.web.admin.findings import describe_problems
from idp.web.admin.models.problem import InputFault, ProblemDetails
from idp.web.admin.problem_kinds import KINDS, URN
from idp.web.middleware.error_boundary import Refusal
from idp.web.middleware.request_id import request_id_of

#: Paths whose refusals are problems, and not the JSON of the OAuth endpoints.
ADMIN_PATHS: Final = "/admin/api/"
#: After so many seconds some of what is being tried is over.
BUSY_SECONDS: Final = 5
MEDIA: Final = "application/problem+json"
_NEXT: Final[Mapping[str, str]] = {
    "server-error": "It is in our log under this request_id. Try again, and tell the people who run this provider.",
    "not-found": "There is nothing under this address.",
    "conflict": "Somebody else changed this meanwhile. Look at it again.",
    "method-not-allowed": "This address knows other methods; the header Allow names them.",
    "too-large": "A body may have one mebibyte.",
    "invalid": "The request could not be read.",
}
#: Codes of the error boundary, as kinds of problems.
_OF_CODE: Final[Mapping[str, str]] = {"body_too_large": "too-large", "method_not_allowed": "method-not-allowed"}
#: Errors of use cases, the special ones first.
_OF_CLASS: Final = (
    (NotYours, "forbidden"),
    (LastOwner, "would-lock-out"),
    (WouldLockOut, "would-lock-out"),
    (NotFound, "not-found"),
    (Conflict, "conflict"),
)
_OF_STATUS: Final[Mapping[int, str]] = {404: "not-found", 409: "conflict", 429: "rate-limited", 503: "unavailable"}


class Refused(IdpError):
    """A request that is refused. `kind` names the problem; `extra` are further members of its answer."""

    code = "refused"

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        errors: Sequence[InputFault] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        """Say why. `detail` is for people and safe to show."""
        super().__init__(detail)
        self.kind = kind
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = extra


def refuse_step_up(reason: str, *, fresh: bool = False) -> Refused:
    """Ask for a stronger sign-in, or a fresher one (RFC 9470 section 3)."""
    challenge = f'Bearer error="insufficient_user_authentication", error_description="{reason}", acr_values="{LEVEL}"'
    extra: dict[str, Any] = {"acr_values": LEVEL}
    if fresh:
        extra["max_age"] = FRESH_SECONDS
        challenge += f', max_age="{FRESH_SECONDS}"'
    return Refused("step-up-required", reason, headers={"WWW-Authenticate": challenge}, **extra)


def refuse_input(code: str, detail: str, *, pointer: str = "", parameter: str | None = None) -> Refused:
    """Refuse one thing in the input."""
    return Refused(
        "invalid", detail, errors=[InputFault(pointer=pointer, code=code, detail=detail, parameter=parameter)]
    )


def list_input_faults(error: ValidationError, *, query: bool = False) -> list[InputFault]:
    """Say everything that is wrong with a body or a query string, and never repeat a value: it may be a secret."""
    faults = []
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        place = [str(part) for part in one["loc"]]
        detail = one["msg"].removeprefix("Value error, ")
        if query:
            faults.append(
                InputFault(pointer="", code=one["type"], detail=detail, parameter=place[0] if place else None)
            )
        else:
            pointer = "".join(f"/{escape_pointer(part)}" for part in place)
            faults.append(InputFault(pointer=pointer, code=one["type"], detail=detail))
    return faults


def explain(error: IdpError | FlowFault) -> Refused:
    """Return an error of a use case as what is told of it. What is not foreseen is raised again."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, FlowFault):
        return _explain_flow(error)
    if isinstance(error, TooBusy):
        return Refused("unavailable", error.message, headers={"Retry-After": str(BUSY_SECONDS)})
    if isinstance(error, TooMany):
        return Refused("rate-limited", error.message, headers={"Retry-After": str(math.ceil(error.retry_after))})
    if isinstance(error, InvalidInput) and error.code not in _OF_CODE:
        return _explain_input(error)
    kind = _OF_CODE.get(error.code) or next((name for known, name in _OF_CLASS if isinstance(error, known)), None)
    if kind is None:
        raise error
    return Refused(kind, _NEXT.get(kind, KINDS[kind].title) if error.message == error.code else error.message)


def _explain_flow(fault: FlowFault) -> Refused:
    return Refused(
        "invalid",
        "The flow, or what was given for it, has faults.",
        errors=[InputFault(pointer="", code=one.code, detail=str(one)) for one in fault.problems],
        problems=[one.model_dump(mode="json") for one in describe_problems(fault.problems)],
    )


def _explain_input(error: InvalidInput) -> Refused:
    detail = _NEXT["invalid"] if error.message == error.code else error.message
    places: Sequence[tuple[str, str]] = (("", detail),)
    if isinstance(error, InvalidFields):
        places = error.faults
    elif isinstance(error, LevelsFault | ThemeFault):
        places = [("/text", what) for what in error.faults]
    elif isinstance(error, MetadataFault):
        places = [(f"/metadata{_point(path)}", what) for path, what in error.problems]
    faults = [InputFault(pointer=place, code=error.code, detail=what) for place, what in places]
    kind = "idempotency-key-reused" if isinstance(error, KeyReused) else "invalid"
    return Refused(kind, detail, errors=faults)


def to_response(refused: Refused, request_id: str) -> Response:
    """Return the answer."""
    kind = KINDS[refused.kind]
    details = ProblemDetails(
        type=f"{URN}{refused.kind}",
        title=kind.title,
        status=kind.status,
        detail=refused.message,
        request_id=request_id,
        errors=list(refused.errors) or None,
        **refused.extra,
    )
    return Response(details.model_dump_json(exclude_none=True), kind.status, refused.headers, MEDIA)


def answer_refusal(scope: Scope, refusal: Refusal) -> Response:
    """Answer what the error boundary caught, outside of every operation: an unknown path, a body without end."""
    name = _OF_CODE.get(refusal.code) or _OF_STATUS.get(refusal.status)
    name = name or ("invalid" if refusal.status < 500 else "server-error")
    detail = refusal.description or _NEXT.get(name, KINDS[name].title)
    return to_response(Refused(name, detail, headers=refusal.headers), request_id_of(scope))


def _point(path: str) -> str:
    """Return `redirect_uris[0]` and `idp_policy.flows` as JSON Pointers."""
    return "/" + path.replace("[", ".").replace("]", "").replace("/", "~1").replace(".", "/")
