"""Messages go through the outbox: queued in the unit of work that decides them, sent by the worker alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from idp.application.dependencies import Dependencies
from idp.identity.phones import Phone
from idp.records.operations import OutgoingMail
from idp.storage.protocols.unit import UnitOfWork

SEAL = "outbox.values"
#: Where the number of a text message is among its values.
NUMBER: Final = "to"


def queue_mail(
    deps: Dependencies,
    uow: UnitOfWork,
    to: str,
    template: str,
    locale: str,
    values: Mapping[str, Any],
    *,
    connection: str | None = None,
    theme: str | None = None,
    not_before: float = 0.0,
) -> None:
    """Put a mail in the outbox. Its values are sealed, for they may hold a link or a code.

    `connection` names the mail server it leaves by, in place of the one of the settings. `theme` is the theme that it
    wears, as it will be then; a mail of no client's journey wears the default one. It leaves at `not_before` (epoch
    seconds) at the earliest.
    """
    mail = _write(deps, to, template, locale, values)
    later = max(mail.next_attempt_at, not_before)
    uow.outbox.add(replace(mail, connection=connection, theme=theme, next_attempt_at=later))


def queue_text(
    deps: Dependencies,
    uow: UnitOfWork,
    connection: str,
    phone: Phone,
    template: str,
    locale: str,
    values: Mapping[str, Any],
    *,
    theme: str | None = None,
) -> None:
    """Put a text message in the outbox. The number is sealed as its values are; the row shows the last digits.

    It says the name of its theme.
    """
    text = _write(deps, phone.masked, template, locale, {NUMBER: phone.number, **values})
    uow.outbox.add(replace(text, connection=connection, theme=theme))


def queue_nothing(deps: Dependencies, uow: UnitOfWork, template: str, locale: str, values: Mapping[str, Any]) -> None:
    """Do the work of `queue_mail` for nobody: what is asked for an unknown address takes as long as for a known one.

    The row that is left is taken for sent, and holds nothing.
    """
    mail = _write(deps, "", template, locale, values)
    uow.outbox.add(replace(mail, values=b"", sent_at=mail.created_at))


def _write(deps: Dependencies, to: str, template: str, locale: str, values: Mapping[str, Any]) -> OutgoingMail:
    now = deps.clock.now()
    return OutgoingMail(
        id=0,
        to=to,
        template=template,
        locale=locale,
        values=deps.sealer.seal_json(SEAL, {"service": deps.policy.service, **values}),
        created_at=now,
        next_attempt_at=now,
    )
