"""A server that is killed between any two requests: the journey goes on where it was, and nothing runs twice."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from idp.demo.launch import PASSWORD, demo_environment, prepare_state
from tests.journeys.browser import Browser
from tests.journeys.live import bind, origin_of, pass_check, serve_simulator
from tests.journeys.relying_party import RelyingParty
from tests.journeys.world import CONFIG

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

IDV = "urn:idp:acr:idv"
#: Below the ports that outgoing connections are given: nobody takes ours while the server is down.
PORTS = range(22000, 30000)


class KillableServer:
    """`idp serve` as a process of its own, which can be killed and comes back on the same port and database."""

    def __init__(self, environ: dict[str, str], log: Path) -> None:
        self._environ, self._log = environ, log
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    @property
    def issuer(self) -> str:
        return self._environ["IDP_ISSUER"]

    def start(self) -> None:
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "idp", "serve"]
            self._process = subprocess.Popen(command, env=self._environ, stdout=log, stderr=log)
        until = time.monotonic() + 120
        while not self._is_ready():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < until, self._log.read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """End the process without a chance to tidy up."""
        if self._process is not None:
            self._process.kill()
            assert self._process.wait(60) == -signal.SIGKILL
            self._process = None
            self.kills += 1

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._environ['IDP_PORT']}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class KillingBrowser(Browser):
    """A browser before whose every request the server is killed and started again."""

    def __init__(self, server: KillableServer, simulator: str) -> None:
        super().__init__({server.issuer: None, simulator: None}, {"connection": "close"})
        self._client.timeout = httpx2.Timeout(60)
        self._client.event_hooks = {"request": [self._kill]}
        self._server = server
        self.requests = 0

    async def _kill(self, request: httpx2.Request) -> None:
        if str(request.url).startswith(self._server.issuer):
            self.requests += 1
            self._server.kill()
            self._server.start()


@pytest.fixture
def simulator_socket() -> Iterator[socket.socket]:
    with bind() as listening:
        yield listening


@pytest.fixture
def environ(tmp_path: Path, simulator_socket: socket.socket) -> dict[str, str]:
    """The demo's environment, on ports of our own and with a cheap password hash."""
    simulator = origin_of(simulator_socket)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("IDP_", "SIM_", "COV_"))},
        **demo_environment(tmp_path, free_port()),
        "IDP_CONFIG_DIR": str(CONFIG),
        "IDP_EGRESS_HOSTS": simulator.removeprefix("http://"),
        "INCODE_API_URL": simulator,
        "IDP_PASSWORD_MEMORY_KIB": "64",
        "IDP_PASSWORD_TIME_COST": "1",
        "IDP_RUN_WORKER": "false",
        # The modules are compiled at the first start only, wherever the tests run.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(tmp_path / "compiled"),
    }


@pytest.fixture
def server(environ: dict[str, str], simulator_socket: socket.socket, tmp_path: Path) -> Iterator[KillableServer]:
    prepare_state(environ)
    made = KillableServer(environ, tmp_path / "server.log")
    with serve_simulator(simulator_socket, made.issuer):
        try:
            yield made
        finally:
            made.kill()


@pytest.fixture
async def browser(server: KillableServer, simulator_socket: socket.socket) -> AsyncIterator[KillingBrowser]:
    made = KillingBrowser(server, origin_of(simulator_socket))
    yield made
    await made.close()


def free_port() -> int:
    start = os.getpid() % len(PORTS)
    for offset in range(len(PORTS)):
        port = PORTS[(start + offset) % len(PORTS)]
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no port is free")


def rows(environ: dict[str, str], statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(Path(environ["IDP_DATA_DIR"]) / "idp.sqlite3")) as database:
        return database.execute(statement).fetchall()


async def test_a_kill_between_any_two_requests_loses_nothing_and_repeats_nothing(
    server: KillableServer, browser: KillingBrowser, environ: dict[str, str], simulator_socket: socket.socket
) -> None:
    bank = RelyingParty(
        "fernhill-bank",
        {"redirect_uris": [f"{environ['DEMO_BANK_URL']}/callback"], "client_secret": environ["DEMO_BANK_SECRET"]},
        server.issuer,
    )
    simulator = origin_of(simulator_socket)
    await browser.get(bank.authorize(acr_values=IDV))
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    await browser.submit("continue")
    await pass_check(browser, simulator)
    assert "/consent" in browser.url, browser.text
    await browser.submit("allow")

    server.kill()
    server.start()
    tokens = await bank.redeem(None, browser.url)
    assert tokens["claims"]["acr"] == IDV
    assert tokens["claims"]["amr"] == ["face", "pwd"]
    assert server.kills == browser.requests
    assert browser.requests >= 8

    server.kill()
    assert rows(environ, "SELECT method, COUNT(*) FROM evidence GROUP BY method ORDER BY method") == [
        ("identity", 1),
        ("pwd", 1),
    ]
    assert rows(environ, "SELECT status, overall, owner FROM verifications") == [("completed", "OK", "match")]
    assert rows(environ, "SELECT COUNT(*), COUNT(consumed_at) FROM authorization_codes") == [(1, 1)]
    assert rows(environ, "SELECT COUNT(*) FROM sessions") == [(1,)]
    assert rows(environ, "SELECT status, COUNT(*) FROM authorization_requests GROUP BY status") == [("finished", 1)]
