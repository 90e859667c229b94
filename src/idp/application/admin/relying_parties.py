"""Relying parties as operators keep them. A client that reaches the admin API is for those who may give roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from idp.application.admin.callers import Caller, name_audience
from idp.application.admin.people import NotYours
from idp.application.audit import note
from idp.application.change import Change
from idp.application.config_documents import wanted_client
from idp.application.dependencies import Dependencies
from idp.application.operators import write_client
from idp.errors import Conflict, InvalidFields, NotFound
from idp.handles import mint
from idp.oauth.clients import allowed_resources, auth_method
from idp.records.clients import Client

SECRET_METHODS: Final = frozenset({"client_secret_basic", "client_secret_post"})
_ID_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Registered:
    """A client, and its secret in clear the only time there is one."""

    client: Client
    secret: str | None


def list_clients(deps: Dependencies) -> Sequence[Client]:
    """List every client."""
    with deps.storage.read() as uow:
        return uow.clients.all()


def find_client(deps: Dependencies, client_id: str) -> Client:
    """Return a client. Raises NotFound."""
    with deps.storage.read() as uow:
        client = uow.clients.get(client_id)
    if client is None:
        raise NotFound(f"There is no client {client_id[:70]!r}.")
    return client


def is_privileged(deps: Dependencies, client: Client) -> bool:
    """Say whether a client's tokens reach the admin API, or administrators sign in through it."""
    return client.policy.administrators or name_audience(deps.policy.issuer) in allowed_resources(client)


def register(
    deps: Dependencies, caller: Caller, client_id: str | None, metadata: Mapping[str, Any], change: Change
) -> Registered:
    """Register a client. Raises MetadataFault, InvalidFields, Conflict, or NotYours."""
    name = client_id or deps.random_bytes(_ID_BYTES).hex()
    wanted = _read(deps, name, metadata)
    _check_rank(deps, caller, wanted)
    secret = mint(deps.random_bytes) if auth_method(wanted) in SECRET_METHODS else None
    made = replace(wanted, secret_digests=(secret.digest,) if secret is not None else ())
    with deps.storage.write() as uow:
        if uow.clients.get(name) is not None:
            raise Conflict(f"There is a client {name} already.")
        write_client(deps, uow, made, change.actor, change.trace)
    return Registered(find_client(deps, name), secret.text if secret is not None else None)


def change_client(
    deps: Dependencies, caller: Caller, before: Client, metadata: Mapping[str, Any], change: Change
) -> Client:
    """Change a client that is still as it was seen; its secrets stay. Raises like `register`."""
    wanted = _read(deps, before.client_id, metadata)
    _check_rank(deps, caller, before, wanted)
    kept = before.secret_digests if auth_method(wanted) in SECRET_METHODS else ()
    _write(deps, before, replace(wanted, secret_digests=kept), change)
    return find_client(deps, before.client_id)


def rotate_secret(
    deps: Dependencies, caller: Caller, before: Client, change: Change, *, keep_previous: bool
) -> Registered:
    """Give a client a new secret; the one before may work on beside it. Raises InvalidFields, Conflict, NotYours."""
    _check_rank(deps, caller, before)
    if auth_method(before) not in SECRET_METHODS:
        raise InvalidFields("This client needs no secret.", (("", "its token_endpoint_auth_method takes none"),))
    secret = mint(deps.random_bytes)
    kept = before.secret_digests[:1] if keep_previous else ()
    _write(deps, before, replace(before, secret_digests=(secret.digest, *kept)), change)
    return Registered(find_client(deps, before.client_id), secret.text)


def remove_client(deps: Dependencies, caller: Caller, before: Client, change: Change) -> None:
    """Remove a client; its tokens are worth nothing from then on. Raises Conflict, or NotYours."""
    _check_rank(deps, caller, before)
    with deps.storage.write() as uow:
        _check_seen(uow.clients.get(before.client_id), before)
        uow.clients.remove(before.client_id)
        note(deps, uow, "client.remove", "removed", actor=change.actor, trace=change.trace, client_id=before.client_id)


def _read(deps: Dependencies, client_id: str, metadata: Mapping[str, Any]) -> Client:
    faults = [
        (f"/metadata/{name}", what)
        for name, what in (("client_secret", "is made here"), ("client_id", "stands beside the metadata"))
        if name in metadata
    ]
    if faults:
        raise InvalidFields("; ".join(f"{place} {what}" for place, what in faults), tuple(faults))
    with deps.storage.read() as uow:
        return wanted_client(deps, uow, {**metadata, "client_id": client_id})


def _write(deps: Dependencies, before: Client, wanted: Client, change: Change) -> None:
    with deps.storage.write() as uow:
        _check_seen(uow.clients.get(before.client_id), before)
        write_client(deps, uow, replace(wanted, updated_at=deps.clock.now()), change.actor, change.trace)


def _check_seen(now: Client | None, before: Client) -> None:
    if now is None or now.version != before.version:
        raise Conflict(f"Somebody else changed {before.client_id} meanwhile. Look at it again.")


def _check_rank(deps: Dependencies, caller: Caller, *clients: Client) -> None:
    """Raise NotYours where a client is, or would become, a way into the admin API, unless the caller may give roles."""
    if "roles:write" not in caller.permissions and any(is_privileged(deps, one) for one in clients):
        raise NotYours("This client reaches the admin API, or administrators sign in through it. Only an owner may.")
