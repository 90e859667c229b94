"""Clients and connections as documents of a configuration folder: what one asks for, and what there is."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

from idp.application.dependencies import Dependencies
from idp.errors import InvalidInput
from idp.handles import digest
from idp.oidc.registration import register_client
from idp.records.clients import Client, ClientPolicy
from idp.records.journeys import Connection
from idp.storage.protocols.unit import UnitOfWork

Kind = Literal["levels", "theme", "connection", "flow", "client"]

CONNECTION_KEYS: Final = frozenset({"name", "type", "description", "config", "secrets"})
_SECRET: Final = "a secret"


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """Everything that makes a connection what it is. `secrets` are in clear and leave this process never."""

    name: str
    type: str
    description: str
    config: Mapping[str, Any]
    secrets: Mapping[str, str]


def wanted_connection(deps: Dependencies, document: Mapping[str, Any]) -> ConnectionState:
    """Return the connection that a document asks for. Raises InvalidInput."""
    unknown = set(document) - CONNECTION_KEYS
    if unknown or not {"name", "type"} <= set(document):
        raise InvalidInput(f"needs name and type, and does not know {', '.join(sorted(unknown)) or 'more'}")
    kind = deps.switchboard.types.get(str(document["type"]))
    if kind is None:
        raise InvalidInput(f"There is no connector type {document['type']}.")
    config, secrets = document.get("config") or {}, document.get("secrets") or {}
    if not isinstance(config, Mapping) or not isinstance(secrets, Mapping):
        raise InvalidInput("config and secrets must be mappings")
    given = {str(name): str(value) for name, value in secrets.items() if value}
    settings = kind.parse(config)
    kind.check_secrets(given, settings)
    dumped = settings.model_dump(mode="json")
    return ConnectionState(str(document["name"]), kind.type, str(document.get("description", "")), dumped, given)


def actual_connection(deps: Dependencies, record: Connection) -> ConnectionState:
    """Return the connection that there is."""
    secrets = dict(deps.switchboard.unseal(record))
    return ConnectionState(record.name, record.type, record.description, dict(record.config), secrets)


def wanted_client(deps: Dependencies, uow: UnitOfWork, document: Mapping[str, Any], *, judged: bool = True) -> Client:
    """Return the client that a document asks for. Raises MetadataFault with every problem, or InvalidInput.

    `judged` says whether the levels that it names must be there.
    """
    registration = register_client(document, levels=deps.flows.inventory.levels(uow) if judged else None)
    if not registration.client_id:
        raise InvalidInput("client_id: is required")
    now = deps.clock.now()
    digests = (digest(registration.client_secret),) if registration.client_secret else ()
    return Client(registration.client_id, registration.metadata, digests, registration.policy, now, now)


def digest_connection(state: ConnectionState) -> bytes:
    """Return a digest of everything that a connection is."""
    return _digest(asdict(state))


def digest_client(client: Client) -> bytes:
    """Return a digest of everything that a client is, but for when it was made and changed."""
    secrets = [each.hex() for each in client.secret_digests]
    return _digest({"id": client.client_id, "metadata": client.metadata, "policy": _policy(client), "secrets": secrets})


def compare_connections(before: ConnectionState | None, after: ConnectionState) -> tuple[str, ...]:
    """Say what a change changes, a line each; of secrets only that they change."""
    old = before or ConnectionState(after.name, after.type, "", {}, {})
    lines = list(compare_fields({"type": old.type, "description": old.description}, _head(after)))
    lines.extend(compare_fields(old.config, after.config, "config."))
    names = sorted({*old.secrets, *after.secrets})
    lines.extend(
        f"secrets.{name}: {_SECRET} {_verb(name in old.secrets, name in after.secrets)}"
        for name in names
        if old.secrets.get(name) != after.secrets.get(name)
    )
    return tuple(lines)


def compare_clients(before: Client | None, after: Client) -> tuple[str, ...]:
    """Say what a change changes, a line each; of secrets only that they change."""
    lines = list(compare_fields(before.metadata if before else {}, after.metadata))
    lines.extend(compare_fields(_policy(before) if before else asdict(ClientPolicy()), _policy(after), "idp_policy."))
    old = before.secret_digests if before else ()
    if old != after.secret_digests:
        lines.append(f"client_secret: {_SECRET} {_verb(bool(old), bool(after.secret_digests))}")
    return tuple(lines)


def describe_connection(state: ConnectionState) -> dict[str, Any]:
    """Return the document of a connection, its secrets as references."""
    described: dict[str, Any] = {"name": state.name, "type": state.type}
    if state.description:
        described["description"] = state.description
    described["config"] = dict(state.config)
    if state.secrets:
        described["secrets"] = {name: _reference(f"{state.name}_{name}") for name in sorted(state.secrets)}
    return described


def describe_client(client: Client) -> dict[str, Any]:
    """Return the document of a client, its secret as a reference."""
    described: dict[str, Any] = {"client_id": client.client_id}
    if client.secret_digests:
        described["client_secret"] = _reference(f"{client.client_id}_secret")
    described.update(client.metadata)
    default = asdict(ClientPolicy())
    policy = {name: value for name, value in _policy(client).items() if value != default[name]}
    return described | ({"idp_policy": policy} if policy else {})


def _policy(client: Client) -> dict[str, Any]:
    found = {field.name: getattr(client.policy, field.name) for field in fields(ClientPolicy)}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in found.items()}


def _head(state: ConnectionState) -> dict[str, Any]:
    return {"type": state.type, "description": state.description}


def compare_fields(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Say which fields differ, a line each, in the order of their names."""
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield f"{prefix}{name}: {_show(old)} -> {_show(new)}"


def _show(value: Any) -> str:
    return "-" if value is None else json.dumps(value, ensure_ascii=False, default=list)


def _verb(was: bool, will: bool) -> str:  # noqa: FBT001
    return "changes" if was and will else "is added" if will else "goes"


def _reference(name: str) -> str:
    word = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name).upper()
    return f"${{env:{word}}}"


def _digest(value: Any) -> bytes:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=_plain).encode()).digest()


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else list(value)
