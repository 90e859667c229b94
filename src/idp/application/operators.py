"""What operators do: connections, clients and users. The command line calls these, and the console will."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from idp.application.audit import note
from idp.application.change import Change, check_change
from idp.application.config_documents import ConnectionState, actual_connection, wanted_client
from idp.application.connection_guard import guard_connections
from idp.application.dependencies import Dependencies
from idp.application.owners import keep_an_owner
from idp.application.promises import list_client_faults, list_theme_ids
from idp.application.second_factor import SEAL as TOTP_SEAL
from idp.errors import Conflict, InvalidInput, NotFound
from idp.identity.email_address import parse_email
from idp.identity.passwords import check_strength
from idp.identity.totp import new_seed, provisioning_uri
from idp.oidc.registration import MetadataFault
from idp.records.accounts import Credential, User
from idp.records.clients import Client
from idp.records.journeys import Connection
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person an operator adds. `password` may be left out; the person then starts with recovery."""

    email: str
    password: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    birth_date: date | None = None
    locale: str | None = None


def put_connection(
    deps: Dependencies,
    name: str,
    kind: str,
    description: str,
    config: Mapping[str, Any],
    secrets: Mapping[str, str],
    change: Change,
) -> Connection:
    """Create or change a connection. Secrets that are not given keep their value; none can ever be read back.

    Raises InvalidInput with what is wrong, or WouldLockOut for another type that would not do what live flows ask of
    it, or what people sign in with.
    """
    check_change(change)
    known = deps.switchboard.types.get(kind)
    if known is None:
        raise InvalidInput(f"There is no connector type {kind}.")
    settings = known.parse(config)
    dumped = settings.model_dump(mode="json")
    with deps.storage.write() as uow:
        before = uow.connections.get(name)
        kept = deps.switchboard.unseal(before) if before is not None and before.type == kind else {}
        merged = {**kept, **{key: value for key, value in secrets.items() if value}}
        known.check_secrets(merged, settings)
        state = ConnectionState(name, kind, description, dumped, merged)
        if before is not None and actual_connection(deps, before) == state:
            return before
        with guard_connections(deps, uow, list_turned(before, state), change):
            return write_connection(deps, uow, state, change.actor, change.trace)


def list_turned(before: Connection | None, state: ConnectionState) -> frozenset[str]:
    """Return the name of a connection that becomes another type, as a set: it leaves as what it was."""
    return frozenset({state.name} if before is not None and before.type != state.type else ())


def write_connection(
    deps: Dependencies, uow: UnitOfWork, state: ConnectionState, actor: str, trace: str = "-"
) -> Connection:
    """Make a connection what the state says, in the caller's unit of work."""
    before = uow.connections.get(state.name)
    record = Connection(
        name=state.name,
        type=state.type,
        description=state.description,
        config=state.config,
        secrets=deps.switchboard.seal(state.name, state.secrets),
        updated_at=deps.clock.now(),
        version=before.version + 1 if before else 1,
    )
    uow.connections.put(record)
    data = {"connection": state.name, "type": state.type}
    note(deps, uow, "connection.put", "saved", actor=actor, trace=trace, data=data)
    return record


def put_clients(deps: Dependencies, documents: Sequence[Mapping[str, Any]]) -> list[Client]:
    """Register clients from RFC 7591 metadata (with `client_id`, and `client_secret` or `jwks`). All or none.

    Raises MetadataFault, or InvalidInput, with everything that is wrong.
    """
    with deps.storage.write() as uow:
        clients = [wanted_client(deps, uow, document) for document in documents]
        for client in clients:
            write_client(deps, uow, client, "operator")
    return clients


def write_client(deps: Dependencies, uow: UnitOfWork, client: Client, actor: str, trace: str = "-") -> None:
    """Make a client what the record says, in the caller's unit of work.

    Raises MetadataFault if it counts on a level or a theme that is not there.
    """
    before = uow.clients.get(client.client_id)
    version = before.version + 1 if before else 1
    uow.clients.put(replace(client, version=version, created_at=before.created_at if before else client.created_at))
    # Asked after the change, which keeps others from taking something away meanwhile.
    faults = tuple(list_client_faults(client, deps.flows.inventory.levels(uow), list_theme_ids(uow)))
    if faults:
        raise MetadataFault(faults)
    note(deps, uow, "client.put", "saved", actor=actor, trace=trace, client_id=client.client_id)


def list_clients(deps: Dependencies) -> Sequence[Client]:
    """List all clients."""
    with deps.storage.read() as uow:
        return uow.clients.all()


def add_user(deps: Dependencies, new: NewUser) -> User:
    """Add a user whose e-mail counts as verified. Raises InvalidInput or Conflict."""
    email = parse_email(new.email)
    if email is None:
        raise InvalidInput(f"{new.email} is not an e-mail address.")
    problems = check_strength(new.password, [email.address]) if new.password is not None else ()
    if problems:
        raise InvalidInput(f"The password is too weak: {', '.join(problems)}.")
    hashed = deps.hasher.hash(new.password).encode() if new.password is not None else None
    now = deps.clock.now()
    full_name = " ".join(part for part in (new.given_name, new.family_name) if part) or None
    with deps.storage.write() as uow:
        if uow.users.by_email_key(email.lookup_key) is not None:
            raise Conflict(f"{email.address} has an account already.")
        user = uow.users.add(
            User(
                id=0,
                sub=deps.random_bytes(16).hex(),
                email=email.address,
                email_key=email.lookup_key,
                email_verified=True,
                status="active",
                created_at=now,
                updated_at=now,
                name=full_name,
                given_name=new.given_name,
                family_name=new.family_name,
                birth_date=new.birth_date,
                locale=new.locale,
            )
        )
        if hashed is not None:
            uow.credentials.add(Credential(0, user.id, "password", hashed, "Password", now))
        note(deps, uow, "user.add", "added", actor="operator", user_id=user.id)
        return user


def find_user(deps: Dependencies, typed: str) -> User:
    """Find a user by e-mail or subject. Raises NotFound."""
    email = parse_email(typed)
    with deps.storage.read() as uow:
        user = uow.users.by_email_key(email.lookup_key) if email else uow.users.by_sub(typed)
    if user is None:
        raise NotFound(f"There is no user {typed}.")
    return user


def list_users(deps: Dependencies, text: str = "") -> Sequence[User]:
    """List users whose e-mail or name contains the text."""
    with deps.storage.read() as uow:
        return uow.users.search(text)


def set_blocked(
    deps: Dependencies, user: User, *, blocked: bool, change: Change | None = None, owned: bool = False
) -> User:
    """Block a user, which ends all their sessions, runs and tokens at once, or lift the block.

    A block outlasts what the person themself can undo; lifting it gives an account back that was being deleted. Raises
    InvalidInput for one that was erased; with `owned` LastOwner for the last owner.
    """
    now = deps.clock.now()
    with deps.storage.write() as uow:
        if owned and blocked:
            keep_an_owner(uow, user)
        closure = uow.closures.newest_of_user(user.id)
        if closure is not None and closure.erased_at is not None:
            raise InvalidInput("This account was deleted; there is nothing left of it.")
        if blocked:
            uow.closures.bar(user.id)
        elif closure is not None:
            uow.closures.undo(closure.id, now)
        changed = uow.users.save(replace(user, status="blocked" if blocked else "active", updated_at=now))
        if blocked:
            uow.sessions.end_of_user(user.id, now)
            uow.grants.revoke_of_user(user.id, now)
            uow.runs.end_of_user(user.id, now, "user_blocked")
        note(
            deps,
            uow,
            "user.block" if blocked else "user.unblock",
            "done",
            actor=change.actor if change is not None else "operator",
            reason=change.message.strip() if change is not None else "",
            trace=change.trace if change is not None else "-",
            user_id=user.id,
        )
        return changed


def add_totp(deps: Dependencies, user: User, seed: str | None = None) -> str:
    """Give a user an authenticator, of a fresh seed unless one is given.

    Returns its provisioning URI, the only time its seed is shown.
    """
    seed = seed or new_seed(deps.random_bytes(20))
    sealed = deps.sealer.seal(TOTP_SEAL, seed.encode())
    with deps.storage.write() as uow:
        uow.credentials.add(Credential(0, user.id, "totp", sealed, "Authenticator", deps.clock.now()))
        note(deps, uow, "credential.add", "totp", actor="operator", user_id=user.id)
    return provisioning_uri(seed, user.email, deps.policy.issuer)
