"""Where a turn leaves a run: what it waits for, or what must be done before the next turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from idp.application.browser import OpenedSession
from idp.application.calls import CallPlan
from idp.application.departures import DeparturePlan
from idp.application.steps import Work
from idp.flows.events import ShowScreen
from idp.records.journeys import Run, Verification


@dataclass(frozen=True, slots=True)
class AtScreen:
    """The run waits for a person at a screen.

    `values` are what actions said (as the problems of a weak password), `action` names the last action before it.
    `wrong` are the fields that were just sent and are not right, with a code each, and `typed` what was in them: the
    run has not moved.
    """

    run: Run
    effect: ShowScreen
    values: Mapping[str, Mapping[str, Any]]
    action: str = ""
    wrong: tuple[tuple[str, str], ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AtVendor:
    """The run waits for the vendor. `fresh` when the person has not been sent there yet."""

    run: Run
    verification: Verification
    url: str
    step: str
    seq: int
    outcomes: tuple[str, ...]
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class AtReview:
    """The run waits for a reviewer."""

    run: Run
    deadline: float


@dataclass(frozen=True, slots=True)
class AtCall:
    """The run waits for the answer of a service that somebody else, or a process that died, is asking."""

    run: Run


@dataclass(frozen=True, slots=True)
class AtProvider:
    """The run waits for the person to come back from another site. `fresh` when they have not been sent there yet."""

    run: Run
    step: str
    seq: int
    url: str
    name: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over. `session` is the new cookie after a completed one."""

    run: Run
    session: OpenedSession | None = None


@dataclass(frozen=True, slots=True)
class Prepare:
    """Heavy work to be done before the turn can be taken."""

    work: Work


@dataclass(frozen=True, slots=True)
class LookAgain:
    """A result that the vendor's people decided a while ago: to be fetched anew before the run is judged by it.

    `stay` is where the run waits if the vendor cannot be asked.
    """

    verification_id: int
    stay: AtReview


@dataclass(frozen=True, slots=True)
class CallVendor:
    """A connector to be started before the run can go on."""

    step: str
    connection: str
    seq: int


@dataclass(frozen=True, slots=True)
class CallService:
    """A service to be asked before the run can go on."""

    plan: CallPlan


@dataclass(frozen=True, slots=True)
class Depart:
    """A way out to another site, to be prepared before the person can be sent there."""

    plan: DeparturePlan


RunView: TypeAlias = AtScreen | AtVendor | AtProvider | AtReview | AtCall | Ended
Turn: TypeAlias = RunView | Prepare | CallVendor | CallService | Depart | LookAgain
