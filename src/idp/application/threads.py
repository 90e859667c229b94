"""The one hop from the asynchronous edge to synchronous work."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Final, ParamSpec, TypeVar

from idp.errors import IdpError

P = ParamSpec("P")
T = TypeVar("T")

#: Threads that may be at work, or wait for the database, at once. One is started when all others are busy.
MOST_THREADS: Final = 40
_POOL: Final = ThreadPoolExecutor(MOST_THREADS, "work")
#: Long computing at once, and how many more may wait for it.
MOST_TRIALS: Final = 2
MOST_WAITING: Final = 16
_TRIALS: Final = ThreadPoolExecutor(MOST_TRIALS, "trial")
_admitted = threading.BoundedSemaphore(MOST_TRIALS + MOST_WAITING)


class TooBusy(IdpError):
    """So much is being computed already that one more would only wait."""

    code = "temporarily_unavailable"


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run synchronous work in a worker thread, with the caller's context variables.

    A cancelled caller waits until the work is done, so that nothing is closed underneath a unit of work.
    """
    return await _run(_POOL, partial(work, *args, **kwargs))


async def in_trial_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run work that computes for long, a few at once: nobody's sign-in waits for a thread because somebody tries flows.

    Raises TooBusy instead of letting a queue grow.
    """
    if not _admitted.acquire(blocking=False):
        raise TooBusy("Too many flows are being tried at this moment. Try again in a few seconds.")
    try:
        return await _run(_TRIALS, partial(work, *args, **kwargs))
    finally:
        _admitted.release()


async def _run(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    future = asyncio.get_running_loop().run_in_executor(pool, partial(copy_context().run, work))
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        while not future.done():
            await _settle(future)
        # Nobody is there any more for what the work raised; looking at it keeps the loop from reporting it.
        future.exception()
        raise


async def _settle(future: asyncio.Future[T]) -> None:
    try:
        await asyncio.wait({future})
    except asyncio.CancelledError:
        return
