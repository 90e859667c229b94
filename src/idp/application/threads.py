"""The one hop from the asynchronous edge to synchronous work."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run synchronous work in a worker thread. A cancelled request does not tear a unit of work in half."""
    return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), abandon_on_cancel=False)
