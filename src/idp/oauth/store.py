"""What this package asks of a unit of work. A store's unit of work satisfies `TokenStore` by its shape."""

from typing import Protocol

from idp.records.accounts import User
from idp.records.clients import Client
from idp.records.journeys import Session
from idp.records.operations import AuditEntry
from idp.records.tokens import AccessToken, AuthorizationCode, Grant, RefreshToken


class Clients(Protocol):
    """Registered clients."""

    def get(self, client_id: str) -> Client | None:
        """Find by client_id."""
        ...


class Users(Protocol):
    """Users."""

    def get(self, user_id: int) -> User | None:
        """Find by row id."""
        ...


class Sessions(Protocol):
    """Browser sessions."""

    def get(self, session_id: int) -> Session | None:
        """Find, also when ended."""
        ...


class Grants(Protocol):
    """Grants: the heads of the token families."""

    def add(self, grant: Grant) -> Grant:
        """Insert and return with its id."""
        ...

    def get(self, grant_id: int) -> Grant | None:
        """Find, also when revoked."""
        ...

    def revoke(self, grant_id: int, at: float) -> bool:
        """Revoke, once. False if it was revoked."""
        ...


class Codes(Protocol):
    """Authorization codes."""

    def add(self, code: AuthorizationCode) -> AuthorizationCode:
        """Insert and return with its id."""
        ...

    def get(self, code_id: int) -> AuthorizationCode | None:
        """Find, also when consumed."""
        ...

    def consume(self, code_id: int, at: float) -> bool:
        """Use the code, once, by one conditional update. False if it was used or has expired."""
        ...


class RefreshTokens(Protocol):
    """Refresh tokens."""

    def add(self, token: RefreshToken) -> RefreshToken:
        """Insert and return with its id."""
        ...

    def get(self, token_id: int) -> RefreshToken | None:
        """Find, also when consumed."""
        ...

    def consume(self, token_id: int, at: float) -> bool:
        """Use the token, once, by one conditional update. False if it was used or has expired."""
        ...


class AccessTokens(Protocol):
    """Opaque access tokens."""

    def add(self, token: AccessToken) -> AccessToken:
        """Insert and return with its id."""
        ...

    def get(self, token_id: int) -> AccessToken | None:
        """Find, also when revoked."""
        ...

    def revoke(self, token_id: int, at: float) -> bool:
        """Revoke, once."""
        ...


class Once(Protocol):
    """Values that may be seen once."""

    def claim(self, kind: str, key: bytes, expires_at: float) -> bool:
        """Insert; False if it was there already."""
        ...

    def seen(self, kind: str, key: bytes) -> bool:
        """Say whether it was claimed."""
        ...


class Audit(Protocol):
    """The audit trail."""

    def append(self, entry: AuditEntry) -> None:
        """Insert."""
        ...


class TokenStore(Protocol):
    """The stores that issuing and checking tokens needs, bound to one transaction."""

    @property
    def clients(self) -> Clients: ...
    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def codes(self) -> Codes: ...
    @property
    def refresh_tokens(self) -> RefreshTokens: ...
    @property
    def access_tokens(self) -> AccessTokens: ...
    @property
    def once(self) -> Once: ...
    @property
    def audit(self) -> Audit: ...
