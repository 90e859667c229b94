"""Verification sessions: the records, how a status follows from the clock, and the store in memory."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from idp.simulator.people import Person

STEPS = ("ID_VALIDATION_FINISHED", "POST_PROCESSING_FINISHED", "FACE_VALIDATION_FINISHED")
FINISHED = "ONBOARDING_FINISHED"
APPROVED = "MANUAL_REVIEW_APPROVED"
REJECTED = "MANUAL_REVIEW_REJECTED"
EXPIRED = "EXPIRED"
REVIEWABLE = frozenset({"MANUAL", "MANUAL_PENDING", "WARN"})


class SessionError(Exception):
    """The session cannot do what was asked: it is unknown, deleted, closed, expired or not far enough."""


class UnknownSession(SessionError):
    """There is no such session, or it was deleted."""


@dataclass(frozen=True, slots=True)
class Existing:
    """The earlier, approved session of the same face."""

    interview_id: str | None
    external_id: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a session will turn out to be, decided before anyone opens the hosted page.

    `finish` says when: "open" as soon as the link is opened, "start" at once. `delay` is the seconds until the result
    is ready.
    """

    outcome: str
    person: Person
    then: tuple[str, ...] = ()
    delay: float = 0.0
    finish: str = "open"


@dataclass(frozen=True, slots=True)
class Session:
    """One verification session. Times are epoch seconds.

    `timeline` holds (time, onboarding status) pairs, some of them possibly in the future. `overall` holds the
    `overall.status` of successive reads of the score; the last one stays.
    """

    interview_id: str
    interview_code: str
    client_id: str
    flow_id: str
    started_at: float
    updated_at: float
    external_id: str | None = None
    redirection_url: str | None = None
    custom_fields: Mapping[str, Any] = field(default_factory=dict)
    uuid: str | None = None
    state: str = "Alive"
    closed_at: float | None = None
    timeline: tuple[tuple[float, str], ...] = ()
    person: Person | None = None
    overall: tuple[str, ...] = ()
    reads: int = 0
    existing: Existing | None = None
    elsewhere: bool = False
    opened: int = 0
    pii_deleted: bool = False
    plan: Plan | None = None

    def status(self, now: float) -> str:
        """Return the onboarding status at `now`; "UNKNOWN" before anything finished."""
        reached = [status for at, status in self.timeline if at <= now]
        return reached[-1] if reached else "UNKNOWN"

    def reached(self, status: str, now: float) -> bool:
        """Tell whether the current pass of the session has reached `status` by `now`."""
        return any(at <= now and passed == status for at, passed in self.timeline)

    def current_overall(self) -> str | None:
        """Return the `overall.status` that the next read of the score shows, None before an outcome is set."""
        return self.overall[min(self.reads, len(self.overall) - 1)] if self.overall else None


class Sessions:
    """All sessions, in memory, safe to use from several threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.RLock()
        self._rows: dict[str, Session] = {}

    def add(self, session: Session) -> None:
        """Keep a new session."""
        with self._lock:
            self._rows[session.interview_id] = session

    def find(self, interview_id: str) -> Session:
        """Return the session, raising UnknownSession if it never existed or was deleted."""
        with self._lock:
            session = self._rows.get(interview_id)
        if session is None or session.state == "Deleted":
            raise UnknownSession(interview_id)
        return session

    def find_by_uuid(self, uuid: str) -> Session | None:
        """Return the live session that was started with this cache key, if any."""
        with self._lock:
            rows = list(self._rows.values())
        return next((row for row in rows if row.uuid == uuid and row.state != "Deleted"), None)

    def all(self) -> list[Session]:
        """Return every session, deleted ones included, oldest first."""
        with self._lock:
            return list(self._rows.values())

    def change(self, interview_id: str, decide: Callable[[Session], Session]) -> Session:
        """Replace a session by `decide(session)` under the lock and return it; raises UnknownSession."""
        with self._lock:
            changed = decide(self.find(interview_id))
            self._rows[interview_id] = changed
            return changed

    def set(self, interview_id: str, **changes: Any) -> Session:
        """Replace some members of a session and return it; raises UnknownSession."""
        return self.change(interview_id, lambda session: replace(session, **changes))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._rows.clear()
