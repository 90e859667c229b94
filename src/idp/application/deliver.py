"""Sending what is in the outbox. Runs in the worker, outside every request."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from idp.application.dependencies import Dependencies
from idp.application.mail import NUMBER, SEAL
from idp.application.mail_looks import find_looks
from idp.application.threads import in_thread
from idp.connectors.api import ConnectorError, Message, MessageRefused, Sends
from idp.connectors.sms.render import TEXTS, render_text
from idp.connectors.smtp.look import Look
from idp.connectors.smtp.render import CannotRender, Rendered, render
from idp.errors import InvalidInput, NotFound
from idp.records.operations import OutgoingMail
from idp.sealing import BoxBroken

CLAIM_SECONDS: Final = 120.0
MAX_ATTEMPTS: Final = 8
FIRST_RETRY: Final = 15.0


class Mailer(Protocol):
    """Sends one mail. Raises ConnectorError when it may work later, MessageRefused when it never will."""

    async def send(self, to: str, mail: Rendered, *, key: str = "") -> str:
        """Send, under one Message-ID for one key."""
        ...


async def deliver_mail(deps: Dependencies, mailer: Mailer) -> int:
    """Send what is due and return how many were sent. A mail that fails is tried again, ever later, eight times."""
    now = deps.clock.now()
    count = 0
    mails = await in_thread(_claim, deps, now)
    looks = await in_thread(find_looks, deps, [mail.theme for mail in mails]) if mails else {}
    for mail in mails:
        error = await _send(deps, mailer, mail, looks[mail.theme])
        await in_thread(_settle, deps, mail, error)
        count += error is None
    return count


async def _send(deps: Dependencies, mailer: Mailer, mail: OutgoingMail, look: Look) -> tuple[str, bool] | None:
    """Return None, or what went wrong and whether trying again makes sense."""
    key = f"outbox {mail.id} {mail.created_at}"
    try:
        values = deps.sealer.open_json(SEAL, mail.values)
        if mail.connection is None:
            await mailer.send(mail.to, render(mail.template, mail.locale, values, look), key=key)
        else:
            connector = await in_thread(_find_connector, deps, mail.connection)
            await connector.send(_compose(mail, values, look, key))
    except (MessageRefused, CannotRender, BoxBroken, NotFound, InvalidInput) as error:
        return error.code, False
    except ConnectorError as error:
        return error.code, True
    return None


def _find_connector(deps: Dependencies, name: str) -> Sends:
    with deps.storage.read() as uow:
        connector = deps.switchboard.line(uow, name).connector
    if not isinstance(connector, Sends):
        raise NotFound(f"The connection {name} sends no messages.")
    return connector


def _compose(mail: OutgoingMail, values: Mapping[str, Any], look: Look, key: str) -> Message:
    """Render the message: as text for a phone, whose number is among the values, else as a mail."""
    if mail.template in TEXTS:
        filled = {name: value for name, value in values.items() if name != NUMBER}
        filled["service"] = look.name or filled["service"]
        return Message(str(values[NUMBER]), render_text(mail.template, mail.locale, filled), key)
    rendered = render(mail.template, mail.locale, values, look)
    return Message(mail.to, rendered.text, key, rendered.subject, rendered.html, rendered.images)


def _claim(deps: Dependencies, now: float) -> list[OutgoingMail]:
    with deps.storage.write() as uow:
        return list(uow.outbox.claim(now, now + CLAIM_SECONDS))


def _settle(deps: Dependencies, mail: OutgoingMail, error: tuple[str, bool] | None) -> None:
    now = deps.clock.now()
    with deps.storage.write() as uow:
        if error is None:
            uow.outbox.sent(mail.id, now)
        elif error[1] and mail.attempts + 1 < MAX_ATTEMPTS:
            uow.outbox.retry(mail.id, now + FIRST_RETRY * 2**mail.attempts, error[0])
        else:
            uow.outbox.fail(mail.id, now, error[0])
