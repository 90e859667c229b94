"""Stores of grants and tokens. Every `consume` is one conditional UPDATE (DESIGN invariant 5)."""

from collections.abc import Sequence
from typing import Protocol

from idp.records.tokens import AccessToken, AuthorizationCode, Grant, RefreshToken


class GrantStore(Protocol):
    """Grants."""

    def add(self, grant: Grant) -> Grant:
        """Insert."""
        ...

    def get(self, grant_id: int) -> Grant | None:
        """Find, also when revoked."""
        ...

    def revoke(self, grant_id: int, at: float) -> bool:
        """Revoke, once. False if it was revoked."""
        ...

    def live_of_user(self, user_id: int) -> Sequence[Grant]:
        """List a user's grants that were not revoked, oldest first."""
        ...

    def revoke_of_client(self, user_id: int, client_id: str, at: float) -> int:
        """Revoke all grants that a user gave a client, and return how many."""
        ...

    def revoke_of_user(self, user_id: int, at: float) -> int:
        """Revoke all grants of a user and return how many."""
        ...

    def revoke_of_session(self, session_id: int, at: float, keep_scope: str | None = None) -> int:
        """Revoke a session's grants, keeping those with `keep_scope` (offline_access outlives a logout)."""
        ...


class CodeStore(Protocol):
    """Authorization codes."""

    def add(self, code: AuthorizationCode) -> AuthorizationCode:
        """Insert."""
        ...

    def get(self, code_id: int) -> AuthorizationCode | None:
        """Find, also when consumed."""
        ...

    def consume(self, code_id: int, at: float) -> bool:
        """Use the code, once. False if it was used or has expired."""
        ...


class RefreshTokenStore(Protocol):
    """Refresh tokens."""

    def add(self, token: RefreshToken) -> RefreshToken:
        """Insert."""
        ...

    def get(self, token_id: int) -> RefreshToken | None:
        """Find, also when consumed."""
        ...

    def consume(self, token_id: int, at: float) -> bool:
        """Use the token, once. False if it was used or has expired."""
        ...


class AccessTokenStore(Protocol):
    """Opaque access tokens."""

    def add(self, token: AccessToken) -> AccessToken:
        """Insert."""
        ...

    def get(self, token_id: int) -> AccessToken | None:
        """Find."""
        ...

    def revoke(self, token_id: int, at: float) -> bool:
        """Revoke, once."""
        ...
