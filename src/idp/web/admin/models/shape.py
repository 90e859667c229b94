"""What bodies and answers have in common: unknown members are refused in the one, and times are UTC in the other."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

#: The most entries of one page of a list, and how many there are when nobody says.
MOST_ENTRIES = 200
USUAL_ENTRIES = 50

Time = Annotated[datetime, Field(description="A time, RFC 3339, UTC.", examples=["2026-11-26T08:15:00Z"])]


class Body(BaseModel):
    """What somebody sends. A member that nobody knows is refused, so that a slip of the pen is not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True)


class Query(Body):
    """The parameters of a query string. One that nobody knows is refused: a filter must not be ignored."""


class PageQuery(Query):
    """Which page of a list."""

    limit: int = Field(default=USUAL_ENTRIES, ge=1, le=MOST_ENTRIES, description="The most entries of the page.")
    cursor: str | None = Field(
        default=None, max_length=500, description="Where the page begins: what the page before calls `next`."
    )


class Page(Answer, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(description="The cursor of the page that follows, null on the last one.")


def at(seconds: float) -> datetime:
    """Return a time from epoch seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def at_or_none(seconds: float | None) -> datetime | None:
    """Return a time from epoch seconds, if there is one."""
    return None if seconds is None else at(seconds)


def plain(value: Any) -> Any:
    """Return a copy that has no other containers than dictionaries and lists, as answers need it."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
