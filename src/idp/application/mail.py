"""Mail goes through the outbox: queued in the unit of work that decides it, sent by the worker, never in a request."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from idp.application.dependencies import Dependencies
from idp.records.operations import OutgoingMail
from idp.storage.protocols.unit import UnitOfWork

SEAL = "outbox.values"


def queue_mail(
    deps: Dependencies, uow: UnitOfWork, to: str, template: str, locale: str, values: Mapping[str, Any]
) -> None:
    """Put a mail in the outbox. Its values are sealed, for they may hold a link or a code."""
    uow.outbox.add(_write(deps, to, template, locale, values))


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
