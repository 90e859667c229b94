"""Sending what is in the outbox. Runs in the worker, outside every request."""

from typing import Final, Protocol

from idp.application.dependencies import Dependencies
from idp.application.mail import SEAL
from idp.application.threads import in_thread
from idp.connectors.smtp.render import CannotRender, Rendered, render
from idp.connectors.smtp.send import PermanentMailFailure, TemporaryMailFailure
from idp.records.operations import OutgoingMail
from idp.sealing import BoxBroken

CLAIM_SECONDS: Final = 120.0
MAX_ATTEMPTS: Final = 8
FIRST_RETRY: Final = 15.0


class Mailer(Protocol):
    """Sends one mail. Raises TemporaryMailFailure when it may work later, PermanentMailFailure when it never will."""

    async def send(self, to: str, mail: Rendered, *, key: str = "") -> str:
        """Send, under one Message-ID for one key."""
        ...


async def deliver_mail(deps: Dependencies, mailer: Mailer) -> int:
    """Send what is due and return how many were sent. A mail that fails is tried again, ever later, eight times."""
    now = deps.clock.now()
    count = 0
    for mail in await in_thread(_claim, deps, now):
        error = await _send(deps, mailer, mail)
        await in_thread(_settle, deps, mail, error)
        count += error is None
    return count


async def _send(deps: Dependencies, mailer: Mailer, mail: OutgoingMail) -> tuple[str, bool] | None:
    """Return None, or what went wrong and whether trying again makes sense."""
    try:
        values = deps.sealer.open_json(SEAL, mail.values)
        await mailer.send(
            mail.to, render(mail.template, mail.locale, values), key=f"outbox {mail.id} {mail.created_at}"
        )
    except TemporaryMailFailure as error:
        return error.code, True
    except (PermanentMailFailure, CannotRender, BoxBroken) as error:
        return error.code, False
    return None


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
