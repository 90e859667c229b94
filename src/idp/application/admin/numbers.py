"""The numbers of the home page. The database counts; nothing here grows with the number of people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from idp.application.admin.flow_overview import list_overviews
from idp.application.dependencies import Dependencies
from idp.flows.language import PURPOSES, STEP_UP

REFUSED: Final = frozenset({"denied", "error"})
DROPPED: Final = frozenset({"expired", "ended"})
PASSED: Final = frozenset({"OK", "MANUAL_OK"})


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
class Vendor:
    """How a connection fared: verifications by status, and those whose verdict is a pass."""

    connection: str
    by_status: Mapping[str, int]
    passed: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """Everything on the home page. `reasons` are (purpose, status, reason, how many), the most first."""

    since: float
    journeys: tuple[Journeys, ...]
    reasons: tuple[tuple[str, str, str, int], ...]
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
        runs = [(purpose, status, count) for _, purpose, status, _, count in begun]
        why: dict[tuple[str, str, str], int] = {}
        for _, purpose, status, reason, count in begun:
            if reason and status not in {"active", "complete"}:
                why[purpose, status, reason] = why.get((purpose, status, reason), 0) + count
        return Numbers(
            since,
            tuple(_count(purpose, runs) for purpose in PURPOSES),
            tuple((*key, count) for key, count in sorted(why.items(), key=lambda item: (-item[1], item[0]))),
            uow.runs.time_of_purpose(STEP_UP, since),
            _count_vendors(uow.verifications.count_results(since)),
            uow.cases.count_open(),
            uow.outbox.depth(),
            len({assignment.user_id for assignment in uow.roles.all()}),
            tuple(one.flow_id for one in overviews if any(problem.severity == "error" for problem in one.problems)),
        )


def _count(purpose: str, runs: Iterable[tuple[str, str, int]]) -> Journeys:
    own = [(status, count) for name, status, count in runs if name == purpose]

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


def _count_vendors(results: Iterable[tuple[str, str, str | None, str | None, int]]) -> tuple[Vendor, ...]:
    by_name: dict[str, dict[str, int]] = {}
    passed: dict[str, int] = {}
    for name, status, overall, _, count in results:
        counts = by_name.setdefault(name, {})
        counts[status] = counts.get(status, 0) + count
        passed[name] = passed.get(name, 0) + (count if overall in PASSED else 0)
    return tuple(Vendor(name, counts, passed[name]) for name, counts in sorted(by_name.items()))
