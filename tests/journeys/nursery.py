"""A process that has everything imported and gives birth to servers by forking, so that a killed one is replaced fast.

`python -m tests.journeys.nursery` reads one JSON command a line and answers with one. The listening sockets are its
own: a connection that comes while no server lives waits for the next one, as at a restarting service.
"""

import json
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import uvicorn

from idp.clock import SystemClock
from idp.simulator.app import build as build_simulator
from idp.simulator.delivery import deliver_over_http
from idp.simulator.settings import SimulatorSettings
from idp.storage.sql.storage import SqlStorage
from idp.wiring import prepare
from tests.journeys.doom import DoomedStorage
from tests.journeys.world import wire


class AheadClock:
    """The machine's clock, so many seconds ahead."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead, self._clock = ahead, SystemClock()

    def now(self) -> float:
        return self._clock.now() + self.ahead


def serve_provider(listening: socket.socket, command: dict[str, Any]) -> None:
    """Do what `idp serve` does: migrate, apply the configuration, serve, work beside it."""
    folder, clock = Path(command["folder"]), AheadClock(command["ahead"])
    storage = DoomedStorage(SqlStorage(command["database"], clock=clock), command["commits"])
    provider = wire(
        folder,
        clock,
        issuer=command["issuer"],
        simulator=command["simulator"],
        storage=storage,
        background=command["worker"],
        egress_hosts=(command["simulator"].removeprefix("http://"),),
        smtp_port=command["smtp_port"],
    )
    prepare(provider)
    storage.begin()
    serve(provider.app, listening)


def serve_simulator(listening: socket.socket, command: dict[str, Any]) -> None:
    webhook = f"{command['issuer']}/connectors/incode_verify"
    settings = SimulatorSettings(
        base_url=command["simulator"],
        webhook_url=f"{webhook}/webhook" if command["webhooks"] else "",
        webhook_token_url=f"{webhook}/token",
    )
    serve(build_simulator(settings, SystemClock(), deliver_over_http(settings.webhook_timeout)), listening)


def serve(app: Any, listening: socket.socket) -> None:
    config = uvicorn.Config(app, log_config=None, ws="none", loop="asyncio", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listening])


SERVERS = {"provider": serve_provider, "simulator": serve_simulator}


def open_sockets() -> dict[str, socket.socket]:
    made = {}
    for name in SERVERS:
        made[name] = socket.create_server(("127.0.0.1", 0), backlog=128)
    return made


def give_birth(listening: socket.socket, command: dict[str, Any]) -> int:
    """Fork a server and return its process ID."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        SERVERS[command["server"]](listening, command)
        status = 0
    finally:
        os._exit(status)


def warm_up() -> None:
    """Do once what every server would do again, as compiling statements. No connection and no thread stays."""
    with tempfile.TemporaryDirectory() as folder:
        provider = wire(Path(folder), SystemClock(), storage=SqlStorage("sqlite://"))
        prepare(provider)
        provider.deps.hashing_pool.close()
        provider.storage.close()


def main() -> None:
    warm_up()
    sockets = open_sockets()
    print(json.dumps({name: listening.getsockname()[1] for name, listening in sockets.items()}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if "bury" in command:
            _, status = os.waitpid(command["bury"], 0)
            answer = {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None}
        else:
            answer = {"pid": give_birth(sockets[command["server"]], command)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
