"""What happens to a run (events) and what it asks the application to do next (effects).

Every event names the step it answers. Every effect carries `seq`, the number of the state it belongs to; an answer
that gives it back is refused once the run has moved on. Secrets exist here and nowhere else, and never in a repr.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


class RefusedEvent(Exception):
    """The event does not fit the run. Nothing has changed."""


class StaleEvent(RefusedEvent):
    """The event answers a step or a moment that the run has left, as after a back button or in a second tab."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A person answered the screen `step`, as it was shown at `seq`."""

    step: str
    seq: int
    outcome: str
    fields: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ActionDone:
    """An action has run. `values` are small and not secret; conditions see them as `run.values.<step>`."""

    step: str
    outcome: str
    values: Mapping[str, Any] = field(default_factory=dict)
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class ConnectorDone:
    """A connector has an outcome; `output` is already cut down to what conditions may see.

    `error` is the stable code of what failed, with the outcome `error`.
    """

    step: str
    outcome: str
    output: Mapping[str, Any] = field(default_factory=dict)
    seq: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewDone:
    """A reviewer has decided, or the review's deadline has passed."""

    step: str
    outcome: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class ResultArrived:
    """A result that was pending is there, while the run waits at the review `step` that the pending one led to.

    `connector` is the connector step that asked for it. It is left by `completed`, as if the result had been there
    then, so that its condition judges it.
    """

    step: str
    connector: str
    output: Mapping[str, Any]
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class ProofJudged:
    """The application has judged whether a matching `proves` case may become proof."""

    step: str
    seq: int
    accepted: bool


Event: TypeAlias = Submitted | ActionDone | ConnectorDone | ReviewDone | ResultArrived | ProofJudged


@dataclass(frozen=True, slots=True)
class ShowScreen:
    """Show a page. `error` is the failure that led here, `form` what was typed before, `outcomes` what it may offer."""

    step: str
    seq: int
    screen: str
    options: Mapping[str, Any]
    error: str | None
    form: Mapping[str, str]
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunAction:
    """Run an action. `secrets` are those of the screen just submitted; gone if the process dies or the page reloads.

    `outcomes` are those that lead somewhere.
    """

    step: str
    seq: int
    action: str
    options: Mapping[str, Any]
    form: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallConnector:
    """Use a connection, by its name."""

    step: str
    seq: int
    connection: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AwaitReview:
    """Wait for a decision of the queue, at most `deadline` seconds."""

    step: str
    seq: int
    queue: str
    deadline: float


@dataclass(frozen=True, slots=True)
class JudgeProof:
    """A proving case holds: judge the connection's result against every rule of identity proof, then answer.

    The engine never writes evidence. `case` counts from 0; `to` is where an accepted proof leads.
    """

    step: str
    seq: int
    case: int
    connection: str
    to: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The run is over: `complete`, `denied` or `error`. A `complete` still has to satisfy the stored request."""

    end: str
    reason: str | None


Effect: TypeAlias = ShowScreen | RunAction | CallConnector | AwaitReview | JudgeProof | Finish
