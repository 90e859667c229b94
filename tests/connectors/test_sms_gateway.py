"""A text message is handed to the gateway once, and whatever does not say that it was taken is a failure."""

from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from idp.clock import SettableClock
from idp.connectors.api import SENDS_SMS, ConnectorError, Message, MessageRefused, Sends, name_failure
from idp.connectors.sms.gateway import SMS_GATEWAY, SmsGateway
from idp.connectors.sms.mailbox import SMS_MAILBOX
from idp.connectors.sms.render import TEXTS, render_text
from idp.connectors.smtp.render import LOCALES, CannotRender
from idp.egress import EgressPolicy
from idp.errors import InvalidInput
from idp.http import CallFailed, HttpClient
from tests.connectors.http_world import reply
from tests.connectors.test_mail_send import Post, smtp_server
from tests.outbound import Answers

pytestmark = pytest.mark.anyio
TOKEN = "canary-auth-token-55"
TAKEN = {"sid": "SM1", "status": "queued", "error_code": None}
MESSAGE = Message("+491511234567", "042137 is your code", "outbox 7")
CONFIG = {"account_sid": "AC123", "sender": "+4915100000"}


class Service(Answers):
    def __init__(self, *answers: httpx.Response | Exception) -> None:
        super().__init__(*(answers or [reply(TAKEN, 201)]))

    def open(self, **config: Any) -> SmsGateway:
        opened = SMS_GATEWAY.open({**CONFIG, **config}, {"auth_token": TOKEN}, self.client(), self.clock, lambda: 0.5)
        assert isinstance(opened, SmsGateway)
        return opened


async def test_the_message_is_posted_as_a_form_with_basic_credentials() -> None:
    service = Service()
    await service.open().send(MESSAGE)
    (request,) = service.came
    assert str(request.url) == "https://api.twilio.com/2010-04-01/Accounts/AC123/Messages.json"
    assert request.headers["authorization"] == "Basic QUMxMjM6Y2FuYXJ5LWF1dGgtdG9rZW4tNTU="
    assert parse_qs(request.content.decode()) == {
        "To": ["+491511234567"],
        "From": ["+4915100000"],
        "Body": ["042137 is your code"],
    }


async def test_a_messaging_service_can_send_in_place_of_a_number() -> None:
    service = Service()
    await service.open(sender=None, messaging_service_sid="MG1", api_url="https://sms.example/").send(MESSAGE)
    (request,) = service.came
    assert request.url.host == "sms.example"
    form = parse_qs(request.content.decode())
    assert form["MessagingServiceSid"] == ["MG1"]
    assert "From" not in form


async def test_a_number_that_is_not_among_the_prefixes_costs_nothing() -> None:
    service = Service()
    with pytest.raises(MessageRefused):
        await service.open(prefixes=["+43", "+1"]).send(MESSAGE)
    assert service.came == []
    await service.open(prefixes=["+49"]).send(MESSAGE)


@pytest.mark.parametrize("status", ["accepted", "scheduled", "queued", "sending", "sent", "delivered"])
async def test_these_words_say_that_it_was_taken(status: str) -> None:
    await Service(reply({"status": status, "error_code": None}, 201)).open().send(MESSAGE)


@pytest.mark.parametrize(
    ("answer", "code", "final"),
    [
        (reply({"code": 21211, "message": "The number +491511234567 is not valid"}, 400), "message_refused", True),
        (reply({"code": 21610}, 400), "message_refused", True),
        (reply({"status": "failed", "error_code": 21614}, 201), "message_refused", True),
        (reply({"code": 20003}, 401), "credentials_refused", False),
        (reply({"code": 20003}, 403), "credentials_refused", False),
        (reply({"code": 20429}, 429), "rate_limited", False),
        (reply({"code": 20500}, 500), "unavailable", False),
        (reply({"code": 90001}, 400), "rejected", False),
        (reply({"code": True}, 400), "rejected", False),
        (reply([], 400), "rejected", False),
        (reply({}, 404), "rejected", False),
        (reply({}, 302), "rejected", False),
        (reply({"status": "failed", "error_code": None}, 201), "unreadable", False),
        (reply({"status": "undelivered"}, 201), "unreadable", False),
        (reply({"status": "queued", "error_code": 30001}, 201), "unreadable", False),
        (reply({}, 201), "unreadable", False),
        (reply([], 201), "unreadable", False),
        (reply(b"<html>", 201), "unreadable", False),
        (httpx.ReadTimeout("no"), "timeout", False),
    ],
)
async def test_anything_else_is_a_failure_and_only_some_are_for_good(answer: Any, code: str, final: bool) -> None:
    service = Service(answer)
    with pytest.raises(ConnectorError) as caught:
        await service.open().send(MESSAGE)
    assert name_failure(caught.value) == code
    assert isinstance(caught.value, MessageRefused) == final
    assert len(service.came) == 1
    said = f"{caught.value} {caught.value.detail}"
    assert not any(secret in said for secret in (TOKEN, "+49151", "042137"))


async def test_a_gateway_that_keeps_failing_is_left_alone() -> None:
    service = Service(reply({}, 503))
    opened = service.open()
    for _ in range(5):
        with pytest.raises(CallFailed):
            await opened.send(MESSAGE)
    with pytest.raises(CallFailed) as caught:
        await opened.send(MESSAGE)
    assert name_failure(caught.value) == "circuit_open"
    assert (len(service.came), opened.breaker.position) == (5, "open")


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": None},
        {"messaging_service_sid": "MG1"},
        {"sender": "a name that is too long"},
        {"account_sid": "../AC1"},
        {"api_url": "ftp://sms.example"},
        {"api_url": "https://sms.example:99999999"},
        {"api_url": "https://user:pw@sms.example"},
        {"prefixes": ["49"]},
        {"prefixes": ["+0"]},
        {"auth_token": "x"},
    ],
)
def test_wrong_settings_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        SMS_GATEWAY.parse({**CONFIG, **changes})


@pytest.mark.parametrize(
    ("answers", "name", "good"),
    [
        ((reply({}, 404), reply({"sid": "AC123"})), "account", True),
        ((reply({}, 404), reply({}, 401)), "account", False),
        ((reply({}, 404), httpx.ReadTimeout("no")), "account", False),
        ((httpx.ConnectError("no"),), "connection", False),
    ],
)
async def test_the_health_check_reads_the_account_and_sends_nothing(answers: Any, name: str, good: bool) -> None:
    service = Service(*answers)
    report = await service.open().check()
    assert (report.ok, report.checks[-1].name, report.checks[-1].ok) == (good, name, good)
    assert all(request.method in {"OPTIONS", "GET"} for request in service.came)


async def test_for_development_a_message_becomes_a_mail() -> None:
    async with smtp_server(Post()) as post:
        policy = EgressPolicy(frozenset({f"127.0.0.1:{post.port}"}))
        http = HttpClient(policy=policy, transport=httpx.MockTransport(lambda _request: httpx.Response(500)))
        opened = SMS_MAILBOX.open({"port": post.port}, {}, http, SettableClock(), lambda: 0.5)
        assert isinstance(opened, Sends)
        await opened.send(Message("+491511234567", "<b>042137</b> is your code", "k"))
        report = await opened.check()  # type: ignore[attr-defined]
    ((_, recipients, mail),) = post.taken
    assert recipients == ["+491511234567@sms.invalid"]
    assert mail["subject"] == "Text message to +491511234567"
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    assert parts[0].strip() == "<b>042137</b> is your code"
    assert "&lt;b&gt;042137" in parts[1]
    assert report.ok
    assert SMS_MAILBOX.inform({}).abilities == {SENDS_SMS}


async def test_a_mailbox_is_no_way_to_knock_at_ports_inside() -> None:
    """An operator who may connect things could otherwise try every port of every machine behind the firewall."""
    async with smtp_server(Post()) as post:
        http = HttpClient(transport=httpx.MockTransport(lambda _request: httpx.Response(500)))
        for host, port in (
            ("127.0.0.1", post.port),
            ("localhost", post.port),
            ("169.254.169.254", 80),
            ("10.0.0.1", 22),
        ):
            opened: Any = SMS_MAILBOX.open({"host": host, "port": port}, {}, http, SettableClock(), lambda: 0.5)
            report = await opened.check()
            assert [(one.name, one.ok) for one in report.checks] == [("address", False)]
            with pytest.raises(ConnectorError):
                await opened.send(Message("+491511234567", "042137 is your code", "k"))
    assert post.taken == []


# --- the texts --------------------------------------------------------------------------------------------------------

VALUES = {"service": "Example Bank", "code": "042137", "minutes": 10, "host": "id.example"}


@pytest.mark.parametrize("template", TEXTS)
@pytest.mark.parametrize("locale", [*LOCALES, "fr", "pt-BR"])
def test_every_text_exists_in_every_language_and_fits(template: str, locale: str) -> None:
    text = render_text(template, locale, VALUES)
    assert text.startswith("042137 ")
    # WICG origin-bound one-time codes: the last line names the host and the code.
    assert text.splitlines()[-1] == "@id.example #042137"
    assert len(text) < 320


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("other", VALUES),
        ("sms_code", {**VALUES, "extra": "x"}),
        ("sms_code", {"code": "1"}),
        ("sms_code", {**VALUES, "service": "a\n@evil.example #1"}),
        ("sms_code", {**VALUES, "host": ""}),
        ("sms_code", {**VALUES, "service": "x" * 201}),
    ],
)
def test_a_text_that_is_not_ours_is_not_sent(template: str, values: dict[str, Any]) -> None:
    with pytest.raises(CannotRender):
        render_text(template, "en", values)
