"""Connectors that ask a service one question and go on with the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Scalar | tuple[str, ...]
#: The bytes that an answer's fields may take as JSON: they are kept with the run.
MAX_OUTPUT: Final = 768


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call by a step of a run.

    `key` is the same for each attempt of one visit of the step, and never again: a service that knows idempotency keys
    does the work once, however often we must ask. `inputs` are the values that the connection asked for by name;
    optional ones may be missing. Times are epoch seconds; the answer is of no use after `deadline`.
    """

    key: str
    inputs: Mapping[str, Value] = field(repr=False)
    locale: str
    deadline: float
    now: float


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of a call.

    `outcome` is one of the connection's outcomes. `output` has only fields that the connection declares, and no secret:
    conditions see it as `connectors.<name>.data`, and it is saved. `error` is a stable code, with the outcome `error`.
    """

    outcome: str
    output: Mapping[str, Value] = field(default_factory=dict)
    error: str | None = None


@runtime_checkable
class Calls(Protocol):
    """Asks a service."""

    async def call(self, request: CallRequest) -> CallResult:
        """Make the call. Raises ConnectorError, which leaves the step by `error`.

        It may be made again with the same key when a process dies before the answer is saved.
        """
        ...


def is_value(value: Any) -> bool:
    """Say whether a value may be a field of an answer."""
    if isinstance(value, tuple):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, Scalar)
