"""The life of a flow: what was published, what is being written, what is live, and where runs went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ReleaseKind = Literal["publish", "rollout", "rollback"]
Variant = Literal["main", "trial"]


@dataclass(frozen=True, slots=True)
class FlowVersion:
    """An immutable published version of a flow.

    `embeds` pins the flows it embeds: for each flow id of its own subflow steps, the version that was live when this
    one was published. `digest` is over the text and the pins. `author` is who published it.
    """

    flow_id: str
    version: int
    text: str
    digest: bytes
    created_at: float
    message: str = ""
    author: str = ""
    embeds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlowDraft:
    """A flow that somebody is writing; one for each flow and name, and it may be faulty.

    `base_version` is the published version it started from, 0 for a flow that has none. `version` is the optimistic
    lock, which every save moves on.
    """

    id: int
    flow_id: str
    name: str
    text: str
    base_version: int
    author: str
    created_at: float
    updated_at: float
    version: int = 1


@dataclass(frozen=True, slots=True)
class FlowRelease:
    """Which versions of a flow new runs get, from `at` until the next release; append-only, numbered for each flow.

    `version` serves everybody but the `percent` (0 to 99) of people whom `trial` serves.
    """

    flow_id: str
    number: int
    version: int
    at: float
    kind: ReleaseKind
    actor: str
    message: str = ""
    trial: int | None = None
    percent: int = 0


@dataclass(frozen=True, slots=True)
class AppliedDocument:
    """The last text that the configuration folder gave for something, so that it is applied once and not at each start.

    `kind` is `levels`, `theme`, `flow`, `connection` or `client`, `name` its id; `start:` stands before the kind of
    what a start gave, to be compared at the next one. Of a flow `digest` is over its text and the texts that it embeds;
    of the others over what the document asked for, secrets and all. `text` is the file as it stood.
    """

    kind: str
    name: str
    digest: bytes
    at: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class RunHop:
    """A run left a step (append-only): by which outcome, after how long, and which errors its conditions met.

    `seq` counts the run's hops from 1. `visit` is the engine's number of the state that the step was left from, as in
    `Verification.visit`. It holds nothing that anybody typed.
    """

    id: int
    run_id: int
    flow_id: str
    flow_version: int
    seq: int
    visit: int
    step: str
    outcome: str
    entered_at: float
    at: float
    fault: str | None = None
