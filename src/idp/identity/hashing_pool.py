"""A small pool of threads for password hashing, with a bounded queue.

Hashing takes tens of milliseconds of CPU by design. In a pool of its own, a storm of logins can fill only this pool's
threads and queue; the rest is refused at once, and tokens keep flowing. `threads + queue` is also the largest number of
request threads that can wait here, so keep it below the size of the request pool.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

from idp.errors import IdpError

T = TypeVar("T")


class Busy(IdpError):
    """All hashing threads are at work and the queue is full (or the pool is closed). Try again shortly."""

    code = "temporarily_unavailable"


class HashingPool:
    """Runs functions on its own threads, at most `threads` at a time, with at most `queue` waiting."""

    def __init__(self, threads: int, queue: int) -> None:
        """Start with no threads; they appear as they are needed. Raises ValueError for fewer than one thread."""
        if threads < 1 or queue < 0:
            raise ValueError("a hashing pool needs at least one thread, and a queue of zero or more")
        self._places = BoundedSemaphore(threads + queue)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="hashing")

    def run(self, fn: Callable[[], T]) -> T:
        """Run `fn` on the pool, wait, and return or raise what it does. Raises `Busy` at once if there is no place."""
        return self.submit(fn).result()

    def submit(self, fn: Callable[[], T]) -> Future[T]:
        """Queue `fn` and return its future, for callers that must not hold a thread. Raises `Busy`."""
        if not self._places.acquire(blocking=False):
            raise Busy("The service is busy. Try again in a moment.", detail="hashing queue is full")

        def run_and_leave() -> T:
            # The place is free before the result is seen, so that a caller who has an answer can ask again at once.
            try:
                return fn()
            finally:
                self._places.release()

        try:
            future = self._executor.submit(run_and_leave)
        except RuntimeError:
            self._places.release()
            raise Busy("The service is stopping.", detail="hashing pool is closed") from None
        future.add_done_callback(self._leave_if_cancelled)
        return future

    def close(self) -> None:
        """Refuse new work, finish what is queued, and end the threads."""
        self._executor.shutdown(wait=True)

    def _leave_if_cancelled(self, future: Future[T]) -> None:
        if future.cancelled():
            self._places.release()
