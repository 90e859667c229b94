"""A mail server as a connection: for the mails of a flow that are to leave by another server than all others."""

import asyncio
import socket
from collections.abc import Mapping
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from idp.connectors.api import SENDS_MAIL, ConnectorType, HealthReport, Message, SecretField, Site
from idp.connectors.smtp.render import Rendered
from idp.connectors.smtp.send import Mailer, SmtpSettings, TemporaryMailFailure, read_address
from idp.egress import EgressPolicy
from idp.http import find_addresses, resolve_host

CONNECT_SECONDS: Final = 5.0


class SmtpConfig(BaseModel):
    """What an operator sets. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="SMTP")

    host: str = Field(title="Host", pattern=r"^[A-Za-z0-9.:-]{1,253}$")
    port: int = Field(default=587, ge=1, le=65535, title="Port")
    tls: Literal["starttls", "tls", "none"] = Field(default="starttls", title="TLS")
    username: str | None = Field(default=None, min_length=1, max_length=256, title="User name")
    sender: str = Field(title="Sender", max_length=254, description="The address that mails are from")
    sender_name: str = Field(default="", max_length=100, title="Name of the sender")

    @field_validator("sender")
    @classmethod
    def _check_sender(cls, sender: str) -> str:
        read_address(sender)
        return sender

    @model_validator(mode="after")
    def _check(self) -> "SmtpConfig":
        if self.tls == "none" and self.username is not None:
            raise ValueError("a login needs TLS")
        return self

    def list_secrets(self) -> tuple[str, ...]:
        """Return the secrets that these settings need."""
        return ("password",) if self.username is not None else ()


class SmtpConnection:
    """One mail server."""

    def __init__(self, config: SmtpConfig, secrets: Mapping[str, str], site: Site) -> None:
        """Open the connection; nothing is called yet."""
        self._policy = site.http.policy
        settings = SmtpSettings(
            host=config.host,
            port=config.port,
            sender=config.sender,
            sender_name=config.sender_name,
            tls=config.tls,
            username=config.username,
            password=secrets.get("password"),
        )
        self._mailer = Mailer(settings, site.clock, dial=self._dial)

    async def send(self, message: Message) -> None:
        """Send a mail. Raises TemporaryMailFailure, PermanentMailFailure, or CallFailed for a forbidden address."""
        rendered = Rendered(message.subject, message.text, message.html, message.images)
        await self._mailer.send(message.to, rendered, key=message.key)

    async def check(self) -> HealthReport:
        """Connect, negotiate TLS and log in, without sending anything."""
        return await self._mailer.check()

    async def _dial(self, host: str, port: int) -> socket.socket:
        return await dial(self._policy, host, port)


async def dial(policy: EgressPolicy, host: str, port: int) -> socket.socket:
    """Connect to an address of the host that may be called. Raises CallFailed, or TemporaryMailFailure."""
    loop = asyncio.get_running_loop()
    for address in await find_addresses(policy, resolve_host, host, port):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        connecting = socket.socket(family, socket.SOCK_STREAM)
        connecting.setblocking(False)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await loop.sock_connect(connecting, (address, port))
        except (OSError, TimeoutError):
            connecting.close()
            continue
        return connecting
    raise TemporaryMailFailure(detail="no connection in time")


SMTP: Final = ConnectorType(
    type="smtp",
    title="Mail server",
    config_model=SmtpConfig,
    build=SmtpConnection,
    secret_fields=(SecretField("password", "Password at the mail server"),),
    proves=None,
    use=None,
    abilities=frozenset({SENDS_MAIL}),
    needs_secrets=SmtpConfig.list_secrets,
)
