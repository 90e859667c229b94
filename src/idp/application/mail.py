"""Mail goes through the outbox: queued in the unit of work that decides it, sent by the worker, never in a request."""

from collections.abc import Mapping
from typing import Any

from idp.application.dependencies import Dependencies
from idp.records.operations import OutgoingMail
from idp.storage.protocols.unit import UnitOfWork

SEAL = "outbox.values"


def queue_mail(
    deps: Dependencies, uow: UnitOfWork, to: str, template: str, locale: str, values: Mapping[str, Any]
) -> None:
    """Put a mail in the outbox. Its values are sealed, for they may hold a link or a code."""
    now = deps.clock.now()
    uow.outbox.add(
        OutgoingMail(
            id=0,
            to=to,
            template=template,
            locale=locale,
            values=deps.sealer.seal_json(SEAL, {"service": deps.policy.service, **values}),
            created_at=now,
            next_attempt_at=now,
        )
    )
