"""A mail server as a connection, against a real server on loopback."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from idp.clock import SettableClock
from idp.connectors.api import SENDS_MAIL, ConnectorError, Message, MessageRefused, Sends, name_failure
from idp.connectors.smtp import connection as module
from idp.connectors.smtp.connection import SMTP, SmtpConnection
from idp.egress import EgressPolicy
from idp.errors import InvalidInput
from idp.http import HttpClient
from tests.connectors.test_mail_send import Post, smtp_server

pytestmark = pytest.mark.anyio
MESSAGE = Message("alice@example.com", "Hello", "outbox 9", "A subject", "<p>Hello</p>")


def make(port: int, *, allowed: bool = True, **config: Any) -> SmtpConnection:
    policy = EgressPolicy(frozenset({f"localhost:{port}"} if allowed else set()))
    http = HttpClient(policy=policy, transport=httpx.MockTransport(lambda _request: httpx.Response(500)))
    given = {"host": "localhost", "port": port, "tls": "none", "sender": "no-reply@idp.example", **config}
    opened = SMTP.open(given, {}, http, SettableClock(), lambda: 0.5)
    assert isinstance(opened, SmtpConnection)
    return opened


async def test_a_mail_leaves_by_this_server() -> None:
    async with smtp_server(Post()) as post:
        opened = make(post.port, sender_name="The bank")
        assert isinstance(opened, Sends)
        await opened.send(MESSAGE)
        await opened.send(MESSAGE)
        report = await opened.check()
    (sender, recipients, mail), (_, _, again) = post.taken
    assert (sender, recipients) == ("no-reply@idp.example", ["alice@example.com"])
    assert mail["from"] == "The bank <no-reply@idp.example>"
    assert mail["subject"] == "A subject"
    assert mail["message-id"] == again["message-id"]
    assert report.ok


async def test_images_leave_with_a_mail() -> None:
    async with smtp_server(Post()) as post:
        await make(post.port).send(replace(MESSAGE, images={"a1@logo.invalid": b"\x89PNG"}))
    ((_, _, mail),) = post.taken
    assert [part["content-id"] for part in mail.walk() if part.get_content_type() == "image/png"] == [
        "<a1@logo.invalid>"
    ]


async def test_a_refusal_for_good_is_told_apart_from_one_for_now() -> None:
    async with smtp_server(Post(rcpt="550 no such user")) as post:
        with pytest.raises(MessageRefused):
            await make(post.port).send(MESSAGE)
    async with smtp_server(Post(rcpt="450 later")) as post:
        with pytest.raises(ConnectorError) as caught:
            await make(post.port).send(MESSAGE)
    assert not isinstance(caught.value, MessageRefused)


async def test_a_server_at_a_private_address_is_not_called_unless_it_is_allowed() -> None:
    """A mail server is no way round the egress policy: not for probing the inside, nor for metadata services."""
    async with smtp_server(Post()) as post:
        with pytest.raises(ConnectorError) as caught:
            await make(post.port, allowed=False).send(MESSAGE)
        assert name_failure(caught.value) == "not_allowed"
        report = await make(post.port, allowed=False).check()
        assert (report.ok, report.checks[-1].message) == (False, "Calling this address is not allowed.")
        assert report.checks[-1].name == "address"
    assert post.taken == []
    with pytest.raises(ConnectorError) as caught:
        await make(25, host="169.254.169.254").send(MESSAGE)
    assert name_failure(caught.value) == "not_allowed"


async def test_a_name_that_moves_inside_after_the_check_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the connection goes to the address that was checked."""
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["10.0.0.1"]

    monkeypatch.setattr(module, "resolve_host", resolve)
    with pytest.raises(ConnectorError) as caught:
        await make(25, host="mail.example").send(MESSAGE)
    assert name_failure(caught.value) == "not_allowed"
    assert asked == ["mail.example"]


async def test_nobody_at_home_is_for_later() -> None:
    async with smtp_server(Post()) as post:
        pass
    with pytest.raises(ConnectorError) as caught:
        await make(post.port).send(MESSAGE)
    assert not isinstance(caught.value, MessageRefused)


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "mail example"},
        {"port": 0},
        {"tls": "maybe"},
        {"sender": "nobody"},
        {"sender": "a@b.example, c@d.example"},
        {"username": "idp", "tls": "none"},
        {"password": "x"},
    ],
)
def test_wrong_settings_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        SMTP.parse({"host": "mail.example", "sender": "a@b.example", **changes})


def test_a_login_needs_its_password() -> None:
    config = SMTP.parse({"host": "mail.example", "sender": "a@b.example", "username": "idp"})
    with pytest.raises(InvalidInput, match="Password at the mail server"):
        SMTP.check_secrets({}, config)
    SMTP.check_secrets({"password": "x"}, config)
    info = SMTP.inform({})
    assert (info.use, info.abilities) == (None, {SENDS_MAIL})
