"""Real servers on loopback: the provider and the simulator as uvicorn threads, on ports the system gives."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idp.application.operators import NewUser, add_user, put_clients
from idp.clock import SystemClock
from idp.simulator.app import build as build_simulator
from idp.simulator.delivery import deliver_over_http
from idp.simulator.settings import SimulatorSettings
from idp.wiring import Provider, prepare
from tests.journeys.browser import Browser
from tests.journeys.steps import interview_of
from tests.journeys.world import PASSWORD, wire

ALICE = NewUser("alice@example.com", PASSWORD, "Alice", "Example", date(1990, 4, 12))
START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Live:
    """A provider and a simulator that answer over the network."""

    issuer: str
    simulator: str
    provider: Provider

    def browser(self) -> Browser:
        return Browser({self.issuer: None, self.simulator: None})

    def add_client(self, document: dict[str, Any]) -> None:
        put_clients(self.provider.deps, [document])


@contextmanager
def serve_live(folder: Path) -> Iterator[Live]:
    """Serve a provider with a fresh database in `folder`, alice in it, and the simulator beside it."""
    with ExitStack() as stack:
        listening, own = stack.enter_context(bind()), stack.enter_context(bind())
        issuer, simulator = origin_of(listening), origin_of(own)
        provider = wire(
            folder,
            SystemClock(),
            issuer=issuer,
            simulator=simulator,
            egress_hosts=(simulator.removeprefix("http://"),),
        )
        stack.callback(provider.storage.close)
        stack.callback(provider.deps.hashing_pool.close)
        prepare(provider)
        add_user(provider.deps, ALICE)
        stack.enter_context(serve_simulator(own, issuer))
        stack.enter_context(serve(closing_calls(provider), listening))
        yield Live(issuer, simulator, provider)


def closing_calls(provider: Provider) -> ASGIApp:
    """Return the provider's application, which at its end closes the connections it opened itself."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_closed(message: Message) -> None:
            if message["type"] == "lifespan.shutdown.complete":
                await provider.http.aclose()
            await send(message)

        await provider.app(scope, receive, send_closed)

    return application


@contextmanager
def serve_simulator(listening: socket.socket, issuer: str) -> Iterator[None]:
    """Serve the simulator of the provider at `issuer`, webhooks included."""
    webhook = f"{issuer}/connectors/incode_verify"
    settings = SimulatorSettings(
        base_url=origin_of(listening), webhook_url=f"{webhook}/webhook", webhook_token_url=f"{webhook}/token"
    )
    with serve(build_simulator(settings, SystemClock(), deliver_over_http(settings.webhook_timeout)), listening):
        yield


@contextmanager
def serve(app: Any, listening: socket.socket) -> Iterator[None]:
    """Serve an application on a bound socket until the block ends."""
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, ws="none", loop="asyncio", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + START_SECONDS
        while not server.started:
            assert thread.is_alive(), "the server has ended"
            assert time.monotonic() < until, "the server has not started"
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def bind() -> socket.socket:
    """Return a socket bound to a free port of loopback; nobody else can take the port before it is served."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", 0))
    return made


def origin_of(listening: socket.socket) -> str:
    return f"http://localhost:{listening.getsockname()[1]}"


async def pass_check(browser: Browser, simulator: str, outcome: str = "OK", person: str = "alice") -> str:
    """From the waiting page: be a person on the vendor's page, end with an outcome, and return where it says."""
    interview = interview_of(browser)
    async with httpx2.AsyncClient(base_url=simulator) as client:
        done = await client.post(f"/__control/sessions/{interview}/finish", json={"outcome": outcome, "person": person})
        assert done.status_code < 400, done.text
        session = (await client.get(f"/__control/sessions/{interview}")).json()
    return await browser.get(session["redirectionUrl"])
