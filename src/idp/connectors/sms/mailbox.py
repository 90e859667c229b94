"""Text messages for development: each becomes a mail to a mailbox that shows everything, such as the demo's."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from markupsafe import escape
from pydantic import BaseModel, ConfigDict, Field

from idp.connectors.api import SENDS_SMS, ConnectorType, HealthReport, Message, Site
from idp.connectors.smtp.connection import dial
from idp.connectors.smtp.render import Rendered
from idp.connectors.smtp.send import Mailer, SmtpSettings


class SmsMailboxConfig(BaseModel):
    """What an operator sets. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="SMS as mail, for development")

    host: str = Field(default="127.0.0.1", title="Host of the mail catcher", pattern=r"^[A-Za-z0-9.:-]{1,253}$")
    port: int = Field(default=8025, ge=1, le=65535, title="Port")
    prefixes: tuple[str, ...] = Field(default=(), title="Prefixes")


class SmsMailbox:
    """Mails text messages to `<number>@sms.invalid`. Never for people: whoever reads the mailbox reads the codes.

    A mailbox on a private address is one of `IDP_EGRESS_HOSTS`, as every private address that is called.
    """

    def __init__(self, config: SmsMailboxConfig, _secrets: Mapping[str, str], site: Site) -> None:
        """Open the connection; nothing is called yet."""
        settings = SmtpSettings(config.host, config.port, "gateway@sms.invalid", "Text message", tls="none", total=5.0)
        # Where calls may go holds here too: this would reach any port of any machine inside otherwise.
        self._mailer = Mailer(settings, site.clock, dial=partial(dial, site.http.policy))

    async def send(self, message: Message) -> None:
        """Mail the text. Raises ConnectorError."""
        html = f"<!doctype html><title>Text message</title><pre>{escape(message.text)}</pre>"
        subject = f"Text message to {message.to}"
        await self._mailer.send(f"{message.to}@sms.invalid", Rendered(subject, message.text, html), key=message.key)

    async def check(self) -> HealthReport:
        """Connect, without sending anything."""
        return await self._mailer.check()


SMS_MAILBOX: Final = ConnectorType(
    type="sms_mailbox",
    title="SMS as mail, for development",
    config_model=SmsMailboxConfig,
    build=SmsMailbox,
    proves=None,
    use=None,
    abilities=frozenset({SENDS_SMS}),
)
