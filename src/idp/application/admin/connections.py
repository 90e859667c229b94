"""Connections as operators keep them: what there is, what uses them, and changing them without reading a secret."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from idp.application.admin.uses import Uses, map_uses
from idp.application.audit import note
from idp.application.change import Change
from idp.application.config_documents import ConnectionState, actual_connection
from idp.application.connection_guard import guard_connections
from idp.application.connection_uses import list_users
from idp.application.dependencies import Dependencies
from idp.application.operators import list_turned, write_connection
from idp.connectors.api import ChecksHealth, ConnectorType
from idp.connectors.breaker import BreakerState
from idp.errors import Conflict, InvalidFields, InvalidInput, NotFound
from idp.flows.reader import NAME
from idp.records.journeys import Connection
from idp.storage.protocols.unit import UnitOfWork

DAY: Final = 86400.0
MAX_DESCRIPTION: Final = 500


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """A connection. `held` are the names of its secrets, `uses` is what uses it.

    `abilities` are what flows can do with it (`ConnectionInfo.roles`), none for a type that nobody knows any more.

    `breaker` is this node's circuit breaker, None while nothing was called from here. `results` counts the uses of the
    last day as (status, overall, error, how many).
    """

    record: Connection
    held: frozenset[str]
    uses: Uses
    abilities: frozenset[str]
    breaker: BreakerState | None
    results: tuple[tuple[str, str | None, str | None, int], ...]


@dataclass(frozen=True, slots=True)
class ConnectionWish:
    """What a connection shall be. A secret that is not named keeps its value; None takes it away."""

    type: str
    description: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str | None]


def list_connections(deps: Dependencies, ability: str | None = None) -> list[ConnectionView]:
    """List every connection by name, or those with which flows can do this."""
    with deps.storage.read() as uow:
        uses = map_uses(deps, uow)
        found = [_view(deps, uow, record, uses) for record in uow.connections.all()]
        return [view for view in found if ability is None or ability in view.abilities]


def find_connection(deps: Dependencies, name: str) -> ConnectionView:
    """Return a connection. Raises NotFound."""
    with deps.storage.read() as uow:
        return _view(deps, uow, _get(uow, name), map_uses(deps, uow))


def save_connection(
    deps: Dependencies, name: str, wish: ConnectionWish, author: Change, *, seen: int | None
) -> Connection:
    """Make a connection (`seen` is None), or change the one that the author saw at version `seen`.

    Kept secrets never go to another host than they were given for: who changes the address gives them again, or an
    operator could have a key sent to themselves. Raises InvalidInput, Conflict, NotFound, or WouldLockOut for another
    type that would not do what live flows ask of it, or what people sign in with.
    """
    kind = _find_type(deps, wish.type)
    if not NAME.fullmatch(name):
        told = "A connection's name has letters, digits, '-' and '_', and starts with a letter."
        raise InvalidFields(told, (("/name", told),))
    try:
        settings = kind.parse(wish.settings)
    except InvalidFields as fault:
        raise fault.below("/settings") from None
    dumped = settings.model_dump(mode="json")
    with deps.storage.write() as uow:
        before = uow.connections.get(name)
        _check_seen(before, name, seen)
        kept = dict(deps.switchboard.unseal(before)) if before is not None and before.type == wish.type else {}
        secrets = _merge(kept, wish.secrets)
        if before is not None:
            _check_hosts(kind, before, dumped, {key for key in secrets if key not in wish.secrets})
        try:
            kind.check_secrets(secrets, settings)
        except InvalidFields as fault:
            raise fault.below("/secrets") from None
        state = ConnectionState(name, wish.type, wish.description.strip()[:MAX_DESCRIPTION], dumped, secrets)
        if before is not None and actual_connection(deps, before) == state:
            return before
        with guard_connections(deps, uow, list_turned(before, state), author):
            return write_connection(deps, uow, state, author.actor, author.trace)


def remove_connection(deps: Dependencies, name: str, author: Change, *, seen: int) -> None:
    """Remove a connection that no live flow uses. Raises NotFound, Conflict, or WouldLockOut."""
    with deps.storage.write() as uow:
        record = _get(uow, name)
        _check_seen(record, name, seen)
        used = list_users(deps, uow, name)
        if used:
            raise Conflict(f"These flows use {name}: {', '.join(used)}. Publish them without it first.")
        with guard_connections(deps, uow, {name}, author):
            uow.connections.remove(name)
        data = {"connection": name, "type": record.type}
        note(deps, uow, "connection.remove", "removed", actor=author.actor, trace=author.trace, data=data)


def open_for_test(deps: Dependencies, name: str, author: Change) -> ChecksHealth:
    """Return the open connection, to be asked for its health outside of this. Raises NotFound, or InvalidInput."""
    with deps.storage.write() as uow:
        connector = deps.switchboard.line(uow, name).connector
        if not isinstance(connector, ChecksHealth):
            raise InvalidInput(f"Connections like {name} cannot be tested.")
        data = {"connection": name}
        note(deps, uow, "connection.test", "asked", actor=author.actor, trace=author.trace, data=data)
        return connector


def _get(uow: UnitOfWork, name: str) -> Connection:
    record = uow.connections.get(name)
    if record is None:
        raise NotFound(f"There is no connection {name[:70]}.")
    return record


def _find_type(deps: Dependencies, name: str) -> ConnectorType:
    kind = deps.switchboard.types.get(name)
    if kind is None:
        known = ", ".join(sorted(deps.switchboard.types))
        told = f"There is no connector type {name[:40]!r}. There are {known}."
        raise InvalidFields(told, (("/type", told),))
    return kind


def _check_seen(before: Connection | None, name: str, seen: int | None) -> None:
    if seen is None and before is not None:
        raise Conflict(f"There is a connection {name} already.")
    if seen is not None and before is None:
        raise NotFound(f"There is no connection {name[:70]}.")
    if before is not None and before.version != seen:
        raise Conflict(f"Somebody else changed {name} meanwhile. Look at it again.")


def _merge(kept: Mapping[str, str], given: Mapping[str, str | None]) -> dict[str, str]:
    merged = {**kept, **given}
    return {name: value for name, value in merged.items() if value}


def _check_hosts(kind: ConnectorType, before: Connection, settings: Mapping[str, Any], kept: set[str]) -> None:
    new = set(_list_hosts(settings)) - set(_list_hosts(before.config))
    if new and kept:
        again = [secret for secret in kind.secret_fields if secret.name in kept]
        message = (
            f"This leads to {', '.join(sorted(new))}, which the stored secrets were not given for. "
            f"Enter again: {', '.join(secret.title for secret in again)}."
        )
        raise InvalidFields(message, tuple((f"/secrets/{secret.name}", "must be entered again") for secret in again))


def _list_hosts(value: Any, key: str = "") -> Iterator[str]:
    """Yield every host that settings name, wherever they stand."""
    match value:
        case Mapping():
            for name, item in value.items():
                yield from _list_hosts(item, str(name))
        case list() | tuple():
            for item in value:
                yield from _list_hosts(item, key)
        case str() if key == "host":
            yield value.lower()
        case str() if "://" in value:
            parts = urlsplit(value)
            if parts.hostname:
                yield f"{parts.scheme}://{parts.netloc.lower()}"


def _view(deps: Dependencies, uow: UnitOfWork, record: Connection, uses: Mapping[str, Uses]) -> ConnectionView:
    since = deps.clock.now() - DAY
    counted = tuple(tuple_[1:] for tuple_ in uow.verifications.count_results(since) if tuple_[0] == record.name)
    held = frozenset(deps.switchboard.unseal(record))
    info = deps.flows.inventory.catalog(uow).connections.get(record.name)
    abilities = info.roles if info is not None else frozenset[str]()
    used = uses.get(record.name, Uses())
    return ConnectionView(record, held, used, abilities, _find_breaker(deps, record), counted)


def _find_breaker(deps: Dependencies, record: Connection) -> BreakerState | None:
    state = getattr(deps.switchboard.find_open(record), "breaker", None)
    return state if isinstance(state, BreakerState) else None
