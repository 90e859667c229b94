"""The one hop from the asynchronous edge to synchronous work."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

#: Threads that may be at work, or wait for the database, at once. One is started when all others are busy.
MOST_THREADS: Final = 40
_POOL: Final = ThreadPoolExecutor(MOST_THREADS, "work")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run synchronous work in a worker thread, with the caller's context variables.

    A cancelled caller waits until the work is done, so that nothing is closed underneath a unit of work.
    """
    run = partial(copy_context().run, work, *args, **kwargs)
    future = asyncio.get_running_loop().run_in_executor(_POOL, run)
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
