"""Gateways for text messages: which connection a message to a phone leaves by."""

from idp.application.dependencies import Dependencies
from idp.application.switchboard import Line
from idp.connectors.api import Sends
from idp.errors import InvalidInput, NotFound
from idp.flows.factors import list_able
from idp.flows.step_types import SENDS_SMS
from idp.identity.phones import Phone, may_be_sent_to
from idp.storage.protocols.unit import UnitOfWork


def find_gateway(deps: Dependencies, uow: UnitOfWork, phone: Phone, name: str = "") -> Line | None:
    """Return the named connection, or without a name the first that may send to this phone; None if there is none."""
    names = (name,) if name else list_able(deps.flows.inventory.catalog(uow), SENDS_SMS)
    lines = (_open(deps, uow, one) for one in names)
    return next((line for line in lines if line is not None and _may_send(line, phone)), None)


def _open(deps: Dependencies, uow: UnitOfWork, name: str) -> Line | None:
    try:
        line = deps.switchboard.line(uow, name)
    except (NotFound, InvalidInput):
        return None
    return line if isinstance(line.connector, Sends) else None


def _may_send(line: Line, phone: Phone) -> bool:
    return may_be_sent_to(phone, getattr(line.settings, "prefixes", ()))
