"""The SMTP side: every mail is accepted and none is delivered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope

from idp.clock import Clock
from idp.demo.mailbox.inbox import Inbox

MAX_MAIL: Final = 1_048_576


class Catcher:
    """Puts accepted mails into the inbox."""

    def __init__(self, inbox: Inbox, clock: Clock) -> None:
        """Take where to put them, and the time."""
        self._inbox = inbox
        self._clock = clock

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one mail."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content or "").encode()
        self._inbox.receive(raw, tuple(envelope.rcpt_tos), self._clock.now())
        return "250 OK"


@asynccontextmanager
async def serve_smtp(inbox: Inbox, clock: Clock, host: str, port: int) -> AsyncIterator[int]:
    """Catch mails while the context is open; it gives the port, which is a free one if `port` is 0."""
    loop = asyncio.get_running_loop()
    catcher = Catcher(inbox, clock)

    def accept() -> asyncio.Protocol:
        protocol: asyncio.Protocol = SMTP(
            catcher,
            data_size_limit=MAX_MAIL,
            enable_SMTPUTF8=True,
            ident="Demo mailbox",
            hostname="localhost",
            loop=loop,
        )
        return protocol

    server = await loop.create_server(accept, host, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
