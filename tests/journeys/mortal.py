"""A provider in a process of its own that can be killed at any moment and started again on the same database."""

import asyncio
import email
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2
import pytest
from aiosmtpd.smtp import SMTP
from starlette.types import Receive, Scope, Send

from idp.application.deliver import deliver_mail
from idp.application.operators import put_clients
from idp.connectors.smtp.render import Rendered
from idp.wiring import Provider, prepare
from tests.journeys.browser import Browser
from tests.journeys.nursery import AheadClock
from tests.journeys.relying_party import RelyingParty
from tests.journeys.world import prepared_folder, wire

ROOT = Path(__file__).parents[2]
#: Longer than the sending of a mail is left to a process that may be dead, and than a start at the vendor is.
CLIENT: dict[str, Any] = {
    "client_id": "bank",
    "client_secret": "a-secret-of-at-least-thirty-two-characters",
    "client_name": "Bank",
    "redirect_uris": ["https://bank.example/callback"],
    "post_logout_redirect_uris": ["https://bank.example/"],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "client_secret_basic",
    "id_token_signed_response_alg": "ES256",
    "scope": "openid profile email offline_access",
    "idp_policy": {"consent": "implicit"},
}
MAIL_LEASE, START_LEASE = 150.0, 50.0
BROKEN = (httpx2.TransportError,)


@dataclass
class PostOffice:
    """An SMTP server. While it is `slow` it has taken a mail and does not say so."""

    taken: list[EmailMessage] = field(default_factory=list)
    slow: bool = False
    port: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(cast("EmailMessage", email.message_from_bytes(envelope.content, policy=default)))
        self.arrived.set()
        if self.slow:
            await asyncio.Event().wait()
        return "250 OK"

    async def send(self, to: str, mail: Rendered, *, key: str = "") -> str:
        """Take a mail without SMTP (`idp.application.deliver.Mailer`)."""
        message = EmailMessage()
        message["To"], message["Subject"], message["Message-ID"] = to, mail.subject, key
        message.set_content(mail.text)
        self.taken.append(message)
        return key

    def texts(self, to: str) -> list[str]:
        return [mail.get_body(("plain",)).get_content() for mail in self.taken if mail["To"] == to]  # type: ignore[union-attr]

    def distinct(self) -> list[tuple[str, str]]:
        """What a mailbox shows that knows a mail by its Message-ID: to whom, and the subject without codes."""
        subjects = {mail["Message-ID"]: (mail["To"], re.sub(r"\d{6}", "CODE", mail["Subject"])) for mail in self.taken}
        return sorted(subjects.values())


class Nursery:
    """The process that gives birth to servers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
        self.ports: dict[str, int] = self._read()

    def ask(self, **command: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the nursery has ended"
        return json.loads(line)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """One nursery for the tests of a module; import it there."""
    made = Nursery()
    yield made
    made.close()


class Mortal:
    """One provider, its simulator and its mail, for one test.

    Without a `worker` in the server, mail is carried by the test, nobody looks at verifications but the person, and the
    vendor sends no notifications: nothing happens beside the journey.
    """

    def __init__(self, nursery: Nursery, folder: Path, post: PostOffice, *, worker: bool = True) -> None:
        self.nursery, self.post, self.worker = nursery, post, worker
        self.issuer, self.simulator = (f"http://localhost:{nursery.ports[name]}" for name in ("provider", "simulator"))
        self.folder, self.database = folder, f"sqlite:///{folder / 'data' / 'idp.sqlite3'}"
        self.deaths, self.kill_each = 0, False
        self.doom: set[tuple[str, str]] | None = None
        self.clock = AheadClock()
        self._pid: int | None = None
        self._simulator_pid: int = nursery.ask(
            server="simulator", issuer=self.issuer, simulator=self.simulator, webhooks=worker
        )["pid"]
        self.browsers: list[Browser] = []
        # A look into the database beside the server; it never serves.
        folder.mkdir()
        shutil.copytree(prepared_folder(), folder, dirs_exist_ok=True)
        self.watch: Provider = wire(folder, self.clock, issuer=self.issuer, simulator=self.simulator)
        prepare(self.watch)

    def start(self, *, commits: int | None = None) -> None:
        assert self._pid is None
        self._pid = self.nursery.ask(
            server="provider",
            folder=str(self.folder),
            database=self.database,
            issuer=self.issuer,
            simulator=self.simulator,
            smtp_port=self.post.port,
            ahead=self.clock.ahead,
            commits=commits,
            worker=self.worker,
        )["pid"]

    def kill(self) -> None:
        assert self._pid is not None
        os.kill(self._pid, signal.SIGKILL)
        self.bury()

    def bury(self) -> None:
        """Wait for a death that must be by SIGKILL."""
        assert self.nursery.ask(bury=self._pid) == {"signal": signal.SIGKILL}
        self._pid, self.deaths = None, self.deaths + 1

    def rebirth(self, later: float = 0.0) -> None:
        """Kill the server and start another, `later` seconds afterwards by its own clock."""
        self.kill()
        self.clock.ahead += later
        self.start()

    async def before(self, url: str = "") -> None:
        if self.kill_each and url.startswith(self.issuer):
            self.rebirth()

    async def _doom_request(self, browser: Browser, url: str) -> None:
        """Let the server die of the first commit of each kind of request that it has not died of before."""
        if self.doom is None or not url.startswith(self.issuer):
            return
        kind = (re.sub(r"\d+", "N", urlsplit(url).path), browser.heading)
        commits = None if kind in self.doom else 1
        self.doom.add(kind)
        self.kill()
        self.start(commits=commits)

    def browser(self) -> Browser:
        made = Browser({self.issuer: None, self.simulator: None})

        async def before(url: str) -> None:
            await self.before(url)
            await self._doom_request(made, url)

        made.before = before
        self.browsers.append(made)
        return made

    def client(self) -> RelyingParty:
        put_clients(self.watch.deps, [CLIENT])
        return RelyingParty("bank", CLIENT, self.issuer)

    async def relay(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stand for the provider towards a relying party: each of its requests meets a server that has just started."""
        await self.before(self.issuer)
        message = await receive()
        path = f"{scope['path']}?{scope['query_string'].decode()}".rstrip("?")
        headers = [(key.decode(), value.decode()) for key, value in scope["headers"]]
        async with httpx2.AsyncClient(base_url=self.issuer) as client:
            answer = await client.request(scope["method"], path, headers=headers, content=message.get("body", b""))
        found = [(key.encode(), value.encode()) for key, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status_code, "headers": found})
        await send({"type": "http.response.body", "body": answer.content})

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        async with httpx2.AsyncClient(base_url=self.simulator) as client:
            answer = await client.request(method, f"/__control{path}", json=body)
        assert answer.status_code < 400, answer.text
        return answer.json()

    async def finish_check(self, interview: str, outcome: str = "OK", person: str = "alice") -> str:
        """Be the person at the vendor, and return the way back."""
        await self.control("POST", f"/sessions/{interview}/finish", {"outcome": outcome, "person": person})
        return str((await self.control("GET", f"/sessions/{interview}"))["redirectionUrl"])

    async def read_mail(self, to: str, pattern: str) -> str:
        """Wait for a mail to somebody that holds the pattern, and return the last match of its first group."""
        for attempt in range(400):
            await self._carry()
            found = [match[1] for text in self.post.texts(to) for match in re.finditer(pattern, text)]
            if found:
                return found[-1]
            if attempt == 200 and self.worker:
                # Killed between the claim and the sending: the next process may have it when the claim is over.
                self.rebirth(MAIL_LEASE)
            await asyncio.sleep(0.02)
        raise AssertionError(f"no mail to {to} with {pattern}")

    async def _carry(self) -> None:
        if not self.worker:
            await deliver_mail(self.watch.deps, self.post)

    async def interrupt(
        self, call: str, act: Callable[[], Awaitable[Any]], *, after: bool = False, later: float = 0.0
    ) -> None:
        """Kill the server while it waits for the vendor's answer to `call`, which `act` leads to.

        Another is started, `later` seconds afterwards. `after`: the call has taken effect at the vendor by then.
        """
        fault = {"kind": "slow", "call": call, "seconds": 3600, "times": 1, "after": after}
        number = (await self.control("POST", "/faults", fault))["number"]
        acting = asyncio.ensure_future(act())
        while not await self._has_bitten(number):
            assert not acting.done(), acting
            await asyncio.sleep(0.01)
        self.kill()
        broken = (await asyncio.gather(acting, return_exceptions=True))[0]
        assert isinstance(broken, BROKEN), broken
        await self.control("DELETE", "/faults")
        self.clock.ahead += later
        self.start()

    async def _has_bitten(self, number: int) -> bool:
        armed = await self.control("GET", "/faults")
        return any(item["bitten"] for item in armed if item["number"] == number)

    async def settle(self) -> None:
        """Let a server live for as long as it takes to send what is left."""
        self.kill_each = False
        self.rebirth(MAIL_LEASE)
        await self.drain()

    async def drain(self) -> None:
        """Wait until no mail is left to be sent."""
        for _ in range(400):
            await self._carry()
            with self.watch.storage.read() as uow:
                if not uow.outbox.depth():
                    return
            await asyncio.sleep(0.02)
        raise AssertionError("mail is left")

    async def close(self) -> None:
        for browser in self.browsers:
            await browser.close()
        if self._pid is not None:
            self.kill()
        os.kill(self._simulator_pid, signal.SIGKILL)
        self.nursery.ask(bury=self._simulator_pid)
        self.watch.deps.hashing_pool.close()
        self.watch.storage.close()


@asynccontextmanager
async def open_post_office() -> AsyncIterator[PostOffice]:
    post = PostOffice()
    sessions: list[SMTP] = []

    def make() -> SMTP:
        sessions.append(SMTP(post, hostname="mail.test", loop=asyncio.get_running_loop()))
        return sessions[-1]

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        for session in sessions:
            if session.transport is not None:
                session.transport.abort()
        tasks = [session._handler_coroutine for session in sessions if session._handler_coroutine is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
