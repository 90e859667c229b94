"""The numbers of the home page. The database counts; nothing here grows with the number of people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from idp.application.admin.flow_overview import list_overviews
from idp.application.dependencies import Dependencies
from idp.flows.language import PURPOSES, STEP_UP
from idp.storage.protocols.flows import Begun

REFUSED: Final = frozenset({"denied", "error"})
DROPPED: Final = frozenset({"expired", "ended"})
PASSED: Final = frozenset({"OK", "MANUAL_OK"})
#: How many steps are named that people leave at.
MOST_LEFT: Final = 20


@dataclass(frozen=True, slots=True)
class Journeys:
    """How the runs of one purpose fared."""

    purpose: str
    begun: int
    complete: int
    refused: int
    dropped: int
    active: int


@dataclass(frozen=True, slots=True)
class LeftAt:
    """A step that people left a flow at and did not finish it.

    Time ran out for `expired`; a new run of theirs, another user or a sign-out cut `ended` short. `begun` is how many
    began the flow in that time, whether they came this far or not.
    """

    flow: str
    purpose: str
    step: str
    expired: int
    ended: int
    begun: int


@dataclass(frozen=True, slots=True)
class Vendor:
    """How a connection fared: verifications by status, and those whose verdict is a pass."""

    connection: str
    by_status: Mapping[str, int]
    passed: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """Everything on the home page. `reasons` are (purpose, status, reason, how many).

    They, and the steps of `left_at`, stand in order of their numbers, the most first.
    """

    since: float
    journeys: tuple[Journeys, ...]
    reasons: tuple[tuple[str, str, str, int], ...]
    left_at: tuple[LeftAt, ...]
    seconds_to_verify: float | None
    vendors: tuple[Vendor, ...]
    open_reviews: int
    waiting_mails: int
    operators: int
    faulty_flows: tuple[str, ...]


def count_home(deps: Dependencies, since: float) -> Numbers:
    """Count what happened from a time on."""
    overviews = list_overviews(deps)
    with deps.storage.read() as uow:
        begun = uow.runs.count_begun(since)
        why: Counter[tuple[str, str, str]] = Counter()
        for one in begun:
            if one.reason and one.status not in {"active", "complete"}:
                why[one.purpose, one.status, one.reason] += one.count
        return Numbers(
            since,
            tuple(_count(purpose, begun) for purpose in PURPOSES),
            tuple((*key, count) for key, count in sorted(why.items(), key=lambda item: (-item[1], item[0]))),
            _count_left(begun),
            uow.runs.time_of_purpose(STEP_UP, since),
            _count_vendors(uow.verifications.count_results(since)),
            uow.cases.count_open(),
            uow.outbox.depth(),
            len({assignment.user_id for assignment in uow.roles.all()}),
            tuple(one.flow_id for one in overviews if any(problem.severity == "error" for problem in one.problems)),
        )


def _count(purpose: str, runs: Iterable[Begun]) -> Journeys:
    own = [(one.status, one.count) for one in runs if one.purpose == purpose]

    def total(statuses: Iterable[str]) -> int:
        return sum(count for status, count in own if status in statuses)

    return Journeys(
        purpose,
        sum(count for _, count in own),
        total({"complete"}),
        total(REFUSED),
        total(DROPPED),
        total({"active"}),
    )


def _count_left(runs: Sequence[Begun]) -> tuple[LeftAt, ...]:
    """Say at which steps the most people left. A run of which nobody knows where it stood is not among them."""
    begun: Counter[tuple[str, str]] = Counter()
    left: dict[tuple[str, str, str], Counter[str]] = {}
    for one in runs:
        begun[one.flow_id, one.purpose] += one.count
        if one.status in DROPPED and one.step:
            left.setdefault((one.flow_id, one.purpose, one.step), Counter())[one.status] += one.count
    found = [
        LeftAt(flow_id, purpose, step, counts["expired"], counts["ended"], begun[flow_id, purpose])
        for (flow_id, purpose, step), counts in left.items()
    ]
    found.sort(key=lambda one: (-one.expired - one.ended, one.flow, one.purpose, one.step))
    return tuple(found[:MOST_LEFT])


def _count_vendors(results: Iterable[tuple[str, str, str | None, str | None, int]]) -> tuple[Vendor, ...]:
    by_name: dict[str, dict[str, int]] = {}
    passed: dict[str, int] = {}
    for name, status, overall, _, count in results:
        counts = by_name.setdefault(name, {})
        counts[status] = counts.get(status, 0) + count
        passed[name] = passed.get(name, 0) + (count if overall in PASSED else 0)
    return tuple(Vendor(name, counts, passed[name]) for name, counts in sorted(by_name.items()))
