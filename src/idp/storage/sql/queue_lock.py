"""A lock that serves threads in the order they came."""

import threading
from collections import deque

from idp.storage.sql.transaction import Unavailable


class QueueLock:
    """Writers of one process queue here, so that none starves while SQLite's own waiting is a lottery."""

    def __init__(self) -> None:
        """Make a free lock."""
        self._mutex = threading.Lock()
        self._waiting: deque[tuple[threading.Lock, int]] = deque()
        self._owner: int | None = None

    def acquire(self, seconds: float) -> None:
        """Wait for our turn, at most `seconds`. Raises Unavailable after that, RuntimeError if this thread holds it."""
        me = threading.get_ident()
        with self._mutex:
            if self._owner is None:
                self._owner = me
                return
            if self._owner == me:
                raise RuntimeError("a unit of work was opened inside another one of the same thread")
            turn = threading.Lock()
            turn.acquire()
            place = (turn, me)
            self._waiting.append(place)
        if turn.acquire(timeout=seconds):
            return
        with self._mutex:
            if place in self._waiting:
                self._waiting.remove(place)
                raise Unavailable("The service is busy.", detail="waited too long for other writers of this process")
        # Our turn came between the time-out and the mutex: the lock is ours.

    def release(self) -> None:
        """Hand the lock to whoever waits longest."""
        with self._mutex:
            if self._waiting:
                turn, self._owner = self._waiting.popleft()
                turn.release()
            else:
                self._owner = None
