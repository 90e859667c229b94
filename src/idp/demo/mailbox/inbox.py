"""Caught mails, in memory."""

import base64
import re
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Final

_LINK: Final = re.compile(r"https?://[^\s<>\"']+")
_CONTENT_ID: Final = re.compile(r"<([A-Za-z0-9.@-]{1,200})>")
_ENDING: Final = ".,;:!?)]}"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail. `received_at` is epoch seconds; `recipients` are those of the envelope.

    Images that came with the HTML are in it, as `data:` URLs.
    """

    id: int
    received_at: float
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str | None

    @property
    def links(self) -> tuple[str, ...]:
        """The links in the text, in order."""
        return tuple(part for part, is_link in split_links(self.text) if is_link)

    def to_json(self) -> dict[str, Any]:
        """Return the mail as plain JSON values."""
        return {
            "id": self.id,
            "received_at": self.received_at,
            "from": self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "links": list(self.links),
        }


class Inbox:
    """The newest mails, newest first."""

    def __init__(self, limit: int) -> None:
        """Keep at most `limit` mails."""
        self._mails: deque[Mail] = deque(maxlen=limit)
        self._last_id = 0

    def receive(self, content: bytes, recipients: tuple[str, ...], at: float) -> Mail:
        """Keep a mail; a malformed one is kept as far as it can be read."""
        message = message_from_bytes(content, policy=default)
        self._last_id += 1
        mail = Mail(
            id=self._last_id,
            received_at=at,
            sender=_header(message, "from"),
            recipients=recipients,
            subject=_header(message, "subject"),
            text=_body(message, "plain") or "",
            html=_show_images(message, _body(message, "html")),
        )
        self._mails.appendleft(mail)
        return mail

    def list(self, to: str | None = None) -> tuple[Mail, ...]:
        """Return the mails, newest first, or those to one address."""
        return tuple(mail for mail in self._mails if to is None or to.lower() in map(str.lower, mail.recipients))

    def find(self, mail_id: int) -> Mail | None:
        """Return a mail, or None."""
        return next((mail for mail in self._mails if mail.id == mail_id), None)

    def clear(self) -> None:
        """Forget every mail."""
        self._mails.clear()


def split_links(text: str) -> list[tuple[str, bool]]:
    """Return the text in parts, each with whether it is a link to the web."""
    parts: list[tuple[str, bool]] = []
    position = 0
    for match in _LINK.finditer(text):
        link = match[0].rstrip(_ENDING)
        parts += [(text[position : match.start()], False), (link, True)]
        position = match.start() + len(link)
    return [part for part in [*parts, (text[position:], False)] if part[0]]


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _show_images(message: EmailMessage, html: str | None) -> str | None:
    """Put the PNGs that came with a mail where its HTML names them (`cid:`, RFC 2392)."""
    for part in message.walk() if html is not None else ():
        name = _CONTENT_ID.fullmatch(str(part.get("content-id", "")).strip())
        content = part.get_payload(decode=True)
        if html is not None and name and part.get_content_type() == "image/png" and isinstance(content, bytes):
            html = html.replace(f"cid:{name[1]}", f"data:image/png;base64,{base64.b64encode(content).decode()}")
    return html


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        # An unknown charset or broken encoding: show what can be shown.
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)
