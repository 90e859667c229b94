"""The mailbox, over real SMTP."""

import re
import smtplib
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest
from starlette.testclient import TestClient

from idp.clock import SettableClock
from idp.demo.mailbox import build
from idp.identity.totp import verify_totp
from tests.demo.provider_double import SETTINGS


@pytest.fixture
def mailbox() -> Iterator[TestClient]:
    settings = replace(SETTINGS, smtp_port=0, mailbox_messages=3)
    with TestClient(build(settings, SettableClock()), base_url=settings.mailbox_url) as client:
        yield client


def send(mailbox: TestClient, subject: str, text: str = "Hello", html: str | None = None, to: str = "a@x.org") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "idp@x.org", to, subject
    mail.set_content(text)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", mailbox.app.state.smtp_port) as smtp:
        smtp.send_message(mail)


def test_mails_are_listed_newest_first_and_the_oldest_are_forgotten(mailbox: TestClient) -> None:
    for number in range(5):
        send(mailbox, f"Mail {number}")
    messages = mailbox.get("/api/messages").json()["messages"]
    assert [message["subject"] for message in messages] == ["Mail 4", "Mail 3", "Mail 2"]
    page = mailbox.get("/").text
    assert page.index("Mail 4") < page.index("Mail 3")
    assert mailbox.get("/messages/1").status_code == 404


def test_the_list_can_be_narrowed_to_a_recipient_and_cleared(mailbox: TestClient) -> None:
    send(mailbox, "One", to="a@x.org")
    send(mailbox, "Two", to="B@x.org")
    narrowed = mailbox.get("/api/messages", params={"to": "b@x.org"}).json()["messages"]
    assert [message["subject"] for message in narrowed] == ["Two"]
    assert mailbox.delete("/api/messages").status_code == 204
    assert mailbox.get("/api/messages").json() == {"messages": []}
    assert "No mail yet" in mailbox.get("/").text


def test_links_in_the_text_can_be_followed_without_the_full_stop_behind(mailbox: TestClient) -> None:
    send(mailbox, "Reset", "Open http://localhost:8000/recover/abc?x=1&y=2. Or not.")
    message = mailbox.get("/api/messages").json()["messages"][0]
    assert message["links"] == ["http://localhost:8000/recover/abc?x=1&y=2"]
    page = mailbox.get(f"/messages/{message['id']}").text
    assert 'href="http://localhost:8000/recover/abc?x=1&amp;y=2"' in page


def test_a_mail_cannot_break_out_of_its_page(mailbox: TestClient) -> None:
    attack = '"><script>alert(1)</script>'
    send(mailbox, attack, attack, f"<p>{attack}</p>")
    answer = mailbox.get("/messages/1")
    assert "<script" not in answer.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src" not in policy


def test_images_that_came_with_a_mail_are_shown_and_others_are_not_fetched(mailbox: TestClient) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "idp@x.org", "a@x.org", "Logo"
    mail.set_content("Hello")
    mail.add_alternative('<img src="cid:a1@logo.invalid"><img src="https://evil.example/dot.png">', subtype="html")
    _, page = mail.iter_parts()
    assert isinstance(page, EmailMessage)
    page.add_related(b"\x89PNG", "image", "png", cid="<a1@logo.invalid>")
    page.add_related(b"<svg onload=alert(1)>", "image", "svg+xml", cid="<a2@logo.invalid>")
    with smtplib.SMTP("127.0.0.1", mailbox.app.state.smtp_port) as smtp:
        smtp.send_message(mail)
    answer = mailbox.get("/messages/1")
    assert "data:image/png;base64,iVBORw==" in answer.text
    assert "svg" not in answer.text
    assert "img-src 'self' data:;" in answer.headers["content-security-policy"]


def test_a_mail_in_an_unknown_charset_is_still_shown(mailbox: TestClient) -> None:
    raw = b"Subject: odd\r\nContent-Type: text/plain; charset=klingon\r\n\r\nqapla http://localhost/x"
    with smtplib.SMTP("127.0.0.1", mailbox.app.state.smtp_port) as smtp:
        smtp.sendmail("a@x.org", ["b@x.org"], raw)
    assert mailbox.get("/api/messages").json()["messages"][0]["links"] == ["http://localhost/x"]


def test_another_name_for_this_machine_reads_nothing(mailbox: TestClient) -> None:
    assert mailbox.get("/api/messages", headers={"host": "rebound.example"}).status_code == 400


def test_it_plays_the_operators_authenticator() -> None:
    clock = SettableClock(1_800_000_010.0)
    seed = "IDPDEMOAUTHENTICATORKEYFORNOBODY"
    settings = replace(SETTINGS, smtp_port=0, authenticator_key=seed, operators="olga@example.com")
    with TestClient(build(settings, clock), base_url=settings.mailbox_url) as client:
        page = client.get("/").text
    codes = re.findall(r"<code>(\d{3} \d{3})</code>", page)
    assert verify_totp(seed, codes[0], clock.now(), -1) == int(clock.now() // 30)
    assert verify_totp(seed, codes[1], clock.now() + 30, -1) == int(clock.now() // 30) + 1
    assert "for 20 more seconds" in page
    assert "olga@example.com" in page


def test_without_a_key_it_plays_none(mailbox: TestClient) -> None:
    assert "Authenticator" not in mailbox.get("/").text
