"""CPU time of this process and of the store's server, and the spread of single calls."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

BLOCKS: Final = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """Milliseconds for one operation: CPU of the provider and of the store's server, and wall clock of single calls.

    The CPU is that of the quietest of several blocks: what else a shared machine does can only add to it.
    """

    provider: float
    store: float
    median: float | None = None
    slowest: float | None = None

    @property
    def cpu(self) -> float:
        """Provider and store together."""
        return self.provider + self.store


class Meter:
    """Counts CPU of this process (user and system), and of another with its children, such as a PostgreSQL server."""

    def __init__(self, server: int | None = None) -> None:
        """Count the process `server` as well, if there is one."""
        self._server = server

    async def measure(self, work: Callable[[], Awaitable[Any]], rounds: int) -> Figure:
        """Do a piece of work about `rounds` times after a warm-up."""
        for _ in range(max(5, rounds // 10)):
            await work()
        spans: list[float] = []
        blocks = [await self._measure_block(work, max(1, rounds // BLOCKS), spans) for _ in range(BLOCKS)]
        provider, store = min(blocks, key=sum)
        spans.sort()
        return Figure(provider, store, spans[len(spans) // 2] * 1000, spans[len(spans) * 99 // 100] * 1000)

    async def _measure_block(
        self, work: Callable[[], Awaitable[Any]], rounds: int, spans: list[float]
    ) -> tuple[float, float]:
        store, provider = self._store_seconds(), time.process_time()
        for _ in range(rounds):
            started = time.perf_counter()
            await work()
            spans.append(time.perf_counter() - started)
        provider = time.process_time() - provider
        return provider * 1000 / rounds, (self._store_seconds() - store) * 1000 / rounds

    def _store_seconds(self) -> float:
        return cpu_of(self._server) if self._server is not None else 0.0


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process and its living children have used (Linux)."""
    return sum(_nanoseconds(Path("/proc") / str(each)) for each in (pid, *_children(pid))) / 1e9


def resident(pid: int) -> float:
    """Return the memory of a process in MiB: what is resident, shared libraries and all."""
    for line in (Path("/proc") / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} has no memory")


def _children(pid: int) -> list[int]:
    tasks = (Path("/proc") / str(pid) / "task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _nanoseconds(process: Path) -> int:
    """Add up a process's threads. The first word of schedstat is the time on a processor."""
    total = 0
    for task in process.glob("task/*/schedstat"):
        try:
            total += int(task.read_text().split()[0])
        except OSError:  # it has just ended
            continue
    return total
