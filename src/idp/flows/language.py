"""What a flow is, as records: steps, their outcomes, and where each outcome leads.

A `Flow` is immutable and knows nothing of the catalogue, the database or the browser. Times are seconds.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

SIGN_IN: Final = "sign_in"
SIGN_UP: Final = "sign_up"
STEP_UP: Final = "step_up"
RECOVERY: Final = "recovery"
PURPOSES: Final = (SIGN_IN, SIGN_UP, STEP_UP, RECOVERY)

COMPLETE: Final = "complete"
DENIED: Final = "denied"
ERROR: Final = "error"
ENDS: Final = (COMPLETE, DENIED, ERROR)

#: The outcome the engine takes by itself when a step has been entered more often than `max_visits` allows.
LIMIT: Final = "limit"
#: The exits of a condition, as they appear in trails and paths, next to `case 1`, `case 2`, ...
OTHERWISE: Final = "otherwise"
APPROVED: Final = "approved"
REVIEW_OUTCOMES: Final = (APPROVED, "rejected", "expired")
COMPLETED: Final = "completed"
PENDING: Final = "pending"
#: The exits of a step that uses an identity connection; other connections have their own, and always `error`.
CONNECTOR_OUTCOMES: Final = (COMPLETED, PENDING, "not_finished", "expired", "error")
FAILED: Final = "error"
#: What stands before a single error code where a step wires one: `error:timeout`.
CODE_PREFIX: Final = "error:"
ERROR_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: Connector outcomes after which there is something for a reviewer to look at.
RESULT_OUTCOMES: Final = frozenset({COMPLETED, PENDING})
#: Outcomes that the next screen shows as what went wrong. `taken` is absent on purpose: it must not be told.
FAILURES: Final = frozenset(
    {"wrong", "unknown", "throttled", "weak", "expired", "conflict", "error", "not_finished", "refused", "invalid"}
)

DEFAULT_REVIEW_DEADLINE: Final = 48 * 3600.0
MAX_STEPS: Final = 500
MAX_STEP_ID: Final = 64

Options: TypeAlias = Mapping[str, Any]
Wiring: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScreenStep:
    """Shows a page and waits for a person. `on` maps each outcome of the screen to a step."""

    id: str
    screen: str
    on: Wiring
    options: Options = field(default_factory=dict)
    max_visits: int | None = None


@dataclass(frozen=True, slots=True)
class ActionStep:
    """Runs one built-in action on the server."""

    id: str
    action: str
    on: Wiring
    options: Options = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConnectorStep:
    """Uses a connection, by its name, and leaves by one of the connection's outcomes.

    Beside `error`, `on` may wire single error codes as `error:<code>`; a code that is not wired leaves by `error`.
    """

    id: str
    connector: str
    on: Wiring
    options: Options = field(default_factory=dict)
    max_visits: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One branch of a condition. `proves` names the connection whose result this branch turns into proof."""

    when: str
    to: str
    proves: str | None = None


@dataclass(frozen=True, slots=True)
class ConditionStep:
    """Takes the first case that holds, else `otherwise`."""

    id: str
    cases: tuple[Case, ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class SubflowStep:
    """Embeds another flow by id; `on` is keyed by that flow's ends. Gone after `expand`."""

    id: str
    flow: str
    on: Wiring


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """Waits for a reviewer of the queue `review`, at most `deadline` seconds."""

    id: str
    review: str
    on: Wiring
    deadline: float = DEFAULT_REVIEW_DEADLINE


@dataclass(frozen=True, slots=True)
class EndStep:
    """Ends the run: `complete`, `denied` or `error`. Only the protocol decides what a `complete` is worth."""

    id: str
    end: str
    reason: str | None = None


Step: TypeAlias = ScreenStep | ActionStep | ConnectorStep | ConditionStep | SubflowStep | ReviewStep | EndStep


#: How a step stands in the drawing: to the right, down, and the colour that somebody gave it, if any.
Place: TypeAlias = tuple[float, float] | tuple[float, float, str]
#: Colours for steps and groups. They mean what their author says; the drawing shows each in light and in dark.
COLORS: Final = ("blue", "teal", "green", "amber", "red", "violet", "grey")


@dataclass(frozen=True, slots=True)
class Group:
    """Steps that belong together in the eyes of people: a frame in the drawing, and nothing to the engine."""

    steps: tuple[str, ...]
    color: str | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """One version of a flow document.

    `deadline` is seconds a run may take. `levels` are the acr values the flow claims to reach and `demands` extra
    evidence that every completing path must yield; both are claims for the checker to test and grant nothing.
    `layout`, `groups` and `texts` are for people. `marks` maps a place in the document to its line and column.
    """

    id: str
    title: str
    purpose: str
    deadline: float
    start: str
    steps: Mapping[str, Step]
    layout: Mapping[str, Place] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)


def case_name(index: int) -> str:
    """Name the exit of the condition's case at `index`, counted from 0, as people count: `case 1`."""
    return f"case {index + 1}"


def list_exits(step: Step) -> Iterator[tuple[str, str]]:
    """Yield each exit of the step as (outcome, target), in document order, with `limit` where it is wired."""
    match step:
        case EndStep():
            return
        case ConditionStep():
            for index, case in enumerate(step.cases):
                yield case_name(index), case.to
            yield OTHERWISE, step.otherwise
        case _:
            yield from step.on.items()


def find_exit(on: Wiring, outcome: str, code: str | None) -> str:
    """Return the exit by which a connector step leaves: an error's own one where it is wired, else the outcome."""
    own = f"{CODE_PREFIX}{code}"
    return own if outcome == FAILED and code and own in on else outcome


def name_kind(step: Step) -> str:
    """Name the step's kind by the key that makes it one: `screen`, `action`, `connector`, ..."""
    return _KINDS[type(step)]


#: The record of each kind of step.
STEP_TYPES: Final[Mapping[str, type[Any]]] = {
    "screen": ScreenStep,
    "action": ActionStep,
    "connector": ConnectorStep,
    "condition": ConditionStep,
    "subflow": SubflowStep,
    "review": ReviewStep,
    "end": EndStep,
}
_KINDS: Final[Mapping[type[Any], str]] = {record: kind for kind, record in STEP_TYPES.items()}
