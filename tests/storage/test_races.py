"""Of many racers exactly one wins: threads of one process, and several processes, on both engines."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from idp.storage.sql.storage import SqlStorage
from tests.storage.contests import CONTESTS, PRIZES
from tests.storage.rows import LATER, NOW, Seed, seed_rows

THREADS = 6
PROCESSES = 3


@pytest.fixture(scope="module")
def racers() -> Iterator[list["subprocess.Popen[str]"]]:
    """Processes that wait for contests."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.storage.racer", f"process-{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": "src"},
        )
        for number in range(PROCESSES)
    ]
    yield processes
    for process in processes:
        process.communicate(timeout=30)
        assert process.returncode == 0


def in_threads(work: Callable[[int], list[Any]]) -> list[Any]:
    """Run `work` in all threads from the same moment on, and join what they return."""
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> list[Any]:
        barrier.wait(30)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return [won for part in pool.map(run, range(THREADS)) for won in part]


@pytest.mark.parametrize("name", CONTESTS)
def test_among_threads_every_prize_has_exactly_one_winner(
    shared_storage: SqlStorage, shared_seed: Seed, name: str
) -> None:
    contest = CONTESTS[name]
    with shared_storage.write() as unit:
        prizes = contest.lay_out(unit, shared_seed)
    won = in_threads(lambda number: contest.race(shared_storage, prizes, f"thread-{number}"))
    assert sorted(won) == sorted(prizes)


@pytest.mark.parametrize("name", CONTESTS)
def test_among_processes_every_prize_has_exactly_one_winner(
    shared_storage: SqlStorage, shared_url: str, shared_seed: Seed, name: str, racers: "list[subprocess.Popen[str]]"
) -> None:
    with shared_storage.write() as unit:
        prizes = CONTESTS[name].lay_out(unit, shared_seed)
    for racer in racers:
        tell(racer, json.dumps({"url": shared_url, "contest": name, "prizes": prizes}))
    assert [hear(racer) for racer in racers] == ["ready"] * PROCESSES
    for racer in racers:
        tell(racer, "go")
    won = [prize for racer in racers for prize in json.loads(hear(racer))]
    assert sorted(won) == sorted(prizes)


def tell(racer: "subprocess.Popen[str]", line: str) -> None:
    assert racer.stdin is not None
    racer.stdin.write(line + "\n")
    racer.stdin.flush()


def hear(racer: "subprocess.Popen[str]") -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()


def test_versions_published_at_once_are_numbered_without_gap_or_double(shared_storage: SqlStorage) -> None:
    def publish(number: int) -> list[int]:
        versions = []
        for part in range(5):
            with shared_storage.write() as unit:
                digest = f"{number}-{part}".encode()
                versions.append(unit.flows.publish("login", "text", digest, NOW).version)
        return versions

    assert sorted(in_threads(publish)) == list(range(1, THREADS * 5 + 1))


def test_an_arrival_is_locked_until_the_unit_ends(shared_storage: SqlStorage) -> None:
    def arrive(_: int) -> list[float]:
        for _round in range(10):
            with shared_storage.write() as unit:
                seen = unit.throttles.arrival("counted") or 0.0
                unit.throttles.put_arrival("counted", seen + 1.0, LATER)
        return []

    in_threads(arrive)
    with shared_storage.read() as unit:
        assert unit.throttles.arrival("counted") == THREADS * 10


def test_an_arrival_can_be_forgotten_and_purged_while_others_come(shared_storage: SqlStorage) -> None:
    def come_and_go(number: int) -> list[int]:
        for _round in range(10):
            with shared_storage.write() as unit:
                if number % 3 == 0:
                    unit.throttles.forget("ip")
                elif number % 3 == 1:
                    unit.throttles.purge(LATER)
                else:
                    unit.throttles.arrival("ip")
                    unit.throttles.put_arrival("ip", NOW, LATER - 1)
        return [number]

    assert sorted(in_threads(come_and_go)) == list(range(THREADS))


@pytest.mark.postgres
def test_a_second_worker_takes_other_mail_while_the_first_still_holds_its_own(postgres_storage: SqlStorage) -> None:
    with postgres_storage.write() as unit:
        CONTESTS["outbox.claim"].lay_out(unit, seed_rows(unit))
    with postgres_storage.write() as first, postgres_storage.write() as second:
        mine = first.outbox.claim(NOW, LATER, limit=PRIZES // 2)
        yours = second.outbox.claim(NOW, LATER, limit=PRIZES)
    assert len(mine) == len(yours) == PRIZES // 2
    assert not {mail.id for mail in mine} & {mail.id for mail in yours}


def test_a_rolled_back_consumption_leaves_the_code_to_the_next(shared_storage: SqlStorage, shared_seed: Seed) -> None:
    with shared_storage.write() as unit:
        code_id = CONTESTS["codes.consume"].lay_out(unit, shared_seed)[0]
    with pytest.raises(KeyError), shared_storage.write() as unit:  # noqa: PT012
        assert unit.codes.consume(code_id, NOW)
        raise KeyError
    with shared_storage.write() as unit:
        assert unit.codes.consume(code_id, NOW)
