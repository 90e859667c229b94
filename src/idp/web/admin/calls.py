"""One call of an operation: who calls, what was sent, and which version of the thing the caller saw."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel

from idp.application.admin.callers import Caller
from idp.application.admin.permissions import Permission
from idp.application.change import Change
from idp.application.dependencies import Dependencies
from idp.web.admin.desk import Desk
from idp.web.admin.operation import PREFIX, Guard
from idp.web.admin.problems import Refused, refuse_input

_TAG: Final = re.compile(r'"([!#-~]{1,78})"')


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler is given. `seen` is the tag in `If-Match`, `new` says that `If-None-Match: *` was sent."""

    desk: Desk
    caller: Caller
    path: Mapping[str, str] = field(default_factory=dict)
    query: Any = None
    body: Any = None
    seen: str | None = None
    new: bool = False
    request_id: str = "-"

    @property
    def deps(self) -> Dependencies:
        """The application's collaborators."""
        return self.desk.deps

    @property
    def root(self) -> str:
        """The address that all paths of the API begin with."""
        return f"{self.deps.policy.issuer}{PREFIX}"

    def change(self, message: str) -> Change:
        """Say who makes a change, and why."""
        return Change(self.caller.name, message, trace=self.request_id)

    def expect(self, tag: str, current: Callable[[], BaseModel]) -> None:
        """Refuse unless the caller saw what there is now; the answer then carries it."""
        if self.seen != tag:
            raise refuse_stale(current(), tag)

    def demand(self, permission: Permission, detail: str) -> None:
        """Refuse a caller without a permission that only a part of the operation takes."""
        if permission not in self.caller.permissions:
            raise Refused("forbidden", detail)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers: a model, text of another kind, or nothing. `tag` becomes the ETag."""

    body: BaseModel | str | None = None
    tag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None


#: A handler that must call somebody returns this: it is awaited outside of every thread and transaction.
Later = Callable[[], Awaitable[Reply]]
Handler = Callable[[Call], Reply | Later]


def refuse_stale(current: BaseModel | None, tag: str | None = None) -> Refused:
    """Refuse a change of something that has changed meanwhile, and say what it is now, with its tag."""
    what = current.model_dump(mode="json") if current is not None else None
    return Refused(
        "precondition-failed",
        "Somebody else changed this since you looked. Compare the two, and send the change again with the new ETag.",
        headers={"ETag": quote_tag(tag)} if tag is not None else None,
        current=what,
    )


def quote_tag(tag: str) -> str:
    """Return a tag as it stands in `ETag` and `If-Match` (RFC 9110 section 8.8.3)."""
    return f'"{tag}"'


def read_guard(guard: Guard, match: str | None, none_match: str | None) -> tuple[str | None, bool]:
    """Read `If-Match` and `If-None-Match`: the tag that was seen, and whether the thing must be new.

    `If-Match: *` names no version, so it is refused like none. Raises Refused.
    """
    if guard == "none":
        return None, False
    new = none_match is not None
    if new and (guard == "match" or none_match != "*" or match is not None):
        raise refuse_input(
            "header",
            "Only `If-None-Match: *`, for what is new, and no `If-Match` beside it.",
            parameter="If-None-Match",
        )
    if new:
        return None, True
    if match is None or match.strip() == "*":
        told = ", or `If-None-Match: *` if it is to be new" if guard == "match-or-new" else ""
        raise Refused("precondition-required", f"Send the ETag of what you saw as `If-Match`{told}.")
    found = _TAG.fullmatch(match.strip())
    if found is None:
        raise refuse_input("header", "`If-Match` takes one ETag, as it was sent to you.", parameter="If-Match")
    return found[1], False
