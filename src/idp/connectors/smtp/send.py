"""Sending one mail over SMTP (RFC 5321) as multipart/alternative (RFC 2046 section 5.1.4). Called by the worker only.

Images travel beside the HTML that shows them (multipart/related, RFC 2387): a mail program asks nobody for them.

A refusal is permanent or temporary: permanent is what the server says about this mail or this address with a 5yz reply
(RFC 5321 section 4.2.1). A server that cannot be reached, does not do the TLS we ask for or refuses our login says
nothing about the mail, so it stays in the outbox. Details hold reply codes, never addresses, texts or credentials.
"""

import hashlib
import re
import secrets
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Final, Literal

import aiosmtplib
import anyio

from idp.clock import Clock
from idp.connectors.api import ConnectorError, HealthCheck, HealthReport, MessageRefused
from idp.connectors.reachability import name_stage
from idp.connectors.smtp.render import Rendered
from idp.egress import CallFailed

TlsMode = Literal["none", "starttls", "tls"]
_CONTENT_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}@[A-Za-z0-9.-]{1,64}")
_ADDRESS: Final = re.compile(r"([^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64})@([A-Za-z0-9.-]{1,253})")


#: Opens a connection to a host and port. Raises ConnectorError.
Dial = Callable[[str, int], Awaitable[socket.socket]]


class MailFailed(ConnectorError):
    """A mail was not accepted."""

    code = "mail_failed"


class TemporaryMailFailure(MailFailed):
    """Try this mail again later."""

    code = "mail_failed_temporarily"


class CannotConnect(TemporaryMailFailure):
    """The server cannot be used by anybody. `stage` says which part of reaching it has failed, as checks are named."""

    def __init__(self, stage: str, detail: str) -> None:
        """Say which and how."""
        super().__init__(detail=detail)
        self.stage = stage


class PermanentMailFailure(MailFailed, MessageRefused):
    """Trying this mail again is useless."""

    code = "mail_refused"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mail goes. `sender` is an address, `timeout` limits one reply and `total` one mail, in seconds.

    `tls` is `tls` (from the first byte), `starttls` (or no mail at all) or `none`; credentials need one of the former.
    """

    host: str
    port: int
    sender: str
    sender_name: str = ""
    tls: TlsMode = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 10.0
    total: float = 30.0


class Mailer:
    """Sends mail through one server."""

    def __init__(
        self,
        settings: SmtpSettings,
        clock: Clock,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        context: ssl.SSLContext | None = None,
        dial: Dial | None = None,
    ) -> None:
        """Check the settings. Raises ValueError for those that would send a password in clear, or send from nobody.

        `dial` makes the TCP connection in place of the library.
        """
        if settings.tls == "none" and settings.username:
            raise ValueError("an SMTP login needs TLS")
        self._settings = settings
        self._clock = clock
        self._random_bytes = random_bytes
        self._context = None if settings.tls == "none" else context or ssl.create_default_context()
        self._from = read_address(settings.sender, settings.sender_name)
        self._dial = dial

    async def send(self, to: str, mail: Rendered, *, key: str = "") -> str:
        """Send a mail to one address and return its Message-ID.

        `key` names the mail across attempts, so that a repeated one has the same Message-ID; without it each is new.
        Raises PermanentMailFailure or TemporaryMailFailure.
        """
        try:
            message = self._compose(to, mail, key)
        except ValueError:
            raise PermanentMailFailure(detail="the address or a header is malformed") from None
        try:
            with anyio.fail_after(self._settings.total):
                await self._deliver(message)
        except TimeoutError:
            raise TemporaryMailFailure(detail=f"not sent within {self._settings.total:g} s") from None
        return str(message["Message-ID"])

    async def check(self) -> HealthReport:
        """Connect, negotiate TLS and log in, without sending anything."""
        try:
            with anyio.fail_after(self._settings.total):
                client = await self._connect()
                await _leave(client)
        except TimeoutError:
            check = HealthCheck("answer", False, "The mail server does not answer in time.")
        except CallFailed as failed:
            check = HealthCheck(name_stage(failed), False, failed.message)
        except CannotConnect as failed:
            check = HealthCheck(failed.stage, False, f"The mail server cannot be used: {failed.detail}.")
        else:
            check = HealthCheck("connection", True, "The mail server accepts us.")
        return HealthReport(bool(check.ok), (check,))

    def _compose(self, to: str, mail: Rendered, key: str) -> EmailMessage:
        """Build the message. Raises ValueError for anything that could add a header or a recipient."""
        if not mail.subject.isprintable():
            raise ValueError("the subject is not one printable line")
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = self._from
        message["To"] = read_address(to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(datetime.fromtimestamp(self._clock.now(), UTC))
        seed = f"{self._from.addr_spec}\n{key}".encode() if key else self._random_bytes(32)
        message["Message-ID"] = f"<{hashlib.sha256(seed).hexdigest()[:40]}@{self._from.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(mail.text, cte="quoted-printable")
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        _, page = message.iter_parts()
        for name, image in mail.images.items():
            if not _CONTENT_ID.fullmatch(name):
                raise ValueError("not a content ID")
            page.add_related(image, "image", "png", cid=f"<{name}>", disposition="inline", filename="logo.png")
        return message

    async def _connect(self) -> aiosmtplib.SMTP:
        """Return a connection that is ready for mail. Raises TemporaryMailFailure."""
        settings = self._settings
        dialled = await self._dial(settings.host, settings.port) if self._dial is not None else None
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            # The library takes a socket or a port; the name is for TLS then.
            port=settings.port if dialled is None else None,
            sock=dialled,
            # The library would look up our own name in DNS otherwise.
            local_hostname=self._from.domain,
            timeout=settings.timeout,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=self._context,
            username=settings.username,
            password=settings.password,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            raise CannotConnect(*_explain_connection(error)) from None
        return client

    async def _deliver(self, message: EmailMessage) -> None:
        client = await self._connect()
        try:
            await client.send_message(message)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _judge(error) from None
        finally:
            await _leave(client)


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye; the mail is accepted or refused by now, whatever the server does about that."""
    try:
        await client.quit()
    except (aiosmtplib.SMTPException, OSError):
        client.close()


def _explain_connection(error: Exception) -> tuple[str, str]:
    """Return which part has failed, and in words how."""
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return "sign_in", f"the login is refused (reply {error.code})"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return "answer", f"the server refuses the session (reply {error.code})"
    if isinstance(error, aiosmtplib.SMTPTimeoutError | TimeoutError):
        return "connection", "no connection in time"
    if _has_cause(error, ssl.SSLError):
        return "certificate", "the certificate or TLS is not accepted"
    if _has_cause(error, socket.gaierror):
        return "name", "its name cannot be resolved"
    if isinstance(error, aiosmtplib.SMTPConnectError | aiosmtplib.SMTPServerDisconnected | OSError):
        return "connection", "no connection, or it was closed"
    return "certificate", "the server does not offer TLS or a login that we can use"


def _judge(error: Exception) -> MailFailed:
    """Tell a refusal of this mail from trouble that says nothing about it."""
    refusals = error.recipients if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else [error]
    codes = [refusal.code for refusal in refusals if isinstance(refusal, aiosmtplib.SMTPResponseException)]
    if codes and all(500 <= code < 600 for code in codes):
        return PermanentMailFailure(detail=f"reply {codes[0]}")
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return PermanentMailFailure(detail="the server cannot take such an address")
    return TemporaryMailFailure(detail=f"reply {codes[0]}" if codes else "the connection broke")


def _has_cause(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def read_address(text: str, name: str = "") -> Address:
    """Return one plain address. Raises ValueError for lists, comments, quotes, controls and anything over-long."""
    found = _ADDRESS.fullmatch(text)
    if not found or len(text) > 254:
        raise ValueError("not a plain e-mail address")
    return Address(name, found[1], found[2])
