"""Tables for people."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.meter import BLOCKS, Figure
from bench.worker import Worker

#: Where the design wants to be: CPU milliseconds for ES256 and RS256, provider and store, on durable SQLite.
GOALS: Final = {
    "discovery + JWKS": (0.14, 0.14),
    "client_credentials": (0.22, 0.50),
    "login + code": (1.1, 1.5),
    "code with a session": (0.75, 0.95),
    "refresh": (0.40, 0.68),
    "userinfo": (0.14, 0.14),
    "introspection": (0.15, 0.15),
    "a step, its page": (1.0, 1.0),
}
FLOW_GOALS: Final = {
    "check a flow of 200 steps": 100.0,
    "dry run of 200 steps": 1000.0,
    "engine: one step and a condition": 1.0,
    "state of a run at its end, bytes": 8192.0,
}
WORKER_GOAL: Final = 80.0


def print_machine(rounds: int) -> None:
    """Say what the figures were measured on."""
    print(f"CPython {platform.python_version()}, {platform.system()} {platform.release()}, {_processor()}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; the quietest of {BLOCKS} blocks of {rounds} rounds")
    print("argon2id at 64 KiB and one pass, so that it does not hide the rest; logs are written, to nowhere")
    print("SQLite: WAL, synchronous=FULL. PostgreSQL: as it comes (fsync on), same machine, Unix socket")


def print_operations(store: str, columns: Mapping[str, Mapping[str, Figure]]) -> None:
    """Print one table for a store, with a column for each algorithm."""
    print(
        f"\n{store}: CPU milliseconds per operation, provider + store; per second on one core; wall clock of one call"
    )
    head = f"{'':22}" + "".join(f"{alg:>9}{'+ store':>9}{'goal':>7}" for alg in columns)
    print(f"{head}{'per s':>9}{'p50 ms':>9}{'p99 ms':>9}")
    for name, first in next(iter(columns.values())).items():
        goals = GOALS.get(name)
        line = f"{name:22}"
        for index, column in enumerate(columns.values()):
            goal = f"{goals[index]:7.2f}" if goals else f"{'':7}"
            line += f"{column[name].provider:9.3f}{column[name].store:9.3f}{goal}"
        spread = f"{first.median:9.2f}{first.slowest:9.2f}" if first.median and first.slowest else ""
        print(f"{line}{1000 / max(first.cpu, 0.001):9.0f}{spread}")


def print_flows(figures: Mapping[str, float]) -> None:
    """Print the flow core's table."""
    print(f"\n{'flow core: CPU ms':36}{'':>10}{'goal':>8}")
    for name, value in figures.items():
        goal = f"{FLOW_GOALS[name]:8.0f}" if name in FLOW_GOALS else ""
        print(f"{name:36}{value:10.2f}{goal}")


def print_worker(worker: Worker) -> None:
    """Print what a worker takes."""
    print(f"\none worker (idp serve, SQLite): {worker.started:.0f} MiB resident when it has started, ", end="")
    print(f"{worker.served:.0f} MiB when it has served (goal {WORKER_GOAL:.0f})")
    print(f"discovery + JWKS over a socket, HTTP server included: {worker.discovery:.3f} CPU ms")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
