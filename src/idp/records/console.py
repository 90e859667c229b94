"""Sessions of the operators' console."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsoleSession:
    """What a sign-in to the console left: whose it is, and by what.

    It lives by the provider's session `session_id`, never longer. `acr` and `auth_time` are those of the ID token;
    roles are not kept but read at each request. Times are epoch seconds.
    """

    id: int
    secret_digest: bytes
    user_id: int
    session_id: int
    acr: str
    auth_time: float
    created_at: float
    expires_at: float
    ended_at: float | None = None
