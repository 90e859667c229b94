"""Sending over SMTP, against real servers on loopback."""

import asyncio
import contextlib
import email
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from idp.clock import SettableClock
from idp.connectors.api import ConnectorError
from idp.connectors.smtp.render import Rendered
from idp.connectors.smtp.send import Mailer, PermanentMailFailure, SmtpSettings, TemporaryMailFailure
from tests.loopback import make_certificate, serve

pytestmark = pytest.mark.anyio
MAIL = Rendered("Your code: Ünïcode", "Plain text\nsecond line ü\n", "<!doctype html><p>HTML ü</p>")
CANARY = "canary-password-5571"


@dataclass
class Post:
    """What a server took, and what it answers instead of taking."""

    taken: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    rcpt: str = ""
    data: str = ""
    logins: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        if self.data:
            return self.data
        message = cast("EmailMessage", email.message_from_bytes(envelope.content, policy=default))
        self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), message))
        return "250 OK"


@contextlib.asynccontextmanager
async def smtp_server(
    post: Post, *, tls: ssl.SSLContext | None = None, implicit: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[Post]:
    sessions: list[SMTP] = []

    def make() -> SMTP:
        sessions.append(SMTP(post, hostname="mail.test", tls_context=tls, loop=asyncio.get_running_loop(), **options))
        return sessions[-1]

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0, ssl=implicit)
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


def make_mailer(port: int, *, context: ssl.SSLContext | None = None, **changes: Any) -> Mailer:
    given: dict[str, Any] = {
        "host": "localhost",
        "sender": "no-reply@idp.example",
        "tls": "none",
        "timeout": 2.0,
        **changes,
    }
    counter = iter(range(100))
    return Mailer(
        SmtpSettings(port=port, **given), SettableClock(), lambda size: bytes([next(counter)]) * size, context
    )


async def test_a_mail_arrives_as_text_and_html_with_the_headers_of_an_automatic_one():
    async with smtp_server(Post()) as post:
        identifier = await make_mailer(post.port, sender_name="Example Bänk").send("alice@example.com", MAIL)
    ((sender, recipients, message),) = post.taken
    assert (sender, recipients) == ("no-reply@idp.example", ["alice@example.com"])
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), text.get_content().replace("\r\n", "\n")) == ("text/plain", MAIL.text)
    assert (html.get_content_type(), html.get_content().strip()) == ("text/html", MAIL.html)
    assert message["Subject"] == MAIL.subject
    assert message["From"] == "Example Bänk <no-reply@idp.example>"
    assert message["To"] == "alice@example.com"
    assert message["Date"] == "Fri, 15 Jan 2027 08:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == identifier
    assert identifier.endswith("@idp.example>")


async def test_an_image_travels_beside_the_html_that_shows_it():
    """multipart/related (RFC 2387): no mail program asks anybody for it."""
    shown = replace(
        MAIL, html='<p><img src="cid:a1@logo.invalid" alt=""></p>', images={"a1@logo.invalid": b"\x89PNG..."}
    )
    async with smtp_server(Post()) as post:
        await make_mailer(post.port).send("alice@example.com", shown)
    ((_, _, message),) = post.taken
    text, related = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    html, image = related.iter_parts()
    assert (html.get_content_type(), html.get_content().strip()) == ("text/html", shown.html)
    assert (image.get_content_type(), image.get_content()) == ("image/png", b"\x89PNG...")
    assert (image["Content-ID"], image.get_content_disposition()) == ("<a1@logo.invalid>", "inline")
    assert message.get_body(("plain",)) is text


@pytest.mark.parametrize("name", ["", "logo", "a@b>\r\nBcc: all@x.example", "a@b\nX: y", "a b@c", "<a@b>"])
async def test_the_name_of_an_image_cannot_add_a_header(name):
    async with smtp_server(Post()) as post:
        with pytest.raises(PermanentMailFailure):
            await make_mailer(post.port).send("alice@example.com", replace(MAIL, images={name: b"\x89PNG"}))
    assert post.taken == []


async def test_a_repeated_mail_has_the_same_message_id_and_another_has_another():
    async with smtp_server(Post()) as post:
        mailer = make_mailer(post.port)
        one = [await mailer.send("a@example.com", MAIL, key="outbox 1") for _ in range(2)]
        other = [await mailer.send("a@example.com", MAIL, key="outbox 2"), await mailer.send("a@example.com", MAIL)]
    assert one[0] == one[1]
    assert len({one[0], *other}) == 3


@pytest.mark.parametrize(
    "address",
    [
        "alice@example.com\r\nBcc: all@example.com",
        "alice@example.com, bob@example.com",
        "alice@example.com;bob@example.com",
        "Alice <alice@example.com>",
        '"a b"@example.com',
        "alice@example.com> RCPT TO:<bob@example.com",
        "alice",
        "@example.com",
        "a@b@example.com",
        "a\x00@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 253,
        "",
    ],
)
async def test_only_one_plain_address_is_sent_to(address):
    async with smtp_server(Post()) as post:
        with pytest.raises(PermanentMailFailure) as caught:
            await make_mailer(post.port).send(address, MAIL)
    assert post.taken == []
    assert "example" not in caught.value.detail


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: all@example.com", "Hello\nX: y", "Hello\r"])
async def test_a_subject_cannot_add_a_header(subject):
    async with smtp_server(Post()) as post:
        with pytest.raises(PermanentMailFailure):
            await make_mailer(post.port).send("a@example.com", Rendered(subject, "t", "h"))
    assert post.taken == []


async def test_a_line_with_one_dot_ends_no_mail():
    async with smtp_server(Post()) as post:
        await make_mailer(post.port).send(
            "a@example.com", Rendered("s", "one\n.\nMAIL FROM:<x@y.example>\n", "<p>.</p>")
        )
    ((_sender, _recipients, message),) = post.taken
    assert ".\nMAIL FROM" in next(message.iter_parts()).get_content().replace("\r\n", "\n")


# What a refusal means


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ({"rcpt": "550 no such user alice@example.com"}, PermanentMailFailure),
        ({"rcpt": "450 greylisted"}, TemporaryMailFailure),
        ({"rcpt": "421 shutting down"}, TemporaryMailFailure),
        ({"data": "554 looks like spam"}, PermanentMailFailure),
        ({"data": "452 disk full"}, TemporaryMailFailure),
    ],
)
async def test_a_5yz_reply_is_permanent_and_a_4yz_reply_is_not(refusal, error):
    async with smtp_server(Post(**refusal)) as post:
        with pytest.raises(error) as caught:
            await make_mailer(post.port).send("alice@example.com", MAIL)
    assert isinstance(caught.value, ConnectorError)
    assert "alice" not in f"{caught.value}{caught.value.detail}"
    assert next(iter(refusal.values()))[:3] in caught.value.detail


async def test_a_server_that_is_not_there_is_temporary():
    async with smtp_server(Post()) as post:
        port = post.port
    with pytest.raises(TemporaryMailFailure):
        await make_mailer(port).send("a@example.com", MAIL)


async def test_a_server_that_refuses_the_session_is_temporary():
    async def talk(_reader, writer):
        writer.write(b"554 no service here\r\n")
        await writer.drain()

    async with serve(talk) as server:
        with pytest.raises(TemporaryMailFailure, check=lambda error: "554" in error.detail):
            await make_mailer(server.port).send("a@example.com", MAIL)


@pytest.mark.parametrize("limits", [{"timeout": 0.05}, {"total": 0.05}])
async def test_a_server_that_says_nothing_is_given_up_on(limits):
    async def talk(reader, _writer):
        await reader.read()

    async with serve(talk) as server:
        with pytest.raises(TemporaryMailFailure):
            await make_mailer(server.port, **limits).send("a@example.com", MAIL)


async def test_a_server_that_hangs_up_in_the_middle_is_temporary():
    async def talk(reader, writer):
        writer.write(b"220 mail.test\r\n")
        await reader.readline()
        writer.write(b"250 mail.test\r\n")
        await reader.readline()

    async with serve(talk) as server:
        with pytest.raises(TemporaryMailFailure):
            await make_mailer(server.port).send("a@example.com", MAIL)


async def test_a_server_that_breaks_after_taking_the_mail_has_taken_it():
    """A failure now would send the mail a second time."""

    async def talk(reader, writer):
        for reply in (b"220 x", b"250 x", b"250 ok", b"250 ok", b"354 go"):
            writer.write(reply + b"\r\n")
            await reader.readline()
        while await reader.readline() != b".\r\n":
            pass
        writer.write(b"250 taken\r\n")
        await writer.drain()

    async with serve(talk) as server:
        assert await make_mailer(server.port).send("a@example.com", MAIL)


# TLS and login


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_mail_goes_over_tls_with_a_login(mode):
    for_server, for_client = make_certificate("localhost")
    post = Post()

    def log_in(_server, _session, _envelope, _mechanism, data):
        post.logins.append((data.login, data.password) == (b"mailer", CANARY.encode()))
        return AuthResult(success=post.logins[-1])

    # The server does not know that a connection has been TLS from the start.
    tls = {"tls": for_server} if mode == "starttls" else {"implicit": for_server, "auth_require_tls": False}
    async with smtp_server(post, authenticator=log_in, **tls):
        await make_mailer(post.port, context=for_client, tls=mode, username="mailer", password=CANARY).send(
            "a@example.com", MAIL
        )
    assert post.logins == [True]
    assert len(post.taken) == 1


async def test_a_refused_login_is_temporary_and_told_without_the_password(caplog):
    caplog.set_level(logging.DEBUG)
    for_server, for_client = make_certificate("localhost")
    options = {"authenticator": lambda *_args: AuthResult(success=False, handled=False), "auth_required": True}
    async with smtp_server(Post(), tls=for_server, **options) as post:
        mailer = make_mailer(post.port, context=for_client, tls="starttls", username="mailer", password=CANARY)
        with pytest.raises(TemporaryMailFailure) as caught:
            await mailer.send("a@example.com", MAIL)
        report = await mailer.check()
    assert "login is refused" in caught.value.detail
    assert [(check.name, check.ok) for check in report.checks] == [("sign_in", False)]
    ours = "".join(record.getMessage() for record in caplog.records if not record.name.startswith("mail"))
    assert CANARY not in f"{caught.value!r}{caught.value.detail}{report}{mailer._settings}{ours}"


async def test_a_server_without_starttls_gets_no_mail():
    """Somebody in between may have removed the offer."""
    async with smtp_server(Post()) as post:
        with pytest.raises(TemporaryMailFailure):
            await make_mailer(post.port, tls="starttls").send("a@example.com", MAIL)
    assert post.taken == []


@pytest.mark.parametrize("mode", ["starttls", "tls"])
@pytest.mark.parametrize("name", ["other.test", "localhost"])
async def test_a_wrong_or_unknown_certificate_gets_no_mail(mode, name):
    for_server, trusting = make_certificate(name)
    client = trusting if name == "other.test" else ssl.create_default_context()
    tls = {"tls": for_server} if mode == "starttls" else {"implicit": for_server}
    async with smtp_server(Post(), **tls) as post:
        with pytest.raises(TemporaryMailFailure) as caught:
            await make_mailer(post.port, tls=mode, context=client).send("a@example.com", MAIL)
        report = await make_mailer(post.port, tls=mode, context=client).check()
    assert post.taken == []
    assert "certificate" in caught.value.detail
    assert [(check.name, check.ok) for check in report.checks] == [("certificate", False)]


def test_a_password_is_never_sent_in_clear():
    with pytest.raises(ValueError, match="needs TLS"):
        make_mailer(25, username="mailer", password=CANARY)


@pytest.mark.parametrize("sender", ["", "nobody", "a@b.example\r\nBcc: c@d.example", "A <a@b.example>"])
def test_a_sender_must_be_an_address(sender):
    with pytest.raises(ValueError, match="address"):
        make_mailer(25, sender=sender)


async def test_the_check_sends_nothing():
    async with smtp_server(Post()) as post:
        report = await make_mailer(post.port).check()
    assert (report.ok, post.taken) == (True, [])


async def test_the_check_says_what_is_wrong():
    async with smtp_server(Post()) as post:
        port = post.port
    report = await make_mailer(port).check()
    assert not report.ok
    assert report.checks[0].name == "connection"
    assert "no connection" in report.checks[0].message


async def test_the_check_says_that_a_name_does_not_resolve(monkeypatch):
    async def resolve(*_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    report = await make_mailer(25, host="mail.invalid").check()
    assert [(check.name, check.ok) for check in report.checks] == [("name", False)]
    assert "cannot be resolved" in report.checks[0].message


async def test_the_check_gives_up_on_a_server_that_says_nothing():
    async def talk(reader, _writer):
        await reader.read()

    async with serve(talk) as server:
        report = await make_mailer(server.port, total=0.05).check()
    assert not report.ok
    assert report.checks[0].name == "answer"
    assert "in time" in report.checks[0].message


async def test_an_address_the_server_cannot_take_is_permanent():
    async with smtp_server(Post()) as post:
        with pytest.raises(PermanentMailFailure):
            await make_mailer(post.port).send("jürgen@example.com", MAIL)
