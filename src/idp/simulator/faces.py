"""Faces the service already knows: the first approved session of every identity ID."""

import threading

from idp.simulator.sessions import Existing


class Faces:
    """Identity IDs that were approved, in memory, each with the session that approved it first."""

    def __init__(self) -> None:
        """Start knowing nobody."""
        self._lock = threading.Lock()
        self._first: dict[str, Existing] = {}

    def enrol(self, customer_id: str, interview_id: str, external_id: str | None) -> Existing:
        """Remember the face unless it is known, and return its first approved session."""
        with self._lock:
            return self._first.setdefault(customer_id, Existing(interview_id, external_id))

    def find(self, customer_id: str | None) -> Existing | None:
        """Return the first approved session of a face, None for an unknown one."""
        with self._lock:
            return self._first.get(customer_id) if customer_id else None

    def forget(self, customer_id: str) -> None:
        """Forget one face; forgetting an unknown one does nothing."""
        with self._lock:
            self._first.pop(customer_id, None)

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._first.clear()
