"""One real worker, `idp serve`, behind a socket: its memory, and its CPU with the HTTP server's share."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.meter import cpu_of, resident
from bench.world import CONFIG, ENVIRON, HASH

WAIT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Worker:
    """What one worker costs: MiB when it has started and when it has served, CPU milliseconds of a served request."""

    started: float
    served: float
    discovery: float


def measure_worker(rounds: int) -> Worker:
    """Start a worker on a fresh SQLite file, fetch discovery and keys over one kept connection, and read its counters.

    Raises RuntimeError if it does not come up.
    """
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="idp-bench-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "idp", "serve"],
            env={**os.environ, **ENVIRON, **_settings(port, Path(folder))},
            stdout=subprocess.DEVNULL,
        )
        try:
            connection = _connect(port, process)
            fetch = _fetcher(connection, port)
            fetch()
            started, before = resident(process.pid), cpu_of(process.pid)
            for _ in range(rounds):
                fetch()
            spent = cpu_of(process.pid) - before
            connection.close()
            return Worker(started, resident(process.pid), spent * 1000 / rounds)
        finally:
            process.terminate()
            process.wait(WAIT_SECONDS)


def _settings(port: int, folder: Path) -> dict[str, str]:
    values = {"issuer": f"http://localhost:{port}", "port": port, "data_dir": folder, "config_dir": CONFIG, **HASH}
    return {f"IDP_{name.upper()}": str(value) for name, value in values.items()}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _connect(port: int, process: subprocess.Popen[bytes]) -> http.client.HTTPConnection:
    give_up_at = time.monotonic() + WAIT_SECONDS
    while process.poll() is None and time.monotonic() < give_up_at:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.connect()
        except OSError:
            time.sleep(0.1)
        else:
            return connection
    raise RuntimeError("the worker does not come up")


def _fetcher(connection: http.client.HTTPConnection, port: int) -> Callable[[], None]:
    def fetch() -> None:
        for path in ("/.well-known/openid-configuration", "/jwks.json"):
            connection.request("GET", path, headers={"host": f"localhost:{port}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} for {path}")

    return fetch
