"""Is a new password on a list of leaked ones? Asked before it is hashed, with no unit of work open.

The password is in memory only, in the work that was made from it (DESIGN invariant 7): nothing of it is saved before
the list has answered, and a process that dies meanwhile has kept nothing. Five digits of its digest leave.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.switchboard import Line
from idp.connectors.api import ConnectorError, ListsBreaches, name_failure
from idp.errors import InvalidInput, NotFound
from idp.identity.breaches import Fingerprint
from idp.storage.protocols.unit import UnitOfWork

_log = structlog.get_logger("idp.breaches")

OPTION: Final = "breaches"
CLEAR: Final = "clear"
BREACHED: Final = "breached"
UNCHECKED: Final = "unchecked"


@dataclass(frozen=True, slots=True)
class BreachCheck:
    """What the list said: `clear`, `breached` or `unchecked`, with the code of what failed.

    `refuses` says whether a password may not be set: it is leaked, or could not be checked and must be.
    """

    connection: str
    outcome: str
    refuses: bool
    error: str = ""


def find_list(deps: Dependencies, uow: UnitOfWork, connection: str) -> Line | None:
    """Open the list, None if it is not set up."""
    try:
        line = deps.switchboard.line(uow, connection)
    except (NotFound, InvalidInput):
        return None
    return line if isinstance(line.connector, ListsBreaches) else None


async def ask_list(connection: str, line: Line | None, fingerprint: Fingerprint) -> BreachCheck:
    """Ask the list for the fingerprint's prefix and look for the rest of it in the answer. Never raises."""
    if line is None:
        return BreachCheck(connection, UNCHECKED, refuses=True, error="connection_not_set_up")
    connector: ListsBreaches = line.connector
    try:
        suffixes = await connector.list_breaches(fingerprint.prefix)
    except ConnectorError as error:
        code = name_failure(error)
    except Exception as error:  # noqa: BLE001  # a foreign package's mistake must not end the person's journey
        _log.error("connector_broke", connection=connection, error=type(error).__name__)
        code = "internal"
    else:
        found = fingerprint.suffix in suffixes
        return BreachCheck(connection, BREACHED if found else CLEAR, refuses=found)
    must = getattr(line.settings, "on_failure", "closed") != "open"
    return BreachCheck(connection, UNCHECKED, refuses=must, error=code)


def note_check(
    deps: Dependencies,
    uow: UnitOfWork,
    check: BreachCheck | None,
    *,
    trace: str,
    run_id: int | None,
    user_id: int | None,
) -> None:
    """Write what the list said into the audit trail, without a digit of the password."""
    if check is not None:
        note(
            deps,
            uow,
            "password.breach_check",
            check.outcome,
            trace=trace,
            reason=check.error,
            user_id=user_id,
            run_id=run_id,
            data={"connection": check.connection, "refused": check.refuses},
        )
