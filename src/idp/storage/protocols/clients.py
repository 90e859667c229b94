"""Stores of clients, connections and signing keys: what operators configure."""

from collections.abc import Sequence
from typing import Protocol

from idp.records.clients import Client
from idp.records.journeys import Connection
from idp.records.tokens import KeyStatus, SigningKey


class ClientStore(Protocol):
    """Clients."""

    def get(self, client_id: str) -> Client | None:
        """Find by client_id."""
        ...

    def put(self, client: Client) -> None:
        """Insert or replace."""
        ...

    def all(self) -> Sequence[Client]:
        """List in client_id order."""
        ...

    def remove(self, client_id: str) -> bool:
        """Delete; False if there was none."""
        ...


class ConnectionStore(Protocol):
    """Connections."""

    def get(self, name: str) -> Connection | None:
        """Find by name."""
        ...

    def put(self, connection: Connection) -> None:
        """Insert or replace."""
        ...

    def all(self) -> Sequence[Connection]:
        """List in name order."""
        ...

    def remove(self, name: str) -> bool:
        """Delete; False if there was none."""
        ...


class KeyStore(Protocol):
    """Signing keys."""

    def add(self, key: SigningKey) -> bool:
        """Insert; False if that kid exists, or (status active) if an active key of that alg exists."""
        ...

    def all(self) -> Sequence[SigningKey]:
        """List every key, oldest first."""
        ...

    def set_status(self, kid: str, status: KeyStatus, at: float) -> None:
        """Change a key's status."""
        ...
