"""What an operation of the admin API is: one line of the table in `operations`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel

from idp.application.admin.permissions import Permission
from idp.application.roles import ROLES

PREFIX: Final = "/admin/api/v1"

Method = Literal["GET", "PUT", "POST", "DELETE"]
#: `match`: `If-Match` is required. `match-or-new`: that, or `If-None-Match: *` for something that is not there yet.
Guard = Literal["none", "match", "match-or-new"]

#: The parameters of paths, as JSON Schema.
PATH_PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "flow_id": {"type": "string", "maxLength": 64, "description": "The id of a flow.", "example": "sign-in"},
    "draft": {"type": "string", "maxLength": 64, "description": "The name of a draft.", "example": "main"},
    "connection": {"type": "string", "maxLength": 64, "description": "A connection.", "example": "incode_verify"},
    "review": {"type": "string", "maxLength": 20, "description": "The number of a case.", "example": "1"},
    "user_id": {"type": "string", "maxLength": 80, "description": "The subject (`sub`) of a person."},
    "invitation": {"type": "string", "maxLength": 20, "description": "The number of an invitation.", "example": "1"},
    "role": {"type": "string", "enum": list(ROLES), "description": "A role."},
    "session_id": {"type": "string", "maxLength": 20, "description": "A session."},
    "client_id": {"type": "string", "maxLength": 255, "description": "A client.", "example": "bank"},
    "theme_id": {"type": "string", "maxLength": 64, "description": "A theme.", "example": "default"},
    "kid": {"type": "string", "maxLength": 100, "description": "The id of a signing key."},
    "run_id": {"type": "string", "maxLength": 20, "description": "The number of a run.", "example": "1"},
    "version": {"type": "integer", "minimum": 1, "maximum": 999_999_999, "description": "The number of a version."},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: what it is called, what it takes and answers, and who may call it.

    `permission` is None where any role will do. A `dangerous` one wants a fresh sign-in: whatever can hand somebody an
    account, a level or a role, and what cannot be undone. `tagged` answers carry an ETag. `creates` is a POST that does
    something, so that an `Idempotency-Key` counts. `problems` are refusals beside those that every operation of its
    shape can have. `media` is what is answered when that is not JSON. A `trial` computes for long, so that only a few
    run at once.
    """

    method: Method
    path: str
    id: str
    summary: str
    permission: Permission | None
    answer: Any = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    guard: Guard = "none"
    dangerous: bool = False
    tagged: bool = False
    creates: bool = False
    status: int = 200
    problems: tuple[str, ...] = ()
    media: str = "application/json"
    trial: bool = False

    @property
    def tag(self) -> str:
        """The family it belongs to: the first part of its path."""
        return self.path.split("/")[1]
