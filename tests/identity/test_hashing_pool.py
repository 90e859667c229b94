"""A storm of logins fills the hashing pool and nothing else."""

import threading
from concurrent.futures import wait

import pytest

from idp.identity.hashing_pool import Busy, HashingPool


@pytest.fixture
def gate():
    """Hold workers until it is opened."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def make_pool(gate):
    pools = []

    def make(threads: int, queue: int) -> HashingPool:
        pools.append(HashingPool(threads, queue))
        return pools[-1]

    yield make
    gate.set()
    for pool in pools:
        pool.close()


def hold(gate):
    """Return work that waits for the gate, and an event that says it has begun."""
    begun = threading.Event()

    def work() -> str:
        begun.set()
        gate.wait()
        return "done"

    return work, begun


def test_work_runs_on_a_thread_of_the_pool_and_its_result_comes_back(make_pool):
    name = make_pool(1, 0).run(lambda: threading.current_thread().name)
    assert name.startswith("hashing")


def test_what_the_work_raises_comes_back_too_and_its_place_is_free_again(make_pool):
    pool = make_pool(1, 0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            pool.run(lambda: 1 // 0)
    assert pool.run(lambda: 1) == 1


def test_a_caller_with_an_answer_can_ask_again_at_once(make_pool):
    pool = make_pool(1, 0)
    assert [pool.run(lambda number=number: number) for number in range(500)] == list(range(500))


def test_a_full_queue_refuses_at_once(make_pool, gate):
    pool = make_pool(2, 3)
    work, _ = hold(gate)
    held = [pool.submit(work) for _ in range(5)]
    with pytest.raises(Busy) as refusal:
        pool.run(lambda: "never run")
    assert refusal.value.code == "temporarily_unavailable"
    assert str(refusal.value) == "The service is busy. Try again in a moment."
    assert refusal.value.detail == "hashing queue is full"
    gate.set()
    assert [future.result() for future in held] == ["done"] * 5
    assert pool.run(lambda: "again") == "again"


def test_no_more_than_the_given_number_of_threads_work_at_a_time(make_pool, gate):
    pool = make_pool(2, 10)
    lock, at_work, most = threading.Lock(), [0], [0]
    both = threading.Barrier(2)

    def work() -> None:
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        both.wait(timeout=30)
        with lock:
            at_work[0] -= 1

    wait([pool.submit(work) for _ in range(12)])
    assert most[0] == 2
    gate.set()


def test_a_caller_that_gives_up_while_queued_leaves_its_place(make_pool, gate):
    pool = make_pool(1, 1)
    work, begun = hold(gate)
    running = pool.submit(work)
    begun.wait()
    queued = pool.submit(lambda: "never run")
    with pytest.raises(Busy):
        pool.submit(lambda: "no place")
    assert queued.cancel()
    other = pool.submit(lambda: "place taken")
    assert not running.cancel()
    gate.set()
    assert (running.result(), other.result()) == ("done", "place taken")


def test_a_closed_pool_refuses_but_finishes_what_it_has(make_pool, gate):
    pool = make_pool(1, 1)
    work, _ = hold(gate)
    held = pool.submit(work)
    gate.set()
    pool.close()
    assert held.result() == "done"
    for _ in range(5):
        with pytest.raises(Busy, match=r"^The service is stopping\.$") as refusal:
            pool.run(lambda: "never run")
        assert refusal.value.detail == "hashing pool is closed"


def test_closing_waits_for_what_is_queued(make_pool, gate):
    pool = make_pool(1, 1)
    work, _ = hold(gate)
    held = pool.submit(work)

    opener = threading.Timer(0.05, gate.set)
    opener.start()
    pool.close()
    assert held.done()
    opener.join()


@pytest.mark.parametrize(("threads", "queue"), [(0, 5), (-1, 5), (1, -1)])
def test_a_pool_has_at_least_one_thread(threads, queue):
    with pytest.raises(ValueError, match="hashing pool"):
        HashingPool(threads, queue)
