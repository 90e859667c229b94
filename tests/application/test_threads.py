"""The hop to a thread: results, errors, context, and what a cancelled caller may not do."""

import asyncio
import threading
from contextvars import ContextVar

import pytest

from idp.application.threads import MOST_TRIALS, MOST_WAITING, TooBusy, in_thread, in_trial_thread

pytestmark = pytest.mark.anyio
NAME: ContextVar[str] = ContextVar("NAME", default="none")


async def test_it_returns_and_raises_what_the_work_does() -> None:
    assert await in_thread(divmod, 7, 2) == (3, 1)
    assert await in_thread(dict, a=1) == {"a": 1}
    with pytest.raises(ZeroDivisionError):
        await in_thread(divmod, 7, 0)


async def test_it_is_another_thread_with_the_callers_context() -> None:
    NAME.set("caller")
    assert await in_thread(NAME.get) == "caller"
    assert await in_thread(threading.get_ident) != threading.get_ident()
    await in_thread(NAME.set, "inside")
    assert NAME.get() == "caller"


async def test_a_cancelled_caller_waits_until_the_work_is_done() -> None:
    begun, go, done = asyncio.Event(), threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        go.wait(30)
        done.set()

    task = asyncio.create_task(in_thread(work))
    await begun.wait()
    for _ in range(3):
        task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done.is_set()


async def test_a_cancelled_callers_error_is_nobodys() -> None:
    """The loop would report an exception that nobody has looked at, and warnings are errors here."""
    begun, go = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        go.wait(30)
        raise KeyError

    reported: list[dict[str, object]] = []
    loop.set_exception_handler(lambda _, context: reported.append(context))
    task = asyncio.create_task(in_thread(work))
    await begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    del task
    await asyncio.sleep(0)
    assert reported == []


async def test_long_trials_leave_threads_to_everybody_else_and_do_not_queue_without_end() -> None:
    """Somebody who may only read flows could otherwise fill every thread with tests, and nobody could sign in."""
    go = threading.Event()
    trials = [asyncio.ensure_future(in_trial_thread(go.wait, 30)) for _ in range(MOST_TRIALS + MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await in_trial_thread(divmod, 7, 2)
    assert await in_thread(divmod, 7, 2) == (3, 1)
    go.set()
    assert await asyncio.gather(*trials) == [True] * len(trials)
    assert await in_trial_thread(divmod, 7, 2) == (3, 1)


async def test_a_trial_that_fails_or_is_given_up_leaves_its_place() -> None:
    for _ in range(MOST_TRIALS + MOST_WAITING + 1):
        with pytest.raises(ZeroDivisionError):
            await in_trial_thread(divmod, 7, 0)
        given_up = asyncio.ensure_future(in_trial_thread(divmod, 7, 2))
        await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
    assert await in_trial_thread(divmod, 7, 2) == (3, 1)
