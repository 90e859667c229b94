"""Connectors that carry a message to an address: a mail server, a gateway for text messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from idp.egress import RemoteError


class MessageRefused(RemoteError):
    """This message, or a message to this address, will never be taken: trying again is useless."""

    code = "message_refused"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `to` is a mail address, or a phone number as +491511234567; `subject` and `html` are for mail.

    `key` is the same for each attempt at this message, and never again. `images` are PNGs by Content-ID, which the HTML
    shows by `cid:` URLs (RFC 2392).
    """

    to: str = field(repr=False)
    text: str = field(repr=False)
    key: str
    subject: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    images: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@runtime_checkable
class Sends(Protocol):
    """Carries messages (the abilities `sends_mail` and `sends_sms`)."""

    async def send(self, message: Message) -> None:
        """Hand the message over. Raises ConnectorError when it was not taken, MessageRefused when it never will be."""
        ...
