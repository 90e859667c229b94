"""Over a real socket: the connection really breaks, and webhooks leave by themselves."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext

import httpx
import pytest
import uvicorn

from idp.clock import SystemClock
from idp.simulator.app import build
from idp.simulator.delivery import deliver_over_http
from idp.simulator.settings import SimulatorSettings
from idp.simulator.webhooks import DeliveryFailed

HEADERS = {"api-version": "1.0", "x-api-key": "demo-incode-key"}


class QuietServer(uvicorn.Server):
    """A server that leaves the signal handlers to the test runner."""

    def capture_signals(self):
        return nullcontext()


@asynccontextmanager
async def serving(app: object):
    """Serve an ASGI application on a free loopback port and yield its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = QuietServer(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1, ws="none"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


def run(journey: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(journey())


def test_reset_closes_the_connection_without_an_answer() -> None:
    async def journey() -> None:
        app = build(SimulatorSettings(webhook_url=""), SystemClock(), deliver_over_http(1))
        async with serving(app) as base, httpx.AsyncClient(base_url=base, headers=HEADERS, trust_env=False) as http:
            await http.post("/__control/faults", json={"kind": "reset", "call": "start", "times": 1})
            with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
                await http.post("/omni/start", json={"configurationId": "demo-flow"})
            assert (await http.get("/__control/sessions")).json() == []
            assert (await http.post("/omni/start", json={"configurationId": "demo-flow"})).status_code == 200

    run(journey)


def test_redirection_url_crosses_the_wire_unchanged() -> None:
    async def journey() -> None:
        app = build(SimulatorSettings(webhook_url=""), SystemClock(), deliver_over_http(1))
        target = "https://rp.example/return?state=a%20b&x=1;2|{}~+c"
        async with serving(app) as base, httpx.AsyncClient(base_url=base, headers=HEADERS, trust_env=False) as http:
            body = {"configurationId": "demo-flow", "redirectionUrl": target}
            session = (await http.post("/omni/start", json=body)).json()
            link = f"/hosted/demo/flow/demo-flow?interviewId={session['interviewId']}"
            answer = await http.post(link, data={"act": "OK"})
            assert (answer.status_code, answer.headers["location"]) == (303, target)

    run(journey)


def test_webhooks_leave_in_the_background_with_a_token() -> None:
    async def journey() -> None:
        seen: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

        async def receiver(scope, receive, send) -> None:
            if scope["type"] != "http":
                return
            headers = dict(scope["headers"])
            await seen.put((scope["path"], headers[b"authorization"].decode()))
            body = b'{"access_token": "T1", "expires_in": 60}' if scope["path"] == "/token" else b"{}"
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})

        async with serving(receiver) as ours:
            settings = SimulatorSettings(
                webhook_url=f"{ours}/hook", webhook_token_url=f"{ours}/token", webhook_poll=0.01
            )
            app = build(settings, SystemClock(), deliver_over_http(5))
            async with serving(app) as base, httpx.AsyncClient(base_url=base, headers=HEADERS, trust_env=False) as http:
                session = (await http.post("/omni/start", json={"configurationId": "demo-flow"})).json()
                path = f"/__control/sessions/{session['interviewId']}/finish"
                await http.post(path, json={"outcome": "EXPIRE"})
                found = [await asyncio.wait_for(seen.get(), 30) for _ in range(2)]
        assert [path for path, _ in found] == ["/token", "/hook"]
        assert found[1][1] == "Bearer T1"

    run(journey)


def test_nobody_listening_is_a_failed_delivery() -> None:
    async def journey() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        post = deliver_over_http(5)
        with pytest.raises(DeliveryFailed):
            await post(f"http://127.0.0.1:{port}/", {}, b"{}")
        with pytest.raises(DeliveryFailed):
            await post("http://[broken", {}, b"{}")

    run(journey)
