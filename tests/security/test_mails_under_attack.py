"""Attacks on mails by those whose words stand in them: who writes a theme, names a client, or has a name."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, cast

import pytest

from idp.application.deliver import deliver_mail
from idp.application.mail import queue_mail
from idp.application.themes import save_theme
from idp.clock import SettableClock
from idp.connectors.smtp.render import MAILS
from idp.connectors.smtp.send import Mailer, SmtpSettings
from idp.records.documents import StoredDocument
from tests.application.flow_texts import ANN
from tests.connectors.test_mail_look import png
from tests.connectors.test_mail_render import VALUES
from tests.connectors.test_mail_send import Post, smtp_server
from tests.journeys.world import World

pytestmark = pytest.mark.anyio

MARKUP = '"><script src=https://evil.example/x.js></script><img src=https://evil.example/dot.png onerror=alert(1)>'
HEADER = "Bank\r\nBcc: all@evil.example\r\nContent-Type: text/html\r\n\r\n<b>evil</b>"
TEMPLATE = "{{ 7 * 7 }}{% include 'mail.txt' %}{{ look.logo }}"
TURNED = "Bank\u202egnp.exe\u2066\u200b"
HOSTILE = {"markup": MARKUP, "header": HEADER, "template": TEMPLATE, "turned around": TURNED}
ALLOWED = {"html", "head", "meta", "title", "style", "body", "table", "tr", "td", "h1", "p", "a", "img"}


class Page(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


async def send_all(world: World, theme: str | None, values: dict[str, Any]) -> list[Any]:
    """Send every mail there is over SMTP, and return what arrived, as the server read it."""
    with world.provider.storage.write() as uow:
        for name in MAILS:
            filled = {key: values.get(key, VALUES[key]) for key in MAILS[name] - {"service"}}
            queue_mail(world.deps, uow, "alice@example.com", name, "en", filled, theme=theme)
    async with smtp_server(Post()) as post:
        settings = SmtpSettings("localhost", post.port, "no-reply@idp.example", tls="none", timeout=5.0)
        while await deliver_mail(world.deps, cast("Any", Mailer(settings, SettableClock()))):
            pass
    assert len(post.taken) == len(MAILS)
    assert {tuple(recipients) for _, recipients, _ in post.taken} == {("alice@example.com",)}
    return [message for _, _, message in post.taken]


def check(message: Any) -> None:
    """Find no header, no part, no markup and no address to load from that is not ours."""
    assert [name.lower() for name in message.keys()] == [  # noqa: SIM118  # a header can stand there twice
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "auto-submitted",
        "x-auto-response-suppress",
        "mime-version",
        "content-type",
    ]
    assert message["From"] == "no-reply@idp.example"
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds in (["text/plain", "text/html"], ["text/plain", "text/html", "image/png"])
    html = message.get_body(("html",)).get_content()
    page = Page(html)
    assert page.tags <= ALLOWED
    for name, value in page.attributes:
        assert not name.startswith("on")
        assert name != "src" or re.fullmatch(r"cid:[0-9a-f]{32}@logo\.invalid", value)
        assert name != "href" or value.startswith("https://idp.example/")
        assert name != "style" or not re.search(r"url|expression|import|[<>{}\\]", value)
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\(|@import|[<\\\"']", style)
    shown = message["Subject"] + message.get_body(("plain",)).get_content() + html
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069]", shown)


def put_theme(world: World, **fields: Any) -> None:
    """Write a theme past the checks of those who save one, as a hostile or former release may have."""
    document = StoredDocument("theme", "evil", 1, f"id: evil\n{fields['text']}", b"1" * 32, 0.0, "eve", logo=png())
    with world.provider.storage.write() as uow:
        uow.documents.append(document)


@pytest.mark.parametrize("attack", HOSTILE)
async def test_a_hostile_name_of_a_theme_puts_no_markup_and_no_header_into_a_mail(world: World, attack: str) -> None:
    name = HOSTILE[attack][:60]
    quoted = "".join(f"\\u{ord(one):04x}" for one in name)
    save_theme(world.deps, "evil", f'id: evil\nlogo: evil.png\nname: "{quoted}"', ANN, logo=png())
    for message in await send_all(world, "evil", {}):
        check(message)
        assert attack != "template" or name in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    "text",
    [
        'tokens: {font: "x\'; background: url(https://evil.example/dot.png)"}',
        'tokens: {accent: {light: "#fff;background:url(//evil.example)", dark: "#000"}}',
        'tokens: {radius: "1rem;position:fixed"}',
        "logo: https://evil.example/dot.png",
        'links: {help: "javascript:alert(1)"}',
        'texts: {en: {"Your code": "<script>alert(1)</script>"}}',
    ],
)
async def test_a_hostile_stored_theme_puts_no_style_and_no_address_into_a_mail(world: World, text: str) -> None:
    put_theme(world, text=text)
    for message in await send_all(world, "evil", {}):
        check(message)
        assert "evil" not in message.get_body(("html",)).get_content()


async def test_fonts_with_quotes_stay_inside_of_their_property(world: World) -> None:
    font = "\"a'b\", 'never closed, serif"
    save_theme(world.deps, "evil", f"id: evil\ntokens:\n  font: >-\n    {font}\n  mono: >-\n    {font}", ANN)
    for message in await send_all(world, "evil", {}):
        check(message)
        styles = [
            value for name, value in Page(message.get_body(("html",)).get_content()).attributes if name == "style"
        ]
        for family in (one.partition("font-family:")[2] for one in styles if "font-family" in one):
            assert family == "'a b','never closed',serif;"


@pytest.mark.parametrize("attack", HOSTILE)
async def test_hostile_words_of_a_person_put_no_markup_and_no_header_into_a_mail(world: World, attack: str) -> None:
    """A device and a passkey are named by whoever stands in front of them; the phone is masked, and stands for them."""
    words = dict.fromkeys(("name", "device", "phone"), HOSTILE[attack])
    for message in await send_all(world, None, words):
        check(message)
        assert "evil.example" not in message.get_body(("plain",)).get_content() or attack in {"markup", "header"}


@pytest.mark.parametrize("attack", HOSTILE)
async def test_a_hostile_name_of_a_client_or_a_person_is_in_no_mail_at_all(world: World, attack: str) -> None:
    """Mails speak of the provider and of the theme, and greet nobody: names are free to whoever registers."""
    name = " ".join("".join(one if one.isprintable() else " " for one in HOSTILE[attack]).split()) or "x"
    world.add_user(given_name=name, family_name=name)
    browser = world.browser()
    client = world.client()
    with world.provider.storage.write() as uow:
        stored = uow.clients.get("bank")
        assert stored is not None
        uow.clients.put(replace(stored, metadata={**stored.metadata, "client_name": name}))
    await browser.get(client.authorize())
    link = browser.link(r'/recover[^"]*|http[^"]*/recover[^"]*')
    await browser.get(link)
    await browser.submit(email="alice@example.com")
    async with smtp_server(Post()) as post:
        settings = SmtpSettings("localhost", post.port, "no-reply@idp.example", tls="none", timeout=5.0)
        await deliver_mail(world.deps, cast("Any", Mailer(settings, SettableClock())))
    ((_, _, message),) = post.taken
    assert name not in message["Subject"] + message.get_body(("plain",)).get_content()
